"""From two kinds of evidence to one ranking: pure functions over scores.

Every figure is absolute, none a share of the best in this search: a relevance means the same whatever was
asked and whatever else was found. How the constants were found: docs/decisions/0004.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from math import exp, log
from typing import NamedTuple

from kb.values import ItemId, PassageId

MEANING_WEIGHT = 0.5
"""Share of meaning in the fused score, the rest is words."""
_STEEPNESS, _MIDDLE = 19.7, 0.329
"""Of the logistic curve from a fused score to the share of people who would call the item relevant, fitted on
the judged pairs of NASA's development queries."""
_STEEPNESS_ALONE, _MIDDLE_ALONE = 12.8, 0.465
"""The same from meaning alone, where no words are asked for."""
RELATED = 0.05
"""Relevance from which an item belongs to the results."""
_RELATED_SCORE = _MIDDLE + log(RELATED / (1 - RELATED)) / _STEEPNESS
NEAR_COSINE = 0.36
"""Cosine from which an item is a candidate whatever words it holds. Below it, it needs words to be related,
and those that hold most of them are candidates anyway."""
SIMILAR_COSINE = 0.3
"""Cosine from which an item counts as similar to another."""
_ANSWERS = 0.32
"""Confidence from which a query counts as answered. In the experiment that chose it, NASA's unanswerable
development queries reached 0.322 in one case of twelve and 0.291 in the others, its answerable ones 0.327 or
more; as the product cuts passages, all twelve stay below and all others above."""
_HELD_WEIGHT = 0.4
"""Share of the words held in that confidence, the rest is meaning."""
FEW = 2
"""Items up to which a word is rare: it was typed for their sake."""
_FIRST_PAGE = 10
_KEPT = 5
"""Places of the first page that may go to items for the exact words they hold."""
NEAREST = 5
"""How many items are offered when nothing answers."""


class Mode(StrEnum):
    """What a ranking goes by; anything but both is for comparing."""

    HYBRID = "hybrid"
    WORDS = "words"
    MEANING = "meaning"


class Evidence(NamedTuple):
    """What speaks for one item."""

    words: float
    """BM25 of its best row as a share of what a text made for the query could reach, 0 to 1."""
    cosine: float
    """Of its nearest passage."""
    held: float = 0.0
    """Share of the query's words, weighed by rarity, that stand close together in it, 0 to 1."""
    place: PassageId | None = None
    """Where its words stand, if it holds any."""


def fuse(evidence: Evidence) -> float:
    """The score of an item, or of a passage, from 0 to 1: a weighted mean of words and meaning."""
    return MEANING_WEIGHT * max(0.0, evidence.cosine) + (1 - MEANING_WEIGHT) * evidence.words


def relevance(score: float) -> float:
    """The probability that a reader would call an item with the fused *score* relevant."""
    return _logistic(_STEEPNESS * (score - _MIDDLE))


def related(score: float) -> bool:
    """Whether an item with the fused *score* belongs to the results of a query that is answered."""
    return score >= _RELATED_SCORE


def relevance_of_meaning(cosine: float) -> float:
    """The same where meaning is all that was compared."""
    return _logistic(_STEEPNESS_ALONE * (cosine - _MIDDLE_ALONE))


def _logistic(x: float) -> float:
    return 1 / (1 + exp(-x))


def score(evidence: Mapping[ItemId, Evidence], mode: Mode) -> dict[ItemId, float]:
    """What *mode* ranks each item by; items without any word are left out when words alone count."""
    if mode is Mode.HYBRID:
        return {item: fuse(e) for item, e in evidence.items()}
    if mode is Mode.MEANING:
        return {item: e.cosine for item, e in evidence.items()}
    return {item: e.words for item, e in evidence.items() if e.words > 0}


def rank(
    scores: Mapping[ItemId, float], named: Collection[ItemId] = (), exact: Collection[ItemId] = ()
) -> list[ItemId]:
    """Items by falling score, ties by id; but first those that the query *named* by their reference.

    Those in *exact* hold what was typed word for word: the first five of them stand among the first ten,
    however near in meaning others are.
    """
    order = sorted(scores, key=lambda item: (item not in named, -scores[item], item))
    kept = set([item for item in order if item in exact][:_KEPT])
    if kept.issubset(order[:_FIRST_PAGE]):
        return order
    others = [item for item in order if item not in kept]
    page = {*others[: _FIRST_PAGE - len(kept)], *kept}
    return [*(item for item in order if item in page), *(item for item in order if item not in page)]


def answers(evidence: Mapping[ItemId, Evidence]) -> bool:
    """Whether any item answers the query: near in meaning, holding what was asked for, or some of each."""
    return any(
        (1 - _HELD_WEIGHT) * max(0.0, e.cosine) + _HELD_WEIGHT * e.held >= _ANSWERS for e in evidence.values()
    )
