"""Training and templates that help to take up a practice: those it names, and those near to it in meaning."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb import items, passages
from kb.access import Principal
from kb.items import ItemDetail, ItemSummary
from kb.text import references
from kb.values import Filters, PracticeFields
from kb.vocabulary import FacetName, Kind
from search import weighing
from search.engine import Engine

_NEAR = 0.5
"""Cosine from which an item is about what a practice is about."""


@dataclass(frozen=True, slots=True)
class Help:
    """An item that helps, and the text that shows it."""

    item: ItemSummary
    quote: str


def helpful(
    engine: Engine, session: Session, principal: Principal, practice: ItemDetail, kind: Kind, *, limit: int
) -> list[Help]:
    """At most *limit* items of *kind* for *practice*, those that it names first."""
    found: dict[str, Help] = {}
    for head in (*_named(session, principal, practice), *_near(engine, session, principal, practice, kind)):
        if head.kind is kind and len(found) < limit and head.ref not in found:
            first = passages.first(session, principal, head.id)
            found[head.ref] = Help(head, first.text if first else head.summary)
    return list(found.values())


def _named(session: Session, principal: Principal, practice: ItemDetail) -> Iterator[ItemSummary]:
    known = items.referred(session, principal, references(practice.body) - {practice.head.ref})
    heads = items.summaries(session, principal, list(known))
    yield from sorted(heads.values(), key=lambda head: practice.body.find(known[head.id]))


def _near(
    engine: Engine, session: Session, principal: Principal, practice: ItemDetail, kind: Kind
) -> Iterator[ItemSummary]:
    fields = practice.fields
    part = (fields.practice or fields.problem) if isinstance(fields, PracticeFields) else ""
    (meaning,) = weighing.meanings_of(engine, session, principal, practice, [part or practice.body])
    if meaning is None:
        return
    filters = Filters({FacetName.KIND: (str(kind),)})
    near = engine.near(session, principal, meaning, limit=5, filters=filters)
    heads = items.summaries(session, principal, list(near))
    yield from (heads[id_] for id_, cosine in near.items() if cosine >= _NEAR and id_ in heads)
