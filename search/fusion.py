"""From two rankings to one: pure functions over scores."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import NamedTuple

from kb.values import ItemId, PassageId

MEANING_WEIGHT = 0.6
"""Share of meaning in the fused score, the rest is words; chosen on judged queries (docs/decisions/0004)."""
CONFIDENT_COSINE = 0.37
"""Best cosine from which a query counts as answered. On the NASA development queries, answerable ones reach
0.386 or more and unanswerable ones 0.36 at most."""
RELATED_COSINE = 0.30
"""Cosine from which an item belongs to the results though it lacks some of the words."""
RELATED_SCORE = 0.4
"""Fused score from which it belongs to them whatever its cosine is: many of the words make up for meaning."""
FAINT_WORDS = 0.2
"""Share of the best BM25 below which words alone, without related meaning, make no candidate."""
_FIRST_PAGE = 10
_FEW = 5
_TINY = 1e-6
NEAREST = 5
"""How many items are offered when nothing answers."""


class Mode(StrEnum):
    """What a ranking goes by; anything but both is for comparing."""

    HYBRID = "hybrid"
    WORDS = "words"
    MEANING = "meaning"


class Evidence(NamedTuple):
    """What speaks for one item."""

    bm25: float
    """Of its best passage; 0 when it holds none of the words."""
    cosine: float
    """Of its nearest passage."""
    holds_all: bool
    """Whether it holds every word of the query, close together."""
    place: PassageId | None = None
    """Where its words stand, if it holds any."""


def by_words(evidence: Mapping[ItemId, Evidence]) -> dict[ItemId, float]:
    """BM25 alone, of the items that hold any of the words."""
    return {item: e.bm25 for item, e in evidence.items() if e.bm25 > 0}


def by_meaning(evidence: Mapping[ItemId, Evidence]) -> dict[ItemId, float]:
    """The cosine of the nearest passage alone."""
    return {item: e.cosine for item, e in evidence.items()}


def fuse(evidence: Mapping[ItemId, Evidence]) -> dict[ItemId, float]:
    """A score from 0 to 1 for each item: both kinds of evidence as a share of the best there is.

    Score fusion keeps distances that rank fusion throws away: an exact hit far ahead of the rest stays ahead.
    """
    best_words = max((e.bm25 for e in evidence.values()), default=0.0) or 1.0
    best_meaning = max((e.cosine for e in evidence.values()), default=0.0)
    scale = max(best_meaning, _TINY)
    return {
        item: MEANING_WEIGHT * max(0.0, e.cosine) / scale + (1 - MEANING_WEIGHT) * e.bm25 / best_words
        for item, e in evidence.items()
    }


def rank(
    evidence: Mapping[ItemId, Evidence], scores: Mapping[ItemId, float], named: Collection[ItemId] = ()
) -> list[ItemId]:
    """Items by falling score, ties by id; but first those that the query *named* by their reference.

    Where only a few items hold all the words, those words were meant: they stand among the first ten, however
    near in meaning others are.
    """
    order = sorted(evidence, key=lambda item: (item not in named, -scores[item], item))
    exact = [item for item in order if evidence[item].holds_all]
    late = [item for item in exact if item not in order[:_FIRST_PAGE]]
    if not late or len(exact) > _FEW:
        return order
    rest = [item for item in order if item not in late]
    keep = _FIRST_PAGE - len(late)
    return [*rest[:keep], *late, *rest[keep:]]


def passage_score(words: float, cosine: float) -> float:
    """How well one passage answers: *words* is the share of the query's words that it holds."""
    return MEANING_WEIGHT * max(0.0, cosine) + (1 - MEANING_WEIGHT) * words


def answers(evidence: Mapping[ItemId, Evidence]) -> bool:
    """Whether anything there answers the query well."""
    return any(e.cosine >= CONFIDENT_COSINE or e.holds_all for e in evidence.values())


def related(evidence: Evidence, score: float) -> bool:
    """Whether an item belongs among the results of a query that is answered; *score* is its fused one."""
    return evidence.cosine >= RELATED_COSINE or evidence.holds_all or score >= RELATED_SCORE
