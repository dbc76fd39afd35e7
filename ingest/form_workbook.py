"""A template as a workbook (XLSX): a register to keep, or a document's fields in sheets."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from io import BytesIO
from typing import Any

import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]
from xlsxwriter.utility import xl_col_to_name  # pyright: ignore[reportMissingTypeStubs]

from ingest import form_cells, workbook
from ingest.form_cells import DAY_FORMAT, NUMBER_FORMAT, TEXT_FORMAT, Cell
from kb import forms
from kb.errors import InvalidError
from kb.forms import Entry, Field, Form, Head, Record, Row
from kb.text import squash

ROWS = 200
"""Rows with formulas and drop-downs, filled or not."""
_INLINE_LIST = 255
"""Characters of a drop-down that a cell itself can hold."""
_LIST_MARKS = frozenset(',"')
"""What such a list can't tell from its own marks."""
_WIDTHS = (7, 44)
_HEADER_LINES = 2
_LINE = 15
"""Points."""
_SHEET_NAME = 31
_ENTRY_COLUMN = 1
_DAY_ZERO = date(1899, 12, 30)
"""A workbook counts days from here."""
_LIGHTS = {"red": ("#9C0006", "#FFC7CE"), "amber": ("#7F4F00", "#FFE699"), "green": ("#006100", "#C6EFCE")}
"""Ink and paper of a status."""


def write(head: Head, form: Form, records: Sequence[Record]) -> bytes:
    """*form* with what *records* enter into it.

    Texts stay texts: none becomes a formula or a link. Raises InvalidError when *form* has no fields, or a
    text is longer than a cell can hold.
    """
    if not form.fields:
        raise InvalidError(f"{head.ref} is a text without fields: ask for it as DOCX.")
    target = BytesIO()
    book = _Book(target, head)
    if form.is_register:
        _register(book, form, records)
    else:
        _document(book, form, records)
    book.close()
    return target.getvalue()


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a sheet, and the texts in it that tell of what kind it is."""

    field: Field
    examples: tuple[str, ...]
    texts: tuple[str, ...]
    reckoned: bool
    """Whether a formula uses it."""

    @property
    def literal(self) -> bool:
        """Whether numbers in it are texts."""
        return form_cells.literal(self.field.choices, self.examples, reckoned=self.reckoned)

    @property
    def shown(self) -> str:
        """The number format of its empty cells."""
        if form_cells.dated(self.examples):
            return DAY_FORMAT
        if form_cells.numeric(self.field.choices or self.examples):
            return NUMBER_FORMAT
        return TEXT_FORMAT if self.literal else ""

    @property
    def width(self) -> int:
        """Wide enough for its name on two lines, and for three quarters of its texts on three."""
        name = self.field.name
        least = max(max(map(len, name.split())), len(name) // _HEADER_LINES + 2) + 4
        lengths = sorted(map(len, (*self.examples, *self.texts, *self.field.choices)))
        usual = lengths[len(lengths) * 3 // 4] if lengths else len(self.field.help) // 3
        long = usual if usual <= _WIDTHS[1] // 2 else _WIDTHS[1] // 2 + usual // 6
        return min(max(least, long + 2, _WIDTHS[0]), _WIDTHS[1])


class _Book:
    """A workbook that knows its formats, its sheets' names and its lists."""

    def __init__(self, target: BytesIO, head: Head) -> None:
        self._book: Any = xlsxwriter.Workbook(target, workbook.SAFE)
        self._names: set[str] = {"history", "lists"}
        self._formats: dict[tuple[str, str], Any] = {}
        self._lists: list[tuple[str, ...]] = []
        self._head = head
        self._book.set_properties(
            {"title": head.title, "subject": head.ref, "author": head.owner, "comments": head.summary}
        )

    def close(self) -> None:
        """Add the lists that drop-downs show, and write everything."""
        if self._lists:
            self._list_sheet.hide()
        self._book.close()

    def sheet(self, title: str) -> Any:
        """A new sheet, named as near to *title* as a workbook allows, that prints on A4."""
        plain = squash(re.sub(r"[\[\]:*?/\\]", " ", title)).strip("'")[:_SHEET_NAME] or "Sheet"
        name, number = plain, 1
        while name.casefold() in self._names:
            number += 1
            name = f"{plain[: _SHEET_NAME - 4]} {number}"
        self._names.add(name.casefold())
        page = self._book.add_worksheet(name)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        page.set_header(f"&L{_printed(self._head.title)}&R{_printed(self._head.ref)}")
        page.set_footer("&RPage &P of &N")
        return page

    def format(self, shown: str = "", look: str = "plain") -> Any:
        """The format of a cell whose value is *shown* in this way."""
        if (shown, look) not in self._formats:
            looks = {
                "plain": {},
                "header": {"bold": True, "bg_color": "#DCE6F1", "border": 1, "border_color": "#9AA5B8"},
                "formula": {"bg_color": "#F2F2F2"},
                "note": {"italic": True, "font_color": "#595959"},
            }
            shape = {"text_wrap": True, "valign": "top", **looks[look]}
            if shown == DAY_FORMAT:
                shape["align"] = "left"
            elif shown not in ("", TEXT_FORMAT):
                shape |= {"align": "right", "indent": 1}
            self._formats[shown, look] = self._book.add_format(
                shape | ({"num_format": shown} if shown else {})
            )
        return self._formats[shown, look]

    def light(self, word: str) -> Any:
        """The format of a status."""
        ink, paper = _LIGHTS[word]
        return self._book.add_format({"font_color": ink, "bg_color": paper})

    def choices(self, values: tuple[str, ...]) -> list[float | str] | str:
        """What a drop-down of *values* refers to."""
        if len(",".join(values)) <= _INLINE_LIST and _LIST_MARKS.isdisjoint("".join(values)):
            return list(values)
        if values not in self._lists:
            self._lists.append(values)
            place = len(self._lists) - 1
            for row, value in enumerate(values):
                self.put(self._list_sheet, row, place, form_cells.cell(value, literal=True))
        letter = xl_col_to_name(self._lists.index(values), col_abs=True)
        return f"=Lists!{letter}$1:{letter}${len(values)}"

    @cached_property
    def _list_sheet(self) -> Any:
        return self._book.add_worksheet("Lists")

    def put(self, page: Any, row: int, place: int, cell: Cell, look: str = "plain") -> None:
        """Write *cell*."""
        if isinstance(cell.value, date):
            page.write_datetime(row, place, cell.value, self.format(cell.format, look))
        elif isinstance(cell.value, str):
            if len(cell.value) > workbook.MAX_CELL:
                raise InvalidError(
                    f"A text of {len(cell.value):,} characters does not fit into a cell, which holds "
                    f"{workbook.MAX_CELL:,}: ask for the template as DOCX, or shorten it."
                )
            page.write_string(row, place, cell.value, self.format(cell.format, look))
        else:
            page.write_number(row, place, cell.value, self.format(cell.format, look))


def _register(book: _Book, form: Form, records: Sequence[Record]) -> None:
    rows, example = forms.rows_of(records), forms.rows_of(form.example)
    _table(book, book.sheet("Register"), form.fields, rows, example)
    _help(book, form.fields, form.said_of(records))


def _document(book: _Book, form: Form, records: Sequence[Record]) -> None:
    """A sheet of field and entry, and one for each field that is a table."""
    record: Record = records[0] if records else {}
    page = book.sheet("Form")
    header = ("Field", "Entry", "Help")
    page.write_row(0, 0, header, book.format(look="header"))
    tables: list[tuple[Field, Entry]] = []
    for number, field in enumerate(form.fields, 1):
        page.write_string(number, 0, field.name, book.format(look="header"))
        page.write_string(number, 2, field.help, book.format(look="note"))
        entry = record.get(field.name, "")
        if field.columns:
            tables.append((field, entry))
        elif isinstance(entry, str):
            literal = form_cells.literal(field.choices, ())
            book.put(page, number, _ENTRY_COLUMN, form_cells.cell(entry, literal=literal))
            _drop_down(book, page, field, _ENTRY_COLUMN, number, number)
    for place, width in enumerate((28, 70, 50)):
        page.set_column(place, place, width)
    page.freeze_panes(1, 1)
    _notes(book, page, len(form.fields) + 1, form.said_of(records))
    for field, entry in tables:
        inner = book.sheet(field.name)
        example = form.example[0].get(field.name, ()) if form.example else ()
        columns = [Field(name) for name in field.columns]
        _table(book, inner, columns, *(rows if isinstance(rows, tuple) else () for rows in (entry, example)))
        row = next(n for n, one in enumerate(form.fields, 1) if one is field)
        page.write_string(row, _ENTRY_COLUMN, f"See the sheet “{inner.get_name()}”", book.format(look="note"))


def _table(
    book: _Book, page: Any, fields: Sequence[Field], rows: Sequence[Row], example: Sequence[Row]
) -> None:
    """A header, *rows*, and room for more."""
    last = max(ROWS, len(rows))
    used = "".join(field.formula for field in fields)
    columns = [_column(field, rows, example, used) for field in fields]
    places = {field.name: place for place, field in enumerate(fields)}
    for place, column in enumerate(columns):
        page.write_string(0, place, column.field.name, book.format(look="header"))
        if column.field.help:
            page.write_comment(0, place, column.field.help, {"x_scale": 2, "y_scale": 1.5})
        page.set_column(place, place, column.width, book.format(column.shown))
        for number, row in enumerate(rows, 1):
            text = row.get(column.field.name, "")
            if text and not column.field.formula:
                book.put(page, number, place, form_cells.cell(text, literal=column.literal))
        _drop_down(book, page, column.field, place, 1, last)
        if column.field.formula:
            _formulas(book, page, column, places, [row.get(column.field.name, "") for row in rows])
    letters = [xl_col_to_name(place) for place, column in enumerate(columns) if column.literal]
    if letters:
        ranges = (f"{letter}1:{letter}{last + 1}" for letter in letters)
        page.ignore_errors({"number_stored_as_text": " ".join(ranges)})
    page.set_row(0, _HEADER_LINES * _LINE)
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, last, len(fields) - 1)


def _column(field: Field, rows: Sequence[Row], example: Sequence[Row], used: str) -> _Column:
    filled = (tuple(row[field.name] for row in part if row.get(field.name)) for part in (example, rows))
    return _Column(field, *filled, reckoned="{" + field.name + "}" in used)


def _drop_down(book: _Book, page: Any, field: Field, place: int, first: int, last: int) -> None:
    if not field.choices:
        return
    rule = {"validate": "list", "source": book.choices(field.choices), "error_type": "warning"}
    rule["error_title"] = "Not one of the choices"
    rule["error_message"] = "Choose a value from the list, or keep your own if the list lacks it."
    page.data_validation(first, place, last, place, rule)
    for word in _LIGHTS:
        if word in {choice.casefold() for choice in field.choices}:
            lit = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": book.light(word)}
            page.conditional_format(first, place, last, place, lit)


def _formulas(
    book: _Book, page: Any, column: _Column, places: Mapping[str, int], results: Sequence[str]
) -> None:
    """The formula in each row; *results* are shown until a program works it out anew."""
    field = column.field
    look = book.format(column.shown, "formula")
    for number in range(1, max(ROWS, len(results)) + 1):
        cells = {name: f"{xl_col_to_name(place)}{number + 1}" for name, place in places.items()}
        text = _guarded(forms.in_formula(field.formula, cells), field, cells)
        result = form_cells.cell(results[number - 1]).value if number <= len(results) else ""
        shown = (result - _DAY_ZERO).days if isinstance(result, date) else result
        page.write_formula(number, places[field.name], text, look, shown)


def _guarded(formula: str, field: Field, cells: Mapping[str, str]) -> str:
    """A formula whose author does not say when it is empty is so while what it uses is."""
    if '""' in formula:
        return f"={formula}"
    used = [cell for name, cell in cells.items() if "{" + name + "}" in field.formula]
    return f'=IF(COUNTA({",".join(used)})=0,"",{formula})' if used else f"={formula}"


def _help(book: _Book, fields: Sequence[Field], notes: Sequence[str]) -> None:
    page = book.sheet("Help")
    page.write_row(0, 0, ("Field", "Help", "Choices"), book.format(look="header"))
    for number, field in enumerate(fields, 1):
        worked_out = "Worked out by the workbook." if field.formula else "\n".join(field.choices)
        for place, text in enumerate((field.name, field.help, worked_out)):
            page.write_string(number, place, text, book.format())
    for place, width in enumerate((26, 70, 40)):
        page.set_column(place, place, width)
    _notes(book, page, len(fields) + 1, notes)
    page.freeze_panes(1, 0)


def _notes(book: _Book, page: Any, row: int, notes: Sequence[str]) -> None:
    """*notes* across the three columns, from *row* on."""
    for number, note in enumerate(notes, row):
        page.merge_range(number, 0, number, 2, note, book.format(look="note"))
        page.set_row(number, _LINE * (1 + len(note) // 130))


def _printed(text: str) -> str:
    """*text* in a page's header, where an ampersand commands."""
    return text[:100].replace("&", "&&")
