"""Whether two lessons say the same, on pairs that were labelled by reading them.

`pairs.csv` names NASA's lessons by their numbers and the starter library's by their references. Its cosines
(the first one's opening beside the other's nearest passage, all-MiniLM-L6-v2) and shares of title words were
measured once, so that the limits can be judged without NASA's texts.
"""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import doubles
from search.doubles import Likeness

PAIRS = list(csv.DictReader((Path(__file__).parent / "pairs.csv").read_text().splitlines()))


def judged(pair: dict[str, str]) -> Likeness | None:
    return doubles.likeness(float(pair["cosine"]), float(pair["titles"]))


def quality(found: list[bool], true: list[bool]) -> tuple[float, float]:
    """Precision and recall."""
    both = sum(f and t for f, t in zip(found, true, strict=True))
    return both / sum(found), both / sum(true)


def test_lessons_that_belong_together_are_found_and_few_others() -> None:
    found = [judged(pair) is not None for pair in PAIRS]
    precision, recall = quality(found, [pair["label"] != "different" for pair in PAIRS])
    assert len(PAIRS) >= 60
    assert (precision, recall) == (pytest.approx(0.87, abs=0.02), pytest.approx(0.87, abs=0.02))


def test_what_is_called_the_same_is() -> None:
    found = [judged(pair) is Likeness.SAME for pair in PAIRS]
    precision, recall = quality(found, [pair["label"] == "same" for pair in PAIRS])
    assert precision >= 0.85
    assert recall >= 0.9


@given(st.text(max_size=40), st.text(max_size=40))
def test_sharing_words_does_not_depend_on_who_is_first(one: str, other: str) -> None:
    shared = doubles.shared_words(one, other)
    assert shared == doubles.shared_words(other, one)
    assert 0.0 <= shared <= 1.0


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1))
def test_nearer_is_never_less_alike(cosine: float, shared: float, more: float) -> None:
    order = [None, Likeness.NEAR, Likeness.SAME]
    nearer = min(1.0, cosine + more)
    first, second = doubles.likeness(cosine, shared), doubles.likeness(nearer, shared)
    assert order.index(second) >= order.index(first)
