"""What became of items since they were written, as far as results are ordered and marked by it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from kb.access import Principal, visible
from kb.life import applications
from kb.life.applications import Record
from kb.models import Item, Relation
from kb.values import ItemId
from kb.vocabulary import Link, Status

RETIRED = (Status.REJECTED, Status.SUPERSEDED)
"""Statuses of what nobody should go by any more."""
NOT_IN_USE = (Status.DRAFT, *RETIRED)
"""Those, and of what nobody can go by yet."""


@dataclass(frozen=True, slots=True)
class Experience:
    """Of all items those of which there is something to say."""

    records: Mapping[ItemId, Record] = field(default_factory=dict[ItemId, Record])
    """Of the items that some project applied, or decided not to."""
    overdue: frozenset[ItemId] = frozenset()
    """Their review dates went by."""
    retired: Mapping[ItemId, tuple[str, ...]] = field(default_factory=dict[ItemId, tuple[str, ...]])
    """Rejected or superseded items, with the references of what supersedes them."""

    def record(self, item: ItemId) -> Record:
        """How often *item* was applied, and how that went."""
        return self.records.get(item, Record())

    def superseded_by(self, item: ItemId) -> tuple[str, ...]:
        """References of what took the place of *item*."""
        return self.retired.get(item, ())


def read(session: Session, principal: Principal, today: date) -> Experience:
    """What is known *today* of the items that *principal* may see."""
    late = session.scalars(select(Item.id).where(visible(principal), Item.review_date < today))
    return Experience(
        applications.all_records(session, principal),
        frozenset(ItemId(id_) for id_ in late),
        _retired(session, principal),
    )


def _retired(session: Session, principal: Principal) -> dict[ItemId, tuple[str, ...]]:
    supersedes = and_(Relation.other_id == Item.id, Relation.link == Link.SUPERSEDES)
    rows = session.execute(
        select(Item.id, _other.ref)
        .outerjoin(Relation, supersedes)
        .outerjoin(_other, and_(_other.id == Relation.item_id, visible(principal, _other)))
        .where(visible(principal), Item.status.in_(RETIRED))
        .order_by(Relation.at)  # by id, SQLite would walk through all items
    )
    found: dict[ItemId, tuple[str, ...]] = {}
    for id_, by in rows:
        found[ItemId(id_)] = (*found.get(ItemId(id_), ()), *([by] if by else []))
    return found


_other = aliased(Item)
