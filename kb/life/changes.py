"""Change requests: a lesson asks for other words in a template, a process, a practice or a course."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from kb import audit, items
from kb.access import Permission, Principal, require, visible
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.life import actions, lessons
from kb.models import ChangeRequest, Item, RemedialAction, now
from kb.vocabulary import ChangeState, Kind


@dataclass(frozen=True, slots=True)
class Change:
    """A change that somebody proposed."""

    id: int
    action: int
    lesson: str
    """Reference of the lesson that asks for it."""
    lesson_title: str
    target: str
    """Reference of the item whose words are to change."""
    target_title: str
    present: str
    proposed: str
    state: ChangeState
    at: datetime
    author: str
    decided_at: datetime | None
    decided_by: str
    reason: str
    version: int | None
    """Of the target, that the change made."""


def propose(
    session: Session, principal: Principal, number: int, target: str, *, present: str, proposed: str
) -> int:
    """Ask, for the action *number*, that *present* in the item *target* become *proposed*.

    Without *present* the words are put at the end. The request's number. Raises NotFoundError, InvalidError
    when the words are not there, or more than once, or nothing would change.
    """
    require(principal, Permission.CONTRIBUTE)
    action = actions.get(session, principal, number)
    found = items.get(session, principal, target)
    if found.head.kind is Kind.LESSON:
        raise InvalidError("Lessons change templates, practices, training and documents, not other lessons.")
    if not proposed.strip() or proposed.strip() == present.strip():
        raise InvalidError("Say what the text is to be instead.")
    _locate(found.body, present)
    row = ChangeRequest(
        action_id=action.id,
        target_id=found.head.id,
        present=present,
        proposed=proposed.strip(),
        state=ChangeState.PROPOSED,
        author=principal.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, principal, "propose_change", found.head.ref, number=row.id, lesson=action.lesson)
    return row.id


def changed_body(session: Session, principal: Principal, number: int) -> str:
    """The target's body as it would be. Raises ConflictError when the words are no longer there."""
    change = get(session, principal, number)
    body = items.get(session, principal, change.target).body
    try:
        start, end = _locate(body, change.present)
    except InvalidError as error:
        raise ConflictError(
            f"{change.target} has changed since: {error} Propose the change anew against the present text."
        ) from error
    cited = _cited(change)
    if start == end:
        return f"{body.rstrip()}\n\n{cited}\n"
    return f"{body[:start]}{cited}{body[end:]}"


def accept(session: Session, principal: Principal, number: int, version: int, reason: str = "") -> None:
    """Note that the change was made in the target's *version*; the action it belongs to is done by that."""
    require(principal, Permission.EDIT)
    change = undecided(session, principal, number)
    row = session.get_one(ChangeRequest, number)
    row.state, row.version, row.reason = ChangeState.ACCEPTED, version, reason.strip()
    row.decided_by, row.decided_at = principal.name, now()
    actions.close(
        session,
        principal,
        change.action,
        f"{change.target} version {version} says it, accepted by {principal.name}.",
    )
    audit.record(session, principal, "accept_change", change.target, number=number, lesson=change.lesson)
    session.flush()


def reject(session: Session, principal: Principal, number: int, reason: str) -> None:
    """Turn the change down, with the reason; the action stays open."""
    require(principal, Permission.EDIT)
    change = undecided(session, principal, number)
    row = session.get_one(ChangeRequest, number)
    if not reason.strip():
        raise InvalidError("Say why, so that the lesson's people can propose something better.")
    row.state, row.reason = ChangeState.REJECTED, reason.strip()
    row.decided_by, row.decided_at = principal.name, now()
    audit.record(session, principal, "reject_change", change.target, number=number, lesson=change.lesson)
    session.flush()


def get(session: Session, principal: Principal, number: int) -> Change:
    """The request with that number. Raises NotFoundError when lesson or target may not be read."""
    found = _read(session, principal, ChangeRequest.id == number)
    if not found:
        raise NotFoundError(f"There is no change request {number} here, or you may not read it.")
    return found[0]


def undecided(session: Session, principal: Principal, number: int) -> Change:
    """The request with that number. Raises NotFoundError, ConflictError when somebody decided it already."""
    change = get(session, principal, number)
    if change.state is not ChangeState.PROPOSED:
        raise ConflictError(f"{change.decided_by} decided this already: {change.state}.")
    return change


def waiting_for(session: Session, principal: Principal, target: str = "") -> list[Change]:
    """Requests that nobody has decided, the oldest first; only those against the item *target* if given."""
    whose = (_target.ref == target,) if target else ()
    return _read(session, principal, ChangeRequest.state == ChangeState.PROPOSED, *whose)


def of_lesson(session: Session, principal: Principal, ref: str) -> list[Change]:
    """All requests that the lesson *ref* made. Raises NotFoundError."""
    lesson = lessons.find(session, principal, ref)
    return _read(session, principal, RemedialAction.item_id == lesson.id)


def of_target(session: Session, principal: Principal, ref: str) -> list[Change]:
    """All requests against the item *ref*. Raises NotFoundError."""
    target = items.get(session, principal, ref).head
    return _read(session, principal, ChangeRequest.target_id == target.id)


def decided(session: Session, principal: Principal, *, limit: int) -> list[Change]:
    """The newest *limit* requests that were accepted or rejected, the last decided first."""
    found = _read(session, principal, ChangeRequest.state != ChangeState.PROPOSED)
    return sorted(found, key=lambda change: change.decided_at or change.at, reverse=True)[:limit]


_lesson = aliased(Item)
_target = aliased(Item)


def _read(session: Session, principal: Principal, *conditions: ColumnElement[bool]) -> list[Change]:
    rows = session.execute(
        select(ChangeRequest, _lesson.ref, _lesson.title, _target.ref, _target.title)
        .join(RemedialAction, RemedialAction.id == ChangeRequest.action_id)
        .join(_lesson, _lesson.id == RemedialAction.item_id)
        .join(_target, _target.id == ChangeRequest.target_id)
        .where(visible(principal, _lesson), visible(principal, _target), *conditions)
        .order_by(ChangeRequest.id)
    )
    return [
        Change(
            id=row.id,
            action=row.action_id,
            lesson=lesson,
            lesson_title=lesson_title,
            target=target,
            target_title=target_title,
            present=row.present,
            proposed=row.proposed,
            state=ChangeState(row.state),
            at=row.at,
            author=row.author,
            decided_at=row.decided_at,
            decided_by=row.decided_by,
            reason=row.reason,
            version=row.version,
        )
        for row, lesson, lesson_title, target, target_title in rows
    ]


def _cited(change: Change) -> str:
    """What is proposed, with the lesson behind it; in a row of a table within its last cell."""
    said, cell = change.proposed, ""
    if said.startswith("|") and said.endswith("|"):
        said, cell = said[:-1].rstrip(), " |"
    return f"{said} (Lesson {change.lesson}){cell}"


def _locate(body: str, present: str) -> tuple[int, int]:
    """Where *present* stands; the end of *body* for nothing."""
    if not present.strip():
        return len(body), len(body)
    times = body.count(present)
    if times != 1:
        raise InvalidError(
            "These words stand in it more than once; take more of them."
            if times
            else "These words do not stand in its text."
        )
    start = body.index(present)
    return start, start + len(present)
