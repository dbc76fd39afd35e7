"""Knowledge gaps: what people searched for and did not find. It counts people and never names them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, func, select
from sqlalchemy.orm import Session

from kb import audit, items
from kb.access import Permission, Principal, require
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.items import ItemSummary
from kb.models import KnowledgeGap, KnowledgeGapQuery, SearchEvent, now
from kb.searching.searches import fold
from kb.text import digest, squash
from kb.values import ItemId
from kb.vocabulary import Classification, GapState

PENDING = (GapState.OPEN, GapState.ASSIGNED)
"""Somebody still has to find an answer."""
CLOSED = (GapState.RESOLVED, GapState.DISMISSED)
PERSISTENT = 3
"""So many people, or days on which the same ones search, open a gap again that was dismissed."""
_WORDS = 500
"""Characters of a query that are kept."""
_NOTE = 10_000
_HINDSIGHT = Principal("hindsight", Classification.PUBLIC)
"""Who gathers; the audit trail names it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Words that were searched for and found nothing, or only what is nearest."""

    digest: str
    words: str
    """As typed last."""
    people: frozenset[str]
    """Never shown."""
    met: frozenset[tuple[str, datetime]]
    """Each person with each day on which it failed for them, at the last moment of that day when it did."""
    times: int
    empty: int
    """Times when there was nothing at all."""
    first: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """Words that belong to a gap already, with their vector."""

    digest: str
    words: str
    gap: int
    model: str
    vector: bytes


@dataclass(frozen=True, slots=True)
class Joining:
    """Words that are to belong to a gap: to one that is there, or to the *new*-th of the new ones."""

    digest: str
    gap: int | None
    new: int
    model: str
    vector: bytes


@dataclass(frozen=True, slots=True)
class GapQuery:
    """What somebody typed, and how often it failed."""

    words: str
    times: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing."""

    id: int
    title: str
    state: GapState
    owner: str
    item: ItemSummary | None
    """What answers it, where the reader may see that."""
    note: str
    people: int
    times: int
    empty: int
    opened_at: datetime
    latest_at: datetime
    closed_at: datetime | None
    reopened: int


def newest_failure(session: Session) -> int:
    """Number of the newest search that failed: while it is the same, there is nothing to gather."""
    newest = (
        select(SearchEvent.id).where(SearchEvent.answered.is_(False)).order_by(SearchEvent.id.desc()).limit(1)
    )
    return session.scalar(newest) or 0


def failures(session: Session) -> list[Failed]:
    """All words that failed, as far as searches are kept; for gathering, not for showing."""
    day = func.date(SearchEvent.at)
    rows = session.execute(
        select(
            SearchEvent.words,
            SearchEvent.person,
            func.count(),
            func.sum(case((SearchEvent.found == 0, 1), else_=0)),
            func.min(SearchEvent.at, type_=SearchEvent.at.type),
            func.max(SearchEvent.at, type_=SearchEvent.at.type),
        )
        .where(SearchEvent.answered.is_(False), SearchEvent.words != "")
        .group_by(SearchEvent.words, SearchEvent.person, day)
        .order_by(func.max(SearchEvent.id))
    )
    found: dict[str, list[Failed]] = defaultdict(list)
    for words, person, times, empty, first, latest in rows:
        key = digest(fold(words))
        met = frozenset({(person, latest)})
        found[key].append(
            Failed(key, squash(words)[:_WORDS], frozenset({person}), met, times, empty, first, latest)
        )
    return [_together(said) for said in found.values()]


def members(session: Session) -> list[Member]:
    """All words that belong to a gap."""
    rows = session.execute(
        select(
            KnowledgeGapQuery.digest,
            KnowledgeGapQuery.words,
            KnowledgeGapQuery.gap_id,
            KnowledgeGapQuery.model,
            KnowledgeGapQuery.vector,
        ).order_by(KnowledgeGapQuery.gap_id, KnowledgeGapQuery.digest)
    )
    return [Member(*row) for row in rows]


def keep(session: Session, failed: Sequence[Failed], joining: Sequence[Joining]) -> None:
    """Bring the gaps into step with all that *failed*: new words join, closed gaps that failed again reopen.

    Gaps that nobody took up vanish with the searches they came from.
    """
    known = {one.digest: one for one in failed}
    made = _join(session, known, joining)
    queries: dict[int, list[KnowledgeGapQuery]] = defaultdict(list)
    for row in session.scalars(select(KnowledgeGapQuery)):
        queries[row.gap_id].append(row)
    reopened = 0
    for gap in session.scalars(select(KnowledgeGap)).all():
        reopened += _bring_up_to_date(session, gap, queries[gap.id], known)
    if made or reopened:
        audit.record(session, _HINDSIGHT, "gather_gaps", "knowledge gaps", new=made, reopened=reopened)
    session.flush()


def counts(session: Session, principal: Principal) -> dict[GapState, int]:
    """How many gaps are in each state. Raises NotFoundError for those who may only read."""
    require(principal, Permission.CONTRIBUTE)
    rows = session.execute(select(KnowledgeGap.state, func.count()).group_by(KnowledgeGap.state))
    found = {GapState(state): number for state, number in rows}
    return {state: found.get(state, 0) for state in GapState}


def listed(
    session: Session, principal: Principal, states: Sequence[GapState] = PENDING, *, offset: int, limit: int
) -> list[Gap]:
    """A page of the gaps in *states*, those that most people met first. Raises as *counts* does."""
    require(principal, Permission.CONTRIBUTE)
    rows = session.scalars(
        select(KnowledgeGap)
        .where(KnowledgeGap.state.in_(states))
        .order_by(KnowledgeGap.people.desc(), KnowledgeGap.times.desc(), KnowledgeGap.id)
        .offset(offset)
        .limit(limit)
    ).all()
    return _gaps(session, principal, rows)


def get(session: Session, principal: Principal, number: int) -> Gap:
    """The gap with that number. Raises NotFoundError."""
    return _gaps(session, principal, [_find(session, principal, number)])[0]


def queries(session: Session, principal: Principal, number: int) -> list[GapQuery]:
    """What people typed, the most frequent first. Raises NotFoundError."""
    row = _find(session, principal, number)
    found = session.execute(
        select(KnowledgeGapQuery.words, KnowledgeGapQuery.times)
        .where(KnowledgeGapQuery.gap_id == row.id)
        .order_by(KnowledgeGapQuery.times.desc(), KnowledgeGapQuery.words)
    )
    return [GapQuery(words, times) for words, times in found]


def begin(session: Session, principal: Principal, words: str, note: str) -> int:
    """Note that nothing here answers *words*, and where that showed; the gap's number.

    Words that belong to a gap already lead to that one. Raises NotFoundError for those who may only read.
    """
    require(principal, Permission.CONTRIBUTE)
    title = squash(words)[:_WORDS]
    key = digest(fold(title))
    known = session.get(KnowledgeGapQuery, key)
    if known is not None:
        return known.gap_id
    row = KnowledgeGap(title=title, state=GapState.OPEN, note=_said(note), people=1, latest_at=now())
    session.add(row)
    session.flush()
    # Its vector is worked out when searches that failed are gathered next.
    session.add(KnowledgeGapQuery(digest=key, gap_id=row.id, words=title, times=0, model="", vector=b""))
    audit.record(session, principal, "begin_gap", f"gap {row.id}")
    session.flush()
    return row.id


def assign(session: Session, principal: Principal, number: int, owner: str) -> None:
    """Give a gap that is not closed to somebody who finds an answer."""
    row = _find(session, principal, number)
    _require_pending(row)
    who = squash(owner)[:200]
    if not who:
        raise InvalidError("Name somebody who looks for an answer.")
    row.owner = who
    _move(session, principal, row, GapState.ASSIGNED, owner=who)


def resolve(session: Session, principal: Principal, number: int, ref: str = "", note: str = "") -> None:
    """Close a gap: the item *ref* answers it, or *note* tells what does."""
    row = _find(session, principal, number)
    _require_pending(row)
    said = _said(note)
    if not ref.strip() and not said:
        raise InvalidError("Name the item that answers it, or say what does.")
    row.item_id = items.get(session, principal, ref.strip()).head.id if ref.strip() else None
    row.note, row.closed_at = said, now()
    _move(session, principal, row, GapState.RESOLVED, item=ref.strip())


def dismiss(session: Session, principal: Principal, number: int, note: str) -> None:
    """Close a gap that this base need not fill, with the reason."""
    row = _find(session, principal, number)
    _require_pending(row)
    said = _said(note)
    if not said:
        raise InvalidError("Say why nothing here need answer it.")
    row.note, row.closed_at = said, now()
    _move(session, principal, row, GapState.DISMISSED)


def reopen(session: Session, principal: Principal, number: int) -> None:
    """Look for an answer after all."""
    row = _find(session, principal, number)
    if row.state not in CLOSED:
        raise ConflictError("This gap is open already.")
    row.closed_at = None
    _move(session, principal, row, _pending(row))


def _together(said: Sequence[Failed]) -> Failed:
    return Failed(
        said[-1].digest,
        said[-1].words,
        frozenset(person for one in said for person in one.people),
        frozenset(meeting for one in said for meeting in one.met),
        sum(one.times for one in said),
        sum(one.empty for one in said),
        min(one.first for one in said),
        max(one.latest for one in said),
    )


def _join(session: Session, known: dict[str, Failed], joining: Iterable[Joining]) -> int:
    """Store the words that join; how many gaps are new."""
    made: dict[int, KnowledgeGap] = {}
    for one in joining:
        row = session.get(KnowledgeGapQuery, one.digest)
        if row is None:
            failed = known[one.digest]
            gap = one.gap or _made(session, made, one.new, failed).id
            row = KnowledgeGapQuery(digest=one.digest, gap_id=gap, words=failed.words, times=failed.times)
            session.add(row)
        row.model, row.vector = one.model, one.vector
    session.flush()
    return len(made)


def _made(session: Session, made: dict[int, KnowledgeGap], new: int, failed: Failed) -> KnowledgeGap:
    """The *new*-th of the new gaps, begun with *failed* when it is not there yet."""
    if new not in made:
        made[new] = KnowledgeGap(
            title=failed.words, state=GapState.OPEN, opened_at=failed.first, latest_at=failed.latest
        )
        session.add(made[new])
        session.flush()
    return made[new]


def _bring_up_to_date(
    session: Session, gap: KnowledgeGap, rows: Sequence[KnowledgeGapQuery], known: dict[str, Failed]
) -> bool:
    """Count anew what a gap stands for; whether it reopened."""
    said = [known[row.digest] for row in rows if row.digest in known]
    if not _taken_up(gap):
        gone = [row.digest for row in rows if row.digest not in known]
        session.execute(delete(KnowledgeGapQuery).where(KnowledgeGapQuery.digest.in_(gone)))
        if not said:
            session.delete(gap)
            return False
        gap.title = max(said, key=lambda one: (len(one.people), one.times, one.digest)).words
    if not said:
        return False
    for row in rows:
        if row.digest in known:
            row.times = known[row.digest].times
    whole = _together(said)
    gap.people, gap.times, gap.empty = len(whole.people), whole.times, whole.empty
    gap.latest_at = whole.latest
    return _fails_again(gap, whole)


def _fails_again(gap: KnowledgeGap, failed: Failed) -> bool:
    """Open a closed gap when the words failed since; one that was dismissed only when they go on failing."""
    since = {
        (person, at.date()) for person, at in failed.met if gap.closed_at is not None and at > gap.closed_at
    }
    if len(since) < (PERSISTENT if gap.state == GapState.DISMISSED else 1):
        return False
    gap.state, gap.closed_at, gap.reopened = _pending(gap), None, gap.reopened + 1
    return True


def _taken_up(gap: KnowledgeGap) -> bool:
    """Whether somebody did something about it."""
    return bool(gap.state != GapState.OPEN or gap.owner or gap.note or gap.item_id)


def _pending(gap: KnowledgeGap) -> GapState:
    return GapState.ASSIGNED if gap.owner else GapState.OPEN


def _find(session: Session, principal: Principal, number: int) -> KnowledgeGap:
    require(principal, Permission.CONTRIBUTE)
    row = session.get(KnowledgeGap, number)
    if row is None:
        raise NotFoundError(f"There is no knowledge gap {number}.")
    return row


def _require_pending(row: KnowledgeGap) -> None:
    if row.state in CLOSED:
        raise ConflictError(f"This gap is {row.state} already; reopen it first.")


def _said(note: str) -> str:
    said = note.strip()
    if len(said) > _NOTE:
        raise InvalidError(f"That is longer than {_NOTE:,} characters; say it shorter.")
    return said


def _move(session: Session, principal: Principal, row: KnowledgeGap, state: GapState, **detail: str) -> None:
    row.state = state
    audit.record(session, principal, f"gap_{state}", f"gap {row.id}", **detail)
    session.flush()


def _gaps(session: Session, principal: Principal, rows: Sequence[KnowledgeGap]) -> list[Gap]:
    known = items.summaries(session, principal, [ItemId(row.item_id) for row in rows if row.item_id])
    return [
        Gap(
            row.id,
            row.title,
            GapState(row.state),
            row.owner,
            known.get(ItemId(row.item_id)) if row.item_id else None,
            row.note,
            row.people,
            row.times,
            row.empty,
            row.opened_at,
            row.latest_at,
            row.closed_at,
            row.reopened,
        )
        for row in rows
    ]
