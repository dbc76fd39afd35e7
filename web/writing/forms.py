"""Templates as files to fill: what the page, the API and the command line give out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from ingest import form_document, form_reading, form_workbook, formats
from kb import forms, items
from kb.access import Principal
from kb.errors import InvalidError
from kb.forms import Form, Head, Record
from kb.items import ItemDetail
from kb.values import TemplateFields
from kb.vocabulary import label
from web.files.names import words_of


class FileFormat(StrEnum):
    """Formats of files."""

    DOCX = "docx"
    XLSX = "xlsx"


MEDIA_TYPES = {
    FileFormat.DOCX: formats.media_type(formats.Format.WORD),
    FileFormat.XLSX: formats.media_type(formats.Format.EXCEL),
}
PROGRAMS = {FileFormat.DOCX: "Word", FileFormat.XLSX: "Excel"}


@dataclass(frozen=True, slots=True)
class Written:
    """A file for somebody to take away."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Template:
    """A template that somebody may fill."""

    item: ItemDetail
    form: Form

    @property
    def formats(self) -> tuple[FileFormat, ...]:
        """What it can be had as, the most fitting first."""
        if not self.form.fields:
            return (FileFormat.DOCX,)
        if self.form.is_register:
            return (FileFormat.XLSX, FileFormat.DOCX)
        return (FileFormat.DOCX, FileFormat.XLSX)


def get(session: Session, principal: Principal, ref: str) -> Template:
    """The template *ref*. Raises NotFoundError, and InvalidError when the item is no template."""
    item = items.get(session, principal, ref)
    found = of(item)
    if found is None:
        raise InvalidError(
            f"{item.head.ref} is of the kind {label(item.head.kind).lower()}; only a template can be filled."
        )
    return found


def of(item: ItemDetail) -> Template | None:
    """*item* to be filled, when it is a template."""
    if not isinstance(item.fields, TemplateFields):
        return None
    return Template(item, form_reading.read(item.fields, item.body))


def fill(template: Template, values: object) -> tuple[Record, ...]:
    """What *values*, by field, enter into *template*. Raises InvalidError, which names the field."""
    return forms.fill(template.form, values)


def write(template: Template, wanted: FileFormat | None, records: Sequence[Record]) -> Written:
    """*template* with *records* in it, as *wanted* or as fits it best.

    Raises InvalidError when it can't be written in that format.
    """
    item, form = template.item, template.form
    head = Head(
        item.head.ref,
        item.head.title,
        item.head.summary,
        item.version,
        item.owner,
        item.head.dated,
        item.language,
    )
    chosen = wanted or template.formats[0]
    if chosen is FileFormat.DOCX:
        content = form_document.write(head, form, records, item.body)
    else:
        content = form_workbook.write(head, form, records)
    stem = "-".join([*words_of(head.title)[:10], *words_of(head.ref)])
    return Written(f"{stem[:100] or 'template'}.{chosen}", MEDIA_TYPES[chosen], content)
