"""Comma-separated files that spreadsheets read rightly."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.workbook import Cell

MEDIA_TYPE = "text/csv; charset=utf-8"
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
"""What a spreadsheet takes for the beginning of a formula, or what was one before it was made harmless."""


def lines(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """A file of *rows* below the names of its *columns*.

    Begins with a byte order mark, without which spreadsheets misread letters beyond ASCII.
    """
    yield "\ufeff".encode()
    yield _line(columns)
    for row in rows:
        yield _line([harmless(value) for value in row])


def harmless(value: Cell) -> Cell:
    """The cell with an apostrophe before what a spreadsheet would run as a formula.

    One apostrophe taken off again gives what was there before, whatever that was.
    """
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _line(values: Sequence[Cell]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(values)
    return text.getvalue().encode()
