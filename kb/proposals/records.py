"""Proposals: kept when a document is mined, seen by those who may read it, decided by people."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kb import audit, items, passages
from kb.access import Permission, Principal, require, visible
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.items import ItemDetail, ItemSummary
from kb.models import Document, Item, Mining, Proposal, Source, now
from kb.passages import HEADING_SEPARATOR, StoredPassage
from kb.proposals.values import Observation
from kb.text import digest, squash
from kb.values import ItemId, LessonFields, Locator
from kb.vocabulary import DocumentKind, Kind, Polarity, ProposalState

KINDS = (DocumentKind.REPORT, DocumentKind.MINUTES)
"""Documents that tell what happened."""
MAX_NOTE = 2_000
"""Characters of the reason for a dismissal."""
_METHOD = "1"
"""Raise it when observations are found otherwise: all documents are then mined anew."""
_SAME = 0.5
"""Share of the sentences of two observations, of the one with fewer, from which they are the same."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """An observation of a document, as people see it."""

    id: int
    document: ItemSummary
    title: str
    said: LessonFields
    """Plain text."""
    quotes: tuple[str, ...]
    """The sentences of the document."""
    headings: str
    locator: Locator
    """Where it stands in that version of the document."""
    version: int
    passage: int
    """Ordinal of the passage in which it begins."""
    confidence: float
    """0 to 1."""
    reason: str
    state: ProposalState
    found_at: datetime
    decided_at: datetime | None
    decided_by: str
    note: str
    """Why it was dismissed."""
    lesson: str
    """Reference of the lesson that was made of it, if the reader may see that."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What mining a document came to."""

    new: int
    """Proposals that were not there before."""
    open: int
    """That wait for a decision now."""
    decided: int
    """Observations that were decided on before; they are not proposed again."""


def listed(
    session: Session,
    principal: Principal,
    state: ProposalState = ProposalState.OPEN,
    document: str = "",
    *,
    offset: int,
    limit: int,
) -> list[Proposed]:
    """A page of the proposals in *state* out of documents that *principal* may see, or out of one *document*.

    Open ones with the surest first, others with the latest first. Raises NotFoundError for no such document.
    """
    query = _listing(session, principal, state, document)
    order = (
        (Proposal.confidence.desc(), Proposal.item_id, Proposal.start)
        if state is ProposalState.OPEN
        else (Proposal.decided_at.desc(), Proposal.id.desc())
    )
    rows = session.scalars(query.order_by(*order).offset(offset).limit(limit)).all()
    return _proposed(session, principal, rows)


def count(
    session: Session, principal: Principal, state: ProposalState = ProposalState.OPEN, document: str = ""
) -> int:
    """How many proposals *listed* has in all."""
    query = _listing(session, principal, state, document)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def get(session: Session, principal: Principal, number: int) -> Proposed:
    """The proposal *number*. Raises NotFoundError when there is none that *principal* may see."""
    return _proposed(session, principal, [_find(session, principal, number)])[0]


def documents(
    session: Session, principal: Principal, state: ProposalState, limit: int
) -> list[tuple[ItemSummary, int]]:
    """The documents that *principal* may see with proposals in *state*, and their number, most first."""
    number = func.count(Proposal.id)
    rows = session.execute(
        select(Proposal.item_id, number)
        .where(Proposal.state == state, _seen(principal))
        .group_by(Proposal.item_id)
        .order_by(number.desc(), Proposal.item_id)
        .limit(limit)
    ).all()
    known = items.summaries(session, principal, [ItemId(id_) for id_, _ in rows])
    return [(known[ItemId(id_)], times) for id_, times in rows]


def unmined(session: Session, principal: Principal, limit: int) -> list[str]:
    """References of at most *limit* reports and minutes that were not mined as they are now."""
    mined = and_(Mining.item_id == Document.id, Mining.digest == Document.digest + _METHOD)
    rows = session.scalars(
        select(Document.ref)
        .outerjoin(Mining, mined)
        .where(visible(principal, Document), Document.document_kind.in_(KINDS), Mining.item_id.is_(None))
        .order_by(Document.id)
        .limit(limit)
    )
    return list(rows)


def read_from(session: Session, principal: Principal, location: str) -> list[str]:
    """References of the documents that *principal* may see and that came from the file at *location*."""
    rows = session.scalars(
        select(Document.ref)
        .join(Source, Source.id == Document.source_id)
        .where(visible(principal, Document), Source.location == location)
        .order_by(Document.id)
    )
    return list(rows)


def text(session: Session, principal: Principal, ref: str) -> ItemDetail:
    """The document *ref*, to be mined. Raises NotFoundError, InvalidError when it is no document."""
    require(principal, Permission.CONTRIBUTE)
    item = items.get(session, principal, ref)
    if item.withdrawn_at is not None:
        raise NotFoundError(f"{item.head.ref} was withdrawn; there is nothing to mine any more.")
    if item.head.kind is not Kind.DOCUMENT:
        raise InvalidError(f"{item.head.ref} is a {item.head.kind}; only documents are mined for lessons.")
    return item


def keep(session: Session, principal: Principal, item: ItemDetail, found: Sequence[Observation]) -> Kept:
    """Make the open proposals out of the document *item* those that were *found* in its present version.

    What was decided on stays as it is, and is not proposed again.
    """
    require(principal, Permission.CONTRIBUTE)
    own = item.head.id
    rows = session.scalars(select(Proposal).where(Proposal.item_id == own)).all()
    decided = [_words(row.quotes) for row in rows if row.state != ProposalState.OPEN]
    present = {row.digest: row for row in rows if row.state == ProposalState.OPEN}
    wanted = {_digest(one.quotes): one for one in found if not _known(_words(one.quotes), decided)}
    places = passages.of_item(session, principal, own)
    for key, one in wanted.items():
        row = present.get(key) or Proposal(item_id=own, digest=key, state=ProposalState.OPEN)
        _fill(row, one, item, places)
        session.add(row)
    gone = [row.id for key, row in present.items() if key not in wanted]
    session.execute(delete(Proposal).where(Proposal.id.in_(gone)))
    session.execute(delete(Mining).where(Mining.item_id == own))
    session.add(Mining(item_id=own, digest=_item_digest(session, own) + _METHOD))
    try:
        session.flush()
    except IntegrityError as error:  # two at the same moment
        raise ConflictError(f"{item.head.ref} is being mined by somebody else; look again.") from error
    kept = Kept(len(wanted.keys() - present.keys()), len(wanted), len(found) - len(wanted))
    audit.record(session, principal, "mine", item.head.ref, **asdict(kept))
    session.flush()
    return kept


def accept(session: Session, principal: Principal, number: int, lesson: ItemId) -> Proposed:
    """Note that a *lesson* was made of a proposal.

    Raises NotFoundError, ConflictError when it was decided before.
    """
    row = _open(session, principal, number)
    row.lesson_id = lesson
    return _decide(session, principal, row, ProposalState.ACCEPTED)


def dismiss(session: Session, principal: Principal, number: int, note: str) -> Proposed:
    """Dismiss a proposal, so that it is not made again.

    Raises NotFoundError, ConflictError when it was decided before, InvalidError without a reason.
    """
    row = _open(session, principal, number)
    row.note = note.strip()
    if not row.note or len(row.note) > MAX_NOTE:
        raise InvalidError(f"Give a reason of at most {MAX_NOTE:,} characters: it stays with the proposal.")
    return _decide(session, principal, row, ProposalState.DISMISSED)


def reopen(session: Session, principal: Principal, number: int) -> Proposed:
    """Let a dismissed proposal wait again. Raises NotFoundError, ConflictError when it is not dismissed."""
    require(principal, Permission.CONTRIBUTE)
    row = _find(session, principal, number)
    if row.state != ProposalState.DISMISSED:
        raise ConflictError(f"This proposal is {row.state}; only a dismissed one can be taken up again.")
    row.note, row.state, row.decided_at, row.decided_by = "", ProposalState.OPEN, None, ""
    audit.record(session, principal, "proposal_open", _ref(session, row), number=number)
    session.flush()
    return _proposed(session, principal, [row])[0]


def _decide(session: Session, principal: Principal, row: Proposal, state: ProposalState) -> Proposed:
    row.state, row.decided_at, row.decided_by = state, now(), principal.name
    audit.record(
        session, principal, f"proposal_{state}", _ref(session, row), number=row.id, lesson=row.lesson_id
    )
    session.flush()
    return _proposed(session, principal, [row])[0]


def _ref(session: Session, row: Proposal) -> str:
    return session.scalar(select(Item.ref).where(Item.id == row.item_id)) or ""


def _open(session: Session, principal: Principal, number: int) -> Proposal:
    require(principal, Permission.CONTRIBUTE)
    row = _find(session, principal, number)
    if row.state != ProposalState.OPEN:
        raise ConflictError(f"This proposal was {row.state} by {row.decided_by} already.")
    return row


def _find(session: Session, principal: Principal, number: int) -> Proposal:
    row = session.scalars(select(Proposal).where(Proposal.id == number, _seen(principal))).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no proposal {number} here, or you may not read its document.")
    return row


def _listing(session: Session, principal: Principal, state: ProposalState, document: str) -> Select[Proposal]:
    query = select(Proposal).where(Proposal.state == state, _seen(principal))
    if document:
        query = query.where(Proposal.item_id == items.get(session, principal, document).head.id)
    return query


def _seen(principal: Principal) -> ColumnElement[bool]:
    """The condition on Proposal that *principal* may see the document."""
    return exists().where(Item.id == Proposal.item_id, visible(principal))


def _words(quotes: Iterable[str]) -> frozenset[str]:
    return frozenset(squash(quote).casefold() for quote in quotes)


def _digest(quotes: Iterable[str]) -> str:
    return digest(*sorted(_words(quotes)))


def _known(words: frozenset[str], decided: Collection[frozenset[str]]) -> bool:
    """Whether it was decided on what says the same."""
    return any(len(words & other) >= _SAME * min(len(words), len(other)) for other in decided)


def _item_digest(session: Session, id_: ItemId) -> str:
    return session.scalar(select(Item.digest).where(Item.id == id_)) or ""


def _fill(row: Proposal, one: Observation, item: ItemDetail, places: Sequence[StoredPassage]) -> None:
    place = next((each for each in places if each.locator.start <= one.start < each.locator.end), None)
    at = place.locator if place else Locator()
    row.title, row.quotes, row.said = one.title, list(one.quotes), _stored(one.said)
    row.headings = HEADING_SEPARATOR.join(one.headings)[:1000]
    row.version, row.ordinal = item.version, place.ordinal if place else 0
    row.start, row.end = one.start, one.end
    row.page, row.slide, row.sheet, row.row = at.page, at.slide, at.sheet, at.row
    row.confidence, row.reason = one.confidence, one.reason


def _stored(said: LessonFields) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(said).items() if value}


def _said(stored: Mapping[str, str]) -> LessonFields:
    texts = {name: text for name, text in stored.items() if name != "polarity"}
    polarity = Polarity(stored["polarity"]) if "polarity" in stored else None
    return replace(LessonFields(polarity=polarity), **texts)


def _proposed(session: Session, principal: Principal, rows: Sequence[Proposal]) -> list[Proposed]:
    ids = {ItemId(row.item_id) for row in rows} | {ItemId(row.lesson_id) for row in rows if row.lesson_id}
    known = items.summaries(session, principal, list(ids))
    lessons = {id_: known[id_].ref for id_ in ids if id_ in known}
    return [
        Proposed(
            id=row.id,
            document=known[ItemId(row.item_id)],
            title=row.title,
            said=_said(row.said),
            quotes=tuple(row.quotes),
            headings=row.headings,
            locator=Locator(row.start, row.end, row.page, row.slide, row.sheet, row.row),
            version=row.version,
            passage=row.ordinal,
            confidence=row.confidence,
            reason=row.reason,
            state=ProposalState(row.state),
            found_at=row.found_at,
            decided_at=row.decided_at,
            decided_by=row.decided_by,
            note=row.note,
            lesson=lessons.get(ItemId(row.lesson_id), "") if row.lesson_id else "",
        )
        for row in rows
    ]
