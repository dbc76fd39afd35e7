"""The record of who changed what, chained by hash: nothing in it can be changed or left out unnoticed."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, event, func, select, update
from sqlalchemy.orm import Mapper, Session

from kb.access import Permission, Principal, require
from kb.models import AuditChain, AuditEvent, now

_SUBJECT = 2000
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Event:
    """One record."""

    number: int
    """Its place in the chain, from 1."""
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]
    digest: str
    """SHA-256, hexadecimal, of the digest before it and of all the above."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of checking the chain."""

    events: int
    """How many hold, from the first on."""
    digest: str
    """Of the last of those: whoever keeps it elsewhere can tell later that nothing before it was changed."""
    fault: str
    """A sentence about the first that does not hold; empty when all do."""


def record(session: Session, principal: Principal, action: str, subject: str, **detail: Any) -> None:
    """Note that *principal* did *action* to *subject* (a reference or a location)."""
    session.add(AuditEvent(actor=principal.name, action=action, subject=subject[:_SUBJECT], detail=detail))


def latest(session: Session) -> int:
    """Number of the newest record; as every write is audited, nothing was written while it is the same."""
    return session.scalar(select(func.max(AuditEvent.id))) or 0


def head(session: Session) -> str:
    """The digest of the newest record: it stands for everything that was ever written to this base."""
    return session.scalars(select(AuditChain.digest)).one()


def count(session: Session, principal: Principal, *, subject: str = "", actor: str = "") -> int:
    """How many records there are about *subject* and by *actor*.

    Raises NotFoundError unless an administrator asks.
    """
    query = select(func.count(AuditEvent.id)).where(*_conditions(principal, subject, actor))
    return session.scalar(query) or 0


def listed(
    session: Session,
    principal: Principal,
    *,
    subject: str = "",
    actor: str = "",
    offset: int = 0,
    limit: int = 50,
) -> list[Event]:
    """Records about *subject* and by *actor*, any when empty, the newest first. Raises as *count* does."""
    query = select(AuditEvent).where(*_conditions(principal, subject, actor)).order_by(AuditEvent.id.desc())
    return [_event(row) for row in session.scalars(query.offset(offset).limit(limit))]


def verify(session: Session, principal: Principal, *, holding: str = "") -> Verdict:
    """Go through the whole chain; with *holding*, an event with that digest must be in it.

    Raises as *count* does.
    """
    require(principal, Permission.ADMINISTER)
    number, digest, held = 0, "", not holding
    rows = session.scalars(select(AuditEvent).order_by(AuditEvent.number).execution_options(yield_per=_CHUNK))
    for row in rows:
        if row.number != number + 1:
            return Verdict(number, digest, f"Event {number + 1} is missing.")
        if row.digest != _digest(digest, row):
            return Verdict(number, digest, f"Event {row.number} is not as it was written.")
        number, digest = row.number, row.digest
        held = held or digest == holding
    chain = session.scalars(select(AuditChain)).one()
    if (chain.number, chain.digest) != (number, digest):
        return Verdict(number, digest, f"The last events are missing: {chain.number:,} were written.")
    if not held:
        return Verdict(number, digest, "The event with the digest that you gave is not in it.")
    return Verdict(number, digest, "")


def _conditions(principal: Principal, subject: str, actor: str) -> list[ColumnElement[bool]]:
    require(principal, Permission.ADMINISTER)
    wanted = ((AuditEvent.subject, subject), (AuditEvent.actor, actor))
    return [column == text for column, text in wanted if text]


@event.listens_for(AuditEvent, "before_insert")
def _append(_mapper: Mapper[AuditEvent], connection: Connection, row: AuditEvent) -> None:
    """Chain *row* to the one before it."""
    # The update comes first: it holds the chain for this transaction, so that no two events follow the same.
    advanced = update(AuditChain).values(number=AuditChain.number + 1)
    row.number, before = connection.execute(advanced.returning(AuditChain.number, AuditChain.digest)).one()
    row.at = row.at or now()
    row.digest = _digest(before, row)
    connection.execute(update(AuditChain).values(digest=row.digest))


def _digest(before: str, row: AuditEvent) -> str:
    said: Sequence[Any] = (before, row.number, _at(row).isoformat(), row.actor, row.action, row.subject)
    # Read back first, as the database will give it: keys are text, tuples are lists.
    detail = json.loads(json.dumps(row.detail))
    text = json.dumps([*said, detail], ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _at(row: AuditEvent) -> datetime:
    return row.at.astimezone(UTC)


def _event(row: AuditEvent) -> Event:
    return Event(row.number, row.at, row.actor, row.action, row.subject, row.detail, row.digest)
