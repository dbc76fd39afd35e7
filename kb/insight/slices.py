"""Lessons by what they are about, where they stand and what became of them: the lists behind figures."""

from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import ColumnElement, and_, func, not_, select
from sqlalchemy.orm import Session

from kb import items
from kb.access import Principal, peer, visible
from kb.items import ItemSummary
from kb.life.lifecycle import Move
from kb.models import Application, Facet, Item, Lesson, LessonStep, RemedialAction
from kb.values import ItemId
from kb.vocabulary import ActionState, FacetName, Having, Kind, Outcome, Status

NONE = "none"
"""Stands for lessons that do not say."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Which lessons are meant; what is empty is not asked for, NONE asks for those that do not say."""

    area: str = ""
    phase: str = ""
    year: str = ""
    polarity: str = ""
    status: str = ""
    having: Having | None = None
    lacking: Having | None = None

    def as_json(self) -> dict[str, str]:
        """What is asked for, by name; query parameters too."""
        given = ((f.name, getattr(self, f.name)) for f in fields(self))
        return {name: str(value) for name, value in given if value}


def count(session: Session, principal: Principal, wanted: Slice) -> int:
    """How many lessons of the slice *principal* may see."""
    seen = visible(peer(principal))
    query = select(func.count(Item.id)).where(seen, Item.kind == Kind.LESSON, condition(wanted))
    return session.scalar(query) or 0


def listed(
    session: Session, principal: Principal, wanted: Slice, *, offset: int, limit: int
) -> list[ItemSummary]:
    """A page of the lessons of the slice, newest first, undated last."""
    ids = session.scalars(
        select(Item.id)
        .where(visible(peer(principal)), Item.kind == Kind.LESSON, condition(wanted))
        .order_by(Item.dated.desc().nulls_last(), Item.id)
        .offset(offset)
        .limit(limit)
    )
    order = [ItemId(id_) for id_ in ids]
    known = items.summaries(session, principal, order)
    return [known[id_] for id_ in order]


def condition(wanted: Slice) -> ColumnElement[bool]:
    """The condition on Item that holds for the lessons of the slice, and for no other lesson."""
    parts: list[ColumnElement[bool]] = []
    for name, value in ((FacetName.AREA, wanted.area), (FacetName.PHASE, wanted.phase)):
        if value:
            parts.append(_carries(name, value))
    if wanted.year:
        parts.append(_of_year(wanted.year))
    if wanted.polarity == NONE:
        parts.append(_told(Lesson.polarity.is_(None)))
    elif wanted.polarity:
        parts.append(_told(Lesson.polarity == wanted.polarity))
    if wanted.status:
        parts.append(Item.status == wanted.status)
    if wanted.having:
        parts.append(has(wanted.having))
    if wanted.lacking:
        parts.append(not_(has(wanted.lacking)))
    return and_(*parts) if parts else Item.id.is_not(None)


def has(what: Having) -> ColumnElement[bool]:
    """The condition on Item that *what* became of it."""
    return _CONDITIONS[what]


def _told(said: ColumnElement[bool]) -> ColumnElement[bool]:
    return Item.id.in_(select(Lesson.id).where(said))


def _carries(name: FacetName, value: str) -> ColumnElement[bool]:
    carrying = select(Facet.item_id).where(Facet.name == name)
    if value == NONE:
        return Item.id.not_in(carrying)
    return Item.id.in_(carrying.where(Facet.value == value))


def _of_year(year: str) -> ColumnElement[bool]:
    if year == NONE:
        return Item.dated.is_(None)
    return Item.dated.between(date(int(year), 1, 1), date(int(year), 12, 31))


def _stepped(*moves: Move) -> ColumnElement[bool]:
    return and_(*(Item.id.in_(select(LessonStep.item_id).where(LessonStep.move == move)) for move in moves))


_ACTED = Item.id.in_(select(RemedialAction.item_id).where(RemedialAction.state != ActionState.CANCELLED))
_VALIDATED = Item.id.in_(select(RemedialAction.item_id).where(RemedialAction.state == ActionState.VALIDATED))
_APPLIED = Item.id.in_(select(Application.item_id).where(Application.applied))
_RECURRED = Item.id.in_(
    select(Application.item_id).where(Application.outcome == Outcome.RECURRENCE)
) | _stepped(Move.RECUR)
_CONDITIONS: dict[Having, ColumnElement[bool]] = {
    Having.ACTION: _ACTED,
    Having.VALIDATED: _VALIDATED,
    Having.APPLIED: _APPLIED,
    Having.USED: _APPLIED | _RECURRED | (Item.status == Status.LEARNED),
    Having.RECURRED: _RECURRED,
    Having.ENDORSED: _stepped(Move.SUBMIT, Move.ENDORSE),
    Having.LEARNED: _stepped(Move.SUBMIT, Move.LEARN),
}
