"""Who has read what, in which version: people say it themselves, of themselves only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from kb import audit, items
from kb.access import Principal, readable, require_write
from kb.errors import InvalidError
from kb.learning import people
from kb.learning.records import subject
from kb.learning.values import Subject
from kb.models import Item, Learner, ReadConfirmation, now


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody has read something."""

    key: str
    """A UUID."""
    learner: int
    name: str
    """Of the learner."""
    subject: Subject
    version: int
    at: datetime


def confirm(session: Session, principal: Principal, ref: str, version: int | None = None) -> Reading:
    """Keep that *principal* has read an item, in its present version unless said; once is enough.

    Raises NotFoundError, InvalidError for a version that there is not.
    """
    require_write(principal)
    item, _, newest = items.version_of(session, principal, ref)
    version = newest if version is None else version
    if not 1 <= version <= newest:
        raise InvalidError(f"It has no version {version}; the newest is {newest}.")
    learner = people.enrolled(session, principal.name)
    of_it = (
        ReadConfirmation.learner_id == learner.id,
        ReadConfirmation.item_id == item,
        ReadConfirmation.version == version,
    )
    if session.scalar(select(ReadConfirmation.id).where(*of_it)) is None:
        session.add(
            ReadConfirmation(key=str(uuid4()), learner_id=learner.id, item_id=item, version=version, at=now())
        )
        session.flush()
        audit.record(session, principal, "confirm_reading", f"learner {learner.id}", ref=ref, version=version)
        session.flush()
    return _read(session, principal, *of_it)[0]


def listed(session: Session, principal: Principal, learner: int | None = None) -> list[Reading]:
    """What *learner*, or anybody whom *principal* may see, has read; the newest first."""
    return _read(session, principal, *([] if learner is None else [ReadConfirmation.learner_id == learner]))


def of_item(session: Session, principal: Principal, ref: str) -> list[Reading]:
    """Who of those whom *principal* may see has read an item, in which versions; the newest first."""
    return _read(session, principal, items.by_ref(ref))


def _read(session: Session, principal: Principal, *wanted: ColumnElement[bool]) -> list[Reading]:
    rows = session.execute(
        select(ReadConfirmation, Learner.name, Item.ref, Item.title, Item.kind)
        .join(Learner, Learner.id == ReadConfirmation.learner_id)
        .outerjoin(Item, and_(Item.id == ReadConfirmation.item_id, readable(principal)))
        .where(people.known_to(principal), *wanted)
        .order_by(ReadConfirmation.at.desc(), ReadConfirmation.id.desc())
    )
    return [
        Reading(row.key, row.learner_id, name, subject("", ref, title, kind), row.version, row.at)
        for row, name, ref, title, kind in rows
    ]
