"""What comes before training, all the way back, in layers to be drawn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.access import Principal
from kb.learning import catalogue
from kb.learning.catalogue import Offer
from kb.learning.values import key
from kb.models import Training
from kb.text import references

MOST = 60
"""Courses in one graph: with more of them no picture helps."""

Edge = tuple[str, str]
"""References of what comes first and of what comes after it."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Courses in layers, each after all that comes before it."""

    layers: tuple[tuple[Offer, ...], ...]
    edges: tuple[Edge, ...]
    conditions: Mapping[str, tuple[str, ...]]
    """By reference, what else a course asks for, in words."""
    cycles: tuple[tuple[str, ...], ...]
    """References of courses of which each waits for the one before, and the first for the last: an error."""
    capped: bool = False
    """More comes before it than is told."""

    @property
    def offers(self) -> list[Offer]:
        """All of them, what comes first first."""
        return [offer for layer in self.layers for offer in layer]

    def before(self, ref: str) -> list[Offer]:
        """What comes right before a course."""
        return [offer for offer in self.offers if (offer.ref, ref) in self.edges]


def leading_to(session: Session, principal: Principal, ends: Sequence[Offer]) -> Graph:
    """*ends* and all that comes before them and that *principal* may see."""
    known = {offer.ref: offer for offer in ends}
    fresh = list(ends)
    while fresh and len(known) < MOST:
        found = _named(session, principal, fresh)
        fresh = [offer for offer in found if offer.ref not in known][: MOST - len(known)]
        known |= {offer.ref: offer for offer in fresh}
    return graph(known.values(), capped=len(known) >= MOST)


def teaching(session: Session, principal: Principal, competence: str) -> Graph:
    """What teaches a competence, as far as something comes before it or it comes before something."""
    every = catalogue.teaching(catalogue.offers(session, principal), competence)
    found = leading_to(session, principal, every)
    joined = {ref for edge in found.edges for ref in edge}
    return graph((offer for offer in found.offers if offer.ref in joined), capped=found.capped)


def graph(offers: Iterable[Offer], *, capped: bool = False) -> Graph:
    """*offers* in layers, each as near as can be to what comes after it."""
    known = {offer.ref: offer for offer in offers}
    before = catalogue.before(list(known.values()))
    edges = [(first, ref) for ref, told in before.items() for first in told.refs if first in known]
    straight, cycles = _straightened(known, edges)
    depths = _depths(known, straight)
    deepest = max(depths.values(), default=0)
    layers: list[list[Offer]] = [[] for _ in range(deepest + 1)] if known else []
    for ref, offer in known.items():
        layers[deepest - depths[ref]].append(offer)
    conditions = {ref: told.conditions for ref, told in before.items() if told.conditions}
    return Graph(tuple(map(tuple, layers)), tuple(edges), conditions, tuple(cycles), capped)


def _named(session: Session, principal: Principal, offers: Sequence[Offer]) -> list[Offer]:
    """The courses that the prerequisites of *offers* name: by reference, by their provider's, or by title."""
    said = [text for offer in offers for text in offer.prerequisites]
    refs = {ref for text in said for ref in (text, *references(text))}
    query = select(Training).where(catalogue.in_force(principal))
    rows = [
        row
        for column in (Training.ref, Training.external_ref)
        for row in session.scalars(query.where(column.in_(refs)))
    ]
    found = {name for row in rows for name in (row.ref, row.external_ref)}
    titles = {key(text) for text in said if not found & {text, *references(text)}}
    if titles:
        rows += session.scalars(query.where(func.lower(Training.title).in_(titles)))
    return [catalogue.offer_of(row) for row in rows]


def _straightened(known: Iterable[str], edges: Sequence[Edge]) -> tuple[list[Edge], list[tuple[str, ...]]]:
    """*edges* without one of each cycle, and the cycles."""
    left, cycles = list(edges), list[tuple[str, ...]]()
    while True:
        try:
            TopologicalSorter(_waiting(known, left)).prepare()
        except CycleError as error:
            ring: list[str] = error.args[1]  # each is waited for by the next; the last is the first
            cycles.append(tuple(ring[:-1]))
            left.remove((ring[0], ring[1]))
        else:
            return left, cycles


def _depths(known: Iterable[str], edges: Sequence[Edge]) -> dict[str, int]:
    """The longest way from each course to one that nothing waits for."""
    after: dict[str, list[str]] = {ref: [] for ref in known}
    for first, then in edges:
        after[first].append(then)
    depths: dict[str, int] = {}
    for ref in reversed(list(TopologicalSorter(_waiting(known, edges)).static_order())):
        depths[ref] = max((depths[then] + 1 for then in after[ref]), default=0)
    return depths


def _waiting(known: Iterable[str], edges: Sequence[Edge]) -> dict[str, set[str]]:
    waiting: dict[str, set[str]] = {ref: set() for ref in known}
    for first, then in edges:
        waiting[then].add(first)
    return waiting
