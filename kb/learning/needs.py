"""Training needs: what recurs or is searched for in vain, and what people decided to do about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kb import audit, items
from kb.access import Permission, Principal, cleared, require
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.items import ItemSummary
from kb.models import TrainingNeed, now
from kb.text import shorten, squash
from kb.values import ItemId
from kb.vocabulary import Classification, Kind, NeedState

_SAME = 0.5
"""Share of the lessons of two themes, of the one with fewer, from which they are the same."""
_GROWN, _GROWN_BY = 1.25, 3
"""How much larger, as a share and in number, something must be to be proposed again."""
_NOTE = 10_000
_TITLE = 500
_ORDER = tuple(Classification)


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that people may need training for."""

    title: str
    size: int
    """Lessons of a theme, or people who searched in vain."""
    lessons: tuple[ItemId, ...] = ()
    """Of a theme, the most typical first."""
    gap: int | None = None
    """Number of the knowledge gap that it is."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done about a need."""

    state: NeedState
    owner: str = ""
    item: str = ""
    """Reference of the training that meets it."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """A subject that somebody decided on."""

    subject: Subject
    state: NeedState


@dataclass(frozen=True, slots=True)
class Need:
    """A training need that somebody decided on."""

    id: int
    subject: Subject
    state: NeedState
    owner: str
    item: ItemSummary | None
    """The training that meets it, where the reader may see that."""
    note: str
    decided_by: str
    decided_at: datetime


def undecided(subjects: Iterable[Subject], decided: Sequence[Decided]) -> list[Subject]:
    """Those of *subjects* that nobody decided on, or that grew much since they were dismissed or met."""
    return [
        one for one in subjects if all(_again(one, other) for other in decided if same(one, other.subject))
    ]


def same(one: Subject, other: Subject) -> bool:
    """Whether two subjects are one: the same gap, or themes that share most of the lessons of the smaller."""
    if one.gap is not None or other.gap is not None:
        return one.gap == other.gap
    shared = len(set(one.lessons) & set(other.lessons))
    return shared > 0 and shared >= _SAME * min(len(one.lessons), len(other.lessons))


def _again(one: Subject, before: Decided) -> bool:
    grown = one.size >= before.subject.size * _GROWN and one.size >= before.subject.size + _GROWN_BY
    return before.state is not NeedState.ACCEPTED and grown


def decided(session: Session, principal: Principal) -> list[Decided]:
    """All that was decided, as far as *principal* may see it. Raises NotFoundError as all here."""
    require(principal, Permission.DEVELOP)
    rows = session.scalars(select(TrainingNeed).where(_seen(principal)))
    return [Decided(_subject(row), NeedState(row.state)) for row in rows]


def counts(session: Session, principal: Principal) -> dict[NeedState, int]:
    """How many needs are in each state. Raises NotFoundError for those who do not plan what others learn."""
    require(principal, Permission.DEVELOP)
    rows = session.execute(
        select(TrainingNeed.state, func.count()).where(_seen(principal)).group_by(TrainingNeed.state)
    )
    found = {NeedState(state): number for state, number in rows}
    return {state: found.get(state, 0) for state in NeedState}


def listed(
    session: Session, principal: Principal, state: NeedState, *, offset: int, limit: int
) -> list[Need]:
    """A page of the needs in *state*, the latest decision first. Raises as *counts* does."""
    require(principal, Permission.DEVELOP)
    rows = session.scalars(
        select(TrainingNeed)
        .where(TrainingNeed.state == state, _seen(principal))
        .order_by(TrainingNeed.decided_at.desc(), TrainingNeed.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    return _needs(session, principal, rows)


def get(session: Session, principal: Principal, number: int) -> Need:
    """The need *number*. Raises NotFoundError."""
    return _needs(session, principal, [_find(session, principal, number)])[0]


def keep(session: Session, principal: Principal, subject: Subject, decision: Decision) -> int:
    """Decide on a *subject* that was proposed; the need's number. What grew since keeps its number.

    Raises InvalidError when the decision lacks what it needs, ConflictError when it was decided meanwhile.
    """
    require(principal, Permission.DEVELOP)
    rows = session.scalars(select(TrainingNeed).where(_seen(principal))).all()
    before = next((row for row in rows if same(subject, _subject(row))), None)
    if before is not None and not _again(subject, Decided(_subject(before), NeedState(before.state))):
        raise ConflictError(f"This was {before.state} by {before.decided_by} already.")
    row = before or TrainingNeed()
    row.title, row.gap_id = shorten(subject.title, _TITLE), subject.gap
    row.lessons, row.size = [int(id_) for id_ in subject.lessons], subject.size
    row.classification = _classification(session, principal, subject)
    _decide(session, principal, row, decision)
    return row.id


def change(session: Session, principal: Principal, number: int, decision: Decision) -> None:
    """Decide otherwise on the need *number*. Raises NotFoundError, InvalidError as *keep* does."""
    require(principal, Permission.DEVELOP)
    _decide(session, principal, _find(session, principal, number), decision)


def _decide(session: Session, principal: Principal, row: TrainingNeed, decision: Decision) -> None:
    owner, note = squash(decision.owner)[:200], decision.note.strip()
    if len(note) > _NOTE:
        raise InvalidError(f"That is longer than {_NOTE:,} characters; say it shorter.")
    if decision.state is NeedState.ACCEPTED and not owner:
        raise InvalidError("Name somebody who sees to it.")
    if decision.state is NeedState.DISMISSED and not note:
        raise InvalidError("Say why nobody needs training for it.")
    row.item_id = _training(session, principal, decision) if decision.state is NeedState.MET else None
    row.owner, row.note = owner or row.owner or "", note
    row.state, row.decided_by, row.decided_at = decision.state, principal.name, now()
    session.add(row)
    session.flush()
    audit.record(
        session, principal, f"training_need_{decision.state}", f"training need {row.id}", item=decision.item
    )
    session.flush()


def _training(session: Session, principal: Principal, decision: Decision) -> ItemId:
    if not decision.item.strip():
        raise InvalidError("Name the training that meets it, by its reference.")
    head = items.get(session, principal, decision.item.strip()).head
    if head.kind is not Kind.TRAINING:
        raise InvalidError(f"{head.ref} is a {head.kind}; name training that meets it.")
    return head.id


def _classification(session: Session, principal: Principal, subject: Subject) -> Classification:
    """The highest of its lessons: its title is made of their words."""
    heads = items.summaries(session, principal, subject.lessons).values()
    return max((head.classification for head in heads), key=_ORDER.index, default=Classification.PUBLIC)


def _seen(principal: Principal) -> ColumnElement[bool]:
    return TrainingNeed.classification.in_(cleared(principal))


def _find(session: Session, principal: Principal, number: int) -> TrainingNeed:
    require(principal, Permission.DEVELOP)
    row = session.scalars(
        select(TrainingNeed).where(TrainingNeed.id == number, _seen(principal))
    ).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no training need {number} here.")
    return row


def _subject(row: TrainingNeed) -> Subject:
    return Subject(row.title, row.size, tuple(map(ItemId, row.lessons)), row.gap_id)


def _needs(session: Session, principal: Principal, rows: Sequence[TrainingNeed]) -> list[Need]:
    known = items.summaries(session, principal, [ItemId(row.item_id) for row in rows if row.item_id])
    return [
        Need(
            row.id,
            _subject(row),
            NeedState(row.state),
            row.owner,
            known.get(ItemId(row.item_id)) if row.item_id else None,
            row.note,
            row.decided_by,
            row.decided_at,
        )
        for row in rows
    ]
