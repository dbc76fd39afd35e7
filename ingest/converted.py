"""What every reader gives: Markdown in parts that know where in the file they stand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kb.values import Locator

NO_TEXT = (
    "No text could be read: it holds only pictures or drawings. It is kept and can be found by its title."
)
Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table that has at least one filled cell."""

    number: int
    """Counted from 1, as the file's own program shows it; 0 when it shows none."""
    cells: Cells
    """Plain text, not Markdown; rows of a table may differ in length."""


@dataclass(frozen=True, slots=True)
class Table:
    """The filled rows of a sheet, a CSV file or a table within a text."""

    rows: tuple[Row, ...]
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A page, slide, sheet or whole text as Markdown."""

    text: str
    place: Locator = field(default_factory=Locator)
    rows: tuple[tuple[int, int], ...] = ()
    """(offset in the text, row number), rising, where the part is a table."""
    table: Table | None = None
    """The table that the text was written from, when the part is a sheet."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A file's text and what it says about itself."""

    parts: tuple[Part, ...]
    title: str = ""
    """As readers of the document see it."""
    property_title: str = ""
    """As the file's properties say, often left over from an older file."""
    author: str = ""
    dated: date | None = None
    language: str = ""
    summary: str = ""
    keywords: tuple[str, ...] = ()
    front: dict[str, Any] = field(default_factory=dict[str, Any])
    """Front matter of a Markdown file."""
    office: bool = False
    """Written by an office program, where files are named with care and first lines are often not titles."""
    note: str = ""
    """A sentence for the report, when something about the file deserves one."""


@dataclass(frozen=True, slots=True)
class Mark:
    """From this offset of the body on, text stands at this place."""

    start: int
    place: Locator


@dataclass(frozen=True, slots=True)
class Body:
    """Parts joined to one Markdown text."""

    text: str
    marks: tuple[Mark, ...] = ()


def join(parts: Sequence[Part]) -> Body:
    """One body from *parts*, with a mark at each place that differs from the one before."""
    texts: list[str] = []
    marks: list[Mark] = []
    offset = 0
    for part in parts:
        if not part.text.strip():
            continue
        marks.append(Mark(offset, part.place))
        marks.extend(
            Mark(offset + start, Locator(sheet=part.place.sheet, row=row)) for start, row in part.rows
        )
        texts.append(part.text)
        offset += len(part.text) + 2
    return Body("\n\n".join(texts), tuple(marks))
