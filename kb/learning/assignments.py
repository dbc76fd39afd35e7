"""What people are asked to learn from or to read, and how far they are.

Those who develop people ask. How far somebody is, is not stored but read from what they completed, hold and
have read: a record made anywhere else counts all the same.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import accumulate, product

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from kb import audit, items
from kb.access import Permission, Principal, readable, require, require_write
from kb.database import among
from kb.errors import InvalidError, NotFoundError
from kb.learning import cohorts, kept, people
from kb.learning.cohorts import Cohort
from kb.learning.records import subject
from kb.learning.values import Result, Subject
from kb.models import Assignment as Row
from kb.models import (
    Certificate,
    CohortMember,
    Item,
    Learner,
    LearningRecord,
    ReadConfirmation,
    Training,
    now,
)
from kb.models import Cohort as CohortRow
from kb.text import squash
from kb.vocabulary import Kind

MAX_ITEMS = 100
MAX_PATH = 200


class Progress(StrEnum):
    """How far somebody is with what they are asked to learn."""

    DONE = "done"
    BEGUN = "begun"
    NOT_BEGUN = "not_begun"
    OVERDUE = "overdue"
    """Not done, and the day is over."""


@dataclass(frozen=True, slots=True)
class AssignmentDraft:
    """What is asked of whom."""

    items: tuple[str, ...] = ()
    """References: training to be completed, anything else to be read; in their order, of a path."""
    persons: tuple[str, ...] = ()
    """By name."""
    team: str = ""
    """Its members, as a cohort of that name."""
    cohort: str = ""
    due: date | None = None
    """Steps of a path become due one after another up to this day, as their hours share the time."""
    path: str = ""
    """Title of the learning path that the items are."""
    kept: str = ""
    """Code of a kept learning path, which gives items and title; and whom it is for, unless that is said."""


@dataclass(frozen=True, slots=True)
class Done:
    """What shows that something was done."""

    day: date
    confirmed: bool
    """By somebody else; reading needs nobody else."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """Something that somebody is asked to learn from or to read."""

    number: int
    learner: int
    name: str
    """Of the learner."""
    subject: Subject
    version: int
    """That is to be read, or a later one."""
    cohort: str
    """As whose member they were asked; empty for themselves."""
    path: str
    place: int
    due: date | None
    author: str
    at: datetime
    """When they were asked last."""
    begun_on: date | None
    done: Done | None

    @property
    def reading(self) -> bool:
        """Whether it is to be read, not completed as training is."""
        return self.subject.kind is not Kind.TRAINING

    def progress(self, day: date) -> Progress:
        """How far they are on *day*."""
        if self.done:
            return Progress.DONE
        if self.due and self.due < day:
            return Progress.OVERDUE
        return Progress.BEGUN if self.begun_on else Progress.NOT_BEGUN


def assign(session: Session, principal: Principal, draft: AssignmentDraft) -> list[Assigned]:
    """Ask people to learn from items or to read them; asked again, only what is said anew changes.

    What is to be read is asked for in its present version. Raises NotFoundError, InvalidError.
    """
    require(principal, Permission.DEVELOP)
    draft = _from_kept(session, principal, draft) if draft.kept else draft
    if not draft.items or len(draft.items) > MAX_ITEMS:
        raise InvalidError(f"Choose 1 to {MAX_ITEMS} things to learn from or to read.")
    if draft.due and draft.due < now().date():
        raise InvalidError("The day by which it is to be done can't lie in the past.")
    asked = _asked(session, principal, draft)
    cohort = _cohort(session, principal, draft)
    learners = {people.enrolled(session, one).id for one in draft.persons if one.strip()}
    learners.update(one.number for one in (cohort.members if cohort else ()))
    if not learners:
        raise InvalidError("Say who is asked: people, a team or a cohort.")
    _ask(session, principal, learners, asked, cohort.number if cohort else None)
    subject_of = f"cohort {cohort.number}" if cohort else "learners"
    refs = [one.ref for one in asked]
    audit.record(session, principal, "assign_learning", subject_of, items=refs, learners=sorted(learners))
    session.flush()
    those = Row.learner_id.in_(learners), Row.item_id.in_([one.item for one in asked])
    return _listed(session, principal, *those)


def begin(session: Session, principal: Principal, number: int) -> Assigned:
    """Note that its learner has begun with it. Raises NotFoundError."""
    row, learner = _row(session, principal, number)
    if row.begun_on is None:
        row.begun_on = now().date()
        audit.record(session, principal, "begin_learning", f"learner {learner.id}", assignment=number)
        session.flush()
    return one(session, principal, number)


def withdraw(session: Session, principal: Principal, number: int) -> None:
    """Ask no longer; what was completed stays. Raises NotFoundError."""
    require(principal, Permission.DEVELOP)
    row, learner = _row(session, principal, number)
    audit.record(session, principal, "withdraw_assignment", f"learner {learner.id}", assignment=number)
    session.delete(row)
    session.flush()


def one(session: Session, principal: Principal, number: int) -> Assigned:
    """One by number. Raises NotFoundError."""
    found = _listed(session, principal, Row.id == number)
    if not found:
        raise NotFoundError("Nothing is assigned under this number that you may see.")
    return found[0]


def listed(session: Session, principal: Principal, learner: int | None = None) -> list[Assigned]:
    """What *learner*, or anybody whom *principal* may see, is asked for; what is due first at the top."""
    return _listed(session, principal, *([] if learner is None else [Row.learner_id == learner]))


def left(
    session: Session, principal: Principal, *, before: date, learner: int | None = None
) -> list[Assigned]:
    """What is due earlier than *before* and not done, of *learner* or anybody whom *principal* may see."""
    of_them = [] if learner is None else [Row.learner_id == learner]
    return _listed(session, principal, Row.due < before, _not_done(), *of_them)


def of_cohort(session: Session, principal: Principal, cohort: int) -> list[Assigned]:
    """What the members of a cohort were asked for as such."""
    members = select(CohortMember.learner_id).where(CohortMember.cohort_id == cohort)
    return _listed(session, principal, Row.cohort_id == cohort, Row.learner_id.in_(members))


def of_item(session: Session, principal: Principal, ref: str) -> list[Assigned]:
    """Who is asked to learn from an item or to read it."""
    return _listed(session, principal, items.by_ref(ref))


def asked_of(session: Session, principal: Principal, ref: str) -> Assigned | None:
    """What *principal* is asked to do with an item, if anything."""
    own = _listed(session, principal, items.by_ref(ref), Learner.name == principal.name)
    return next(iter(own), None)


@dataclass(frozen=True, slots=True)
class _Asked:
    """An item that is asked for."""

    item: int
    ref: str
    version: int
    path: str
    place: int
    due: date | None


def _from_kept(session: Session, principal: Principal, draft: AssignmentDraft) -> AssignmentDraft:
    if draft.items:
        raise InvalidError("Choose a kept learning path or items, not both.")
    path = kept.get(session, principal, draft.kept)
    if not path.whole:
        raise InvalidError("You may not open every step of this path, so that you can't ask others for it.")
    items = tuple(one.step.offer.ref for one in path.steps)
    if draft.persons or draft.team or draft.cohort:
        return replace(draft, items=items, path=path.head.title)
    persons = (path.head.name,) if path.head.name else ()
    return replace(draft, items=items, path=path.head.title, persons=persons, team=path.head.team)


def _asked(session: Session, principal: Principal, draft: AssignmentDraft) -> list[_Asked]:
    path = squash(draft.path)[:MAX_PATH]
    found = [_item(session, principal, ref) for ref in dict.fromkeys(draft.items)]
    shares = [hours for *_, hours in found] if path else []
    dues = _dues(shares, now().date(), draft.due) if path and draft.due else [draft.due] * len(found)
    return [
        _Asked(id_, ref, version, path, place if path else 0, due)
        for place, ((id_, ref, version, _), due) in enumerate(zip(found, dues, strict=True), start=1)
    ]


def _item(session: Session, principal: Principal, ref: str) -> tuple[int, str, int, float]:
    id_, known, version = items.version_of(session, principal, ref)
    return id_, known, version, session.scalar(select(Training.hours).where(Training.id == id_)) or 1.0


def _dues(hours: Sequence[float], start: date, end: date) -> list[date]:
    """By when each of several things is to be done, one after another, so that the last is by *end*."""
    days = (end - start).days
    return [start + timedelta(round(days * so_far / sum(hours))) for so_far in accumulate(hours)]


def _cohort(session: Session, principal: Principal, draft: AssignmentDraft) -> Cohort | None:
    if draft.team and draft.cohort:
        raise InvalidError("Choose a team or a cohort, not both.")
    if draft.team:
        return cohorts.keep(session, principal, draft.team, teams=[draft.team])
    return cohorts.named(session, principal, draft.cohort) if draft.cohort else None


def _ask(
    session: Session,
    principal: Principal,
    learners: Collection[int],
    asked: Sequence[_Asked],
    cohort: int | None,
) -> None:
    those = Row.learner_id.in_(learners), Row.item_id.in_([one.item for one in asked])
    known = {(row.learner_id, row.item_id): row for row in session.scalars(select(Row).where(*those))}
    for learner, one in product(sorted(learners), asked):
        row = known.get((learner, one.item))
        if row is None:
            row = known[learner, one.item] = Row(learner_id=learner, item_id=one.item, path="", place=0)
            session.add(row)
        row.version, row.author, row.at = one.version, principal.name, now()
        row.due = one.due or row.due
        row.cohort_id = cohort or row.cohort_id
        if one.path:
            row.path, row.place = one.path, one.place
    session.flush()


def _row(session: Session, principal: Principal, number: int) -> tuple[Row, Learner]:
    require_write(principal)
    query = (
        select(Row, Learner)
        .join(Learner, Learner.id == Row.learner_id)
        .where(Row.id == number, people.known_to(principal))
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFoundError("Nothing is assigned under this number that you may see.")
    row, learner = found
    return row, learner


def _listed(session: Session, principal: Principal, *wanted: ColumnElement[bool]) -> list[Assigned]:
    condition = and_(people.known_to(principal), *wanted)
    rows = session.execute(
        select(Row, Learner.name, CohortRow.name, Item.ref, Item.title, Item.kind)
        .join(Learner, Learner.id == Row.learner_id)
        .outerjoin(CohortRow, CohortRow.id == Row.cohort_id)
        .outerjoin(Item, and_(Item.id == Row.item_id, readable(principal)))
        .where(condition)
        .order_by(Row.due.is_(None), Row.due, func.lower(Learner.name), Row.path, Row.place, Row.id)
    ).all()
    done = _done(session, [row for row, *_ in rows])
    return [
        Assigned(
            row.id,
            row.learner_id,
            name,
            subject("", ref, title, kind),
            row.version,
            cohort or "",
            row.path,
            row.place,
            row.due,
            row.author,
            row.at,
            row.begun_on,
            done.get(row.id),
        )
        for row, name, cohort, ref, title, kind in rows
    ]


def _not_done() -> ColumnElement[bool]:
    """The condition on assignments that holds while nothing shows that they are done."""
    records, held, read = (
        and_(table.learner_id == Row.learner_id, table.item_id == Row.item_id)
        for table in (LearningRecord, Certificate, ReadConfirmation)
    )
    return and_(
        ~exists().where(records, LearningRecord.result != Result.FAILED),
        ~exists().where(held),
        ~exists().where(read, ReadConfirmation.version >= Row.version),
    )


def _done(session: Session, rows: Sequence[Row]) -> dict[int, Done]:
    """By the number of an assignment, what shows that it was done: the earliest that somebody confirmed."""
    found: dict[int, Done] = {}
    for number, done in _shown(session, [row.id for row in rows]):
        before = found.get(number)
        if before is None or (not done.confirmed, done.day) < (not before.confirmed, before.day):
            found[number] = done
    return found


def _shown(session: Session, numbers: Sequence[int]) -> Iterator[tuple[int, Done]]:
    ids = {"ids": numbers}
    for table, day in ((LearningRecord, LearningRecord.dated), (Certificate, Certificate.issued)):
        same = and_(table.learner_id == Row.learner_id, table.item_id == Row.item_id)
        shows = select(Row.id, day, table.confirmed_at).join(table, same).where(among(Row.id, "ids"))
        if table is LearningRecord:
            shows = shows.where(LearningRecord.result != Result.FAILED)
        for number, when, confirmed in session.execute(shows, ids):
            yield number, Done(when, confirmed is not None)
    same = and_(ReadConfirmation.learner_id == Row.learner_id, ReadConfirmation.item_id == Row.item_id)
    read = (
        select(Row.id, ReadConfirmation.at)
        .join(ReadConfirmation, same)
        .where(among(Row.id, "ids"), ReadConfirmation.version >= Row.version)
    )
    for number, at in session.execute(read, ids):
        yield number, Done(at.date(), confirmed=True)
