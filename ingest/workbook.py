"""Writing workbooks (XLSX)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]

Cell = str | int | float | date | None

MAX_CELL = 32_767
"""Characters that a cell can hold."""
SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
"""Options under which no text becomes a formula or a link."""
_FORMULA = ("=", "+", "-", "@")
_FIRST_DAY = date(1900, 3, 1)
"""Before it, spreadsheets count days differently, or not at all."""
_TOUCHING = re.compile(r"_x[0-9A-Fa-f]{4}_x[0-9A-Fa-f]{4}_")
_BEFORE_END = re.compile(r"(?<=x[0-9A-Fa-f]{4})(?=_)")
"""Where an escape can be torn, so that no run of letters holds a whole one."""
_WIDTHS = (8, 60)
"""Least and greatest width of a column, in characters."""


@dataclass(frozen=True, slots=True)
class Table:
    """What one sheet holds."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def write(sheet: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook of one sheet, filtered and frozen below its first row.

    Texts stay texts: none becomes a formula or a link, not even when somebody edits it.
    """
    return write_all([Table(sheet, columns, rows)])


def write_all(tables: Iterable[Table]) -> bytes:
    """A workbook of a sheet for each of *tables*, written as *write* does."""
    target = BytesIO()
    book: Any = xlsxwriter.Workbook(target, SAFE)
    formats = {
        "heading": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
        "plain": book.add_format({"text_wrap": True, "valign": "top"}),
        "text": book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True}),
        "day": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"}),
    }
    for table in tables:
        _sheet(book.add_worksheet(table.name), table, formats)
    book.close()
    return target.getvalue()


def _text(page: Any, row: int, column: int, value: str, look: Any) -> None:
    """Write *value* so that readers get it back, in runs of letters where xlsxwriter does not manage that.

    It misses escapes that share an underscore, and takes what stands in `<r>` for its own formatted text.
    """
    if _TOUCHING.search(value) or (value.startswith("<r>") and value.endswith("</r>")):
        runs = _BEFORE_END.split(value[2:])
        page.write_rich_string(
            row, column, look, value[:2], *(part for run in runs for part in (look, run)), look
        )
    else:
        page.write_string(row, column, value, look)


def _sheet(page: Any, table: Table, formats: dict[str, Any]) -> None:
    widths = [len(name) for name in table.columns]
    page.write_row(0, 0, table.columns, formats["heading"])
    number = 0
    for number, row in enumerate(table.rows, 1):
        for place, cell in enumerate(row):
            value = cell.isoformat() if isinstance(cell, date) and cell < _FIRST_DAY else cell
            if isinstance(value, date):
                page.write_datetime(number, place, value, formats["day"])
            elif isinstance(value, str):
                look = "text" if value.startswith(_FORMULA) else "plain"
                _text(page, number, place, value[:MAX_CELL], formats[look])
            elif value is not None:
                page.write_number(number, place, value, formats["plain"])
            widths[place] = max(widths[place], len(str(value or "")))
    for place, width in enumerate(widths):
        page.set_column(place, place, min(max(width + 2, _WIDTHS[0]), _WIDTHS[1]))
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, number, len(table.columns) - 1)
