"""What somebody has to do by a day: what they are asked to learn, and certificates to be renewed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.access import Principal
from kb.learning import assignments, records
from kb.learning.values import Subject
from kb.models import Learner

AHEAD = 14
"""Days before which something due is told of."""
AHEAD_OF_RENEWAL = 90
"""Days before which a renewal is told of: it takes time to earn."""
_AGAIN = 7
"""Days after which something late is told of again."""


class Cause(StrEnum):
    """Why somebody is reminded."""

    LEARN = "learn"
    READ = "read"
    RENEW = "renew"


WORDS = {Cause.LEARN: "Complete", Cause.READ: "Read", Cause.RENEW: "Renew"}
"""What is to be done, before its title."""
_BEFORE = {Cause.LEARN: (14, 7, 1), Cause.READ: (14, 7, 1), Cause.RENEW: (90, 30, 7, 1)}
"""How many days before its day something is told of by itself."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to be done by a day."""

    key: str
    """The same as long as it is about the same."""
    cause: Cause
    subject: Subject
    day: date
    at: datetime
    """When it was last asked for or noted."""

    def late(self, today: date) -> bool:
        """Whether its day is over."""
        return self.day < today

    def told_between(self, since: date, today: date) -> bool:
        """Whether a day after *since* and up to *today* is one on which it is told of by itself."""
        days = (since + timedelta(number) for number in range(1, (today - since).days + 1))
        return any(self._told_on(day) for day in days)

    def _told_on(self, day: date) -> bool:
        left = (self.day - day).days
        return left in _BEFORE[self.cause] or (left < 0 and -left % _AGAIN == 1)


def of(session: Session, principal: Principal, learner: int, before: date | None = None) -> list[Reminder]:
    """What *learner* has to do by a day, by *before* if that is given; the earliest first."""
    last = before or date.max
    asked = [
        Reminder(
            f"assignment-{learner}-{one.number}",
            Cause.READ if one.reading else Cause.LEARN,
            one.subject,
            one.due,
            one.at,
        )
        for one in assignments.left(session, principal, before=last, learner=learner)
        if one.due
    ]
    renewals = [
        Reminder(one.key, Cause.RENEW, one.subject, one.expires, one.at)
        for one in records.expiring(session, principal, before=last, learner=learner)
        if one.expires
    ]
    return sorted((*asked, *renewals), key=lambda one: (one.day, one.key))


def coming(session: Session, principal: Principal, learner: int, today: date) -> list[Reminder]:
    """What is late, due in the next AHEAD days, or to be renewed in the next AHEAD_OF_RENEWAL."""
    found = of(session, principal, learner, today + timedelta(AHEAD_OF_RENEWAL + 1))
    return [one for one in found if one.cause is Cause.RENEW or one.day <= today + timedelta(AHEAD)]


def own(session: Session, principal: Principal, today: date) -> list[Reminder]:
    """What *principal* has to do themselves, as *coming* tells it."""
    learner = session.scalar(select(Learner.id).where(Learner.name == principal.name))
    return coming(session, principal, learner, today) if learner and principal.name else []


def fresh(found: Iterable[Reminder], since: date, today: date) -> bool:
    """Whether any is worth a message by itself, when the last was on *since*."""
    return any(one.told_between(since, today) for one in found)
