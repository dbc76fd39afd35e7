"""A register that was given out, read again: cells as they are, not made fit like any file's."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest import cleaning, delimited, sheets, terms
from ingest.columns import DROP, ColumnUse, How
from ingest.converted import Cells, Converted, Row, Table
from ingest.exchange import form
from ingest.formats import Format
from kb.errors import InvalidError
from kb.settings import Limits

_MARKS = {"ref", "version", "title"}
"""A table is a register of ours when it has these columns and some of the others."""
_OTHERS = 3


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A row of a register that came back."""

    number: int
    """Counted from 1, as the file's own program shows it."""
    sheet: str | None
    texts: Mapping[str, str]
    """Field → cell; fields whose column is missing are left out."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A register that came back."""

    rows: tuple[ReturnedRow, ...]
    uses: tuple[ColumnUse, ...]


def recognised(converted: Converted, mapping: Mapping[str, str]) -> bool:
    """Whether the first table of a file is a register of ours."""
    first = next((part.table for part in converted.parts if part.table), None)
    return first is not None and _is_ours(_uses(first.rows[0].cells, mapping))


def read(path: Path, found: Format, limits: Limits, mapping: Mapping[str, str]) -> Returned:
    """The register at *path*. Raises InvalidError when it can't be read or a column stands twice."""
    if found is Format.CSV:
        tables: Iterable[Table] = [delimited.exactly(path.read_bytes(), limits)]
    else:
        tables = sheets.tables_of(path, limits, exact=True)
    rows: list[ReturnedRow] = []
    uses: list[ColumnUse] = []
    for table in tables:
        head = _uses(table.rows[0].cells, mapping) if table.rows else []
        if not _is_ours(head):
            continue
        _check(head)
        uses.extend(head)
        rows.extend(_rows(table, head, guarded=found is Format.CSV))
    return Returned(tuple(rows), tuple(uses))


def _uses(header: Cells, mapping: Mapping[str, str]) -> list[ColumnUse]:
    by_hand = {terms.normal(column): field for column, field in mapping.items()}
    found: list[ColumnUse] = []
    for name in header:
        given = by_hand.get(terms.normal(name))
        own = form.field_of(name)
        if given is not None:
            found.append(ColumnUse(name, given if given in form.COLUMNS else DROP, How.BY_HAND))
        else:
            found.append(ColumnUse(name, own[0] if own else "", How.NAME if own else How.IGNORED))
    return found


def _is_ours(uses: Sequence[ColumnUse]) -> bool:
    own = {use.field for use in uses if use.field in form.COLUMNS}
    return own >= _MARKS and len(own - _MARKS) >= _OTHERS


def _check(uses: Sequence[ColumnUse]) -> None:
    seen: set[tuple[str, int]] = set()
    for use in uses:
        if use.field in form.COLUMNS:
            place = form.field_of(use.column) or (use.field, 1)
            if (use.field, place[1]) in seen:
                raise InvalidError(f"Two columns hold {form.COLUMNS[use.field]!r}; leave one of them out.")
            seen.add((use.field, place[1]))


def _rows(table: Table, uses: Sequence[ColumnUse], *, guarded: bool) -> Iterator[ReturnedRow]:
    for row in table.rows[1:]:
        texts: dict[str, str] = {}
        for index, use in enumerate(uses):
            if use.field in form.COLUMNS:
                texts[use.field] = texts.get(use.field, "") + _cell(row, index, guarded=guarded)
        if any(text.strip() for text in texts.values()):
            yield ReturnedRow(row.number, table.sheet, texts)


def _cell(row: Row, index: int, *, guarded: bool) -> str:
    """The text of a cell, without the apostrophe that kept a spreadsheet from running it."""
    text = row.cells[index] if index < len(row.cells) else ""
    return cleaning.unguarded(text) if guarded else text
