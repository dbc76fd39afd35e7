"""The register of lessons as a file that can be worked on and taken back."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from sqlalchemy.orm import Session

from ingest import workbook
from ingest.exchange import applying, form
from ingest.workbook import Cell
from kb import items
from kb.access import Principal
from kb.values import Filters, ItemId
from kb.vocabulary import FacetName, Kind
from web.files import csv_files
from web.searching import exporting
from web.searching.exporting import FORMATS, Format
from web.wiring import Services

_PIECE = 16_000
"""Characters of one cell of a workbook; what is longer goes on in a column of its own. Safe below Excel's
32,767, which counts some characters twice."""


class RegisterFormat(StrEnum):
    """Formats of a register."""

    XLSX = "xlsx"
    CSV = "csv"


def chosen(
    services: Services, session: Session, principal: Principal, text: str, filters: Filters
) -> list[ItemId]:
    """Lessons that *text* and *filters* find, up to the limit of a search; without *text*, every one."""
    lessons = replace(filters, facets={**filters.facets, FacetName.KIND: (Kind.LESSON,)})
    if not text.strip():
        return items.in_order(session, principal, lessons)
    found = exporting.collect(services, session, principal, text, lessons)
    return [record.head.id for _, record in found.hits]


def write(session: Session, principal: Principal, ids: Sequence[ItemId], wanted: RegisterFormat) -> bytes:
    """The register of the lessons among *ids* that *principal* may see, in their order."""
    rows = map(form.cells, applying.kept(session, principal, ids))
    if wanted is RegisterFormat.CSV:
        return b"".join(csv_files.lines([*form.COLUMNS.values()], rows))
    columns, pieces = _in_pieces([*rows])
    return workbook.write("Lessons", columns, pieces)


def media_type(wanted: RegisterFormat) -> str:
    """The media type of such a file."""
    return FORMATS[Format(wanted)].media_type


def _in_pieces(rows: Sequence[Sequence[Cell]]) -> tuple[list[str], list[list[Cell]]]:
    """Columns and rows in which no text is longer than a cell."""
    columns: list[str] = []
    pieces: list[list[Cell]] = [[] for _ in rows]
    for place, name in enumerate(form.COLUMNS.values()):
        most = max((_pieces(row[place]) for row in rows), default=1)
        columns.extend([name, *(f"{name} ({number})" for number in range(2, most + 1))])
        for row, cut in zip(rows, pieces, strict=True):
            value = row[place]
            if isinstance(value, str):
                cut.extend(value[start : start + _PIECE] for start in range(0, most * _PIECE, _PIECE))
            else:
                cut.extend([value, *[None] * (most - 1)])
    return columns, pieces


def _pieces(value: Cell) -> int:
    return max(1, -(-len(value) // _PIECE)) if isinstance(value, str) else 1
