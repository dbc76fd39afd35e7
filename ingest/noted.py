"""Notes of a lessons session to the draft of a lesson."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC

from ingest import composed
from ingest.composed import Facts, LessonEntry
from kb.sessions.gatherings import Gathering
from kb.sessions.notes import Note
from kb.text import shorten
from kb.values import ItemDraft, LessonFields
from kb.vocabulary import Kind, Status, label

_TITLE_LENGTH = 120
_HEADING = re.compile(r"^( {0,3})(?=#{1,6}(?:\s|$)|[=-]+[ \t]*$)", re.MULTILINE)
_MARKUP = re.compile(r"[\\`*_\[\]<>|]|^ {0,3}(?=[#=+-])", re.MULTILINE)


def lesson(gathering: Gathering, notes: Sequence[Note], *, title: str = "", status: Status) -> ItemDraft:
    """The lesson that *notes*, one or more, tell; titled by what to do unless a *title* is given.

    Texts stay as they were written, without headings of their own; of several notes they become a list.
    """
    happened = _together(notes, lambda note: note.happened)
    expected = _together(notes, lambda note: note.expected)
    said = LessonFields(
        event=f"{happened}\n\nExpected was:\n\n{expected}" if expected else happened,
        causes=_together(notes, lambda note: note.why),
        recommendation=_together(notes, lambda note: note.differently),
    )
    began = (gathering.opened_at or gathering.created_at).astimezone(UTC).date()
    facts = Facts(
        title=shorten(title or _first_sentence(notes[0].differently), _TITLE_LENGTH),
        project=gathering.project,
        dated=began,
        classification=gathering.classification,
    )
    base = ItemDraft(
        kind=Kind.LESSON,
        title="",
        body="",
        fields=LessonFields(),
        contributor=shorten(", ".join(dict.fromkeys(note.author for note in notes if note.author)), 300),
        citation=f"Lessons session {gathering.code}, {gathering.title} "
        f"({label(gathering.kind).lower()}), {began.isoformat()}",
        status=status,
    )
    return composed.draft(LessonEntry(facts, said), base)


def plain(text: str) -> str:
    """*text* as Markdown that shows it as it was typed, line for line."""
    escaped = _MARKUP.sub(lambda found: f"{found[0]}\\" if not found[0].strip() else f"\\{found[0]}", text)
    return "\\\n".join(line.strip() for line in escaped.splitlines() if line.strip())


def _together(notes: Sequence[Note], part: Callable[[Note], str]) -> str:
    """What *notes* say in one part: a text, or a list when several say something."""
    said = [_HEADING.sub(r"\1\\", text) for note in notes if (text := part(note))]
    if len(said) < 2:
        return "".join(said)
    return "\n".join("- " + text.replace("\n", "\n  ") for text in said)


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s|\n", text.strip(), maxsplit=1)[0].rstrip(".")
