"""Whether two items disagree, or one replaces the other, on pairs that were labelled by reading them.

`disagreements.csv` names NASA's lessons by their numbers and the starter library's items by their references;
true contradictions are so rare there that pairs written for this (W-…) were added, with their texts. The
limits were chosen on the part `choose` alone; what is asserted of the part `report` was measured there once.

Both parts flatter the method: whoever wrote it wrote and judged the pairs, after the list of opposites; its
rules were shaped while looking at real pairs of either part. Real pairs were judged by titles and excerpts.
"""

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import items
from kb.access import LOCAL_USER
from kb.life import disagreements
from kb.values import Filters
from kb.vocabulary import Link
from search import disagreement, opposing
from search.disagreement import Advice, Flag
from web.searching import comparing
from web.wiring import Services

Row = Mapping[str, str]
PAIRS: list[Row] = list(
    csv.DictReader((Path(__file__).parent / "disagreements.csv").read_text().splitlines())
)
NASA = Path(__file__).parents[3] / "shared" / "corpora" / "nasa-llis" / "llis.csv"
NONE = "neither"


def _written(row: Row, side: str) -> Advice:
    return Advice(row[f"{side}_title"], row[f"{side}_said"], date.fromisoformat(row[f"{side}_dated"]))


def _found(rows: list[tuple[Row, Flag | None]], label: str | None = None) -> tuple[int, int, int]:
    """How many were found rightly, found in all, and there to be found; of any label without one."""

    def holds(said: str) -> bool:
        return said == label if label else said != NONE

    told = [(row["label"], str(flag.link) if flag else NONE) for row, flag in rows]
    return (
        sum(holds(true) and (found == true or not label) and holds(found) for true, found in told),
        sum(holds(found) for _, found in told),
        sum(holds(true) for true, _ in told),
    )


def test_written_pairs_that_disagree_are_told_from_those_that_go_together() -> None:
    rows = [
        (row, disagreement.compare(_written(row, "one"), _written(row, "other"), float(row["cosine"])))
        for row in PAIRS
        if row["one_said"] and row["part"] == "report"
    ]
    assert len(rows) == 30
    assert _found(rows, Link.CONTRADICTS) == (11, 12, 15)
    assert _found(rows, Link.SUPERSEDES) == (5, 5, 5)


def _nasa() -> dict[str, Advice]:
    with NASA.open(encoding="utf-8", errors="replace", newline="") as file:
        return {
            row["LessonId"]: Advice(
                row["Title"], row["Lesson"], date.fromisoformat(row["LessonDate"]), row["Organization"]
            )
            for row in csv.DictReader(file)
            if row["LessonDate"][:1].isdigit()
        }


def _starter(library: Services) -> dict[str, Advice]:
    with library.sessions() as session:
        ids = {
            item.id: item.ref for item in items.browse(session, LOCAL_USER, Filters(), offset=0, limit=999)
        }
        said = disagreements.said(session, LOCAL_USER, list(ids))
    return {ids[id_]: comparing.advice(one) for id_, one in said.items()}


@pytest.mark.skipif(not NASA.exists(), reason="NASA's lessons are not beside the repository")
def test_real_pairs_that_replace_each_other_are_found_and_contradictions_are_rare(library: Services) -> None:
    known = _nasa() | _starter(library)
    rows = [
        (row, disagreement.compare(known[row["one"]], known[row["other"]], float(row["cosine"])))
        for row in PAIRS
        if not row["one_said"] and row["part"] == "report"
    ]
    assert len(rows) == 34
    assert _found(rows, Link.SUPERSEDES) == (7, 7, 7)
    right, found, there = _found(rows, Link.CONTRADICTS)
    assert (right, there) == (0, 0)
    assert found <= 3


def test_a_flag_says_why_in_a_sentence_with_the_years() -> None:
    one = Advice("Cables", "Buy all cables from a single supplier for the site.", date(2019, 1, 1))
    other = Advice("Pipes and cables", "Buy cables from two suppliers for the site.", date(2024, 1, 1))
    found = disagreement.compare(one, other, 0.8)
    assert found is not None
    assert found.link is Link.CONTRADICTS
    assert found.reason == (
        "These two advise the opposite (2019, 2024): “Buy all cables from a single supplier for the site” "
        "against “Buy cables from two suppliers for the site”."
    )
    assert disagreement.compare(one, other, 0.3) is None


def test_a_condition_takes_a_negation_back() -> None:
    strict = "Never pay the supplier in advance for equipment."
    assert opposing.oppose(strict, "Pay the supplier of equipment in advance.") is not None
    assert opposing.oppose(strict.replace(".", " without a guarantee."), "Pay it in advance.") is None


WORDS = st.sampled_from(
    """
    never avoid buy pay before after the supplier suppliers two one single 10 20 per cent days design . must
    """.split()  # noqa: SIM905 - a list of as many strings would be harder to read
)
TEXTS = st.lists(WORDS, max_size=30).map(" ".join)


@given(TEXTS, TEXTS)
def test_who_is_first_makes_no_difference(one: str, other: str) -> None:
    assert (opposing.oppose(one, other) is None) == (opposing.oppose(other, one) is None)


@given(TEXTS)
def test_no_text_of_one_sentence_opposes_itself(text: str) -> None:
    said = text.replace(" .", "")
    assert opposing.oppose(said, said) is None
