"""A template as a form: what it asks for, and what is entered into it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import cast

from kb.errors import InvalidError
from kb.text import squash
from kb.vocabulary import TemplateForm

Row = Mapping[str, str]
Entry = str | tuple[Row, ...]
"""A text, or the rows of a field that is a table."""
Record = Mapping[str, Entry]
"""Entries by field."""

MAX_ROWS = 5_000
"""Rows in one table."""
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_BAR = re.compile(r"(?<!\\)\|")
_FORMULA = re.compile(
    r'"[^"]*"|\{(?P<field>[^{}]+)\}|(?P<function>[A-Z]+)(?=\()|TRUE|FALSE|\d+(?:\.\d+)?|<>|<=|>=|[-+*/^&=<>(),%\s]'
)
_FUNCTIONS = frozenset(
    "ABS AND AVERAGE COUNT COUNTA DAY EDATE EOMONTH IF IFERROR INT ISBLANK ISNUMBER LEN MAX MEDIAN MIN MOD "  # noqa: SIM905 - readable
    "MONTH N NETWORKDAYS NOT OR POWER ROUND ROUNDDOWN ROUNDUP SQRT SUBSTITUTE SUM TODAY WEEKDAY WORKDAY "
    "YEAR".split()
)
"""What a formula may use: nothing that reaches beyond the workbook."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a form asks for."""

    name: str
    help: str = ""
    choices: tuple[str, ...] = ()
    """The values that it offers; any, when there are none."""
    formula: str = ""
    """How a workbook works it out; other fields stand in braces."""
    columns: tuple[str, ...] = ()
    """Of a field that is a table."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a template asks for: once, when it is a document; row by row, when it is a register."""

    shape: TemplateForm
    fields: tuple[Field, ...]
    """None when the template is a text without fields."""
    notes: tuple[str, ...] = ()
    """Advice on the fields together."""
    example: tuple[Record, ...] = ()
    """One record of a document, any number of a register."""
    example_note: str = ""
    """Whose example it is."""

    @property
    def is_register(self) -> bool:
        """Whether it is filled row by row."""
        return self.shape is TemplateForm.REGISTER

    def said_of(self, records: Sequence[Record]) -> tuple[str, ...]:
        """What stands beside *records*: advice where there are none, the example's note where they are it."""
        if not records:
            return self.notes
        return (self.example_note,) if records == self.example and self.example_note else ()


@dataclass(frozen=True, slots=True)
class Head:
    """Which template a form comes from."""

    ref: str
    title: str
    summary: str
    version: int
    owner: str
    dated: date | None
    language: str


def fill(form: Form, given: object) -> tuple[Record, ...]:
    """What *given* enters into *form*: an object of field and entry, or a list of them for a register.

    An entry is a text or number; that of a table is a list of objects, or a text with a line for each row.
    Raises InvalidError, which names the field, when one is unknown or its entry can't be used.
    """
    if isinstance(given, Mapping):
        return (_record(form, cast(Mapping[object, object], given)),)
    if isinstance(given, list) and form.is_register:
        rows = cast(list[object], given)
        _check_length(rows, "The register")
        return tuple(_record(form, _mapping(row, f"Row {number}")) for number, row in enumerate(rows, 1))
    wanted = "a list of objects, one for each row" if form.is_register else "an object"
    raise InvalidError(f"Give the values as {wanted}, with fields as names.")


def lines(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """*rows* as text: a line for each, cells separated by bars."""
    cells = ([squash(row.get(name, "")).replace("|", r"\|") for name in columns] for row in rows)
    return "\n".join(" | ".join(row) for row in cells)


def from_lines(columns: Sequence[str], text: str, what: str) -> tuple[Row, ...]:
    """The rows of *text*, as *lines* writes them. Raises InvalidError when a line has too many cells."""
    filled = [line for line in text.split("\n") if line.strip()]
    _check_length(filled, what)
    found: list[Row] = []
    for number, line in enumerate(filled, 1):
        cells = [cell.replace(r"\|", "|").strip() for cell in _BAR.split(line)]
        if len(cells) > len(columns):
            raise InvalidError(
                f"{what}, line {number}: there are {len(cells)} cells for {len(columns)} columns "
                f"({' | '.join(columns)}). Write \\| for a bar that belongs to the text."
            )
        found.append(dict(zip(columns, cells, strict=False)))
    return tuple(found)


def works(formula: str, names: Sequence[str]) -> bool:
    """Whether a workbook may hold *formula*: fields of *names*, plain functions, and nothing else."""
    position = depth = 0
    while position < len(formula):
        token = _FORMULA.match(formula, position)
        if token is None or not _allowed(token, names):
            return False
        depth += (token[0] == "(") - (token[0] == ")")
        if depth < 0:
            return False
        position = token.end()
    return bool(formula.strip()) and depth == 0


def _allowed(token: re.Match[str], names: Sequence[str]) -> bool:
    field, function = token["field"], token["function"]
    return (field is None or field in names) and (function is None or function in _FUNCTIONS)


def in_formula(formula: str, cells: Mapping[str, str]) -> str:
    """*formula* with the cell of each field in its place; texts in it stay as they are."""
    return _FORMULA.sub(lambda token: cells[token["field"]] if token["field"] else token[0], formula)


def _record(form: Form, given: Mapping[object, object]) -> Record:
    fields = {field.name: field for field in form.fields}
    found: dict[str, Entry] = {}
    for name, value in given.items():
        field = fields[_known(name, fields, "field")]
        found[field.name] = _rows(field, value) if field.columns else _choice(field, _text(value, field.name))
    return found


def _known(name: object, names: Mapping[str, object] | Sequence[str], what: str) -> str:
    if isinstance(name, str) and name in names:
        return name
    near = get_close_matches(str(name), list(names), 1)
    hint = f"did you mean {near[0]!r}?" if near else f"it has: {', '.join(names)}."
    raise InvalidError(f"The template has no {what} {str(name)[:100]!r}; {hint}")


def _rows(field: Field, value: object) -> tuple[Row, ...]:
    if not isinstance(value, list):
        return from_lines(field.columns, _text(value, field.name), field.name)
    given = cast(list[object], value)
    _check_length(given, field.name)
    return tuple(_row(field, _mapping(row, f"{field.name}, row {n}")) for n, row in enumerate(given, 1))


def _row(field: Field, given: Mapping[object, object]) -> Row:
    return {
        _known(name, field.columns, f"column (in {field.name})"): _text(value, field.name)
        for name, value in given.items()
    }


def _mapping(value: object, where: str) -> Mapping[object, object]:
    if isinstance(value, Mapping):
        return cast(Mapping[object, object], value)
    raise InvalidError(f"{where}: give an object of names and texts.")


def _text(value: object, where: str) -> str:
    """As it can be written into a document: without control characters, with plain line ends."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, str | int):
        return _UNFIT.sub("", re.sub(r"\r\n?", "\n", str(value)))
    raise InvalidError(f"{where}: give a text or a number.")


def _choice(field: Field, text: str) -> str:
    """The choice that *text* names in any case; any text where the field offers no choices."""
    wanted = text.strip().casefold()
    if not field.choices or not wanted:
        return text
    found = next((choice for choice in field.choices if choice.casefold() == wanted), None)
    if found is None:
        raise InvalidError(f"{field.name}: {text[:100]!r} is not one of {', '.join(field.choices)}.")
    return found


def _check_length(rows: Sequence[object], what: str) -> None:
    if len(rows) > MAX_ROWS:
        raise InvalidError(f"{what} has {len(rows):,} rows; at most {MAX_ROWS:,} are written.")


def rows_of(records: Sequence[Record]) -> tuple[Row, ...]:
    """The texts of a register's *records*."""
    return tuple(
        {name: entry for name, entry in record.items() if isinstance(entry, str)} for record in records
    )
