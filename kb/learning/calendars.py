"""Addresses under which somebody's calendar can be read without signing in, as calendar programs do."""

import secrets

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kb import audit
from kb.access import Principal, require_write
from kb.errors import NotFoundError
from kb.learning import people
from kb.learning.people import Known
from kb.models import CalendarAddress, Learner
from kb.people import readers
from kb.vocabulary import Classification


def renew(session: Session, principal: Principal) -> str:
    """A new token that opens the calendar of *principal*; the one before opens nothing any more."""
    require_write(principal)
    learner = people.enrolled(session, principal.name)
    session.execute(delete(CalendarAddress).where(CalendarAddress.learner_id == learner.id))
    row = CalendarAddress(
        learner_id=learner.id, clearance=principal.clearance, token=secrets.token_urlsafe(32)
    )
    session.add(row)
    audit.record(session, principal, "open_calendar", f"learner {learner.id}")
    session.flush()
    return row.token


def close(session: Session, principal: Principal) -> None:
    """Let no token open the calendar of *principal* any more."""
    require_write(principal)
    learner = people.enrolled(session, principal.name)
    session.execute(delete(CalendarAddress).where(CalendarAddress.learner_id == learner.id))
    audit.record(session, principal, "close_calendar", f"learner {learner.id}")
    session.flush()


def of_token(session: Session, token: str) -> tuple[Known, Principal]:
    """Whose calendar *token* opens, and on whose behalf it is read. Raises NotFoundError."""
    query = (
        select(Learner, CalendarAddress.clearance)
        .join(CalendarAddress, CalendarAddress.learner_id == Learner.id)
        .where(CalendarAddress.token == token)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFoundError("This address opens no calendar any more; its owner can make a new one.")
    learner, clearance = found
    known = Known(learner.id, learner.name, learner.team)
    return known, readers.absent(session, learner.name, Classification(clearance))
