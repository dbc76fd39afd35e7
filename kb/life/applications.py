"""What later projects made of lessons and practices: applied or not, with what outcome, worth how much."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, case, func, select, true
from sqlalchemy.orm import Session

from kb import audit, items, projects
from kb.access import Permission, Principal, require, visible
from kb.database import among
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.life import steps
from kb.life.lifecycle import RULES, Move
from kb.models import Application, Item, Project, now
from kb.text import squash
from kb.values import ItemId
from kb.vocabulary import Kind, Outcome

WORKED = (Outcome.EFFECTIVE, Outcome.PARTLY_EFFECTIVE)
"""Outcomes that count as having worked."""
_MOST = 1e12
"""No sum is as large."""


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
    """Not effective, or the trouble came back although it was applied."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What approved records of one currency add up to; currency is empty for days alone."""

    currency: str
    saved: float
    days: float
    records: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What an item's records of one currency add up to, approved or still waiting for it."""

    item: str
    """Its reference; empty in a total."""
    title: str
    approved: Worth
    waiting: Worth


def record(session: Session, principal: Principal, ref: str, said: ApplicationDraft) -> int:
    """Keep what a project says of the lesson or practice *ref*; a recurrence opens the lesson again.

    The record's number. Raises NotFoundError, InvalidError when a part is missing or senseless.
    """
    require(principal, Permission.CONTRIBUTE)
    item = items.get(session, principal, ref)
    if item.head.kind not in (Kind.LESSON, Kind.PRACTICE):
        raise InvalidError(f"Lessons and practices are applied; {ref} is a {item.head.kind}.")
    said = _checked(said)
    row = Application(
        item_id=item.head.id,
        project_id=projects.named(session, said.project),
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
    row, ref, *_ = _find(session, principal, number)
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
    row, ref, *_ = _find(session, principal, number)
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


def listed(
    session: Session, principal: Principal, *, waiting: bool = False, offset: int, limit: int
) -> list[Applied]:
    """A page of all records, or of those that wait for approval, the newest first."""
    return _read(session, principal, *_waiting(wanted=waiting), offset=offset, limit=limit)


def count(session: Session, principal: Principal, *, waiting: bool = False) -> int:
    """How many records *principal* may see, or how many of them wait for approval."""
    query = select(func.count()).select_from(Application).join(Item, Item.id == Application.item_id)
    return session.scalar(query.where(visible(principal), *_waiting(wanted=waiting))) or 0


def get(session: Session, principal: Principal, number: int) -> Applied:
    """The record with that number. Raises NotFoundError when its item may not be read."""
    return _applied(*_find(session, principal, number))


def may_approve(principal: Principal, applied: Applied) -> bool:
    """Whether *principal* may confirm what *applied* says now."""
    own = applied.author.casefold() == principal.name.casefold()
    return applied.approved_at is None and not own and principal.may(Permission.REVIEW)


def records(session: Session, principal: Principal, ids: Collection[ItemId]) -> dict[ItemId, Record]:
    """How often those of *ids* that were applied at all were, and how it went."""
    return _records(session, principal, among(Application.item_id, "ids"), ids) if ids else {}


def all_records(session: Session, principal: Principal) -> dict[ItemId, Record]:
    """How often each item that was applied at all was, and how it went."""
    return _records(session, principal, true())


def worth(session: Session, principal: Principal, ref: str = "") -> list[Worth]:
    """What approved records add up to, of the item *ref* or of all, one line for each currency."""
    own = (Item.id == items.get(session, principal, ref).head.id,) if ref else ()
    query = select(*_SUMS).join(Item, Item.id == Application.item_id).group_by(Application.currency)
    rows = session.execute(query.where(visible(principal), *own).order_by(Application.currency))
    approved = [_entry("", "", *row).approved for row in rows]
    return [one for one in approved if one.records]


def totals(session: Session, principal: Principal) -> list[Entry]:
    """What all records add up to, one line for each currency."""
    query = select(*_SUMS).join(Item, Item.id == Application.item_id).group_by(Application.currency)
    rows = session.execute(query.where(visible(principal)).order_by(Application.currency))
    return [_entry("", "", *row) for row in rows]


def ledger(session: Session, principal: Principal, *, offset: int, limit: int) -> list[Entry]:
    """A page of what the records of each item add up to, in each currency, those worth most first.

    Records that tell of nothing saved have no line.
    """
    rows = session.execute(
        select(Item.ref, Item.title, *_SUMS)
        .join(Item, Item.id == Application.item_id)
        .where(visible(principal), _SAVES)
        .group_by(Item.id, Item.ref, Item.title, Application.currency)
        .order_by(
            Application.currency == "",
            Application.currency,
            func.sum(Application.saved).desc().nulls_last(),
            func.sum(Application.days).desc().nulls_last(),
            Item.id,
        )
        .offset(offset)
        .limit(limit)
    )
    return [_entry(*row) for row in rows]


def ledger_lines(session: Session, principal: Principal) -> int:
    """How many lines the ledger has."""
    lines = (
        select(Application.item_id, Application.currency)
        .join(Item, Item.id == Application.item_id)
        .where(visible(principal), _SAVES)
        .distinct()
    )
    return session.scalar(select(func.count()).select_from(lines.subquery())) or 0


_APPROVED = Application.approved_at.is_not(None)
_SAVES = Application.saved.is_not(None) | Application.days.is_not(None)
_SUMS = (
    Application.currency,
    *(
        func.coalesce(func.sum(case((condition, value), else_=0)), 0)
        for condition in (_APPROVED, ~_APPROVED)
        for value in (Application.saved, Application.days, 1)
    ),
)
"""Of records grouped by currency: money, days and number, of those approved and of those that wait."""


def _entry(ref: str, title: str, currency: str, *sums: float) -> Entry:
    saved, days, number, more_saved, more_days, more = sums
    approved = Worth(currency, float(saved), float(days), int(number))
    return Entry(ref, title, approved, Worth(currency, float(more_saved), float(more_days), int(more)))


def _waiting(*, wanted: bool) -> tuple[ColumnElement[bool], ...]:
    return (~_APPROVED,) if wanted else ()


def _records(
    session: Session, principal: Principal, condition: ColumnElement[bool], ids: Collection[ItemId] = ()
) -> dict[ItemId, Record]:
    worked = Application.applied & Application.outcome.in_(WORKED)
    failed = Application.applied & Application.outcome.in_((Outcome.NOT_EFFECTIVE, Outcome.RECURRENCE))
    rows = session.execute(
        select(
            Application.item_id,
            func.sum(case((Application.applied, 1), else_=0)),
            func.sum(case((worked, 1), else_=0)),
            func.sum(case((failed, 1), else_=0)),
        )
        .join(Item, Item.id == Application.item_id)
        .where(visible(principal), condition)
        .group_by(Application.item_id),
        {"ids": ids} if ids else {},
    )
    return {ItemId(item): Record(applied, worked, lost) for item, applied, worked, lost in rows}


def _checked(said: ApplicationDraft) -> ApplicationDraft:
    """*said* as it is kept. Raises InvalidError when a part is missing or senseless."""
    if not squash(said.project):
        raise InvalidError("Name the project that says so.")
    if not said.applied and not said.reason.strip():
        raise InvalidError("Say why it was not applied: others learn from that too.")
    if not said.applied and said.outcome not in (Outcome.NOT_YET_KNOWN, Outcome.RECURRENCE):
        raise InvalidError("What was not applied has no effect to report.")
    if any(value is not None and not abs(value) < _MOST for value in (said.saved, said.days)):
        raise InvalidError("That is no sum that anybody could save.")
    return replace(said, currency=_currency(said))


def _currency(said: ApplicationDraft) -> str:
    """The code of the money that was saved; nothing where only days were."""
    if said.saved is None:
        return ""
    code = said.currency.strip().upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise InvalidError("Give the currency of what was saved by its three letters, such as GBP.")
    return code


def _recur(session: Session, principal: Principal, item: ItemId, said: ApplicationDraft) -> None:
    lesson = session.get(Item, item)
    if lesson is not None and lesson.kind == Kind.LESSON and lesson.status in RULES[Move.RECUR].origins:
        where = f"{said.project}: " if said.project else ""
        steps.take(session, principal, lesson, Move.RECUR, f"{where}{said.reason}".strip())


def _query(principal: Principal) -> Select[Application, str, str, str]:
    return (
        select(Application, Item.ref, Item.title, Project.name)
        .join(Item, Item.id == Application.item_id)
        .join(Project, Project.id == Application.project_id)
        .where(visible(principal))
    )


def _find(session: Session, principal: Principal, number: int) -> Row[Application, str, str, str]:
    row = session.execute(_query(principal).where(Application.id == number)).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no record {number} here, or you may not read it.")
    return row


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
    return [_applied(*row) for row in rows]


def _applied(row: Application, ref: str, title: str, project: str) -> Applied:
    said = ApplicationDraft(
        project, row.applied, row.reason, Outcome(row.outcome), row.saved, row.currency, row.days
    )
    return Applied(row.id, ref, title, said, row.at, row.author, row.approved_by, row.approved_at)
