"""Learning units: training of a few minutes that was drawn from one lesson, and how that lesson stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Row, Select, case, func, select
from sqlalchemy.orm import Session, aliased

from kb import audit, items, library
from kb.access import Permission, Principal, require, visible
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.items import ItemDetail, ItemSummary
from kb.life.experience import RETIRED
from kb.models import Item, LearningUnit, now
from kb.values import ItemDraft, ItemId
from kb.vocabulary import Status

_UNFINISHED = (Status.DRAFT, Status.RETURNED)
_unit = aliased(Item)
_lesson = aliased(Item)


class Standing(StrEnum):
    """How the lesson of a unit stands."""

    CURRENT = "current"
    """As it was when the unit was drawn from it."""
    CHANGED = "changed"
    """It says something else since."""
    OUT_OF_USE = "out_of_use"
    """It was superseded, rejected or withdrawn."""
    UNSEEN = "unseen"
    """The reader may not read it."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A learning unit and the lesson that it was drawn from."""

    item: ItemSummary
    lesson: ItemSummary | None
    """None when the reader may not read it."""
    version: int
    """Of the lesson, whose words the unit has."""
    standing: Standing


def keep(session: Session, principal: Principal, lesson: ItemDetail, draft: ItemDraft) -> str:
    """Keep *draft* as a unit drawn from *lesson* as it is now; its reference.

    Raises NotFoundError for those who may not edit training, ConflictError for a lesson that is out of use.
    """
    require(principal, Permission.EDIT)
    if lesson.head.status in _UNFINISHED:
        raise ConflictError(f"{lesson.head.ref} is not handed in yet; submit it before others learn from it.")
    if lesson.withdrawn_at is not None or lesson.head.status in RETIRED:
        raise ConflictError(f"{lesson.head.ref} is out of use; draw the unit from what took its place.")
    id_ = library.write(session, principal, draft)
    session.add(LearningUnit(item_id=id_, lesson_id=lesson.head.id, version=lesson.version))
    ref = items.summaries(session, principal, [id_])[id_].ref
    audit.record(session, principal, "draw_unit", ref, lesson=lesson.head.ref, version=lesson.version)
    session.flush()
    return ref


def get(session: Session, principal: Principal, ref: str) -> Unit:
    """The unit *ref*. Raises NotFoundError, InvalidError for an item that is no unit."""
    head = items.get(session, principal, ref).head
    found = of_item(session, principal, head.id)
    if found is None:
        raise InvalidError(f"{head.ref} is no learning unit.")
    return found


def of_item(session: Session, principal: Principal, item: ItemId) -> Unit | None:
    """The item as a unit, if it is one that *principal* may see."""
    return next(iter(_read(session, principal, _units(principal).where(_unit.id == item))), None)


def of_lesson(session: Session, principal: Principal, lesson: ItemId) -> list[Unit]:
    """The units that were drawn from a lesson, as far as *principal* may see them."""
    return _read(session, principal, _units(principal).where(_lesson.id == lesson).order_by(_unit.id))


def listed(session: Session, principal: Principal, *, offset: int, limit: int) -> list[Unit]:
    """A page of all units: those whose lessons are out of use first, then changed ones, then the newest."""
    gone = _lesson.withdrawn_at.is_not(None) | _lesson.status.in_(RETIRED)
    urgency = case((gone, 0), (_lesson.version != LearningUnit.version, 1), else_=2)
    query = _units(principal).order_by(urgency, _unit.updated_at.desc(), _unit.id.desc())
    return _read(session, principal, query.offset(offset).limit(limit))


def count(session: Session, principal: Principal) -> int:
    """How many units *principal* may see."""
    return session.scalar(select(func.count()).select_from(_units(principal).subquery())) or 0


def publish(session: Session, principal: Principal, ref: str) -> None:
    """Let everybody see a unit that is a draft.

    Raises NotFoundError for those who may not edit training, ConflictError when it is published already or
    its lesson is out of use.
    """
    require(principal, Permission.EDIT)
    unit = get(session, principal, ref)
    if unit.item.status is not Status.DRAFT:
        raise ConflictError(f"{unit.item.ref} is {unit.item.status} already.")
    if unit.standing is Standing.OUT_OF_USE:
        raise ConflictError("Its lesson is out of use; draw a unit from what took its place.")
    row = session.get(Item, unit.item.id)
    if row is None:
        raise NotFoundError(f"There is no item {ref!r} here, or you may not read it.")
    row.status, row.updated_at = Status.PUBLISHED, now()
    audit.record(session, principal, "publish_unit", unit.item.ref, version=row.version)
    session.flush()


_Row = tuple[int, int, int, int, Status, datetime | None]


def _units(principal: Principal) -> Select[*_Row]:
    return (
        select(
            LearningUnit.item_id,
            LearningUnit.lesson_id,
            LearningUnit.version,
            _lesson.version,
            _lesson.status,
            _lesson.withdrawn_at,
        )
        .join(_unit, _unit.id == LearningUnit.item_id)
        .join(_lesson, _lesson.id == LearningUnit.lesson_id)
        .where(visible(principal, _unit))
    )


def _read(session: Session, principal: Principal, query: Select[*_Row]) -> list[Unit]:
    rows: Sequence[Row[*_Row]] = session.execute(query).all()
    heads = items.summaries(session, principal, [ItemId(row[0]) for row in rows])
    lessons = items.kept(session, principal, [ItemId(row[1]) for row in rows])
    return [
        Unit(
            heads[ItemId(item)],
            lessons.get(ItemId(lesson)),
            version,
            _standing(version, present, status, withdrawn) if ItemId(lesson) in lessons else Standing.UNSEEN,
        )
        for item, lesson, version, present, status, withdrawn in rows
    ]


def _standing(version: int, present: int, status: Status, withdrawn: datetime | None) -> Standing:
    if withdrawn is not None or status in RETIRED:
        return Standing.OUT_OF_USE
    return Standing.CURRENT if version == present else Standing.CHANGED
