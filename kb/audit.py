"""The record of who changed what."""

from typing import Any

from sqlalchemy.orm import Session

from kb.access import Principal
from kb.models import AuditEvent


def record(session: Session, principal: Principal, action: str, subject: str, **detail: Any) -> None:
    """Note that *principal* did *action* to *subject* (a reference or a location)."""
    session.add(AuditEvent(actor=principal.name, action=action, subject=subject[:2000], detail=detail))
