"""Pairs of items that may disagree, or of which one may replace the other: found, then decided by people."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select
from sqlalchemy.orm import Session, aliased

from kb import audit, items
from kb.access import Permission, Principal, require, visible
from kb.errors import ConflictError, NotFoundError
from kb.items import ItemSummary
from kb.life import relations
from kb.models import (
    Comparison,
    Disagreement,
    Embedding,
    Item,
    Lesson,
    Passage,
    Practice,
    Project,
    Relation,
    now,
)
from kb.values import ItemId
from kb.vocabulary import Classification, FlagState, Kind, Link, Role, Status

FINDER = Principal(
    "hindsight", Classification.CONFIDENTIAL, roles=frozenset({Role.COORDINATOR}), all_groups=True
)
"""Compares all there is; what it finds is shown only to those who may see both items."""
KINDS = (Kind.LESSON, Kind.PRACTICE)
"""What gives advice."""
_METHOD = "1"
"""Raise it when disagreements are found otherwise: all items are then compared anew."""
_OUT_OF_USE = (Status.REJECTED, Status.SUPERSEDED, Status.ARCHIVED)


@dataclass(frozen=True, slots=True)
class Said:
    """What an item advises."""

    id: ItemId
    title: str
    advice: str
    dated: date | None
    organisation: str


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What was found of two items."""

    one: ItemId
    """The newer one, where the link is SUPERSEDES."""
    other: ItemId
    link: Link
    reason: str


@dataclass(frozen=True, slots=True)
class Flagged:
    """A suspicion as people see it."""

    id: int
    one: ItemSummary
    other: ItemSummary
    link: Link
    reason: str
    state: FlagState
    found_at: datetime
    decided_at: datetime | None
    decided_by: str


def listed(
    session: Session, principal: Principal, state: FlagState = FlagState.OPEN, *, offset: int, limit: int
) -> list[Flagged]:
    """A page of the suspicions in *state* about items that *principal* may see both, the latest first."""
    query = select(Disagreement).where(_seen(principal), Disagreement.state == state)
    rows = session.scalars(query.order_by(Disagreement.id.desc()).offset(offset).limit(limit)).all()
    return _flagged(session, principal, rows)


def count(session: Session, principal: Principal, state: FlagState = FlagState.OPEN) -> int:
    """How many suspicions are in *state*, about items that *principal* may see both."""
    query = select(func.count()).select_from(Disagreement)
    return session.scalar(query.where(_seen(principal), Disagreement.state == state)) or 0


def of_item(session: Session, principal: Principal, ref: str) -> list[Flagged]:
    """The open suspicions about the item *ref* where *principal* may see the other. Raises NotFoundError."""
    own = items.get(session, principal, ref).head.id
    concerned = or_(Disagreement.item_id == own, Disagreement.other_id == own)
    query = select(Disagreement).where(_seen(principal), concerned, Disagreement.state == FlagState.OPEN)
    return _flagged(session, principal, session.scalars(query.order_by(Disagreement.id)).all())


def decide(session: Session, principal: Principal, number: int, state: FlagState, note: str = "") -> Flagged:
    """Confirm a suspicion, which relates the two items; or dismiss it, so that it is not raised again.

    Raises NotFoundError, ConflictError when it was decided before.
    """
    require(principal, Permission.REVIEW)
    query = select(Disagreement).where(_seen(principal), Disagreement.id == number)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise NotFoundError("There is no such pair here, or you may not see both of its items.")
    if row.state != FlagState.OPEN or state is FlagState.OPEN:
        raise ConflictError(f"This pair is {row.state} already; relate the items by hand if that was wrong.")
    (flagged,) = _flagged(session, principal, [row])
    if state is FlagState.CONFIRMED:
        relations.relate(
            session, principal, flagged.one.ref, flagged.link, flagged.other.ref, note.strip() or row.reason
        )
    row.state, row.decided_at, row.decided_by = state, now(), principal.name
    audit.record(session, principal, f"flag_{state}", flagged.one.ref, other=flagged.other.ref, link=row.link)
    session.flush()
    return _flagged(session, principal, [row])[0]


def unread(session: Session, model: str, limit: int) -> list[tuple[ItemId, bytes]]:
    """At most *limit* items that were not compared as they are now, each with its vector under *model*."""
    compared = and_(Comparison.item_id == Item.id, Comparison.digest == Item.digest + _METHOD)
    rows = session.execute(
        select(Item.id, Embedding.vector)
        .join(Passage, and_(Passage.item_id == Item.id, Passage.ordinal == 0))
        .join(Embedding, and_(Embedding.digest == Passage.digest, Embedding.model == model))
        .outerjoin(Comparison, compared)
        .where(
            visible(FINDER),
            Item.kind.in_(KINDS),
            Item.status.not_in(_OUT_OF_USE),
            Comparison.item_id.is_(None),
        )
        .order_by(Item.id)
        .limit(limit)
    )
    return [(ItemId(id_), vector) for id_, vector in rows]


def said(session: Session, principal: Principal, ids: Collection[ItemId]) -> dict[ItemId, Said]:
    """What those of *ids* advise that *principal* may see and that are in use."""
    found: dict[ItemId, Said] = {}
    for kind, advice in (
        (Lesson, Lesson.recommendation),
        (Practice, Practice.practice + "\n" + Practice.steps),
    ):
        rows = session.execute(
            select(
                kind.id,
                kind.title,
                advice,
                kind.dated,
                func.coalesce(func.nullif(kind.organisation, ""), Project.name, ""),
            )
            .outerjoin(Project, Project.id == kind.project_id)
            .where(visible(principal, kind), kind.status.not_in(_OUT_OF_USE), kind.id.in_(ids))
        )
        found.update(
            (ItemId(id_), Said(ItemId(id_), title, text, dated, origin))
            for id_, title, text, dated, origin in rows
        )
    return found


def keep(session: Session, compared: Collection[ItemId], found: Sequence[Suspicion]) -> int:
    """Note that the items *compared* were, and what was *found* about them; how many pairs are new.

    An open suspicion about an item that was changed is dropped unless it is found again; what people decided
    stays.
    """
    _forget(session, set(session.scalars(select(Comparison.item_id).where(Comparison.item_id.in_(compared)))))
    taken = _taken(session, {id_ for one in found for id_ in (one.one, one.other)})
    new: list[dict[str, object]] = []
    for one in found:
        pair = frozenset((one.one, one.other))
        if pair not in taken:
            taken.add(pair)
            new.append(
                {
                    "item_id": one.one,
                    "other_id": one.other,
                    "link": one.link,
                    "reason": one.reason,
                    "state": FlagState.OPEN,
                }
            )
    if new:
        session.execute(insert(Disagreement), new)
    session.execute(delete(Comparison).where(Comparison.item_id.in_(compared)))
    digests = session.execute(select(Item.id, Item.digest).where(Item.id.in_(compared)))
    noted = [{"item_id": id_, "digest": digest + _METHOD} for id_, digest in digests]
    if noted:
        session.execute(insert(Comparison), noted)
    audit.record(session, FINDER, "compare", f"{len(noted)} items", found=len(new))
    session.flush()
    return len(new)


def _forget(session: Session, changed: Collection[int]) -> None:
    """Drop open suspicions about items that were *changed*; what they were with is compared anew."""
    concerned = or_(Disagreement.item_id.in_(changed), Disagreement.other_id.in_(changed))
    open_ = and_(concerned, Disagreement.state == FlagState.OPEN)
    pairs = session.execute(select(Disagreement.item_id, Disagreement.other_id).where(open_)).all()
    session.execute(delete(Comparison).where(Comparison.item_id.in_({id_ for pair in pairs for id_ in pair})))
    session.execute(delete(Disagreement).where(open_))


def _taken(session: Session, ids: Collection[ItemId]) -> set[frozenset[ItemId]]:
    """Pairs that were flagged before, or that people related themselves."""
    pairs: set[frozenset[ItemId]] = set()
    for table in (Disagreement, Relation):
        rows = session.execute(
            select(table.item_id, table.other_id).where(or_(table.item_id.in_(ids), table.other_id.in_(ids)))
        )
        pairs.update(frozenset((ItemId(one), ItemId(other))) for one, other in rows)
    return pairs


def _seen(principal: Principal) -> ColumnElement[bool]:
    """The condition on Disagreement that *principal* may see both items.

    Asked pair by pair: as a list of what may be seen, it would read all items for the few that are flagged.
    """
    one, other = aliased(Item), aliased(Item)
    return and_(
        exists().where(one.id == Disagreement.item_id, visible(principal, one)),
        exists().where(other.id == Disagreement.other_id, visible(principal, other)),
    )


def _flagged(session: Session, principal: Principal, rows: Sequence[Disagreement]) -> list[Flagged]:
    ids = [ItemId(id_) for row in rows for id_ in (row.item_id, row.other_id)]
    known = items.summaries(session, principal, ids)
    return [
        Flagged(
            row.id,
            known[ItemId(row.item_id)],
            known[ItemId(row.other_id)],
            Link(row.link),
            row.reason,
            FlagState(row.state),
            row.found_at,
            row.decided_at,
            row.decided_by,
        )
        for row in rows
    ]
