"""What came out of a lessons session, as a document."""

from collections.abc import Iterator
from enum import StrEnum

from ingest import form_document, formats
from ingest.noted import plain
from kb.forms import Form, Head
from kb.sessions.gatherings import Gathering
from kb.sessions.notes import Board, Note
from kb.vocabulary import TemplateForm, label
from web.wording import day, moment, plural

MEDIA_TYPES = {
    "md": "text/markdown; charset=utf-8",
    "docx": formats.media_type(formats.Format.WORD),
}


class Format(StrEnum):
    """Formats of reports; also how their files end."""

    MARKDOWN = "md"
    WORD = "docx"


def write(gathering: Gathering, board: Board, wanted: Format) -> bytes:
    """The report as a file."""
    return _word(gathering, board) if wanted is Format.WORD else markdown(gathering, board).encode()


def file_name(gathering: Gathering, wanted: Format) -> str:
    """What the file is called."""
    return f"lessons-session-{gathering.code}.{wanted}"


def markdown(gathering: Gathering, board: Board) -> str:
    """The report as Markdown."""
    return f"# {plain(gathering.title)}\n\n{_body(gathering, board)}"


def _word(gathering: Gathering, board: Board) -> bytes:
    began = gathering.opened_at or gathering.created_at
    head = Head(
        ref=gathering.code,
        title=gathering.title,
        summary=f"{label(gathering.kind)}, {gathering.project}",
        version=1,
        owner=gathering.facilitator,
        dated=began.date(),
        language="en",
    )
    return form_document.write(head, Form(TemplateForm.DOCUMENT, ()), (), _body(gathering, board))


def _body(gathering: Gathering, board: Board) -> str:
    return "\n\n".join(_parts(gathering, board)) + "\n"


def _parts(gathering: Gathering, board: Board) -> Iterator[str]:
    yield _facts(gathering, board)
    if gathering.agenda:
        yield "## Agenda"
        yield "\n".join(f"- {plain(step)}" for step in gathering.agenda)
    if gathering.prompts:
        yield "## Questions asked"
        yield "\n".join(f"- {plain(prompt)}" for prompt in gathering.prompts)
    lessons = dict.fromkeys(note.lesson for note in board.notes if note.lesson)
    if lessons:
        yield "## Lessons made of it"
        yield "\n".join(f"- {ref}" for ref in lessons)
    for group in board.groups:
        yield f"## {plain(group.name)}"
        counts = [plural(len(group.notes), "note")]
        yield ", ".join([*counts, plural(group.votes, "vote")] if gathering.votes else counts) + "."
        for note in group.notes:
            yield from _note(note, voted=gathering.votes > 0)
    if board.loose:
        yield "## Other notes" if board.groups else "## Notes"
        for note in sorted(board.loose, key=lambda note: (-note.votes, note.id)):
            yield from _note(note, voted=gathering.votes > 0)


def _facts(gathering: Gathering, board: Board) -> str:
    said = {
        "Project": plain(gathering.project),
        "Occasion": label(gathering.kind),
        "Facilitator": plain(gathering.facilitator),
        "Held": day((gathering.opened_at or gathering.created_at).date()),
        "State": label(gathering.state)
        + (f" since {moment(gathering.closed_at)}" if gathering.closed_at else ""),
        "Names": "not kept" if gathering.anonymous else "kept",
        "Notes": f"{len(board.notes)} in {plural(len(board.groups), 'group')}",
        "Classification": label(gathering.classification),
        "Code": gathering.code,
    }
    rows = "\n".join(f"| {name} | {value} |" for name, value in said.items())
    return f"| Session | |\n|---|---|\n{rows}"


def _note(note: Note, *, voted: bool) -> Iterator[str]:
    tail = [
        plural(note.votes, "vote") if voted else "",
        plain(note.author),
        f"lesson {note.lesson}" if note.lesson else "",
    ]
    yield f"### Note {note.id}"
    if any(tail):
        yield " · ".join(part for part in tail if part)
    for name, text in (
        ("What happened", note.happened),
        ("What was expected", note.expected),
        ("Why", note.why),
        ("What to do differently", note.differently),
    ):
        if text:
            yield f"**{name}:** {plain(text)}"
