"""A project's charter as text, from a file of any format that can be read, or as somebody pasted it."""

from dataclasses import dataclass
from pathlib import Path

from ingest import markdown, passages
from ingest.markdown import BlockKind
from ingest.reading import Task
from ingest.recognise import Names
from ingest.worker import Worker
from kb.errors import InvalidError
from kb.settings import MEGABYTE, Limits
from kb.values import PassageDraft

_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Charter:
    """What a charter says."""

    title: str
    """Of the document; the project's name when it stands there."""
    text: str
    """Markdown."""
    passages: tuple[PassageDraft, ...] = ()
    """The same cut up, with the place of each in the file."""


def read(path: Path, limits: Limits, name: str = "") -> Charter:
    """The charter in the file at *path*, which is called *name*.

    Raises InvalidError when it can't be read within the limits, or holds no text.
    """
    if not path.is_file():
        raise InvalidError(f"There is no file {path}.")
    if path.stat().st_size > limits.file_mb * MEGABYTE:
        raise InvalidError(f"It is larger than {limits.file_mb:,} MB (KB_LIMIT_FILE_MB).")
    with Worker() as worker:
        reading = worker.read(Task(path, Names(name or path.name), limits, {}, whole=True))
    draft = reading.drafts[0]
    if not draft.body.strip():
        raise InvalidError(reading.note or "It holds no text.")
    return Charter(draft.title, draft.body, draft.passages)


def pasted(text: str, title: str = "") -> Charter:
    """The charter that somebody pasted; its first heading is its title unless one is given.

    Raises InvalidError when there is no text.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InvalidError("There is no text. Paste the charter, or give a file.")
    parsed = markdown.parse(text)
    heading = next((block.text for block in parsed.blocks if block.kind is BlockKind.HEADING), "")
    title = title or heading[:_LONGEST_TITLE]
    return Charter(title, text, passages.cut(parsed, title))
