"""What people learned, as the API takes and gives it."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from kb.learning.assignments import MAX_ITEMS, MAX_PATH, Assigned, AssignmentDraft, Progress
from kb.learning.cohorts import MAX_MEMBERS
from kb.learning.people import MAX_NAME
from kb.learning.records import (
    MAX_HOURS,
    MAX_NUMBER,
    MAX_TEXT,
    MAX_TITLE,
    CertificateDraft,
    CompletionDraft,
)
from kb.learning.reminders import Cause, Reminder
from kb.learning.values import Activity, Result, Side
from kb.vocabulary import Kind
from web.learning.cohorts import CohortView
from web.learning.following import Learning
from web.learning.importing import Fate, Report, Taken
from web.schemas import Out


class CompletionIn(BaseModel):
    """Something that somebody completed."""

    model_config = ConfigDict(extra="forbid")

    learner: str = Field(min_length=1, max_length=MAX_NAME, examples=["Ann Lee"])
    training: str = Field(default="", max_length=60, description="Its reference, if it is in the catalogue.")
    title: str = Field(default="", max_length=MAX_TITLE, description="What it was, if it is not.")
    dated: date | None = Field(default=None, description="The day on which it was over; today unless said.")
    hours: float | None = Field(
        default=None, ge=0, le=MAX_HOURS, description="Those of the training unless said."
    )
    result: Result = Result.COMPLETED
    activity: Activity | None = Field(default=None, description="As the training is given, unless said.")
    side: Side | None = Field(
        default=None, description="Side of PMI's Talent Triangle; that of the training unless said."
    )
    evidence: str = Field(default="", max_length=MAX_TEXT, description="A link, or where it is.")
    reflection: str = Field(
        default="", max_length=MAX_TEXT, description="What was learned, and what came of it at work."
    )

    def draft(self) -> CompletionDraft:
        """As a value."""
        return CompletionDraft(**self.model_dump())


class CertificateIn(BaseModel):
    """A certificate that somebody was given."""

    model_config = ConfigDict(extra="forbid")

    learner: str = Field(min_length=1, max_length=MAX_NAME, examples=["Ann Lee"])
    certification: str = Field(
        default="", max_length=60, description="Its reference, if it is in the catalogue."
    )
    title: str = Field(default="", max_length=MAX_TITLE, description="What it is, if it is not.")
    number: str = Field(default="", max_length=MAX_NUMBER, description="That the body gave it.")
    issued: date
    expires: date | None = Field(default=None, description="The day by which it has to be renewed.")
    evidence: str = Field(default="", max_length=MAX_TEXT, description="A link, or where it is.")

    def draft(self) -> CertificateDraft:
        """As a value."""
        return CertificateDraft(**self.model_dump())


class RenewalIn(BaseModel):
    """A certificate was renewed."""

    model_config = ConfigDict(extra="forbid")

    expires: date = Field(description="The day by which it has to be renewed next.")


class ReadingIn(BaseModel):
    """You have read something."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = Field(default=None, ge=1, le=1_000_000, description="The newest unless said.")


class AssignmentIn(BaseModel):
    """What is asked of whom."""

    model_config = ConfigDict(extra="forbid")

    items: list[str] = Field(
        default=[],
        max_length=MAX_ITEMS,
        description="References: training to be completed, anything else to be read.",
        examples=[["HS-C-101"]],
    )
    persons: list[str] = Field(default=[], max_length=MAX_MEMBERS, description="By name.")
    team: str = Field(default="", max_length=MAX_NAME, description="Its members, as a cohort of that name.")
    cohort: str = Field(default="", max_length=MAX_NAME, description="By name.")
    due: date | None = Field(
        default=None, description="Steps of a path become due one after another up to this day."
    )
    path: str = Field(
        default="", max_length=MAX_PATH, description="Title of the learning path that the items are."
    )

    kept: str = Field(
        default="",
        max_length=20,
        description="Code of a kept learning path, which gives items and title; and whom it is for, "
        "unless that is said.",
    )

    def draft(self) -> AssignmentDraft:
        """As a value."""
        return AssignmentDraft(
            tuple(self.items), tuple(self.persons), self.team, self.cohort, self.due, self.path, self.kept
        )


class CohortIn(BaseModel):
    """Who learns together."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=MAX_NAME, examples=["Spring 2027"])
    persons: list[str] = Field(default=[], max_length=MAX_MEMBERS, description="By name.")
    teams: list[str] = Field(default=[], max_length=100, description="All of these teams as well.")


class SubjectOut(Out):
    """What was learned from, or is to be."""

    ref: str = Field(description="Empty for what is not in the catalogue, or may not be opened.")
    title: str
    kind: Kind | None


class ConfirmationOut(Out):
    """Somebody else vouches for it."""

    by: str
    at: datetime


class CompletionOut(Out):
    """Something that somebody completed."""

    number: int
    key: str = Field(description="A UUID, the same in every export.")
    learner: int
    name: str
    subject: SubjectOut
    dated: date
    hours: float | None
    result: Result
    activity: Activity
    side: Side | None
    evidence: str
    reflection: str
    author: str
    at: datetime
    confirmed: ConfirmationOut | None


class CertificateOut(Out):
    """A certificate that somebody holds or held."""

    number: int
    key: str = Field(description="A UUID, the same in every export.")
    learner: int
    name: str
    subject: SubjectOut
    code: str = Field(description="The number that the body gave it.")
    issued: date
    expires: date | None
    evidence: str
    author: str
    at: datetime
    confirmed: ConfirmationOut | None


class ReadingOut(Out):
    """Somebody has read something."""

    key: str = Field(description="A UUID, the same in every export.")
    learner: int
    name: str
    subject: SubjectOut
    version: int
    at: datetime


class DoneOut(Out):
    """What shows that something was done."""

    day: date
    confirmed: bool = Field(description="By somebody else; reading needs nobody else.")


class AssignedOut(Out):
    """Something that somebody is asked to learn from or to read."""

    number: int
    learner: int
    name: str
    subject: SubjectOut
    reading: bool = Field(description="Whether it is to be read, not completed as training is.")
    version: int = Field(description="That is to be read, or a later one.")
    cohort: str
    path: str
    place: int
    due: date | None
    author: str
    at: datetime = Field(description="When they were asked last.")
    begun_on: date | None
    done: DoneOut | None
    progress: Progress

    @staticmethod
    def of(one: Assigned, today: date) -> "AssignedOut":
        """As it stands *today*."""
        said = {name: getattr(one, name) for name in one.__slots__}
        return AssignedOut(**said, reading=one.reading, progress=one.progress(today))


class ReminderOut(Out):
    """Something to be done by a day."""

    key: str = Field(description="The same as long as it is about the same.")
    cause: Cause
    subject: SubjectOut
    day: date
    late: bool

    @staticmethod
    def of(one: Reminder, today: date) -> "ReminderOut":
        """As it stands *today*."""
        return ReminderOut(
            key=one.key,
            cause=one.cause,
            subject=SubjectOut.model_validate(one.subject),
            day=one.day,
            late=one.late(today),
        )


class AddressOut(Out):
    """Where a calendar program reads your calendar."""

    url: str = Field(description="Whoever knows it can read the calendar, and nothing else.")


class TakenOut(Out):
    """A row of a table and what becomes of it."""

    row: int = Field(description="As the file's own program counts it.")
    person: str
    title: str = Field(description="Reference or title, as the row says it.")
    fate: Fate
    fault: str = Field(description="Why it can't be kept; empty otherwise.")

    @staticmethod
    def of(taken: Taken) -> "TakenOut":
        """From a row."""
        said = taken.line.said
        return TakenOut(
            row=taken.line.number,
            person=said["name"],
            title=said["training"] or said["title"],
            fate=taken.fate,
            fault=taken.fault,
        )


class ImportOut(Out):
    """What became of a table of completed training."""

    new: int
    kept: int = Field(description="Rows of which the same was kept before.")
    faulty: int
    rows: list[TakenOut]

    @staticmethod
    def of(report: Report) -> "ImportOut":
        """From a report."""
        return ImportOut(
            new=report.count(Fate.NEW),
            kept=report.count(Fate.KEPT),
            faulty=report.count(Fate.FAULTY),
            rows=[TakenOut.of(one) for one in report.rows],
        )


class KnownOut(Out):
    """Somebody whose learning you may read."""

    number: int = Field(description="As a learner.")
    name: str
    team: str


class CohortOut(Out):
    """People who learn together."""

    number: int
    name: str
    members: list[KnownOut] = Field(description="By name.")


class CohortDetailOut(CohortOut):
    """A cohort and how far it is."""

    assigned: list[AssignedOut] = Field(description="What its members were asked for as such.")
    tally: dict[Progress, int] = Field(description="How many of these stand where.")

    @staticmethod
    def of(found: CohortView) -> "CohortDetailOut":
        """From a cohort and how far it is."""
        return CohortDetailOut(
            **CohortOut.model_validate(found.cohort).model_dump(),
            assigned=[AssignedOut.of(one, found.today) for one in found.assigned],
            tally=found.tally,
        )


class ReaderOut(Out):
    """Somebody who has read an item, or is asked to."""

    name: str
    learner: int
    asked: int | None = Field(description="The version that they are asked to read, if they are.")
    due: date | None
    version: int | None = Field(description="The newest version that they have read, if any.")
    at: datetime | None = Field(description="When they said so.")
    missing: bool = Field(description="Whether they are asked for what they have not read.")


class LearningOut(Out):
    """Somebody's learning."""

    number: int = Field(description="0 for yourself while nothing is kept of you.")
    name: str
    team: str
    assigned: list[AssignedOut] = Field(description="What is due first at the top.")
    completions: list[CompletionOut] = Field(description="The newest first.")
    certificates: list[CertificateOut] = Field(description="The newest first.")
    readings: list[ReadingOut] = Field(description="The newest first.")

    @staticmethod
    def of(found: Learning) -> "LearningOut":
        """From somebody's learning."""
        return LearningOut(
            number=found.person.number,
            name=found.person.name,
            team=found.person.team,
            assigned=[AssignedOut.of(one, found.today) for one in found.assigned],
            completions=[CompletionOut.model_validate(one) for one in found.completions],
            certificates=[CertificateOut.model_validate(one) for one in found.certificates],
            readings=[ReadingOut.model_validate(one) for one in found.readings],
        )
