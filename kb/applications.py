"""What later projects made of lessons and practices: applied or not, with what outcome, worth how much."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from kb import audit, items, steps
from kb.access import Permission, Principal, require, visible
from kb.database import among
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.lifecycle import RULES, Move
from kb.models import Application, Item, Project, now
from kb.text import squash
from kb.values import ItemId
from kb.vocabulary import Kind, Outcome

WORKED = (Outcome.EFFECTIVE, Outcome.PARTLY_EFFECTIVE)
"""Outcomes that count as having worked."""


@dataclass(frozen=True, slots=True)
class ApplicationDraft:
    """What a project says of a lesson or a practice."""

    project: str
    applied: bool
    reason: str = ""
    """How it was applied, or why it was not."""
    outcome: Outcome = Outcome.NOT_YET_KNOWN
    saved: float | None = None
    """Money, in `currency`."""
    currency: str = ""
    days: float | None = None
    """Days saved."""


@dataclass(frozen=True, slots=True)
class Applied:
    """One record of it."""

    id: int
    item: str
    """Reference of the lesson or practice."""
    title: str
    said: ApplicationDraft
    at: datetime
    author: str
    approved_by: str
    approved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Record:
    """How often an item was applied, and how often it worked."""

    applied: int = 0
    worked: int = 0
    failed: int = 0
    """Not effective, or the trouble came back."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What approved records of one currency add up to; currency is empty for days alone."""

    currency: str
    saved: float
    days: float
    records: int


def record(session: Session, principal: Principal, ref: str, said: ApplicationDraft) -> int:
    """Keep what a project says of the lesson or practice *ref*; a recurrence opens the lesson again.

    The record's number. Raises NotFoundError, InvalidError when a part is missing or senseless.
    """
    require(principal, Permission.CONTRIBUTE)
    item = items.get(session, principal, ref)
    if item.head.kind not in (Kind.LESSON, Kind.PRACTICE):
        raise InvalidError(f"Lessons and practices are applied; {ref} is a {item.head.kind}.")
    _check(said)
    row = Application(
        item_id=item.head.id,
        project_id=_project(session, said.project),
        author=principal.name,
        applied=said.applied,
        reason=said.reason.strip(),
        outcome=said.outcome,
        saved=said.saved,
        currency=said.currency,
        days=said.days,
    )
    session.add(row)
    session.flush()
    if said.outcome is Outcome.RECURRENCE:
        _recur(session, principal, item.head.id, said)
    audit.record(session, principal, "apply", item.head.ref, application=row.id, outcome=said.outcome)
    session.flush()
    return row.id


def approve(session: Session, principal: Principal, number: int) -> None:
    """Confirm what a record says it is worth. Raises ConflictError for one's own record."""
    require(principal, Permission.REVIEW)
    row, ref = _find(session, principal, number)
    if row.author.casefold() == principal.name.casefold():
        raise ConflictError("Somebody other than its author has to approve what a record says.")
    if row.approved_at is not None:
        raise ConflictError(f"{row.approved_by} approved it already.")
    row.approved_by, row.approved_at = principal.name, now()
    audit.record(session, principal, "approve_application", ref, application=row.id)
    session.flush()


def change_outcome(
    session: Session, principal: Principal, number: int, outcome: Outcome, reason: str
) -> None:
    """Say how it turned out after all."""
    require(principal, Permission.CONTRIBUTE)
    row, ref = _find(session, principal, number)
    if not reason.strip():
        raise InvalidError("Say what shows the outcome.")
    row.outcome, row.reason = outcome, f"{row.reason}\n\n{reason.strip()}".strip()
    row.approved_by, row.approved_at = "", None
    if outcome is Outcome.RECURRENCE:
        _recur(session, principal, ItemId(row.item_id), ApplicationDraft("", True, reason, outcome))
    audit.record(session, principal, "outcome", ref, application=row.id, outcome=outcome)
    session.flush()


def of_item(session: Session, principal: Principal, ref: str) -> list[Applied]:
    """All records of the item *ref*, the newest first. Raises NotFoundError."""
    item = items.get(session, principal, ref)
    return _read(session, principal, Application.item_id == item.head.id)


def listed(session: Session, principal: Principal, *, offset: int, limit: int) -> list[Applied]:
    """A page of all records, the newest first."""
    return _read(session, principal, offset=offset, limit=limit)


def records(session: Session, principal: Principal, ids: Collection[ItemId]) -> dict[ItemId, Record]:
    """How often those of *ids* that were applied at all were, and how it went."""
    failed = (Outcome.NOT_EFFECTIVE, Outcome.RECURRENCE)
    rows = session.execute(
        select(
            Application.item_id,
            func.sum(case((Application.applied, 1), else_=0)),
            func.sum(case((Application.applied & Application.outcome.in_(WORKED), 1), else_=0)),
            func.sum(case((Application.outcome.in_(failed), 1), else_=0)),
        )
        .join(Item, Item.id == Application.item_id)
        .where(visible(principal), among(Application.item_id, "ids"))
        .group_by(Application.item_id),
        {"ids": ids},
    )
    return {ItemId(item): Record(applied, worked, lost) for item, applied, worked, lost in rows}


def worth(session: Session, principal: Principal, ref: str = "") -> list[Worth]:
    """What approved records add up to, of the item *ref* or of all, one line for each currency."""
    query = (
        select(
            Application.currency,
            func.coalesce(func.sum(Application.saved), 0.0),
            func.coalesce(func.sum(Application.days), 0.0),
            func.count(),
        )
        .join(Item, Item.id == Application.item_id)
        .where(visible(principal), Application.approved_at.is_not(None))
        .group_by(Application.currency)
        .order_by(Application.currency)
    )
    if ref:
        query = query.where(Item.id == items.get(session, principal, ref).head.id)
    return [Worth(*row) for row in session.execute(query)]


def _check(said: ApplicationDraft) -> None:
    if not squash(said.project):
        raise InvalidError("Name the project that says so.")
    if not said.applied and not said.reason.strip():
        raise InvalidError("Say why it was not applied: others learn from that too.")
    if not said.applied and said.outcome not in (Outcome.NOT_YET_KNOWN, Outcome.RECURRENCE):
        raise InvalidError("What was not applied has no effect to report.")
    if said.saved is not None and not said.currency:
        raise InvalidError("Give the currency of what was saved, such as GBP.")
    if any(value is not None and not abs(value) < 1e12 for value in (said.saved, said.days)):
        raise InvalidError("That is no sum that anybody could save.")


def _recur(session: Session, principal: Principal, item: ItemId, said: ApplicationDraft) -> None:
    lesson = session.get(Item, item)
    if lesson is not None and lesson.kind == Kind.LESSON and lesson.status in RULES[Move.RECUR].origins:
        where = f"{said.project}: " if said.project else ""
        steps.take(session, principal, lesson, Move.RECUR, f"{where}{said.reason}".strip())


def _project(session: Session, name: str) -> int:
    wanted = squash(name)[:300]
    row = session.scalars(select(Project).where(Project.name == wanted)).one_or_none()
    if row is None:
        row = Project(name=wanted)
        session.add(row)
        session.flush()
    return row.id


def _query(principal: Principal) -> Select[Application, str, str, str]:
    return (
        select(Application, Item.ref, Item.title, Project.name)
        .join(Item, Item.id == Application.item_id)
        .join(Project, Project.id == Application.project_id)
        .where(visible(principal))
    )


def _find(session: Session, principal: Principal, number: int) -> tuple[Application, str]:
    row = session.execute(_query(principal).where(Application.id == number)).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no record {number} here, or you may not read it.")
    return row[0], row[1]


def _read(
    session: Session,
    principal: Principal,
    *conditions: ColumnElement[bool],
    offset: int = 0,
    limit: int = 1000,
) -> list[Applied]:
    rows = session.execute(
        _query(principal)
        .where(*conditions)
        .order_by(Application.at.desc(), Application.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [
        Applied(
            row.id,
            ref,
            title,
            ApplicationDraft(
                project, row.applied, row.reason, Outcome(row.outcome), row.saved, row.currency, row.days
            ),
            row.at,
            row.author,
            row.approved_by,
            row.approved_at,
        )
        for row, ref, title, project in rows
    ]
