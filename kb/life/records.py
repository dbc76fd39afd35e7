"""Items without their text, with what is needed to cite and to follow them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kb import facets, items
from kb.access import Principal, visible
from kb.items import ItemSummary
from kb.models import Item
from kb.values import Filters, ItemId

Wanted = Collection[ItemId] | Filters
"""Which items: these, or those that filters match."""


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """An item as a bibliography or a feed needs it."""

    head: ItemSummary
    external_ref: str
    url: str
    """Where it was published."""
    contributor: str
    owner: str
    citation: str
    created_at: datetime
    updated_at: datetime


def read(session: Session, principal: Principal, ids: Collection[ItemId]) -> dict[ItemId, ItemRecord]:
    """The items among *ids* that *principal* may see."""
    return {record.head.id: record for record in newest(session, principal, ids, len(ids))}


def newest(session: Session, principal: Principal, wanted: Wanted, limit: int) -> list[ItemRecord]:
    """At most *limit* of the *wanted* items that *principal* may see, the latest change first."""
    rows = session.execute(
        select(
            Item.id,
            Item.external_ref,
            Item.url,
            Item.contributor,
            Item.owner,
            Item.citation,
            Item.created_at,
            Item.updated_at,
        )
        .where(visible(principal), condition(wanted))
        .order_by(Item.updated_at.desc(), Item.id.desc())
        .limit(limit)
    ).all()
    heads = items.summaries(session, principal, [ItemId(row.id) for row in rows])
    return [ItemRecord(heads[ItemId(row.id)], *row[1:]) for row in rows]


def changed_since(session: Session, principal: Principal, wanted: Wanted, moment: datetime) -> int:
    """How many *wanted* items that *principal* may see came, were handed in or changed after *moment*."""
    query = select(func.count()).select_from(Item)
    return session.scalar(query.where(visible(principal), condition(wanted), Item.updated_at > moment)) or 0


def condition(wanted: Wanted) -> ColumnElement[bool]:
    """The condition on Item that holds for the *wanted*."""
    return facets.condition(wanted) if isinstance(wanted, Filters) else Item.id.in_(wanted)
