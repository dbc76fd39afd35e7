"""Which practices fit: each concern is searched for; what answers several, or one well, comes first."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from sqlalchemy.orm import Session

from kb.access import Principal
from kb.items import ItemSummary
from kb.values import Filters, ItemId, PassageId
from kb.vocabulary import FacetName, Kind, KnowledgeArea
from search import fusion
from search.engine import Engine
from search.query import MAX_LENGTH, Query
from search.results import Hit

_EACH = 20
"""Practices that are looked at for one concern."""
_LEAST = 0.25
"""Relevance below which a practice is no recommendation, though a search would still list it."""
_FOR_AREA = 0.75
"""Weight of what answers a concern about one knowledge area and says that it belongs to others."""


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that a practice is to help with."""

    text: str
    """A situation, a wish or a fear, in words."""
    weight: float = 1.0
    """How much it matters, above 0 to 1."""
    area: KnowledgeArea | None = None
    """The knowledge area, where it is known."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A concern that a practice answers, and how."""

    concern: int
    """Index among the concerns."""
    hit: Hit


@dataclass(frozen=True, slots=True)
class Proposal:
    """A practice that fits."""

    item: ItemSummary
    fit: float
    """0 to 1: the chance that it helps with one concern at least."""
    reasons: tuple[Reason, ...]
    """The strongest first; never empty."""


@dataclass(frozen=True, slots=True)
class Recommended:
    """The practices that fit, the best first."""

    proposals: tuple[Proposal, ...]
    unanswered: tuple[int, ...]
    """Indexes of concerns that no practice answers well."""


def recommend(
    engine: Engine, session: Session, principal: Principal, concerns: Sequence[Concern], *, limit: int
) -> Recommended:
    """At most *limit* practices for *concerns*, out of what *principal* may see.

    A practice's fit is the noisy or of its relevances: 1 - prod(1 - weight * relevance).
    Raises UnavailableError when there is no usable index.
    """
    reasons: dict[ItemId, list[Reason]] = {}
    strengths: dict[ItemId, list[float]] = {}
    unanswered: list[int] = []
    for number, concern in enumerate(concerns):
        answers = _answers(engine, session, principal, concern)
        if not answers:
            unanswered.append(number)
        for hit, strength in answers:
            reasons.setdefault(hit.item.id, []).append(Reason(number, hit))
            strengths.setdefault(hit.item.id, []).append(concern.weight * strength)
    fits = {item: 1 - prod(1 - strength for strength in found) for item, found in strengths.items()}
    best = sorted(fits, key=lambda item: (-fits[item], item))[:limit]
    return Recommended(
        tuple(Proposal(reasons[i][0].hit.item, fits[i], _strongest(reasons[i], strengths[i])) for i in best),
        tuple(unanswered),
    )


def _answers(
    engine: Engine, session: Session, principal: Principal, concern: Concern
) -> list[tuple[Hit, float]]:
    """The practices that answer one concern, and how strongly: the mean of two relevances.

    One is what the search finds; the other is how near the concern lies to what a practice begins with, the
    problem that it is against: it may hold all the words of a situation in a passing example.
    """
    text = concern.text[:MAX_LENGTH]
    hits = _search(engine, session, principal, text, None)
    if not hits:
        return []
    own = hits if concern.area is None else _search(engine, session, principal, text, concern.area)
    near = beginnings(engine, text, list(hits))
    answers: list[tuple[Hit, float]] = []
    for id_, hit in hits.items():
        strong = strength(hit, near.get(id_, -1.0)) * (1.0 if id_ in own else _FOR_AREA)
        if strong >= _LEAST and not hit.why.superseded_by:
            answers.append((hit, strong))
    return answers


def strength(hit: Hit, beginning: float) -> float:
    """The mean of two relevances, 0 to 1: of *hit*, and of the cosine of what it begins with."""
    return ((hit.relevance or 0.0) + fusion.relevance_of_meaning(beginning)) / 2


def _search(
    engine: Engine, session: Session, principal: Principal, text: str, area: KnowledgeArea | None
) -> dict[ItemId, Hit]:
    """The practices, of one area or of any, that answer *text*."""
    query = Query(text, filters=_of_area(area), typed=text)
    found = engine.search(session, principal, query, limit=_EACH)
    return {} if found.nearest_only else {hit.item.id: hit for hit in found.hits}


def beginnings(engine: Engine, text: str, items: Sequence[ItemId]) -> dict[ItemId, float]:
    """The cosine of *text* with the first passage of each of *items*."""
    near = engine.vectors.of_items(engine.meaning(text), np.array(sorted(items), np.int64))
    first: dict[ItemId, tuple[PassageId, float]] = {}
    for item, (passage, cosine) in zip(near.items.tolist(), near.pairs(), strict=True):
        if item not in first or passage < first[item][0]:
            first[item] = passage, cosine
    return {item: cosine for item, (_, cosine) in first.items()}


def _of_area(area: KnowledgeArea | None) -> Filters:
    facets = {FacetName.KIND: (str(Kind.PRACTICE),)}
    return Filters(facets | {FacetName.AREA: (str(area),)} if area else facets)


def _strongest(reasons: Sequence[Reason], strengths: Sequence[float]) -> tuple[Reason, ...]:
    order = sorted(range(len(reasons)), key=lambda place: -strengths[place])
    return tuple(reasons[place] for place in order)
