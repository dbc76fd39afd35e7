"""What people put down in a lessons session: notes, groups of notes, votes for them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, func, select
from sqlalchemy.orm import Session

from kb import audit
from kb.access import Permission, Principal, require, visible
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.models import Item, LessonSession, NoteGroup, SessionNote, SessionVote
from kb.sessions import gatherings
from kb.sessions.gatherings import ANONYMOUS
from kb.text import digest, squash
from kb.values import ItemId
from kb.vocabulary import SessionState

MAX_TEXT = 4_000
"""Characters of each part of a note."""
MAX_NOTES = 500
"""Of one session."""
MAX_NAME = 120
"""Characters of a group's name."""
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """What somebody observed; plain text."""

    happened: str
    differently: str
    """What others should do."""
    expected: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A note of a session."""

    id: int
    happened: str
    expected: str
    why: str
    differently: str
    author: str
    """Empty in an anonymous session."""
    at: datetime
    group: int | None
    votes: int
    voted: bool
    """Whether the reader gave it a vote."""
    lesson: str
    """Reference of the lesson that it became, if the reader may see that."""


@dataclass(frozen=True, slots=True)
class Group:
    """Notes that belong together; the one with most votes first."""

    id: int
    name: str
    notes: tuple[Note, ...]

    @property
    def votes(self) -> int:
        """For all its notes."""
        return sum(note.votes for note in self.notes)


@dataclass(frozen=True, slots=True)
class Board:
    """All notes of a session."""

    groups: tuple[Group, ...]
    """The one with most votes first."""
    loose: tuple[Note, ...]
    """In no group, the newest first."""
    left: int
    """Votes that the reader may still give."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """Grouped or not."""
        return (*(note for group in self.groups for note in group.notes), *self.loose)


def board(session: Session, principal: Principal, code: str, voter: str = "") -> Board:
    """The notes of a session. *voter* tells who reads where names are not kept. Raises NotFoundError."""
    gathering = gatherings.get(session, principal, code)
    me = _voter(gathering.anonymous, gathering.code, principal, voter)
    given = func.count(SessionVote.voter)
    own = func.coalesce(func.sum(SessionVote.voter == me), 0)
    rows = session.execute(
        select(SessionNote, given, own, Item.ref)
        .join(LessonSession, LessonSession.id == SessionNote.session_id)
        .outerjoin(SessionVote, SessionVote.note_id == SessionNote.id)
        .outerjoin(Item, and_(Item.id == SessionNote.item_id, visible(principal)))
        .where(LessonSession.code == gathering.code)
        .group_by(SessionNote.id, Item.ref)
        .order_by(SessionNote.id)
    )
    notes = [_note(row, votes, bool(mine), ref or "") for row, votes, mine, ref in rows]
    names = session.execute(
        select(NoteGroup.id, NoteGroup.name)
        .join(LessonSession, LessonSession.id == NoteGroup.session_id)
        .where(LessonSession.code == gathering.code)
        .order_by(NoteGroup.id)
    )
    groups = [
        Group(number, name, tuple(sorted((n for n in notes if n.group == number), key=lambda n: -n.votes)))
        for number, name in names
    ]
    loose = [note for note in reversed(notes) if note.group is None]
    left = gathering.votes - sum(note.voted for note in notes)
    return Board(tuple(sorted(groups, key=lambda group: -group.votes)), tuple(loose), max(0, left))


def add(session: Session, principal: Principal, code: str, key: str, draft: NoteDraft) -> tuple[int, bool]:
    """Put a note into an open session; its number, and whether it is new.

    *key* is made by the sender: the same note sent again is kept once. Raises NotFoundError, InvalidError
    when a mandatory part is missing or one is too long, ConflictError when the session is not open or full,
    or when *key* stands for other words already.
    """
    require(principal, Permission.CONTRIBUTE)
    if not _KEY.fullmatch(key):
        raise InvalidError("A note's key has 8 to 64 letters, digits, hyphens or underscores.")
    said = _checked(draft)
    row = gatherings.hold(session, principal, code)
    kept = session.scalars(
        select(SessionNote).where(SessionNote.session_id == row.id, SessionNote.key == key)
    ).one_or_none()
    if kept is not None:
        if NoteDraft(kept.happened, kept.differently, kept.expected, kept.why) != said:
            raise ConflictError("A note with other words was sent under this key already.")
        return kept.id, False
    _require_open(row)
    number = select(func.count()).where(SessionNote.session_id == row.id)
    if (session.scalar(number) or 0) >= MAX_NOTES:
        raise ConflictError(f"This session holds {MAX_NOTES} notes already; open another one.")
    note = SessionNote(
        session_id=row.id,
        key=key,
        happened=said.happened,
        expected=said.expected,
        why=said.why,
        differently=said.differently,
        author="" if row.anonymous else principal.name,
    )
    session.add(note)
    _changed(session, row, ANONYMOUS if row.anonymous else principal, "add_note")
    return note.id, True


def remove(session: Session, principal: Principal, code: str, number: int) -> None:
    """Take a note out: its author while the session is open, or who leads it.

    Raises NotFoundError, ConflictError for a note that became a lesson.
    """
    row = gatherings.hold(session, principal, code)
    note = _find(session, row, number)
    own = bool(note.author) and note.author == principal.name and row.state == SessionState.OPEN
    if not own and not gatherings.may_lead(principal, row.facilitator):
        raise NotFoundError("Only its author and the facilitator may take a note out.")
    if note.item_id is not None:
        raise ConflictError("This note is a lesson already; it stays as that lesson's source.")
    session.delete(note)
    session.flush()
    _drop_empty(session, [note.group_id])
    _changed(session, row, principal, "remove_note", number=number)


def vote(
    session: Session, principal: Principal, code: str, number: int, *, given: bool, voter: str = ""
) -> None:
    """Give a note a vote, or take it back; saying so twice changes nothing.

    Where names are not kept, *voter* is a secret that only the voter's browser or program knows. Raises
    NotFoundError, InvalidError without a *voter* where one is needed, ConflictError when the session is not
    open or all votes are given.
    """
    require(principal, Permission.CONTRIBUTE)
    row = gatherings.hold(session, principal, code)
    note = _find(session, row, number)
    _require_open(row)
    me = _voter(row.anonymous, row.code, principal, voter)
    if not me:
        raise InvalidError(
            "An anonymous session needs a secret of 16 characters or more as your voter's mark."
        )
    present = session.get(SessionVote, (note.id, me))
    if given == (present is not None):
        return
    if present is not None:
        session.delete(present)
    else:
        _require_votes_left(session, row, me)
        session.add(SessionVote(note_id=note.id, voter=me))
    who = ANONYMOUS if row.anonymous else principal
    _changed(session, row, who, "vote" if given else "take_vote_back", number=number)


def gather(session: Session, principal: Principal, code: str, name: str, numbers: Sequence[int]) -> int:
    """Make a group of notes; its number. Raises NotFoundError, InvalidError without a name or notes."""
    row = gatherings.lead(session, principal, code)
    chosen = [_find(session, row, number) for number in dict.fromkeys(numbers)]
    if not chosen:
        raise InvalidError("A group begins with one note or more.")
    group = NoteGroup(session_id=row.id, name=_name(name))
    session.add(group)
    session.flush()
    _put(session, chosen, group.id)
    _changed(session, row, principal, "group_notes", group=group.id, notes=[note.id for note in chosen])
    return group.id


def move(session: Session, principal: Principal, code: str, number: int, group: int | None) -> None:
    """Put a note into a group, or into none. A group without notes is gone. Raises NotFoundError."""
    row = gatherings.lead(session, principal, code)
    note = _find(session, row, number)
    if group is not None:
        _group(session, row, group)
    _put(session, [note], group)
    _changed(session, row, principal, "move_note", number=number, group=group)


def rename(session: Session, principal: Principal, code: str, group: int, name: str) -> None:
    """Give a group another name. Raises NotFoundError, InvalidError."""
    row = gatherings.lead(session, principal, code)
    _group(session, row, group).name = _name(name)
    _changed(session, row, principal, "rename_group", group=group)


def link(session: Session, principal: Principal, code: str, numbers: Sequence[int], lesson: ItemId) -> None:
    """Note that notes became a lesson. Raises NotFoundError, ConflictError when one is a lesson already."""
    row = gatherings.lead(session, principal, code)
    for number in numbers:
        note = _find(session, row, number)
        if note.item_id is not None:
            ref = session.scalar(select(Item.ref).where(Item.id == note.item_id, visible(principal)))
            raise ConflictError(f"This note is a lesson already: {ref or 'one that you may not see'}.")
        note.item_id = lesson
    _changed(session, row, principal, "note_to_lesson", notes=list(numbers), lesson=lesson)


def _checked(draft: NoteDraft) -> NoteDraft:
    said = NoteDraft(
        *(text.strip() for text in (draft.happened, draft.differently, draft.expected, draft.why))
    )
    if not said.happened or not said.differently:
        raise InvalidError("A note needs what happened and what to do differently.")
    if any(len(text) > MAX_TEXT for text in (said.happened, said.differently, said.expected, said.why)):
        raise InvalidError(f"Each part of a note may have {MAX_TEXT:,} characters; say it shorter.")
    return said


def _note(row: SessionNote, votes: int, voted: bool, lesson: str) -> Note:
    return Note(
        id=row.id,
        happened=row.happened,
        expected=row.expected,
        why=row.why,
        differently=row.differently,
        author=row.author,
        at=row.at,
        group=row.group_id,
        votes=votes,
        voted=voted,
        lesson=lesson,
    )


def _voter(anonymous: bool, code: str, principal: Principal, secret: str) -> str:
    """Who votes: a name, or what tells one secret's votes from others'; empty without a good secret."""
    if not anonymous:
        return principal.name
    return digest(code, secret) if len(secret) >= 16 else ""


def _require_open(row: LessonSession) -> None:
    if row.state != SessionState.OPEN:
        said = "has not begun" if row.state == SessionState.PLANNED else "is closed"
        raise ConflictError(f"This session {said}: ask its facilitator to open it.")


def _require_votes_left(session: Session, row: LessonSession, voter: str) -> None:
    given = session.scalar(
        select(func.count())
        .select_from(SessionVote)
        .join(SessionNote, SessionNote.id == SessionVote.note_id)
        .where(SessionNote.session_id == row.id, SessionVote.voter == voter)
    )
    if (given or 0) >= row.votes:
        said = f"All your votes ({row.votes}) are given; take one back first."
        raise ConflictError(said if row.votes else "There is no voting in this session.")


def _find(session: Session, row: LessonSession, number: int) -> SessionNote:
    note = session.get(SessionNote, number)
    if note is None or note.session_id != row.id:
        raise NotFoundError(f"There is no note {number} in this session.")
    return note


def _group(session: Session, row: LessonSession, number: int) -> NoteGroup:
    group = session.get(NoteGroup, number)
    if group is None or group.session_id != row.id:
        raise NotFoundError(f"There is no group {number} in this session.")
    return group


def _put(session: Session, notes: Sequence[SessionNote], group: int | None) -> None:
    left = [note.group_id for note in notes]
    for note in notes:
        note.group_id = group
    session.flush()
    _drop_empty(session, left)


def _drop_empty(session: Session, groups: Iterable[int | None]) -> None:
    used = select(SessionNote.group_id).where(SessionNote.group_id.is_not(None))
    session.execute(
        delete(NoteGroup).where(NoteGroup.id.in_({g for g in groups if g}), NoteGroup.id.not_in(used))
    )


def _name(text: str) -> str:
    name = squash(text)
    if not name or len(name) > MAX_NAME:
        raise InvalidError(f"Give the group a name of at most {MAX_NAME} characters.")
    return name


def _changed(session: Session, row: LessonSession, who: Principal, action: str, **detail: object) -> None:
    row.revision += 1
    session.flush()
    audit.record(session, who, action, row.code, **detail)
    session.flush()
