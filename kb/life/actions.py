"""Remedial actions: what is done so that a lesson need not be learned again, and who says that it works."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from kb import audit, items
from kb.access import Permission, Principal, require, visible
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.life import lessons, steps
from kb.life.lifecycle import Move
from kb.models import Item, RemedialAction, now
from kb.text import squash
from kb.values import ItemId
from kb.vocabulary import ActionState, Status, Target

UNFINISHED = (ActionState.OPEN, ActionState.DONE)
"""Somebody still has to do or to validate them."""


@dataclass(frozen=True, slots=True)
class Action:
    """A remedial action of a lesson."""

    id: int
    lesson: str
    """Its reference."""
    lesson_title: str
    what: str
    target: Target
    owner: str
    due: date | None
    state: ActionState
    evidence: str
    created_at: datetime
    created_by: str
    done_at: datetime | None
    done_by: str
    """Who said that it is done; empty where that was not kept."""
    validated_at: datetime | None
    validated_by: str

    def overdue(self, today: date) -> bool:
        """Whether it should have been done before *today*."""
        return self.state is ActionState.OPEN and self.due is not None and self.due < today


def add(
    session: Session,
    principal: Principal,
    ref: str,
    *,
    what: str,
    target: Target,
    owner: str,
    due: date | None = None,
) -> int:
    """Give the lesson *ref* an action; an endorsed lesson is in action from then on. The action's number.

    Raises NotFoundError, ConflictError when the lesson is not endorsed, InvalidError when a part is missing.
    """
    require(principal, Permission.CONTRIBUTE)
    lesson = lessons.find(session, principal, ref)
    said, who = what.strip(), squash(owner)
    if not said or not who:
        raise InvalidError("An action needs what is to be done and an owner.")
    if lesson.status not in (Status.ENDORSED, Status.IN_ACTION):
        raise ConflictError("Actions belong to lessons that are endorsed: have this one reviewed first.")
    if lesson.status == Status.ENDORSED:
        steps.take(session, principal, lesson, Move.ACT)
    row = RemedialAction(
        item_id=lesson.id,
        what=said,
        target=target,
        owner=who[:200],
        due=due,
        state=ActionState.OPEN,
        created_by=principal.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, principal, "add_action", ref, number=row.id)
    return row.id


def finish(session: Session, principal: Principal, number: int, evidence: str) -> None:
    """Note that an action is done, with what shows it; it waits for somebody else to validate it."""
    require(principal, Permission.CONTRIBUTE)
    row, ref, _ = _find(session, principal, number)
    if not evidence.strip():
        raise InvalidError("Say what shows that it is done: a version, a report, a measurement.")
    _change(session, principal, row, ref, ActionState.OPEN, ActionState.DONE)
    row.evidence, row.done_at, row.done_by = evidence.strip(), now(), principal.name


def validate(session: Session, principal: Principal, number: int, evidence: str = "") -> None:
    """Note that a done action works. Raises ConflictError when *principal* is its owner."""
    require(principal, Permission.REVIEW)
    row, ref, _ = _find(session, principal, number)
    if principal.name.casefold() == row.owner.casefold():
        raise ConflictError("Somebody other than the action's owner has to find that it works.")
    _change(session, principal, row, ref, ActionState.DONE, ActionState.VALIDATED)
    if evidence.strip():
        row.evidence = f"{row.evidence}\n\n{evidence.strip()}"
    row.validated_by, row.validated_at = principal.name, now()


def reopen(session: Session, principal: Principal, number: int, reason: str) -> None:
    """Note that a done action does not work yet."""
    require(principal, Permission.REVIEW)
    row, ref, _ = _find(session, principal, number)
    if not reason.strip():
        raise InvalidError("Say what is missing, so that its owner can go on.")
    _change(session, principal, row, ref, ActionState.DONE, ActionState.OPEN)
    row.evidence = f"{row.evidence}\n\n{principal.name}: {reason.strip()}"
    row.done_at, row.done_by = None, ""


def cancel(session: Session, principal: Principal, number: int, reason: str) -> None:
    """Give an action up, with the reason."""
    require(principal, Permission.REVIEW)
    row, ref, _ = _find(session, principal, number)
    if not reason.strip():
        raise InvalidError("Say why it is given up.")
    _change(session, principal, row, ref, ActionState(row.state), ActionState.CANCELLED)
    row.evidence = reason.strip()


def change(session: Session, principal: Principal, number: int, wanted: ActionState, said: str = "") -> None:
    """Bring an action into the state *wanted*; *said* is the evidence or the reason. See what does it."""
    {
        ActionState.DONE: finish,
        ActionState.VALIDATED: validate,
        ActionState.OPEN: reopen,
        ActionState.CANCELLED: cancel,
    }[wanted](session, principal, number, said)


def possible(principal: Principal, action: Action) -> list[ActionState]:
    """The states that *principal* may bring *action* into now."""
    reviews = principal.may(Permission.REVIEW)
    if action.state is ActionState.OPEN:
        done = [ActionState.DONE] if principal.may(Permission.CONTRIBUTE) else []
        return [*done, ActionState.CANCELLED] if reviews else done
    if action.state is ActionState.DONE and reviews:
        own = principal.name.casefold() == action.owner.casefold()
        return [*([] if own else [ActionState.VALIDATED]), ActionState.OPEN, ActionState.CANCELLED]
    return []


def of_lesson(session: Session, principal: Principal, ref: str) -> list[Action]:
    """The actions of the lesson *ref*, the first first. Raises NotFoundError."""
    lesson = items.get(session, principal, ref)
    return _read(session, principal, RemedialAction.item_id == lesson.head.id)


def of_lessons(
    session: Session, principal: Principal, ids: Collection[ItemId]
) -> dict[str, tuple[Action, ...]]:
    """The actions of those lessons among *ids* that have any, by the lesson's reference, the first first."""
    found: dict[str, tuple[Action, ...]] = {}
    for action in _read(session, principal, RemedialAction.item_id.in_(ids)):
        found[action.lesson] = (*found.get(action.lesson, ()), action)
    return found


def unfinished(
    session: Session, principal: Principal, owner: str = "", *, offset: int = 0, limit: int | None = None
) -> list[Action]:
    """A page of the actions that are not finished, those due first first; only those of *owner* if given."""
    query = (
        _query(principal, *_unfinished(owner))
        .order_by(RemedialAction.due.asc().nulls_last(), RemedialAction.id)
        .offset(offset)
        .limit(limit)
    )
    return _actions(session, query)


def count_unfinished(session: Session, principal: Principal, owner: str = "") -> int:
    """How many actions are not finished; only those of *owner* if given."""
    query = (
        select(func.count())
        .select_from(RemedialAction)
        .join(Item, Item.id == RemedialAction.item_id)
        .where(visible(principal), *_unfinished(owner))
    )
    return session.scalar(query) or 0


def _unfinished(owner: str) -> tuple[ColumnElement[bool], ...]:
    waits = RemedialAction.state.in_(UNFINISHED)
    return (waits, RemedialAction.owner == owner) if owner else (waits,)


def get(session: Session, principal: Principal, number: int) -> Action:
    """The action with that number. Raises NotFoundError when its lesson may not be read."""
    return _action(*_find(session, principal, number))


def _query(principal: Principal, *conditions: ColumnElement[bool]) -> Select[RemedialAction, str, str]:
    return (
        select(RemedialAction, Item.ref, Item.title)
        .join(Item, Item.id == RemedialAction.item_id)
        .where(visible(principal), *conditions)
    )


def _read(session: Session, principal: Principal, *conditions: ColumnElement[bool]) -> list[Action]:
    return _actions(session, _query(principal, *conditions).order_by(RemedialAction.id))


def _actions(session: Session, query: Select[RemedialAction, str, str]) -> list[Action]:
    return [_action(*row) for row in session.execute(query)]


def _action(row: RemedialAction, lesson: str, title: str) -> Action:
    return Action(
        id=row.id,
        lesson=lesson,
        lesson_title=title,
        what=row.what,
        target=Target(row.target),
        owner=row.owner,
        due=row.due,
        state=ActionState(row.state),
        evidence=row.evidence,
        created_at=row.created_at,
        created_by=row.created_by,
        done_at=row.done_at,
        done_by=row.done_by,
        validated_at=row.validated_at,
        validated_by=row.validated_by,
    )


def _find(session: Session, principal: Principal, number: int) -> Row[RemedialAction, str, str]:
    row = session.execute(_query(principal, RemedialAction.id == number)).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no action {number} here, or you may not read it.")
    return row


def _change(
    session: Session,
    principal: Principal,
    row: RemedialAction,
    ref: str,
    wanted: ActionState,
    result: ActionState,
) -> None:
    if row.state != wanted or wanted in (ActionState.VALIDATED, ActionState.CANCELLED):
        raise ConflictError(f"This action is {row.state}; that can only be done to one that is {wanted}.")
    row.state = result
    audit.record(session, principal, f"action_{result}", ref, number=row.id)
    session.flush()


def close(session: Session, principal: Principal, number: int, evidence: str) -> None:
    """Note that an action is done because what it asked for was accepted."""
    row, ref, _ = _find(session, principal, number)
    if row.state == ActionState.OPEN:
        _change(session, principal, row, ref, ActionState.OPEN, ActionState.DONE)
        row.evidence, row.done_at, row.done_by = evidence, now(), principal.name
