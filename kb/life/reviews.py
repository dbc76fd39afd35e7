"""The review clock: who looks after an item, and when it is to be looked at again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from kb import audit, facet_codes, facets, items
from kb.access import Permission, Principal, require, visible
from kb.errors import InvalidError, NotFoundError
from kb.items import ItemSummary
from kb.models import Facet, Item
from kb.text import squash
from kb.values import Filters, ItemId
from kb.vocabulary import FacetName, ReviewState

SOON = timedelta(days=30)
"""Before its review date an item is due soon for so long."""
_LONGEST = timedelta(days=3_660)


@dataclass(frozen=True, slots=True)
class Due:
    """An item with its keeper and its day."""

    item: ItemSummary
    owner: str
    review_date: date | None
    state: ReviewState


def state(review_date: date | None, today: date) -> ReviewState:
    """How something to be reviewed on *review_date* stands *today*."""
    if review_date is None:
        return ReviewState.UNSET
    if review_date < today:
        return ReviewState.OVERDUE
    return ReviewState.DUE_SOON if review_date <= today + SOON else ReviewState.CURRENT


def counts(session: Session, principal: Principal, today: date, *, owner: str = "") -> dict[ReviewState, int]:
    """How many items that *principal* may see are in each state; only those of *owner* if given."""
    found: dict[ReviewState, int] = {}
    for one in ReviewState:
        query = select(func.count()).select_from(Item).where(visible(principal), _condition(one, today))
        found[one] = session.scalar(query.where(_owned(owner))) or 0
    return found


def listed(
    session: Session,
    principal: Principal,
    wanted: ReviewState,
    today: date,
    *,
    owner: str = "",
    offset: int,
    limit: int,
) -> list[Due]:
    """A page of the items in a state, the longest overdue first; only those of *owner* if given."""
    rows = session.execute(
        select(Item.id, Item.owner, Item.review_date)
        .where(visible(principal), _condition(wanted, today), _owned(owner))
        .order_by(Item.review_date, Item.id)
        .offset(offset)
        .limit(limit)
    ).all()
    known = items.summaries(session, principal, [ItemId(id_) for id_, *_ in rows])
    return [Due(known[ItemId(id_)], who, day, state(day, today)) for id_, who, day in rows]


def confirm(
    session: Session, principal: Principal, ref: str, next_day: date, today: date, note: str = ""
) -> None:
    """Note that the item *ref* was looked at and still holds, until *next_day*."""
    require(principal, Permission.CONTRIBUTE)
    if not today < next_day <= today + _LONGEST:
        raise InvalidError("The next review lies in the future, ten years away at most.")
    item = _find(session, principal, ref)
    item.review_date = next_day
    audit.record(session, principal, "review", ref, until=next_day.isoformat(), note=note.strip())
    session.flush()


def reassign(
    session: Session, principal: Principal, leaver: str, successor: str, refs: Sequence[str] = ()
) -> int:
    """Give what *leaver* owns, all of it or the items *refs*, to *successor*; how many items."""
    require(principal, Permission.REVIEW)
    new = squash(successor)[:300]
    if not new or new == leaver:
        raise InvalidError("Name somebody else who looks after it from now on.")
    query = select(Item).where(visible(principal), Item.owner == leaver)
    if refs:
        query = query.where(Item.ref.in_(refs))
    found = session.scalars(query).all()
    for item in found:
        item.owner = new
        _carry(session, item, leaver, new)
    if found:
        facet_codes.learn(session, {(FacetName.OWNER, new)})
        audit.record(session, principal, "reassign", new, leaver=leaver, items=len(found))
    session.flush()
    return len(found)


def owners(session: Session, principal: Principal) -> list[tuple[str, int]]:
    """Everybody who looks after something, with how much it is."""
    counted = facets.count_all(session, principal, Filters())[FacetName.OWNER]
    return [(found.value, found.count) for found in counted]


def _carry(session: Session, item: Item, old: str, new: str) -> None:
    """The owner among what the item is filtered and counted by."""
    row = session.get(Facet, (item.id, FacetName.OWNER, old))
    if row is not None:
        session.delete(row)
        session.flush()
    if session.get(Facet, (item.id, FacetName.OWNER, new)) is None:
        session.add(Facet(item_id=item.id, name=FacetName.OWNER, value=new))
        session.flush()
    pairs = session.execute(select(Facet.name, Facet.value).where(Facet.item_id == item.id)).all()
    item.facet_codes = facet_codes.coded(sorted((name, value) for name, value in pairs))


def _find(session: Session, principal: Principal, ref: str) -> Item:
    item = session.scalars(select(Item).where(Item.ref == ref, visible(principal))).one_or_none()
    if item is None:
        raise NotFoundError(f"There is no item {ref!r} here, or you may not read it.")
    return item


def _owned(owner: str) -> ColumnElement[bool]:
    if not owner:
        return true()
    return Item.id.in_(select(Facet.item_id).where(Facet.name == FacetName.OWNER, Facet.value == owner))


def _condition(wanted: ReviewState, today: date) -> ColumnElement[bool]:
    if wanted is ReviewState.UNSET:
        return Item.review_date.is_(None)
    if wanted is ReviewState.OVERDUE:
        return Item.review_date < today
    if wanted is ReviewState.DUE_SOON:
        return Item.review_date.between(today, today + SOON)
    return Item.review_date > today + SOON
