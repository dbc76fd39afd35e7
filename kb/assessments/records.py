"""Keeping assessments: each stays, so that it can be seen what changed since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kb import audit
from kb.access import Permission, Principal, cleared, require, require_cleared
from kb.assessments.questions import HIGHEST, Question, questions
from kb.errors import InvalidError, NotFoundError
from kb.models import Assessment
from kb.text import squash
from kb.vocabulary import Classification, KnowledgeArea

MAX_SUBJECT = 200
USUAL_TARGET = 3
"""The level at which something is defined and mostly done."""


@dataclass(frozen=True, slots=True)
class AssessmentDraft:
    """What somebody answered."""

    subject: str
    """The project or team."""
    answers: Mapping[str, int]
    """Levels by the keys of questions; what was not answered is left out."""
    target: int = USUAL_TARGET
    """The level that is wanted."""
    classification: Classification = Classification.INTERNAL


@dataclass(frozen=True, slots=True)
class Gap:
    """A question whose answer lies below what is wanted."""

    question: Question
    level: int
    target: int

    @property
    def width(self) -> int:
        """Levels to climb."""
        return self.target - self.level

    @property
    def situation(self) -> str:
        """What is so at present, in a sentence."""
        return self.question.levels[self.level]

    @property
    def wanted(self) -> str:
        """What is so at the level that is wanted, in a sentence."""
        return self.question.levels[self.target]


@dataclass(frozen=True, slots=True)
class Assessed:
    """One assessment."""

    number: int
    said: AssessmentDraft
    at: datetime
    author: str

    @property
    def levels(self) -> dict[KnowledgeArea, float]:
        """The mean level of each area that was answered."""
        found: dict[KnowledgeArea, list[int]] = {}
        for question in questions():
            if question.key in self.said.answers:
                found.setdefault(question.area, []).append(self.said.answers[question.key])
        return {area: fmean(levels) for area, levels in found.items()}

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What lies below the level wanted, the widest first."""
        found = (
            Gap(question, self.said.answers[question.key], self.said.target)
            for question in questions()
            if self.said.answers.get(question.key, HIGHEST) < self.said.target
        )
        return tuple(sorted(found, key=lambda gap: -gap.width))


def keep(session: Session, principal: Principal, draft: AssessmentDraft) -> Assessed:
    """Keep what somebody answered. Raises NotFoundError, InvalidError when a part is missing or senseless."""
    require(principal, Permission.CONTRIBUTE)
    subject = squash(draft.subject)
    if not subject or len(subject) > MAX_SUBJECT:
        raise InvalidError(f"Name the project or team in at most {MAX_SUBJECT} characters.")
    known = {question.key for question in questions()}
    if stray := sorted(set(draft.answers) - known):
        raise InvalidError(f"There is no question {stray[0]!r}; the questionnaire names them all.")
    if not draft.answers:
        raise InvalidError("Answer at least one question.")
    if any(not 0 <= level <= HIGHEST for level in (*draft.answers.values(), draft.target)):
        raise InvalidError(f"Levels go from 0 to {HIGHEST}.")
    require_cleared(principal, draft.classification, "that")
    row = Assessment(
        subject=subject,
        author=principal.name,
        target=draft.target,
        answers=dict(draft.answers),
        classification=draft.classification,
    )
    session.add(row)
    session.flush()
    audit.record(session, principal, "assess", subject, assessment=row.id)
    session.flush()
    return _assessed(row)


def get(session: Session, principal: Principal, number: int) -> Assessed:
    """The assessment with that number. Raises NotFoundError, also when it is hidden."""
    row = session.scalars(
        select(Assessment).where(_visible(principal), Assessment.id == number)
    ).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no assessment {number} here, or you may not see it.")
    return _assessed(row)


def listed(
    session: Session, principal: Principal, *, subject: str = "", offset: int = 0, limit: int = 100
) -> list[Assessed]:
    """A page of all assessments, or of those of one project or team, the newest first."""
    rows = session.scalars(
        select(Assessment)
        .where(_visible(principal), *_of(subject))
        .order_by(Assessment.at.desc(), Assessment.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [_assessed(row) for row in rows]


def count(session: Session, principal: Principal, *, subject: str = "") -> int:
    """How many there are."""
    query = select(func.count()).select_from(Assessment).where(_visible(principal), *_of(subject))
    return session.scalar(query) or 0


def _visible(principal: Principal) -> ColumnElement[bool]:
    return Assessment.classification.in_(cleared(principal))


def _of(subject: str) -> tuple[ColumnElement[bool], ...]:
    return (func.lower(Assessment.subject) == squash(subject).lower(),) if subject.strip() else ()


def _assessed(row: Assessment) -> Assessed:
    draft = AssessmentDraft(row.subject, dict(row.answers), row.target, Classification(row.classification))
    return Assessed(row.id, draft, row.at, row.author)
