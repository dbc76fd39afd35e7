"""What people do to lessons: moves with reasons, comments, and the queue of those that wait."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb import audit, items
from kb.access import Permission, Principal, readable, require, visible
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.items import ItemSummary
from kb.life import lifecycle, steps
from kb.life.lifecycle import RULES, Move
from kb.models import Comment, Item, Lesson, LessonStep, RemedialAction, now
from kb.values import ItemId, LessonFields
from kb.vocabulary import ActionState, Kind, Polarity, Priority, Status

_REASON_LENGTH = 10_000
WAITING = (Status.SUBMITTED, Status.RETURNED, Status.IN_ACTION)
"""Where somebody has something to do; an endorsed lesson may stay what it is."""


@dataclass(frozen=True, slots=True)
class Event:
    """A move or a comment in the history of a lesson."""

    at: datetime
    who: str
    move: Move | None
    """None for a comment."""
    origin: Status | None
    result: Status | None
    text: str
    """The reason, or what the comment says."""
    version: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A lesson in the queue."""

    lesson: ItemSummary
    since: datetime
    """When it came into its status."""
    actions: int
    """Remedial actions that are not finished."""


def find(session: Session, principal: Principal, ref: str) -> Lesson:
    """The row of the lesson *ref*. Raises NotFoundError when there is none that *principal* may see."""
    query = select(Lesson).where(Lesson.ref == ref, visible(principal))
    lesson = session.scalars(query).one_or_none()
    if lesson is None:
        raise NotFoundError(f"There is no lesson {ref!r} here, or you may not read it.")
    return lesson


def fields(session: Session, principal: Principal, ids: Collection[ItemId]) -> dict[ItemId, LessonFields]:
    """What the lessons among *ids* say, those that *principal* may open, withdrawn or not."""
    query = select(Lesson).where(Lesson.id.in_(ids), readable(principal))
    return {
        ItemId(row.id): LessonFields(
            row.event,
            row.effect,
            row.causes,
            row.recommendation,
            row.applies_when,
            row.warning_signs,
            Polarity(row.polarity) if row.polarity else None,
            Priority(row.priority) if row.priority else None,
        )
        for row in session.scalars(query)
    }


def move(session: Session, principal: Principal, ref: str, wanted: Move, reason: str = "") -> Status:
    """Let the lesson *ref* make a move that people ask for; where it is then.

    Raises NotFoundError for what *principal* may not see or do, ConflictError when it can't be made from
    where the lesson is, InvalidError when a reason or a part of the lesson is missing.
    """
    rule = RULES[wanted]
    lesson = find(session, principal, ref)
    require(principal, rule.permission)
    said = _reason(reason)
    lifecycle.after(Status(lesson.status), wanted)
    if not rule.by_hand:
        raise InvalidError(f"{rule.label} follows from what is recorded; nobody asks for it.")
    if rule.reason and not said:
        raise InvalidError(f"{rule.label}: give a reason, so that the author can learn from it.")
    if wanted is Move.SUBMIT and (missing := lacking(lesson)):
        raise InvalidError(missing)
    if wanted is Move.LEARN:
        _validated(session, lesson)
    steps.take(session, principal, lesson, wanted, said)
    lesson.updated_at = now()
    audit.record(session, principal, wanted, lesson.ref, status=str(lesson.status))
    session.flush()
    return Status(lesson.status)


def moves(session: Session, principal: Principal, ref: str) -> list[Move]:
    """The moves that *principal* can ask for now."""
    lesson = find(session, principal, ref)
    held = [permission for permission in Permission if principal.may(permission)]
    return lifecycle.possible(Status(lesson.status), held)


def lacking(said: Lesson | LessonFields) -> str:
    """What a lesson needs before it is submitted, as a sentence; empty when nothing is missing."""
    parts = {"what happened": said.event, "a recommendation": said.recommendation}
    missing = [name for name, text in parts.items() if not text.strip()]
    return f"Before it is submitted, the lesson needs {' and '.join(missing)}." if missing else ""


def comment(session: Session, principal: Principal, ref: str, text: str) -> None:
    """Say something about the item *ref*; a returned lesson's author answers so."""
    require(principal, Permission.CONTRIBUTE)
    item = items.get(session, principal, ref)
    said = _reason(text)
    if not said:
        raise InvalidError("A comment needs words.")
    session.add(Comment(item_id=item.head.id, author=principal.name, text=said))
    audit.record(session, principal, "comment", item.head.ref)
    session.flush()


def history(session: Session, principal: Principal, ref: str) -> list[Event]:
    """All moves and comments of the item *ref*, the oldest first. Raises NotFoundError."""
    item = items.get(session, principal, ref).head.id
    moved = session.scalars(select(LessonStep).where(LessonStep.item_id == item))
    said = session.scalars(select(Comment).where(Comment.item_id == item))
    events = [
        *(
            Event(s.at, s.actor, Move(s.move), Status(s.origin), Status(s.result), s.reason, s.version)
            for s in moved
        ),
        *(Event(c.at, c.author, None, None, None, c.text, None) for c in said),
    ]
    return sorted(events, key=lambda event: event.at)


def queue(
    session: Session, principal: Principal, statuses: Sequence[Status] = WAITING, *, offset: int, limit: int
) -> list[Waiting]:
    """A page of the lessons in one of *statuses*, those that wait longest first."""
    since = (
        select(LessonStep.item_id, func.max(LessonStep.at).label("at"))
        .where(LessonStep.origin != LessonStep.result)
        .group_by(LessonStep.item_id)
        .subquery()
    )
    open_ = (
        select(RemedialAction.item_id, func.count().label("number"))
        .where(RemedialAction.state.in_((ActionState.OPEN, ActionState.DONE)))
        .group_by(RemedialAction.item_id)
        .subquery()
    )
    came = func.coalesce(since.c.at, Item.created_at, type_=Item.created_at.type)
    rows = session.execute(
        select(Item.id, came, func.coalesce(open_.c.number, 0))
        .outerjoin(since, since.c.item_id == Item.id)
        .outerjoin(open_, open_.c.item_id == Item.id)
        .where(visible(principal), Item.kind == Kind.LESSON, Item.status.in_(statuses))
        .order_by(came, Item.id)
        .offset(offset)
        .limit(limit)
    ).all()
    known = items.summaries(session, principal, [ItemId(id_) for id_, *_ in rows])
    return [Waiting(known[ItemId(id_)], at, actions) for id_, at, actions in rows]


def counts(session: Session, principal: Principal) -> dict[Status, int]:
    """How many lessons that *principal* may see are in each status; those without any are left out."""
    rows = session.execute(
        select(Item.status, func.count())
        .where(visible(principal), Item.kind == Kind.LESSON)
        .group_by(Item.status)
    )
    return {Status(status): number for status, number in rows}


def _reason(text: str) -> str:
    said = text.strip()
    if len(said) > _REASON_LENGTH:
        raise InvalidError(f"That is longer than {_REASON_LENGTH:,} characters; say it shorter.")
    return said


def _validated(session: Session, lesson: Lesson) -> None:
    """Raise ConflictError unless every action is finished and one at least was found to work."""
    states = session.scalars(select(RemedialAction.state).where(RemedialAction.item_id == lesson.id)).all()
    left = [s for s in states if s in (ActionState.OPEN, ActionState.DONE)]
    if left:
        raise ConflictError(
            f"{len(left)} of its actions {'is' if len(left) == 1 else 'are'} not validated or cancelled yet."
        )
    if ActionState.VALIDATED not in states:
        raise ConflictError("A lesson is learned when an action was found to work; none of its actions was.")
