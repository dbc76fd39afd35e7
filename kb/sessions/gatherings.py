"""Lessons sessions: people gather on an occasion and put down what happened and what others should do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session, contains_eager

from kb import audit, codes, projects
from kb.access import Permission, Principal, cleared, require, require_cleared
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.models import LessonSession, SessionNote, now
from kb.sessions.agendas import AGENDAS
from kb.text import squash
from kb.vocabulary import Classification, SessionKind, SessionState, label

MAX_TITLE = 200
MAX_PROJECT = 300
MAX_VOTES = 20
MAX_LINES = 30
"""Steps of an agenda, or prompts."""
MAX_LINE = 300
"""Characters of each."""
_NEXT: dict[SessionState, tuple[SessionState, ...]] = {
    SessionState.PLANNED: (SessionState.OPEN,),
    SessionState.OPEN: (SessionState.CLOSED,),
    SessionState.CLOSED: (SessionState.OPEN,),
}
ANONYMOUS = Principal("anonymous participant", Classification.PUBLIC)
"""Who is noted where nobody may be."""


@dataclass(frozen=True, slots=True)
class GatheringDraft:
    """What a facilitator says of a session."""

    kind: SessionKind
    title: str
    project: str
    classification: Classification = Classification.INTERNAL
    anonymous: bool | None = None
    """None = as is usual for the kind; so for all that follows."""
    votes: int | None = None
    agenda: tuple[str, ...] | None = None
    prompts: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Gathering:
    """A lessons session."""

    code: str
    """What people join it by."""
    kind: SessionKind
    title: str
    project: str
    classification: Classification
    anonymous: bool
    """No name is kept beside a note or a vote."""
    votes: int
    """That each person may give."""
    agenda: tuple[str, ...]
    prompts: tuple[str, ...]
    state: SessionState
    facilitator: str
    created_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    revision: int
    """Another number after every change to it, its notes, groups and votes."""
    notes: int


def arrange(
    session: Session,
    principal: Principal,
    draft: GatheringDraft,
    state: SessionState = SessionState.OPEN,
) -> Gathering:
    """Plan a session, or open it at once. *principal* is its facilitator.

    Raises NotFoundError when they may not contribute, InvalidError when a part is missing or too long.
    """
    require(principal, Permission.CONTRIBUTE)
    if state is SessionState.CLOSED:
        raise InvalidError("A session begins planned or open.")
    row = LessonSession(
        code=codes.free(session, LessonSession.code),
        state=state,
        facilitator=principal.name,
        opened_at=now() if state is SessionState.OPEN else None,
    )
    _fill(session, principal, row, draft)
    session.add(row)
    session.flush()
    audit.record(session, principal, "arrange_session", row.code, state=str(state))
    return get(session, principal, row.code)


def edit(session: Session, principal: Principal, code: str, draft: GatheringDraft) -> Gathering:
    """Change what was planned, until it is opened: people put down their notes under what it says.

    Raises NotFoundError, InvalidError, ConflictError.
    """
    row = lead(session, principal, code)
    if row.opened_at is not None:
        raise ConflictError("This session was opened already; what was planned can't be changed any more.")
    _fill(session, principal, row, draft)
    row.revision += 1
    session.flush()
    audit.record(session, principal, "edit_session", row.code)
    return get(session, principal, row.code)


def _fill(session: Session, principal: Principal, row: LessonSession, draft: GatheringDraft) -> None:
    """Take over what a draft says. Raises InvalidError."""
    require_cleared(principal, draft.classification, "that session")
    usual = AGENDAS[draft.kind]
    votes = usual.votes if draft.votes is None else draft.votes
    if not 0 <= votes <= MAX_VOTES:
        raise InvalidError(f"Each person may have 0 to {MAX_VOTES} votes.")
    row.kind = draft.kind
    row.title = _said(draft.title, MAX_TITLE, "title")
    row.project_id = projects.named(session, _said(draft.project, MAX_PROJECT, "project"))
    row.classification = draft.classification
    row.anonymous = usual.anonymous if draft.anonymous is None else draft.anonymous
    row.votes = votes
    row.agenda = _lines(usual.steps if draft.agenda is None else draft.agenda)
    row.prompts = _lines(usual.prompts if draft.prompts is None else draft.prompts)


def get(session: Session, principal: Principal, code: str) -> Gathering:
    """The session that people join by *code*, in any case. Raises NotFoundError, also when it is hidden."""
    found = _read(session, principal, LessonSession.code == codes.normal(code))
    if not found:
        raise _unknown(code)
    return found[0]


def listed(
    session: Session,
    principal: Principal,
    *,
    state: SessionState | None = None,
    offset: int = 0,
    limit: int = 100,
) -> list[Gathering]:
    """A page of the sessions that *principal* may see, the newest first."""
    wanted = _in(state)
    return _read(session, principal, *wanted, offset=offset, limit=limit)


def count(session: Session, principal: Principal, state: SessionState | None = None) -> int:
    """How many sessions *principal* may see."""
    query = select(func.count()).select_from(LessonSession).where(_visible(principal), *_in(state))
    return session.scalar(query) or 0


def change_state(session: Session, principal: Principal, code: str, wanted: SessionState) -> Gathering:
    """Open a session for notes and votes, or close it. Raises NotFoundError, ConflictError."""
    row = lead(session, principal, code)
    if wanted not in _NEXT[SessionState(row.state)]:
        raise ConflictError(
            f"This session is {label(row.state).lower()}; it can't become {wanted} from there."
        )
    row.state = wanted
    if wanted is SessionState.OPEN:
        row.opened_at, row.closed_at = row.opened_at or now(), None
    else:
        row.closed_at = now()
    row.revision += 1
    audit.record(session, principal, f"session_{wanted}", row.code)
    session.flush()
    return get(session, principal, row.code)


def may_lead(principal: Principal, facilitator: str) -> bool:
    """Whether *principal* may open, close, sort and make lessons: the facilitator, and those who review."""
    own = principal.name.casefold() == facilitator.casefold()
    return principal.may(Permission.REVIEW) or (own and principal.may(Permission.CONTRIBUTE))


def lead(session: Session, principal: Principal, code: str) -> LessonSession:
    """The session's row, held, for those who may lead it. Raises NotFoundError for others."""
    row = hold(session, principal, code)
    if not may_lead(principal, row.facilitator):
        raise NotFoundError("Only its facilitator, and those who review lessons, may do that in a session.")
    return row


def hold(session: Session, principal: Principal, code: str) -> LessonSession:
    """The session's row; nobody else changes it before this transaction ends. Raises NotFoundError."""
    own = and_(_visible(principal), LessonSession.code == codes.normal(code))
    # A write first: what is read after it, such as how many votes were given, stays true.
    session.execute(update(LessonSession).where(own).values(revision=LessonSession.revision))
    row = session.scalars(select(LessonSession).where(own).execution_options(populate_existing=True)).first()
    if row is None:
        raise _unknown(code)
    return row


def revisions(session: Session, codes: Sequence[str]) -> dict[str, int]:
    """The revision of each of *codes*; for those who were let in already."""
    rows = session.execute(
        select(LessonSession.code, LessonSession.revision).where(LessonSession.code.in_(codes))
    )
    return {code: revision for code, revision in rows}  # noqa: C416 - rows are no plain pairs to a type checker


def _visible(principal: Principal) -> ColumnElement[bool]:
    return LessonSession.classification.in_(cleared(principal))


def _in(state: SessionState | None) -> list[ColumnElement[bool]]:
    return [] if state is None else [LessonSession.state == state]


def _unknown(code: str) -> NotFoundError:
    return NotFoundError(f"There is no session {codes.normal(code)[:20]!r} here, or you may not see it.")


def _read(
    session: Session, principal: Principal, *wanted: ColumnElement[bool], offset: int = 0, limit: int = 1
) -> list[Gathering]:
    notes = (
        select(func.count())
        .where(SessionNote.session_id == LessonSession.id)
        .correlate(LessonSession)
        .scalar_subquery()
    )
    rows = session.execute(
        select(LessonSession, notes)
        .join(LessonSession.project)
        .options(contains_eager(LessonSession.project))
        .where(_visible(principal), *wanted)
        .order_by(LessonSession.id.desc())
        .offset(offset)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return [_gathering(row, number) for row, number in rows]


def _gathering(row: LessonSession, notes: int) -> Gathering:
    return Gathering(
        code=row.code,
        kind=SessionKind(row.kind),
        title=row.title,
        project=row.project.name,
        classification=Classification(row.classification),
        anonymous=row.anonymous,
        votes=row.votes,
        agenda=tuple(row.agenda),
        prompts=tuple(row.prompts),
        state=SessionState(row.state),
        facilitator=row.facilitator,
        created_at=row.created_at,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        revision=row.revision,
        notes=notes,
    )


def _said(text: str, longest: int, what: str) -> str:
    said = squash(text)
    if not said or len(said) > longest:
        raise InvalidError(f"A session needs a {what} of at most {longest} characters.")
    return said


def _lines(given: Sequence[str]) -> list[str]:
    lines = [line for text in given if (line := squash(text))]
    if len(lines) > MAX_LINES or any(len(line) > MAX_LINE for line in lines):
        raise InvalidError(
            f"Agenda and prompts may have {MAX_LINES} lines of at most {MAX_LINE} characters each."
        )
    return lines
