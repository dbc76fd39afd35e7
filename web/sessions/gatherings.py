"""What pages, API and command line do with lessons sessions."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ingest import noted
from kb import items, library
from kb.access import Principal
from kb.errors import InvalidError
from kb.sessions import gatherings, notes
from kb.sessions.notes import Board, Note
from kb.text import shorten
from kb.vocabulary import Status
from search.clusters import clusters
from web.wiring import Services

_NAME_LENGTH = 70


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Notes that seem to belong together."""

    name: str
    notes: tuple[Note, ...]


def suggest(services: Services, session: Session, principal: Principal, code: str) -> list[Suggestion]:
    """Groups of the notes that are in none, by what they mean. Raises NotFoundError."""
    loose = notes.board(session, principal, code).loose[::-1]
    if len(loose) < 2:
        return []
    vectors = services.encoder().encode([note.happened for note in loose])
    return [
        Suggestion(
            shorten(loose[cluster.centre].happened, _NAME_LENGTH).rstrip("."),
            tuple(loose[place] for place in cluster.members),
        )
        for cluster in clusters(vectors)
    ]


def group_all(services: Services, session: Session, principal: Principal, code: str) -> int:
    """Make the suggested groups; how many. Raises NotFoundError."""
    gatherings.lead(session, principal, code)
    found = suggest(services, session, principal, code)
    for suggestion in found:
        notes.gather(session, principal, code, suggestion.name, [note.id for note in suggestion.notes])
    return len(found)


def make_lesson(
    session: Session,
    principal: Principal,
    code: str,
    numbers: Sequence[int],
    *,
    title: str = "",
    status: Status = Status.DRAFT,
) -> str:
    """Make one lesson of notes; its reference.

    Raises NotFoundError, InvalidError without notes or for a status other than draft and submitted,
    ConflictError when a note is a lesson already.
    """
    gatherings.lead(session, principal, code)
    if status not in (Status.DRAFT, Status.SUBMITTED):
        raise InvalidError("A new lesson is a draft or submitted.")
    board = notes.board(session, principal, code)
    chosen = [note for note in board.notes if note.id in numbers]
    if not chosen or len(chosen) < len(set(numbers)):
        raise InvalidError("Choose notes of this session that the lesson is made of.")
    gathering = gatherings.get(session, principal, code)
    draft = noted.lesson(gathering, chosen, title=title or _name_of(board, chosen), status=status)
    lesson = library.write(session, principal, draft)
    notes.link(session, principal, code, [note.id for note in chosen], lesson)
    return items.summaries(session, principal, [lesson])[lesson].ref


def unused(board: Board, group: int) -> list[int]:
    """The notes of a group that are no lesson yet."""
    return [note.id for found in board.groups if found.id == group for note in found.notes if not note.lesson]


def _name_of(board: Board, chosen: Sequence[Note]) -> str:
    """The name of the group that several notes are in; of one note there is more to say."""
    groups = {note.group for note in chosen}
    if len(chosen) < 2 or len(groups) > 1:
        return ""
    return next((group.name for group in board.groups if group.id in groups), "")
