"""The form that a template's text describes."""

import re
from collections.abc import Iterator, Sequence

from ingest import markdown
from ingest.markdown import BlockKind, InnerTable, Parsed
from kb import forms
from kb.forms import Entry, Field, Form, Record, Row
from kb.values import TemplateFields
from kb.vocabulary import TemplateForm

_TABLE_HELP = re.compile(r"Table:\s*(?P<columns>.+?)\.(?:\s+(?P<help>.*)|$)", re.DOTALL)
_ENTRIES = ("field", "entry")
"""The columns of an example's table of texts."""
_LEAST_COLUMNS = 3
_MOST = 0.5


def read(template: TemplateFields, body: str) -> Form:
    """What *template*, whose whole text is *body*, asks for; without fields when it is just a text."""
    asked = markdown.parse(template.fields_to_fill)
    if not asked.tables:
        return _from_table(template, body)
    fields = _fields(template, asked.tables[0])
    example = markdown.parse(template.example)
    read_example = _entries if template.form is TemplateForm.REGISTER else _document
    return Form(
        shape=template.form,
        fields=fields,
        notes=tuple(_texts(asked)),
        example=tuple(read_example(fields, example)),
        example_note=next((block.text for block in _before_sections(example)), ""),
    )


def shape(parsed: Parsed) -> TemplateForm:
    """How a template is filled that does not say so: a register is little more than one table of columns."""
    table = _main_table(parsed)
    return TemplateForm.REGISTER if table else TemplateForm.DOCUMENT


def _from_table(template: TemplateFields, body: str) -> Form:
    """A register whose table itself shows its fields."""
    parsed = markdown.parse(body)
    table = _main_table(parsed) if template.form is TemplateForm.REGISTER else None
    if table is None:
        return Form(template.form, ())
    fields = _with_rules(template, {name: "" for name in table.rows[0] if name})
    return Form(template.form, fields, example=tuple(_rows(table)))


def _main_table(parsed: Parsed) -> InnerTable | None:
    """The table that makes up most of the text."""
    wide = [table for table in parsed.tables if len(table.rows[0]) >= _LEAST_COLUMNS]
    largest = max(wide, key=lambda table: table.end - table.start, default=None)
    if largest is None or largest.end - largest.start < _MOST * len(parsed.body.strip()):
        return None
    return largest


def _fields(template: TemplateFields, table: InnerTable) -> tuple[Field, ...]:
    return _with_rules(
        template, {row[0]: " ".join(filter(None, row[1:])) for row in table.rows[1:] if row[0]}
    )


def _with_rules(template: TemplateFields, helps: dict[str, str]) -> tuple[Field, ...]:
    choices = {one.field: one.values for one in template.choices}
    given = {one.field: one.text.strip().removeprefix("=") for one in template.formulas}
    formulas = {name: text for name, text in given.items() if forms.works(text, list(helps))}
    return tuple(
        _field(name, said, choices.get(name, ()), formulas.get(name, "")) for name, said in helps.items()
    )


def _field(name: str, said: str, choices: tuple[str, ...], formula: str) -> Field:
    found = _TABLE_HELP.match(said)
    if not found:
        return Field(name, said, choices, formula)
    columns = tuple(dict.fromkeys(filter(None, (column.strip() for column in found["columns"].split(";")))))
    return Field(name, found["help"] or "", columns=columns)


def _entries(fields: Sequence[Field], example: Parsed) -> Iterator[Record]:
    """The rows of a register's example, as far as their columns are fields."""
    known = {field.name for field in fields}
    for table in example.tables[:1]:
        for row in _rows(table):
            yield {name: text for name, text in row.items() if name in known}


def _document(fields: Sequence[Field], example: Parsed) -> Iterator[Record]:
    """A document's example: tables of field and entry, and sections headed by a field."""
    known = {field.name: field for field in fields}
    found: dict[str, Entry] = {}
    for table in example.tables:
        if len(table.rows[0]) == len(_ENTRIES) and table.rows[0][0].casefold() in _ENTRIES:
            found |= {name: text for name, text in table.rows[1:] if name in known and text}
    for section in example.sections:
        if section.heading in known:
            within = markdown.parse(example.body[section.content : section.end])
            found[section.heading] = _section(known[section.heading], within)
    if found:
        yield found


def _section(field: Field, within: Parsed) -> Entry:
    if field.columns:
        return tuple(row for table in within.tables[:1] for row in _rows(table))
    return "\n".join(block.text for block in within.blocks)


def _rows(table: InnerTable) -> list[Row]:
    header = table.rows[0]
    filled = [dict(zip(header, row, strict=False)) for row in table.rows[1:]]
    return [{name: text for name, text in row.items() if name and text} for row in filled]


def _texts(parsed: Parsed) -> Iterator[str]:
    return (block.text for block in parsed.blocks if block.kind is BlockKind.TEXT)


def _before_sections(parsed: Parsed) -> Iterator[markdown.Block]:
    """The texts that stand under no heading."""
    return (block for block in parsed.blocks if block.kind is BlockKind.TEXT and not block.headings)
