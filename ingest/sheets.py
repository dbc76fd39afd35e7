"""Excel workbooks: values as shown, sheet by sheet, row numbers as Excel counts them."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from ingest import cleaning, office, tables
from ingest.converted import Converted, Row, Table
from kb.errors import InvalidError
from kb.settings import Limits


def read(path: Path, limits: Limits) -> Converted:
    """The workbook at *path*. Raises InvalidError when it is damaged or larger than the limits allow."""
    with office.opened(path, limits) as package:
        facts = office.properties(package)
    found = [table for table in tables_of(path, limits) if table.rows]
    return Converted(
        parts=tuple(tables.part(table) for table in found),
        property_title=facts.title,
        author=facts.author,
        dated=facts.dated,
        language=facts.language,
        keywords=tuple(facts.keywords.split(",")) if facts.keywords else (),
    )


def tables_of(path: Path, limits: Limits, *, exact: bool = False) -> Iterator[Table]:
    """The sheets of the workbook at *path*; texts are made fit to keep unless they are to be *exact*.

    Raises InvalidError as *read*.
    """
    # Loaded by the first workbook: openpyxl takes a sixth of a second, and everything reads tables.
    from openpyxl.utils.exceptions import InvalidFileException

    from ingest import sheet_strings

    try:
        with path.open("rb") as stream:
            book = sheet_strings.opened(stream)
            cells = 0
            for sheet in book.worksheets:
                if sheet.sheet_state == "veryHidden":
                    continue
                sheet.reset_dimensions()  # the declared size may be A1:XFD1048574
                rows = tuple(_rows(sheet.iter_rows(values_only=True), str(sheet.title), limits, exact=exact))
                cells += sum(1 for row in rows for text in row.cells if text)
                _check(cells, limits)
                yield Table(rows, str(sheet.title))
    except (InvalidFileException, KeyError, ValueError, TypeError, AttributeError) as error:
        raise InvalidError(f"The workbook is damaged and can't be read ({error}).") from error


def _rows(values: Iterator[tuple[Any, ...]], sheet: str, limits: Limits, *, exact: bool) -> Iterator[Row]:
    filled = cells = 0
    for number, row in enumerate(values, start=1):
        texts = [_text(value, exact=exact) if value is not None else "" for value in row]
        while texts and not texts[-1]:
            texts.pop()
        if not texts:
            continue
        filled += 1
        cells += sum(1 for text in texts if text)
        check_rows(filled, limits, f"Sheet {sheet!r}")
        _check(cells, limits)
        yield Row(number, tuple(texts))


def check_rows(filled: int, limits: Limits, what: str) -> None:
    """Raise InvalidError when *what* has more filled rows than allowed."""
    if filled > limits.rows:
        raise InvalidError(f"{what} has more than the {limits.rows:,} rows allowed (KB_LIMIT_ROWS).")


def _check(cells: int, limits: Limits) -> None:
    if cells > limits.cells:
        raise InvalidError(f"It has more than the {limits.cells:,} filled cells allowed (KB_LIMIT_CELLS).")


def _text(value: Any, *, exact: bool) -> str:
    """A cell's value as a person would write it."""
    if isinstance(value, str):
        return value if exact else cleaning.clean(value).strip()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)
