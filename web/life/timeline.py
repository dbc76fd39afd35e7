"""The whole history of an item: versions, moves, comments, actions, change requests."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kb import items
from kb.access import Principal
from kb.life import actions, changes, lessons
from kb.life.actions import Action
from kb.life.changes import Change
from kb.life.lessons import Event
from kb.life.lifecycle import Move
from kb.vocabulary import Kind, Status


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened to an item."""

    at: datetime
    who: str
    what: str
    """As people say it: `Returned with a question`, `Version 2`."""
    text: str = ""
    """Reason, comment or evidence."""
    origin: Status | None = None
    """Of a move: from where."""
    result: Status | None = None
    """Of a move: to where."""
    version: int | None = None
    """The version that was written."""
    change: int | None = None
    """The change request that is meant."""


_SAID = {
    Move.SUBMIT: "Submitted for review",
    Move.WITHDRAW: "Taken back to draft",
    Move.RETURN: "Returned with a question",
    Move.REJECT: "Rejected",
    Move.ENDORSE: "Endorsed",
    Move.ACT: "Action began",
    Move.LEARN: "Declared learned",
    Move.EDIT: "Edited: to be reviewed again",
    Move.RECUR: "Happened again",
    Move.SUPERSEDE: "Superseded",
    Move.REOPEN: "Reopened",
}


def of(session: Session, principal: Principal, ref: str) -> list[Entry]:
    """Everything that happened to the item *ref*, the oldest first. Raises NotFoundError."""
    kind = items.get(session, principal, ref).head.kind
    entries = [*_versions(session, principal, ref), *map(_event, lessons.history(session, principal, ref))]
    if kind is Kind.LESSON:
        for action in actions.of_lesson(session, principal, ref):
            entries += _action(action)
        asked = changes.of_lesson(session, principal, ref)
    else:
        asked = changes.of_target(session, principal, ref)
    for change in asked:
        entries += _change(change, to=change.target if kind is Kind.LESSON else "")
    return sorted(entries, key=lambda entry: entry.at)


def _versions(session: Session, principal: Principal, ref: str) -> Iterator[Entry]:
    for version in items.versions(session, principal, ref):
        yield Entry(version.created_at, version.author, f"Version {version.number}", version=version.number)


def _event(event: Event) -> Entry:
    what = _SAID[event.move] if event.move else "Comment"
    return Entry(event.at, event.who, what, event.text, event.origin, event.result)


def _action(action: Action) -> Iterator[Entry]:
    yield Entry(action.created_at, action.created_by, f"Action {action.id} for {action.owner}", action.what)
    if action.done_at and action.done_by:
        yield Entry(action.done_at, action.done_by, f"Action {action.id} done")
    if action.validated_at:
        yield Entry(action.validated_at, action.validated_by, f"Action {action.id} found to work")


def _change(change: Change, to: str) -> Iterator[Entry]:
    where = f" to {to}" if to else f" asked for by lesson {change.lesson}"
    yield Entry(change.at, change.author, f"Change proposed{where}", change=change.id)
    if change.decided_at:
        decided = f"Change {change.state}{where}"
        yield Entry(change.decided_at, change.decided_by, decided, change.reason, change=change.id)
