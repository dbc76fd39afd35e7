"""Somebody's learning, for pages, API and command line: what they completed, hold, have read, are to do."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from kb.access import Principal
from kb.learning import assignments, people, readings, records
from kb.learning.assignments import Assigned, Progress
from kb.learning.people import Known
from kb.learning.readings import Reading
from kb.learning.records import Certificate, Completion
from kb.models import now

SOON = 90
"""Days before its renewal in which a certificate is told of."""


@dataclass(frozen=True, slots=True)
class Learning:
    """Somebody's learning."""

    person: Known
    today: date
    assigned: tuple[Assigned, ...]
    """What is due first at the top."""
    completions: tuple[Completion, ...]
    """The newest first, as all that follows."""
    certificates: tuple[Certificate, ...]
    readings: tuple[Reading, ...]

    @property
    def to_do(self) -> tuple[Assigned, ...]:
        """What is assigned and not done."""
        return tuple(one for one in self.assigned if one.progress(self.today) is not Progress.DONE)


@dataclass(frozen=True, slots=True)
class Overview:
    """What those who develop people have to look at."""

    today: date
    overdue: tuple[Assigned, ...]
    """The earliest first."""
    completions: tuple[Completion, ...]
    """That wait for confirmation."""
    certificates: tuple[Certificate, ...]
    """That wait for confirmation."""
    expiring: tuple[Certificate, ...]
    """To be renewed within SOON days, or expired; the earliest first."""


def overview(session: Session, principal: Principal) -> Overview:
    """What *principal* has to look at."""
    today = now().date()
    return Overview(
        today,
        tuple(assignments.left(session, principal, before=today)),
        tuple(records.unconfirmed(session, principal)),
        tuple(records.unconfirmed_certificates(session, principal)),
        tuple(records.expiring(session, principal, before=today + timedelta(SOON))),
    )


def learning(session: Session, principal: Principal, person: Known) -> Learning:
    """All of *person*'s learning that *principal* may read."""
    number = person.number
    return Learning(
        person,
        now().date(),
        tuple(assignments.listed(session, principal, number)),
        tuple(records.completions(session, principal, number)),
        tuple(records.certificates(session, principal, number)),
        tuple(readings.listed(session, principal, number)),
    )


def of_number(session: Session, principal: Principal, number: int) -> Learning:
    """The learning of somebody by number. Raises NotFoundError."""
    return learning(session, principal, people.known(session, principal, number))


def of_name(session: Session, principal: Principal, name: str) -> Learning:
    """The learning of somebody by name. Raises NotFoundError."""
    return learning(session, principal, people.known_by_name(session, principal, name))
