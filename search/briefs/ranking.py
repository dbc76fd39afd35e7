"""The order of a brief: what matters most to the project, every need heard, no subject over and over.

Pure functions over what items have to say to needs. Greedy, after xQuAD (Santos, Macdonald, Ounis,
"Exploiting query reformulations for web search result diversification", 2010): the needs are its aspects.
How the constants were found: docs/decisions/0009.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb.values import ItemId
from kb.vocabulary import Kind

_NEEDS = 3
"""Needs of an item that count: one may be chance, and more than three are as good."""
_OPEN = 0.5
"""Share of what an item adds for needs that are still open; the rest is its worth by itself."""
_FULL = 0.1
"""Edge with which a need is answered as well as can be: it is then closed but for a tenth."""
_CLOSED = 0.9
_AREA = 0.97
"""What an item counts for, for each item of its knowledge area that stands before it."""
_SHARES = {Kind.PRACTICE: 0.2, Kind.TEMPLATE: 0.1, Kind.TRAINING: 0.1}
"""Of the places so far at most, the first page as a whole; lessons may have all."""
_PAGE = 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that answers some needs."""

    item: ItemId
    kind: Kind
    edges: Mapping[int, float]
    """By how much its score for each need is above that of what merely comes up for the need."""
    weight: float = 1.0
    """How much it matters by what it is."""
    areas: tuple[str, ...] = ()


def worth(candidate: Candidate, weights: Sequence[float]) -> float:
    """What an item is worth by itself; *weights* say how much each need decides, 0 to 1."""
    return candidate.weight * _mean(weights[need] * edge for need, edge in candidate.edges.items())


def order(candidates: Sequence[Candidate], weights: Sequence[float], limit: int) -> list[Candidate]:
    """At most *limit* of *candidates*, best first."""
    left: list[Candidate] = list(candidates)
    own = {one.item: worth(one, weights) for one in left}
    still = list(weights)
    chosen: list[Candidate] = []
    kinds: Counter[Kind] = Counter()
    areas: Counter[str] = Counter()
    while len(chosen) < limit:
        full = {kind for kind in _SHARES if kinds[kind] >= _places(kind, len(chosen))}
        values = [
            (((1 - _OPEN) * own[one.item] + _OPEN * worth(one, still)) * _fresh(one, areas), -one.item, one)
            for one in left
            if one.kind not in full
        ]
        if not values:
            break
        *_, best = max(values, key=lambda value: value[:2])
        chosen.append(best)
        left.remove(best)
        kinds[best.kind] += 1
        areas.update(best.areas)
        for need, edge in best.edges.items():
            still[need] *= 1 - _CLOSED * min(1.0, edge / _FULL)
    return chosen


def _places(kind: Kind, chosen: int) -> int:
    return round(_SHARES[kind] * max(_PAGE, chosen))


def _fresh(one: Candidate, areas: Counter[str]) -> float:
    return _AREA ** max((areas[area] for area in one.areas), default=0)


def _mean(edges: Iterable[float]) -> float:
    return sum(sorted(edges, reverse=True)[:_NEEDS]) / _NEEDS
