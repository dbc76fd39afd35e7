from collections.abc import Sequence
from dataclasses import replace

import pytest

from kb.errors import InvalidError
from kb.searching.evaluations import Abstention, Evaluation, QueryScore
from kb.searching.pairs import Pair, PairKind, Part
from kb.values import ItemId, PassageId
from search import adaptation
from tests.hashing import HashingEncoder

SURE = Abstention(0, 0, 9, 0)


def pairs(number: int) -> list[Pair]:
    """Two pairs of each of many items; only the words of its own number tell an item from another."""
    return [
        Pair(
            ItemId(n),
            PairKind.TITLE,
            f"asks{n} {ending}",
            f"asks{n} answers{n} {ending}",
            f"asks{n}",
            PassageId(n),
        )
        for n in range(number)
        for ending in ("first", "second")
    ]


def evaluated(values: Sequence[float], abstention: Abstention = SURE) -> Evaluation:
    scores = tuple(
        QueryScore(f"q{n}", "text", True, True, 1.0, {"nDCG@10": value, "recall@20": value})
        for n, value in enumerate(values)
    )
    mean = sum(values) / len(values)
    return Evaluation({"nDCG@10": mean, "recall@20": mean}, abstention, 1, 2, scores)


WEAK, STRONG = evaluated([0.3] * 20), evaluated([0.5] * 20)


def test_every_held_out_query_has_to_find_its_own_text(encoder: HashingEncoder) -> None:
    found = adaptation.held_out(pairs(200), Part.TEST)
    measured = found.evaluate(encoder)
    assert measured.measures["MRR@10"] > 0.95
    assert {query.id for query in found.queryset.queries} <= {
        p.query for p in pairs(200) if p.part is Part.TEST
    }


def test_other_texts_of_the_same_item_do_not_count(encoder: HashingEncoder) -> None:
    alike = [
        replace(p, text=f"asks{p.item} {p.query[-6:]}" if "second" in p.query else "said otherwise")
        for p in pairs(200)
    ]
    distinct = [p for p in alike if p.text != "said otherwise" or p.item < 0]
    crowded = [*distinct, *(replace(p, text=f"{p.query} indeed") for p in distinct)]
    found = adaptation.held_out(crowded, Part.TEST)
    assert found.evaluate(encoder).measures["MRR@10"] > 0.95


def test_too_small_a_base_is_told_so() -> None:
    with pytest.raises(InvalidError, match="too little to learn from"):
        adaptation.held_out(pairs(12), Part.TEST)


def test_better_is_what_gains_beyond_chance() -> None:
    found = adaptation.verdict([("held out", WEAK, STRONG)])
    assert found.better
    assert "from 0.300 to 0.500" in found.sentence
    assert not adaptation.verdict([("held out", STRONG, WEAK)]).better
    assert not adaptation.verdict([("held out", WEAK, WEAK)]).better


def test_a_gain_that_may_be_chance_is_none() -> None:
    mixed = evaluated([0.9, 0.0] * 5 + [0.3] * 10)
    found = adaptation.verdict([("held out", WEAK, mixed)])
    assert not found.better
    assert "chance" in found.sentence


def test_what_loses_on_a_judged_set_is_refused_and_the_set_is_named() -> None:
    found = adaptation.verdict([("held out", WEAK, STRONG), ("bridges", STRONG, WEAK)])
    assert not found.better
    assert "bridges" in found.sentence
    assert "fell" in found.sentence
    assert adaptation.verdict([("held out", WEAK, STRONG), ("bridges", WEAK, WEAK)]).better
