"""The record of who changed what."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.access import Principal
from kb.models import AuditEvent


def record(session: Session, principal: Principal, action: str, subject: str, **detail: Any) -> None:
    """Note that *principal* did *action* to *subject* (a reference or a location)."""
    session.add(AuditEvent(actor=principal.name, action=action, subject=subject[:2000], detail=detail))


def latest(session: Session) -> int:
    """Number of the newest record; as every write is audited, nothing was written while it is the same."""
    return session.scalar(select(func.max(AuditEvent.id))) or 0
