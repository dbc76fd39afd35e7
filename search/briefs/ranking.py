"""The order of a brief: what matters most to the project, every need heard, no subject over and over.

Pure functions over relevances. Greedy, after xQuAD (Santos, Macdonald, Ounis, "Exploiting query
reformulations for web search result diversification", 2010): the aspects of the query are the needs.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kb.values import ItemId
from kb.vocabulary import Kind

_SHARES = {Kind.PRACTICE: 0.25, Kind.TEMPLATE: 0.15, Kind.TRAINING: 0.15}
"""Of the places at most; lessons may have all."""
_NOVELTY = 0.6
"""Weight of what a further item adds for needs that are not yet answered; the rest is its worth by itself."""
_AREA = 0.92
"""What an item counts for, for each item of its knowledge area that stands before it already."""
_ALIKE = 0.3
"""How much likeness to what stands before takes away."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that answers some needs."""

    item: ItemId
    kind: Kind
    answers: Mapping[int, float]
    """Its relevance to each need, 0 to 1."""
    weight: float = 1.0
    """How much it matters by what it is."""
    areas: tuple[str, ...] = ()
    vector: NDArray[np.float32] | None = field(default=None, compare=False)


def worth(candidate: Candidate, weights: Sequence[float]) -> float:
    """What an item is worth by itself: the probability that it serves any need, each by its weight."""
    missed = 1.0
    for need, relevance in candidate.answers.items():
        missed *= 1 - min(0.95, weights[need] * relevance)
    return 1 - missed


def order(candidates: Sequence[Candidate], weights: Sequence[float], limit: int) -> list[Candidate]:
    """At most *limit* of *candidates*; *weights* say how much each need decides, 0 to 1."""
    left: list[Candidate] = list(candidates)
    own = {one.item: worth(one, weights) for one in left}
    open_ = list(weights)
    chosen: list[Candidate] = []
    kinds: Counter[Kind] = Counter()
    areas: Counter[str] = Counter()
    while left and len(chosen) < limit:
        best = max(left, key=lambda one: (_gain(one, own[one.item], open_, areas, chosen), -one.item))
        chosen.append(best)
        kinds[best.kind] += 1
        areas.update(best.areas[:1])
        for need, relevance in best.answers.items():
            open_[need] *= 1 - relevance
        full = {kind for kind, share in _SHARES.items() if kinds[kind] >= max(1, round(share * limit))}
        left = [one for one in left if one is not best and one.kind not in full]
    return chosen


def _gain(
    one: Candidate, own: float, still: Sequence[float], areas: Counter[str], chosen: Sequence[Candidate]
) -> float:
    new = max((still[need] * relevance for need, relevance in one.answers.items()), default=0.0)
    repeated = sum(areas[area] for area in one.areas[:1])
    value = (1 - _NOVELTY) * own + _NOVELTY * new
    return one.weight * value * _AREA**repeated * (1 - _ALIKE * _likeness(one, chosen))


def _likeness(one: Candidate, chosen: Sequence[Candidate]) -> float:
    """The cosine to the most like of those chosen."""
    vector = one.vector
    if vector is None:
        return 0.0
    return max((float(vector @ other.vector) for other in chosen if other.vector is not None), default=0.0)
