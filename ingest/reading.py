"""One file to drafts of items. Pure: no database, nothing written; runs in the reading process."""

import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest import documents, formats, legacy, markdown, registers, rows
from ingest.columns import ColumnUse
from ingest.converted import Body, Converted, Part, Row, Table, join
from ingest.exchange import reading as returning
from ingest.exchange.reading import Returned
from ingest.formats import Format
from ingest.recognise import Names
from ingest.registers import Register
from ingest.rows import LeftOut
from kb.errors import InvalidError
from kb.settings import Limits
from kb.values import ItemDraft

_LESSONS_HEADER = re.compile(
    r"(?im)^[ \t]*\|.*(?:lesson|learn|recommend|actions?\b).*\|[ \t]*\n[ \t]*\|[ \t:|-]+$"
)
_TABLE_NAMES = re.compile(r"(?i)template|checklist|form\b|example")


@dataclass(frozen=True, slots=True)
class Task:
    """A file to be read."""

    path: Path
    names: Names
    limits: Limits
    mapping: Mapping[str, str]
    whole: bool = False
    """Whether it is one document whatever registers stand in it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds."""

    media_type: str
    drafts: tuple[ItemDraft, ...]
    columns: tuple[ColumnUse, ...] = ()
    """Of its registers, in order."""
    note: str = ""
    returned: Returned | None = None
    """Instead of drafts: a register that was given out here."""
    notes: Mapping[str, str] = field(default_factory=dict[str, str])
    """Key of a draft → what of its row could not be used."""
    left_out: tuple[LeftOut, ...] = ()
    """Rows of its registers that gave no draft."""
    offered: tuple[ColumnUse, ...] = ()
    """Columns of a table that was not recognised as a register."""


def read(task: Task) -> Reading:
    """Read one file. Raises InvalidError with the reason when it can't be read within the limits."""
    found = formats.recognise(task.path, task.names.file)
    with ExitStack() as stack:
        path, modern = task.path, found
        if legacy.is_legacy(found):
            path, modern = stack.enter_context(legacy.modern(path, found, task.limits))
        converted = _convert(path, modern, task.limits)
        if modern in (Format.EXCEL, Format.CSV) and returning.recognised(converted, task.mapping):
            returned = returning.read(path, modern, task.limits, task.mapping)
            return Reading(formats.media_type(found), (), returned.uses, returned=returned)
    _check_length(converted, task.limits)
    found_registers, rest = ([], converted) if task.whole else _registers(converted, task)
    items: list[ItemDraft] = []
    notes: dict[str, str] = {}
    left: list[LeftOut] = []
    for number, register in enumerate(found_registers):
        prefix = f"{register.sheet}:" if register.sheet else (f"table{number}:" if number else "")
        for given in rows.read(register, prefix):
            if isinstance(given, LeftOut):
                left.append(given)
                continue
            draft, said = given
            items.append(draft)
            notes.update({draft.key: said} if said else {})
    body = join(rest.parts)
    if not items or _worth_keeping(body):
        items.append(documents.draft(rest, body, task.names))
    uses = tuple(use for register in found_registers for use in register.uses)
    table = next((part.table for part in converted.parts if part.table and not uses), None)
    offered = registers.offered(table) if table else ()
    return Reading(
        formats.media_type(found),
        tuple(items),
        uses,
        converted.note,
        notes=notes,
        left_out=tuple(left),
        offered=offered,
    )


def _convert(path: Path, found: Format, limits: Limits) -> Converted:
    """Readers are loaded when first needed: most runs meet few formats."""
    match found:
        case Format.MARKDOWN | Format.TEXT:
            from ingest import plain

            data = path.read_bytes()
            return plain.read_markdown(data) if found is Format.MARKDOWN else plain.read_text(data)
        case Format.CSV:
            from ingest import delimited

            return delimited.read(path.read_bytes(), limits)
        case Format.JSON_LD:
            from ingest import courses

            return courses.read(path.read_bytes(), limits)
        case Format.HTML:
            from ingest import web_pages

            return web_pages.read(path.read_bytes())
        case Format.EMAIL:
            from ingest import mail

            return mail.read(path.read_bytes())
        case Format.PDF:
            from ingest import pdf

            return pdf.read(path, limits)
        case Format.WORD:
            from ingest import word

            return word.read(path, limits)
        case Format.EXCEL:
            from ingest import sheets

            return sheets.read(path, limits)
        case Format.POWERPOINT:
            from ingest import slides

            return slides.read(path, limits)
        case _:
            raise InvalidError(f"{found.value} files can't be read.")


def _check_length(converted: Converted, limits: Limits) -> None:
    length = sum(len(part.text) for part in converted.parts)
    if length > limits.characters:
        raise InvalidError(
            f"It holds {length:,} characters, more than {limits.characters:,} (KB_LIMIT_CHARACTERS)."
        )


def _registers(converted: Converted, task: Task) -> tuple[list[Register], Converted]:
    """Registers among the file's tables, and the file without them."""
    found: list[Register] = []
    kept: list[Part] = []
    name = f"{task.names.file} {' '.join(task.names.folders[-1:])}"
    for part in converted.parts:
        if part.table is not None:
            register = registers.recognise(part.table, f"{name} {part.table.sheet or ''}", task.mapping)
            if register is None:
                kept.append(part)
            else:
                found.append(register)
                kept.extend(_above(register))
        else:
            inner, text = _inner(part.text, task)
            found.extend(inner if not converted.front.get("kind") else ())
            kept.append(replace(part, text=text) if inner and not converted.front.get("kind") else part)
    return found, replace(converted, parts=tuple(kept))


def _above(register: Register) -> list[Part]:
    """What stands above a register's header, when it says more than a title."""
    from ingest import tables

    above = Table(register.above, register.sheet)
    said = sum(1 for row in register.above for cell in row.cells if cell)
    return [replace(tables.part(above), table=None)] if said > 2 else []


def _inner(text: str, task: Task) -> tuple[list[Register], str]:
    """Registers among the tables within *text*, and *text* without them."""
    if not _LESSONS_HEADER.search(text) or _TABLE_NAMES.search(task.names.file):
        return [], text
    found: list[Register] = []
    for table in reversed(markdown.parse(text).tables):
        plain = Table(tuple(Row(0, cells) for cells in table.rows))
        register = registers.recognise(plain, task.names.file, task.mapping, within_text=True)
        if register is not None:
            found.insert(0, register)
            text = text[: table.start] + text[table.end :]
    return found, text.strip("\n")


def _worth_keeping(body: Body) -> bool:
    """Whether what is left beside a register says anything."""
    return sum(len(block.text) for block in markdown.parse(body.text).blocks) > 80
