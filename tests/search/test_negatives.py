import random
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.searching.pairs import Pair, PairKind
from kb.values import ItemId, PassageId
from search.negatives import FIRST, LAST, NearMisses
from search.vectors import FaissIndex
from tests.hashing import HashingEncoder

WORDS = [f"{first}{last}" for first in "bdfgk" for last in ("alo", "emu", "ivi", "oza")]
KINDS = (PairKind.TITLE, PairKind.FIELDS)
ENCODER = HashingEncoder()


def base(seed: int, number: int = 90) -> list[Pair]:
    """Pairs of items of one or two passages that share many words; some have a title in common."""
    draw = random.Random(seed)  # noqa: S311 - nothing secret

    def said(length: int) -> str:
        return " ".join(draw.choices(WORDS, k=length))

    return [
        Pair(ItemId(n * 2 // 3), draw.choice(KINDS), said(4), said(9), f"title {n % 40}", PassageId(n))
        for n in range(number)
    ]


def near_misses(pairs: list[Pair]) -> NearMisses:
    vectors = ENCODER.encode([pair.text for pair in pairs])
    passages = np.asarray([pair.passage for pair in pairs], np.int64)
    items = np.asarray([pair.item for pair in pairs], np.int64)
    return NearMisses(ENCODER, FaissIndex.build(vectors, passages, items), pairs)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6))
def test_a_near_miss_is_close_but_not_of_the_step_nor_as_close_as_the_answer(seed: int) -> None:
    pairs = base(seed)
    step = pairs[:6]
    found = near_misses(pairs).of(step)
    assert found == near_misses(pairs).of(step)
    items = {pair.item for pair in step}
    for pair, text in zip(step, found, strict=True):
        query = ENCODER.encode_query(pair.query)
        others = [other for other in pairs if other.item not in items]
        cosines = {other.text: float(ENCODER.encode([other.text])[0] @ query) for other in others}
        ceiling = 0.95 * float(ENCODER.encode([pair.text])[0] @ query)
        if text is not None:
            (other,) = (other for other in others if other.text == text)
            assert other.kind is pair.kind
            assert other.title != pair.title
            assert cosines[text] <= ceiling + 1e-3
            nearer = sum(cosine > cosines[text] + 1e-3 for cosine in cosines.values())
            as_near = sum(cosine >= cosines[text] - 1e-3 for cosine in cosines.values())
            assert nearer < LAST
            assert as_near > FIRST


def test_what_says_the_same_or_is_called_the_same_is_no_near_miss() -> None:
    asked = Pair(ItemId(0), PairKind.TITLE, "dalo demu divi", "dalo demu divi doza", "asked", PassageId(0))
    nearer = [
        replace(asked, item=ItemId(n), passage=PassageId(n), text="dalo demu divi", title=f"nearer {n}")
        for n in range(1, FIRST + 1)
    ]
    miss = replace(asked, item=ItemId(20), passage=PassageId(20), text="dalo demu kalo kemu", title="miss")

    def found(miss: Pair) -> list[str | None]:
        return near_misses([asked, *nearer, miss]).of([asked])

    assert found(miss) == [miss.text]
    assert found(replace(miss, title="Asked")) == [None]
    assert found(replace(miss, kind=PairKind.FIELDS)) == [None]
    # It says the same, but for what the title adds to the answer's vector.
    vectors = ENCODER.encode([asked.text, *(one.text for one in nearer), miss.text])
    places = np.asarray([*range(FIRST + 1), 20], np.int64)
    same = replace(miss, text=f"{asked.text}.")
    index = FaissIndex.build(vectors, places, places)
    assert NearMisses(ENCODER, index, [asked, *nearer, same]).of([asked]) == [None]
    assert NearMisses(ENCODER, index, [asked, *nearer, miss]).of([asked, miss]) == [None, None]
