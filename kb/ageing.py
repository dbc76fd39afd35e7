"""How long lessons stay where they are, and how long they took on their way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.access import Principal, visible
from kb.lifecycle import Move
from kb.models import Lesson, LessonStep
from kb.vocabulary import Having, Status

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
    came = func.coalesce(since.c.at, Lesson.created_at, type_=Lesson.created_at.type)
    rows = session.execute(
        select(Lesson.status, came)
        .outerjoin(since, since.c.item_id == Lesson.id)
        .where(visible(principal, Lesson))
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
    rows = session.execute(
        select(LessonStep.item_id, LessonStep.move, func.min(LessonStep.at, type_=LessonStep.at.type))
        .join(Lesson, Lesson.id == LessonStep.item_id)
        .where(visible(principal, Lesson), LessonStep.move.in_((Move.SUBMIT, *(move for *_, move in _TURNS))))
        .group_by(LessonStep.item_id, LessonStep.move)
    )
    first: dict[int, dict[str, datetime]] = {}
    for item, move, at in rows:
        first.setdefault(item, {})[move] = at
    return [
        _turn(
            name,
            having,
            [_days(moves, move) for moves in first.values() if {Move.SUBMIT, move} <= moves.keys()],
        )
        for name, having, move in _TURNS
    ]


def _days(moves: dict[str, datetime], move: Move) -> float:
    return (moves[move] - moves[Move.SUBMIT]).total_seconds() / _DAY


def _turn(name: str, having: Having, days: Sequence[float]) -> TurnRound:
    return TurnRound(name, having, len(days), median(days) if days else None, max(days, default=None))
