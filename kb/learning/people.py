"""People and the levels that they were found at, with history.

An assessment is read by the person it is of, by who wrote it, and by those who develop people; by nobody
else: every read here asks `_readable`. That somebody is known at all, and what they learn, is read by
themselves and by those who develop people: `known_to`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session

from kb import audit
from kb.access import Permission, Principal, require, require_write
from kb.errors import InvalidError, NotFoundError
from kb.learning import frameworks
from kb.learning.values import HIGHEST, key
from kb.models import Learner, LevelAssessment, now
from kb.text import squash

MAX_NAME = 200
MAX_NOTE = 5_000


class Judged(StrEnum):
    """By what somebody was found to be at a level."""

    SELF = "self"
    MANAGER = "manager"
    EVIDENCE = "evidence"
    """Work, a test or a certificate shows it."""


@dataclass(frozen=True, slots=True)
class AssessmentDraft:
    """What is said of somebody."""

    learner: str
    """Their name."""
    levels: Mapping[str, int]
    """By names of competences; what was not looked at is left out."""
    kind: Judged = Judged.SELF
    dated: date | None = None
    """The day of which it speaks; today unless said."""
    note: str = ""
    team: str | None = None
    """Where they work; None leaves it as it is."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """One assessment."""

    number: int
    kind: Judged
    author: str
    dated: date
    at: datetime
    levels: Mapping[str, int]
    """By the keys of competences."""
    note: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with all assessments of them that the reader may see, the newest first."""

    number: int
    name: str
    team: str
    history: tuple[Assessed, ...]

    @property
    def levels(self) -> dict[str, int]:
        """The newest level of each competence; of the same day, what evidence or a manager says first."""
        return self._newest(self.history)

    @property
    def course(self) -> list[tuple[date, int]]:
        """The sum of their levels on each day of an assessment, by rising day."""
        days = sorted({one.dated for one in self.history})
        return [
            (day, sum(self._newest([one for one in self.history if one.dated <= day]).values()))
            for day in days
        ]

    def by(self, kind: Judged) -> dict[str, int]:
        """The newest level of each competence as it was judged in that way."""
        return self._newest([one for one in self.history if one.kind is kind])

    @staticmethod
    def _newest(history: Sequence[Assessed]) -> dict[str, int]:
        weight = list(Judged)
        ordered = sorted(history, key=lambda one: (one.dated, weight.index(one.kind), one.number))
        return {name: level for one in ordered for name, level in one.levels.items()}


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody whose learning the reader may read."""

    number: int
    """0 for the reader themselves while nothing is kept of them."""
    name: str
    team: str


def record(session: Session, principal: Principal, draft: AssessmentDraft) -> Person:
    """Keep what is said of somebody; earlier assessments stay.

    People assess themselves; others are assessed by those who develop people. Raises NotFoundError when
    *principal* may not, InvalidError when something is missing or senseless.
    """
    require(principal, Permission.CONTRIBUTE)
    name = squash(draft.learner)
    own = name == principal.name
    if not own:
        require(principal, Permission.DEVELOP)
    if own and draft.kind is Judged.MANAGER:
        raise InvalidError("Nobody is their own manager: choose self-assessment or evidence.")
    levels = _checked(session, principal, draft, name)
    row = enrolled(session, name)
    if draft.team is not None:
        row.team = squash(draft.team)[:MAX_NAME]
    said = LevelAssessment(
        learner_id=row.id,
        kind=draft.kind,
        author=principal.name,
        dated=draft.dated or now().date(),
        levels=levels,
        note=draft.note.strip(),
    )
    session.add(said)
    session.flush()
    audit.record(session, principal, "assess_levels", f"learner {row.id}", assessment=said.id)
    session.flush()
    return person(session, principal, row.id)


def _checked(session: Session, principal: Principal, draft: AssessmentDraft, name: str) -> dict[str, int]:
    _check_name(name)
    if len(draft.note) > MAX_NOTE:
        raise InvalidError(f"The note may have at most {MAX_NOTE:,} characters.")
    if not draft.levels:
        raise InvalidError("Give a level for at least one competence.")
    if any(not 0 <= level <= HIGHEST for level in draft.levels.values()):
        raise InvalidError(f"Levels go from 0 to {HIGHEST}.")
    known = {one.key for one in frameworks.competences(session, principal)}
    if stray := next((name for name in draft.levels if key(name) not in known), None):
        raise InvalidError(f"There is no competence {stray[:100]!r} here; `kb competence list` names them.")
    if draft.dated and draft.dated > now().date():
        raise InvalidError("The day of an assessment can't lie in the future.")
    return {key(name): level for name, level in draft.levels.items()}


def _check_name(name: str) -> None:
    if not name or len(name) > MAX_NAME:
        raise InvalidError(f"Name the person in at most {MAX_NAME} characters.")


def enrolled(session: Session, name: str) -> Learner:
    """The row of whoever has that name, new where nothing was known of them. Raises InvalidError."""
    name = squash(name)
    _check_name(name)
    row = session.scalars(select(Learner).where(Learner.name == name)).one_or_none()
    if row is None:
        row = Learner(name=name, team="")
        session.add(row)
        session.flush()
    return row


def require_answerable(principal: Principal, name: str) -> None:
    """Raise NotFoundError unless *principal* may write of that person's learning.

    That is of their own, or of those whom they develop. Raises InvalidError for what is no name.
    """
    _check_name(squash(name))
    if squash(name) == principal.name:
        require_write(principal)
    else:
        require(principal, Permission.DEVELOP)


def known_to(principal: Principal) -> ColumnElement[bool]:
    """The condition on learners that holds for those whose learning *principal* may read."""
    return true() if principal.may(Permission.DEVELOP) else Learner.name == principal.name


def known(session: Session, principal: Principal, number: int) -> Known:
    """Somebody whose learning *principal* may read. Raises NotFoundError."""
    row = session.scalars(select(Learner).where(Learner.id == number, known_to(principal))).one_or_none()
    if row is None:
        raise NotFoundError("Nothing is known here of such a person that you may see.")
    return Known(row.id, row.name, row.team)


def known_by_name(session: Session, principal: Principal, name: str) -> Known:
    """As *known*, by name; the reader themselves are always known."""
    wanted = func.lower(Learner.name) == squash(name).lower()
    row = session.scalars(select(Learner).where(wanted, known_to(principal))).one_or_none()
    if row is not None:
        return Known(row.id, row.name, row.team)
    if squash(name) == principal.name:
        return Known(0, principal.name, "")
    raise NotFoundError("Nothing is known here of such a person that you may see.")


def person(session: Session, principal: Principal, number: int) -> Person:
    """Somebody by number. Raises NotFoundError, also when *principal* may read nothing of them."""
    return _one(people(session, principal, number=number))


def named(session: Session, principal: Principal, name: str) -> Person:
    """Somebody by name. Raises as *person*."""
    return _one(people(session, principal, name=name))


def _one(found: Sequence[Person]) -> Person:
    if not found:
        raise NotFoundError("Nothing is known here of such a person that you may see.")
    return found[0]


def people(
    session: Session,
    principal: Principal,
    *,
    number: int | None = None,
    name: str | None = None,
    team: str | None = None,
) -> list[Person]:
    """Those of whom *principal* may read something, by name, with what they may read."""
    wanted = [
        true() if number is None else Learner.id == number,
        true() if name is None else func.lower(Learner.name) == squash(name).lower(),
        true() if team is None else func.lower(Learner.team) == squash(team).lower(),
    ]
    rows = session.execute(
        select(Learner, LevelAssessment)
        .outerjoin(LevelAssessment, and_(LevelAssessment.learner_id == Learner.id, _readable(principal)))
        .where(or_(LevelAssessment.id.is_not(None), known_to(principal)), *wanted)
        .order_by(func.lower(Learner.name), LevelAssessment.dated.desc(), LevelAssessment.id.desc())
    ).all()
    history: dict[int, list[Assessed]] = {}
    for learner, row in rows:
        found = history.setdefault(learner.id, [])
        if row:
            found.append(_assessed(row))
    learners = {learner.id: learner for learner, _ in rows}
    return [Person(id_, one.name, one.team, tuple(history[id_])) for id_, one in learners.items()]


def teams(session: Session, principal: Principal) -> list[str]:
    """The teams with somebody of whom *principal* may read something."""
    query = (
        select(Learner.team)
        .where(
            Learner.team != "",
            or_(
                known_to(principal),
                exists().where(LevelAssessment.learner_id == Learner.id, _readable(principal)),
            ),
        )
        .distinct()
    )
    return sorted(session.scalars(query), key=str.lower)


def _readable(principal: Principal) -> ColumnElement[bool]:
    """The condition on assessments, joined with their learners, that holds for what *principal* may read."""
    if principal.may(Permission.DEVELOP):
        return true()
    return or_(Learner.name == principal.name, LevelAssessment.author == principal.name)


def _assessed(row: LevelAssessment) -> Assessed:
    return Assessed(row.id, Judged(row.kind), row.author, row.dated, row.at, dict(row.levels), row.note)
