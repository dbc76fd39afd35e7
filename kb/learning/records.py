"""What people completed and which certificates they hold, as they or those who develop them say.

Read by the person and by those who develop people; by nobody else: every read here asks `people.known_to`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from kb import audit, items
from kb.access import Permission, Principal, readable, require, require_write, visible
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.learning import frameworks, people
from kb.learning.values import HIDDEN, Activity, Result, Side, Subject, key
from kb.models import Certificate as CertificateRow
from kb.models import Item, Learner, LearningRecord, Training, now
from kb.text import squash
from kb.vocabulary import Kind, TrainingFormat, term

MAX_TITLE = 500
MAX_TEXT = 5_000
MAX_NUMBER = 100
MAX_HOURS = 10_000.0
TRIANGLE = "PMI Talent Triangle"
"""The framework in which competences name its sides."""
_ACTIVITIES = {
    TrainingFormat.READING: Activity.READING,
    TrainingFormat.WEBINAR: Activity.MEDIA,
    TrainingFormat.COACHING: Activity.INFORMAL,
}
"""Ways of learning by format of training; any other is a course."""

Row = LearningRecord | CertificateRow
Table = type[LearningRecord] | type[CertificateRow]
Written = TypeVar("Written", bound=Row)


@dataclass(frozen=True, slots=True)
class CompletionDraft:
    """Something that somebody completed."""

    learner: str
    """Their name."""
    training: str = ""
    """Reference; empty for what is not in the catalogue, which has a title instead."""
    title: str = ""
    dated: date | None = None
    """The day on which it was over; today unless said."""
    hours: float | None = None
    """Those of the training unless said."""
    result: Result = Result.COMPLETED
    activity: Activity | None = None
    """As the training is given, unless said."""
    side: Side | None = None
    """The one that most of what the training teaches belongs to, unless said."""
    evidence: str = ""
    """A link, or a sentence on where it is."""
    reflection: str = ""
    """What was learned, and what came of it at work."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Somebody else vouches for it."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Completion:
    """Something that somebody completed, as it is kept."""

    number: int
    key: str
    """A UUID."""
    learner: int
    name: str
    """Of the learner."""
    subject: Subject
    dated: date
    hours: float | None
    result: Result
    activity: Activity
    side: Side | None
    evidence: str
    reflection: str
    author: str
    at: datetime
    confirmed: Confirmation | None


@dataclass(frozen=True, slots=True)
class CertificateDraft:
    """A certificate that somebody was given."""

    learner: str
    issued: date
    certification: str = ""
    """Reference; empty for one that is not in the catalogue, which has a title instead."""
    title: str = ""
    number: str = ""
    expires: date | None = None
    """The day by which it has to be renewed; None when it stays."""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as it is kept."""

    number: int
    key: str
    """A UUID."""
    learner: int
    name: str
    """Of the learner."""
    subject: Subject
    code: str
    """That the body gave it."""
    issued: date
    expires: date | None
    evidence: str
    author: str
    at: datetime
    confirmed: Confirmation | None

    def held(self, day: date) -> bool:
        """Whether it is valid on *day*."""
        return self.issued <= day and (self.expires is None or self.expires >= day)


def sides(session: Session, principal: Principal) -> dict[str, Side]:
    """The side of PMI's Talent Triangle that each competence is named on first, by its key."""
    found = {
        one.key: term(Side, one.names[TRIANGLE][0])
        for one in frameworks.competences(session, principal)
        if one.names.get(TRIANGLE)
    }
    return {name: side for name, side in found.items() if side}


def complete(
    session: Session,
    principal: Principal,
    draft: CompletionDraft,
    known: Mapping[str, Side] | None = None,
) -> Completion:
    """Keep what somebody completed; what another says who develops them is confirmed thereby.

    *known* are the *sides* of competences, for whoever keeps many at once. Raises NotFoundError when
    *principal* may not, or for training that they can't see; InvalidError.
    """
    row = _checked(session, principal, draft, known)
    learner = people.enrolled(session, draft.learner)
    row.learner_id = learner.id
    _keep(session, principal, row, learner, "complete_training")
    return completion(session, principal, row.id)


def check(session: Session, principal: Principal, draft: CompletionDraft, known: Mapping[str, Side]) -> None:
    """Raise what *complete* would raise; nothing is kept."""
    _checked(session, principal, draft, known)


def _checked(
    session: Session, principal: Principal, draft: CompletionDraft, known: Mapping[str, Side] | None
) -> LearningRecord:
    """What is to be kept, of nobody yet."""
    people.require_answerable(principal, draft.learner)
    training = _training(session, principal, draft.training)
    side = draft.side
    if side is None and training is not None:
        side = _side(training, sides(session, principal) if known is None else known)
    return LearningRecord(
        key=str(uuid4()),
        item_id=training.id if training else None,
        title="" if training else _title(draft.title),
        dated=_past(draft.dated),
        hours=_hours(draft.hours, training),
        result=draft.result,
        activity=draft.activity or _activity(training),
        side=side or "",
        evidence=_text(draft.evidence, "evidence"),
        reflection=_text(draft.reflection, "reflection"),
        author=principal.name,
    )


def certify(session: Session, principal: Principal, draft: CertificateDraft) -> Certificate:
    """Keep a certificate. Confirmed and raises as *complete*."""
    people.require_answerable(principal, draft.learner)
    training = _training(session, principal, draft.certification)
    if draft.expires and draft.expires < draft.issued:
        raise InvalidError("A certificate can't expire before it was issued.")
    if len(draft.number) > MAX_NUMBER:
        raise InvalidError(f"The number may have at most {MAX_NUMBER} characters.")
    learner = people.enrolled(session, draft.learner)
    row = CertificateRow(
        key=str(uuid4()),
        learner_id=learner.id,
        item_id=training.id if training else None,
        title="" if training else _title(draft.title),
        number=squash(draft.number),
        issued=_past(draft.issued),
        expires=draft.expires,
        evidence=_text(draft.evidence, "evidence"),
        author=principal.name,
    )
    _keep(session, principal, row, learner, "keep_certificate")
    return certificate(session, principal, row.id)


def renew(session: Session, principal: Principal, number: int, expires: date) -> Certificate:
    """Note until when a certificate is renewed; it has to be confirmed anew.

    Raises NotFoundError, InvalidError for a day that is no later.
    """
    row, learner = _written(session, principal, CertificateRow, number)
    if row.expires is None or expires <= row.expires:
        raise InvalidError("A renewed certificate lasts longer than before; give the new day.")
    row.expires, row.confirmed_by, row.confirmed_at = expires, "", None
    _vouch(principal, row, learner)
    audit.record(session, principal, "renew_certificate", f"learner {learner.id}", certificate=row.id)
    session.flush()
    return certificate(session, principal, number)


def kept_before(session: Session, principal: Principal, draft: CompletionDraft) -> bool:
    """Whether the same was completed by the same person on the same day, as far as *principal* may see."""
    training = _training(session, principal, draft.training)
    same = LearningRecord.item_id == training.id if training else LearningRecord.title == squash(draft.title)
    query = (
        select(LearningRecord.id)
        .join(Learner, Learner.id == LearningRecord.learner_id)
        .where(people.known_to(principal), Learner.name == squash(draft.learner), same)
        .where(LearningRecord.dated == (draft.dated or now().date()))
    )
    return session.scalars(query.limit(1)).first() is not None


def confirm(session: Session, principal: Principal, number: int) -> Completion:
    """Vouch for what somebody completed. Raises NotFoundError, ConflictError for one's own."""
    _confirm(session, principal, LearningRecord, number, "confirm_training")
    return completion(session, principal, number)


def confirm_certificate(session: Session, principal: Principal, number: int) -> Certificate:
    """Vouch for a certificate. Raises as *confirm*."""
    _confirm(session, principal, CertificateRow, number, "confirm_certificate")
    return certificate(session, principal, number)


def withdraw(session: Session, principal: Principal, number: int) -> None:
    """Take back what was said to be completed. Raises NotFoundError, ConflictError as *_remove*."""
    _remove(session, principal, LearningRecord, number, "withdraw_training")


def withdraw_certificate(session: Session, principal: Principal, number: int) -> None:
    """Take back a certificate. Raises as *withdraw*."""
    _remove(session, principal, CertificateRow, number, "withdraw_certificate")


def completion(session: Session, principal: Principal, number: int) -> Completion:
    """One by number. Raises NotFoundError."""
    return _only(_completions(session, principal, LearningRecord.id == number))


def certificate(session: Session, principal: Principal, number: int) -> Certificate:
    """One by number. Raises NotFoundError."""
    return _only(_certificates(session, principal, CertificateRow.id == number))


def completions(session: Session, principal: Principal, learner: int | None = None) -> list[Completion]:
    """What *learner*, or anybody whom *principal* may see, completed; the newest first."""
    return _completions(session, principal, *_of(LearningRecord, learner))


def certificates(session: Session, principal: Principal, learner: int | None = None) -> list[Certificate]:
    """The certificates of *learner*, or of anybody whom *principal* may see; the newest first."""
    return _certificates(session, principal, *_of(CertificateRow, learner))


def unconfirmed(session: Session, principal: Principal) -> list[Completion]:
    """What people say they completed and *principal* might confirm; the newest first."""
    if not principal.may(Permission.DEVELOP):
        return []
    others = Learner.name != principal.name
    return _completions(session, principal, LearningRecord.confirmed_at.is_(None), others)


def unconfirmed_certificates(session: Session, principal: Principal) -> list[Certificate]:
    """Certificates that people say they hold and *principal* might confirm; the newest first."""
    if not principal.may(Permission.DEVELOP):
        return []
    others = Learner.name != principal.name
    return _certificates(session, principal, CertificateRow.confirmed_at.is_(None), others)


def expiring(
    session: Session, principal: Principal, *, before: date, learner: int | None = None
) -> list[Certificate]:
    """Certificates to be renewed earlier than *before*, or expired; the earliest first."""
    found = _certificates(session, principal, CertificateRow.expires < before, *_of(CertificateRow, learner))
    return sorted(found, key=lambda one: one.expires or date.max)


def taken(session: Session, principal: Principal, learner: int, day: date) -> frozenset[str]:
    """References of training that *learner* completed and of certifications that they hold on *day*."""
    done = completions(session, principal, learner)
    held = certificates(session, principal, learner)
    refs = [one.subject.ref for one in done if one.result is not Result.FAILED]
    return frozenset(ref for ref in [*refs, *(one.subject.ref for one in held if one.held(day))] if ref)


def _of(table: Table, learner: int | None) -> list[ColumnElement[bool]]:
    return [] if learner is None else [table.learner_id == learner]


def _completions(session: Session, principal: Principal, *wanted: ColumnElement[bool]) -> list[Completion]:
    rows = session.execute(
        select(LearningRecord, Learner.name, Item.ref, Item.title, Item.kind)
        .join(Learner, Learner.id == LearningRecord.learner_id)
        .outerjoin(Item, and_(Item.id == LearningRecord.item_id, readable(principal)))
        .where(people.known_to(principal), *wanted)
        .order_by(LearningRecord.dated.desc(), LearningRecord.id.desc())
    )
    return [
        Completion(
            row.id,
            row.key,
            row.learner_id,
            name,
            subject(row.title, ref, title, kind),
            row.dated,
            row.hours,
            Result(row.result),
            Activity(row.activity),
            Side(row.side) if row.side else None,
            row.evidence,
            row.reflection,
            row.author,
            row.at,
            _confirmation(row),
        )
        for row, name, ref, title, kind in rows
    ]


def _certificates(session: Session, principal: Principal, *wanted: ColumnElement[bool]) -> list[Certificate]:
    rows = session.execute(
        select(CertificateRow, Learner.name, Item.ref, Item.title, Item.kind)
        .join(Learner, Learner.id == CertificateRow.learner_id)
        .outerjoin(Item, and_(Item.id == CertificateRow.item_id, readable(principal)))
        .where(people.known_to(principal), *wanted)
        .order_by(CertificateRow.issued.desc(), CertificateRow.id.desc())
    )
    return [
        Certificate(
            row.id,
            row.key,
            row.learner_id,
            name,
            subject(row.title, ref, title, kind),
            row.number,
            row.issued,
            row.expires,
            row.evidence,
            row.author,
            row.at,
            _confirmation(row),
        )
        for row, name, ref, title, kind in rows
    ]


def subject(own: str, ref: str | None, title: str | None, kind: Kind | None) -> Subject:
    """What a row is about: an item that may be opened, or a title of its own."""
    return Subject(ref or "", title or own or HIDDEN, Kind(kind) if kind else None)


def _confirmation(row: Row) -> Confirmation | None:
    return Confirmation(row.confirmed_by, row.confirmed_at) if row.confirmed_at else None


def _keep(session: Session, principal: Principal, row: Row, learner: Learner, action: str) -> None:
    _vouch(principal, row, learner)
    session.add(row)
    session.flush()
    audit.record(session, principal, action, f"learner {learner.id}", record=row.key)
    session.flush()


def _vouch(principal: Principal, row: Row, learner: Learner) -> None:
    if learner.name != principal.name:
        row.confirmed_by, row.confirmed_at = principal.name, now()


def _confirm(session: Session, principal: Principal, table: Table, number: int, action: str) -> None:
    require(principal, Permission.DEVELOP)
    row, learner = _written(session, principal, table, number)
    if learner.name == principal.name:
        raise ConflictError("Nobody confirms what they did themselves; ask another trainer or manager.")
    if row.confirmed_at is None:
        _vouch(principal, row, learner)
        audit.record(session, principal, action, f"learner {learner.id}", record=row.key)
        session.flush()


def _remove(session: Session, principal: Principal, table: Table, number: int, action: str) -> None:
    row, learner = _written(session, principal, table, number)
    if row.confirmed_at and not principal.may(Permission.DEVELOP):
        raise ConflictError(f"{row.confirmed_by} has confirmed it; ask them to take it back.")
    audit.record(session, principal, action, f"learner {learner.id}", record=row.key)
    session.delete(row)
    session.flush()


def _written(
    session: Session, principal: Principal, table: type[Written], number: int
) -> tuple[Written, Learner]:
    """A row to be changed and whose it is. Raises NotFoundError."""
    require_write(principal)
    row = session.get(table, number)
    learner = session.get(Learner, row.learner_id) if row else None
    if row is None or learner is None or not _own(principal, learner):
        raise NotFoundError("There is no such record that you may see.")
    return row, learner


def _own(principal: Principal, learner: Learner) -> bool:
    return learner.name == principal.name or principal.may(Permission.DEVELOP)


Kept = TypeVar("Kept", Completion, Certificate)


def _only(found: Sequence[Kept]) -> Kept:
    if not found:
        raise NotFoundError("There is no such record that you may see.")
    return found[0]


def _training(session: Session, principal: Principal, ref: str) -> Training | None:
    if not ref.strip():
        return None
    query = select(Training).where(visible(principal, Training), items.by_ref(ref))
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFoundError(f"There is no training {ref.strip()[:100]!r} here, or you may not see it.")
    return found


def _title(given: str) -> str:
    title = squash(given)
    if not title or len(title) > MAX_TITLE:
        raise InvalidError(
            f"Name the training by its reference, or say in {MAX_TITLE} characters what it was."
        )
    return title


def _past(day: date | None) -> date:
    today = now().date()
    if day and day > today:
        raise InvalidError("What is kept here has happened: the day can't lie in the future.")
    return day or today


def _hours(given: float | None, training: Training | None) -> float | None:
    hours = given if given is not None or training is None else training.cpd_hours or training.hours
    if hours is not None and not 0 <= hours <= MAX_HOURS:
        raise InvalidError(f"Hours go from 0 to {MAX_HOURS:,.0f}.")
    return hours


def _activity(training: Training | None) -> Activity:
    given = term(TrainingFormat, training.format) if training and training.format else None
    return _ACTIVITIES.get(given, Activity.COURSE) if given else Activity.COURSE


def _side(training: Training, known: Mapping[str, Side]) -> Side | None:
    """The side that most of what it teaches is named on; of equals, what it names first."""
    taught = [known[key(one["name"])] for one in training.competences if key(one["name"]) in known]
    return Counter(taught).most_common(1)[0][0] if taught else None


def _text(given: str, what: str) -> str:
    text = given.strip()
    if len(text) > MAX_TEXT:
        raise InvalidError(f"The {what} may have at most {MAX_TEXT:,} characters.")
    return text
