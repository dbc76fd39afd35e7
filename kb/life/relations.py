"""How items stand to one another: duplicates, what supersedes what, what disagrees."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import audit, items
from kb.access import Permission, Principal, require, visible
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.items import ItemSummary
from kb.life import steps
from kb.life.lifecycle import RULES, Move
from kb.models import Item, Relation
from kb.values import ItemId
from kb.vocabulary import Kind, Link


@dataclass(frozen=True, slots=True)
class Related:
    """Another item, and how it stands to the one that was asked about."""

    item: ItemSummary
    link: Link
    outgoing: bool
    """Whether the link goes from the item asked about to this one."""
    at: datetime
    author: str
    note: str


def relate(session: Session, principal: Principal, ref: str, link: Link, other: str, note: str = "") -> None:
    """Note that the item *ref* is a *link* of the item *other*; a superseded lesson is out of use from then.

    Raises NotFoundError, InvalidError for an item and itself, ConflictError when that was noted already.
    """
    require(principal, Permission.REVIEW if link is Link.SUPERSEDES else Permission.CONTRIBUTE)
    one, another = items.get(session, principal, ref).head, items.get(session, principal, other).head
    if one.id == another.id:
        raise InvalidError("An item does not stand to itself in any way.")
    if session.get(Relation, (one.id, another.id, link)) is not None:
        raise ConflictError(f"That {one.ref} {link.replace('_', ' ')} {another.ref} is noted already.")
    session.add(
        Relation(item_id=one.id, other_id=another.id, link=link, author=principal.name, note=note.strip())
    )
    if link is Link.SUPERSEDES:
        _supersede(session, principal, another.id, f"Superseded by {one.ref}. {note}".strip())
    audit.record(session, principal, "relate", one.ref, link=link, other=another.ref)
    session.flush()


def part(session: Session, principal: Principal, ref: str, link: Link, other: str) -> None:
    """Take the note back. Raises NotFoundError when there is none."""
    require(principal, Permission.CONTRIBUTE)
    one, another = items.get(session, principal, ref).head, items.get(session, principal, other).head
    row = session.get(Relation, (one.id, another.id, link))
    if row is None:
        raise NotFoundError(f"It is not noted that {one.ref} {link.replace('_', ' ')} {another.ref}.")
    session.delete(row)
    audit.record(session, principal, "part", one.ref, link=link, other=another.ref)
    session.flush()


def of_item(session: Session, principal: Principal, ref: str) -> list[Related]:
    """What stands to the item *ref* in some way, as far as *principal* may see it. Raises NotFoundError."""
    own = items.get(session, principal, ref).head.id
    found = session.scalars(
        select(Relation).where((Relation.item_id == own) | (Relation.other_id == own)).order_by(Relation.at)
    ).all()
    others = [ItemId(r.other_id if r.item_id == own else r.item_id) for r in found]
    known = items.summaries(session, principal, others)
    return [
        Related(known[other], Link(r.link), r.item_id == own, r.at, r.author, r.note)
        for r, other in zip(found, others, strict=True)
        if other in known
    ]


def disagreeing(session: Session, principal: Principal) -> list[tuple[ItemSummary, ItemSummary]]:
    """Pairs that contradict each other, the newest note first, as far as *principal* may see both."""
    rows = session.execute(
        select(Relation.item_id, Relation.other_id)
        .where(Relation.link == Link.CONTRADICTS)
        .order_by(Relation.at.desc())
    ).all()
    known = items.summaries(session, principal, [ItemId(id_) for row in rows for id_ in row])
    pairs = [(ItemId(a), ItemId(b)) for a, b in rows]
    return [(known[a], known[b]) for a, b in pairs if a in known and b in known]


def _supersede(session: Session, principal: Principal, item: ItemId, reason: str) -> None:
    lesson = session.scalars(select(Item).where(Item.id == item, visible(principal))).one()
    if lesson.kind == Kind.LESSON and lesson.status in RULES[Move.SUPERSEDE].origins:
        steps.take(session, principal, lesson, Move.SUPERSEDE, reason)
