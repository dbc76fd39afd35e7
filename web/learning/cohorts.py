"""How far cohorts are, and who has read what, for pages, API and command line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from kb.access import Permission, Principal, require
from kb.learning import assignments, cohorts, readings
from kb.learning.assignments import Assigned, Progress
from kb.learning.cohorts import Cohort
from kb.learning.people import Known
from kb.learning.values import Subject
from kb.models import now
from kb.vocabulary import label
from web.pictures import bars
from web.pictures.bars import Bars, Part, Row


@dataclass(frozen=True, slots=True)
class MemberView:
    """Somebody of a cohort, and what they were asked for in the cohort's order; None where they were not."""

    person: Known
    assigned: tuple[Assigned | None, ...]


@dataclass(frozen=True, slots=True)
class CohortView:
    """A cohort and how far it is."""

    cohort: Cohort
    today: date
    assigned: tuple[Assigned, ...]
    subjects: tuple[Subject, ...]
    """What was asked for, in its order."""
    members: tuple[MemberView, ...]
    picture: Bars

    @property
    def tally(self) -> dict[Progress, int]:
        """How many assignments stand where."""
        return _tally(self.assigned, self.today)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who has read an item, or is asked to."""

    name: str
    learner: int
    asked: int | None
    """The version that they are asked to read."""
    due: date | None
    version: int | None
    """The newest that they have read."""
    at: datetime | None

    @property
    def missing(self) -> bool:
        """Whether they are asked for what they have not read."""
        return self.asked is not None and (self.version or 0) < self.asked


def view(session: Session, principal: Principal, found: Cohort) -> CohortView:
    """How far the members of a cohort are."""
    today = now().date()
    assigned = assignments.of_cohort(session, principal, found.number)
    subjects = tuple(dict.fromkeys(one.subject for one in sorted(assigned, key=lambda one: one.place)))
    theirs = {(one.learner, one.subject): one for one in assigned}
    members = tuple(
        MemberView(member, tuple(theirs.get((member.number, subject)) for subject in subjects))
        for member in found.members
    )
    return CohortView(found, today, tuple(assigned), subjects, members, _picture(members, today))


def of_number(session: Session, principal: Principal, number: int) -> CohortView:
    """How far a cohort is, by number. Raises NotFoundError."""
    return view(session, principal, cohorts.cohort(session, principal, number))


def of_name(session: Session, principal: Principal, name: str) -> CohortView:
    """How far a cohort is, by name. Raises NotFoundError."""
    return view(session, principal, cohorts.named(session, principal, name))


def readers(session: Session, principal: Principal, ref: str) -> list[Reader]:
    """Who has read an item, or is asked to; who has not yet comes first. Raises NotFoundError."""
    require(principal, Permission.DEVELOP)
    newest = {
        one.learner: one
        for one in sorted(readings.of_item(session, principal, ref), key=lambda one: one.version)
    }
    asked = {one.learner: one for one in assignments.of_item(session, principal, ref)}
    names = {one.learner: one.name for one in (*newest.values(), *asked.values())}
    found = [
        Reader(
            name,
            learner,
            asked[learner].version if learner in asked else None,
            asked[learner].due if learner in asked else None,
            newest[learner].version if learner in newest else None,
            newest[learner].at if learner in newest else None,
        )
        for learner, name in names.items()
    ]
    return sorted(found, key=lambda one: (not one.missing, one.due or date.max, one.name.lower()))


def _tally(assigned: Sequence[Assigned], today: date) -> dict[Progress, int]:
    standing = [one.progress(today) for one in assigned]
    return {state: standing.count(state) for state in Progress}


def _picture(members: Sequence[MemberView], today: date) -> Bars:
    rows: list[Row] = []
    for member in members:
        tally = _tally([one for one in member.assigned if one], today)
        parts = tuple(
            Part(number, state, f"{member.person.name}: {number} {label(state).lower()}")
            for state, number in tally.items()
        )
        rows.append(Row(member.person.name, parts, f"/learners/{member.person.number}/learning"))
    return bars.draw(rows)
