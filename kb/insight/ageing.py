"""How long lessons stay where they are, and how long they took on their way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from kb.access import Principal, visible
from kb.life.lifecycle import Move
from kb.models import Item, LessonStep
from kb.vocabulary import Having, Kind, Status

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Age:
    """The lessons in one status, and how long they have been in it; in days."""

    status: Status
    lessons: int
    median: float
    longest: float


@dataclass(frozen=True, slots=True)
class TurnRound:
    """How long lessons took from their first submission to a later move; in days."""

    name: str
    having: Having
    """Tells the lessons that made the move."""
    lessons: int
    median: float | None
    """None when no lesson made it."""
    longest: float | None


_TURNS = (
    ("Submitted to endorsed", Having.ENDORSED, Move.ENDORSE),
    ("Submitted to learned", Having.LEARNED, Move.LEARN),
)


def ages(session: Session, principal: Principal, at: datetime) -> list[Age]:
    """How long the lessons in each status have been in it *at* that moment, by status."""
    since = (
        select(LessonStep.item_id, func.max(LessonStep.at).label("at"))
        .where(LessonStep.origin != LessonStep.result)
        .group_by(LessonStep.item_id)
        .subquery()
    )
    rows = session.execute(
        select(Item.status, func.coalesce(since.c.at, Item.created_at, type_=Item.created_at.type))
        .outerjoin(since, since.c.item_id == Item.id)
        .where(visible(principal), Item.kind == Kind.LESSON)
    )
    found: dict[Status, list[float]] = {}
    for status, moment in rows:
        found.setdefault(Status(status), []).append((at - moment).total_seconds() / _DAY)
    return [
        Age(status, len(found[status]), median(found[status]), max(found[status]))
        for status in Status
        if status in found
    ]


def turn_round(session: Session, principal: Principal) -> list[TurnRound]:
    """Days from the first submission to the first endorsement, and to being learned for the first time."""
    firsts = [_first(move) for move in (Move.SUBMIT, *(move for *_, move in _TURNS))]
    rows = session.execute(
        select(*firsts)
        .join(Item, Item.id == LessonStep.item_id)
        .where(visible(principal), Item.kind == Kind.LESSON)
        .group_by(LessonStep.item_id)
        .having(firsts[0].is_not(None))
    ).all()
    return [
        _turn(name, having, [(row[place] - row[0]).total_seconds() / _DAY for row in rows if row[place]])
        for place, (name, having, _) in enumerate(_TURNS, 1)
    ]


def _first(move: Move) -> ColumnElement[Any]:
    """When a lesson made *move* for the first time."""
    return func.min(case((LessonStep.move == move, LessonStep.at)), type_=LessonStep.at.type)


def _turn(name: str, having: Having, days: Sequence[float]) -> TurnRound:
    return TurnRound(name, having, len(days), median(days) if days else None, max(days, default=None))
