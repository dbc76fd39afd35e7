"""Tables that are registers: which ones are, and where their header is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest import columns, terms
from ingest.columns import ColumnUse
from ingest.converted import Cells, Row, Table
from kb.vocabulary import Kind

_HEADER_WITHIN = 15
_LESSON_TEXTS = {"title", "event", "effect", "causes", "recommendation"}
_LESSON_OWN = {"event", "effect", "causes", "recommendation", "applies_when", "warning_signs", "polarity"}
_TRAINING_OWN = {
    "provider", "format", "level", "hours", "cost", "currency", "competences", "prerequisites", "leads_to",
    "cpd_hours", "renewal", "offered_from", "offered_until",
}  # fmt: skip
_OTHER_REGISTERS = (
    "risk",
    "probability",
    "likelihood",
    "requirement",
    "user story",
    "test",
    "change request",
    "sprint",
)
_LESSON_NAMES = ("lesson", "retrospective", "post mortem", "after action")


@dataclass(frozen=True, slots=True)
class Register:
    """A table whose rows are items."""

    kind: Kind
    uses: tuple[ColumnUse, ...]
    """One for each column."""
    above: tuple[Row, ...]
    rows: tuple[Row, ...]
    sheet: str | None


def recognise(
    table: Table, name: str, mapping: Mapping[str, str], *, within_text: bool = False
) -> Register | None:
    """*table* as a register, or None when it is none.

    *name*: of file and sheet, which may give it away. A table *within_text* explains more often than it
    records: only one that speaks of lessons is a register.
    """
    best: tuple[int, Register] | None = None
    for index, row in enumerate(table.rows[: 1 if within_text else _HEADER_WITHIN]):
        if sum(1 for cell in row.cells if cell) < 2:
            continue
        for kind in (Kind.LESSON, Kind.TRAINING):
            register = _as(kind, table, index, mapping)
            score = len({use.field for use in register.uses if use.field})
            if _is(register, name, mapping, within_text) and (best is None or score > best[0]):
                best = score, register
    return best[1] if best else None


def offered(table: Table) -> tuple[ColumnUse, ...]:
    """The columns of a table that is no register, as they would be read if somebody says that it is one."""
    for index, row in enumerate(table.rows[:_HEADER_WITHIN]):
        if sum(1 for cell in row.cells if cell) > 1:
            return _as(Kind.LESSON, table, index, {}).uses
    return ()


def _as(kind: Kind, table: Table, index: int, mapping: Mapping[str, str]) -> Register:
    rows = table.rows[index + 1 :]
    width = max((len(row.cells) for row in table.rows[index:]), default=0)
    header = _padded(table.rows[index].cells, width)
    uses = columns.recognise(
        kind, [" ".join(name.split()) for name in header], [r.cells for r in rows[:500]], mapping
    )
    return Register(kind, uses, table.rows[:index], rows, table.sheet)


def _padded(cells: Cells, width: int) -> Sequence[str]:
    return [*cells, *[""] * (width - len(cells))]


def _is(register: Register, name: str, mapping: Mapping[str, str], within_text: bool) -> bool:
    fields = {use.field for use in register.uses if use.field}
    if not any(_says_something(register, row) for row in register.rows):
        return False
    headers = [terms.normal(use.column) for use in register.uses]
    if any(use.how == columns.How.BY_HAND for use in register.uses):
        own = _TRAINING_OWN if register.kind is Kind.TRAINING else _LESSON_OWN
        other = _LESSON_OWN if register.kind is Kind.TRAINING else _TRAINING_OWN
        chosen = set(mapping.values())
        return bool(chosen & own) or (register.kind is Kind.LESSON and not chosen & other)
    if register.kind is Kind.TRAINING:
        return not within_text and _is_catalogue(fields, headers)
    return _is_lessons_log(fields, headers, terms.normal(name), within_text)


def _is_lessons_log(fields: set[str], headers: Sequence[str], name: str, within_text: bool) -> bool:
    texts = fields & _LESSON_TEXTS
    if len(texts) < 2 or not texts & {"event", "recommendation"}:
        return False
    says_lesson = any("lesson" in header or "learned" in header or "learnt" in header for header in headers)
    if says_lesson:
        return True
    if any(word in header for header in headers for word in _OTHER_REGISTERS):
        return False
    named = any(word in name for word in _LESSON_NAMES)
    return {"event", "recommendation"} <= texts and (
        named or (not within_text and any("recommend" in header for header in headers))
    )


def _is_catalogue(fields: set[str], headers: Sequence[str]) -> bool:
    if "title" not in fields:
        return False
    own = fields & _TRAINING_OWN
    says_course = any(header.split()[:1] == ["course"] or "training" in header for header in headers)
    return len(own) >= 4 or (says_course and len(own | (fields & {"description", "url", "tags"})) >= 2)


def _says_something(register: Register, row: Row) -> bool:
    return any(value(register, row, field) for field in ("title", "event", "recommendation"))


def value(register: Register, row: Row, field: str) -> str:
    """What *row* says in *field*; columns that share a field are joined with commas."""
    found = [
        row.cells[index]
        for index, use in enumerate(register.uses)
        if use.field == field and index < len(row.cells) and row.cells[index]
    ]
    return ", ".join(found)


def filled(register: Register) -> Sequence[Row]:
    """Rows that hold an item: those with a title or text of their own."""
    return [row for row in register.rows if _says_something(register, row)]
