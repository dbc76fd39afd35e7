"""A template as a Word document (DOCX): headings, tables, and places to write in."""

# pyright: reportPrivateUsage=false
# python-docx gives its XML only through names like these

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from ingest import word_markdown, word_parts
from ingest.word_parts import CELL, GREY, HELP, PLACEHOLDER
from kb import forms
from kb.errors import InvalidError
from kb.forms import Field, Form, Head, Record, Row
from kb.vocabulary import TemplateForm

MAX_CELLS = 3_000
"""Cells of all tables together; a workbook holds more."""
_WIDEST_TABLE = 8
"""Columns of a register that stand side by side; with more, each entry gets a table of its own."""
_ROOM = 3
"""Empty rows of a table to be filled."""
_FONT = "Calibri"
_INK = RGBColor(0x1F, 0x3A, 0x5F)
_ABOUT = ("Version", "Date", "Author")
"""What the person who fills the form says of the document."""


def write(head: Head, form: Form, records: Sequence[Record], body: str) -> bytes:
    """*form* with what *records* enter into it; *body*, Markdown, where the template has no fields.

    Raises InvalidError when its tables would be too large for a document.
    """
    written = _Writer(head)
    if not form.fields:
        word_markdown.add(written.document, body)
    elif form.shape is TemplateForm.REGISTER:
        written.register(form, records)
    else:
        written.form(form, records)
    return written.bytes()


class _Writer:
    def __init__(self, head: Head) -> None:
        self.document = docx.Document()
        self._head = head
        self._controls = 0
        self._cells = 0
        _set_styles(self.document.styles, head.language)
        _set_page(self.document.sections[0])
        self._properties()
        self._edges()
        self.document.add_paragraph(head.title, "Title")

    def bytes(self) -> bytes:
        """The whole file."""
        target = BytesIO()
        self.document.save(target)
        return target.getvalue()

    def form(self, form: Form, records: Sequence[Record]) -> None:
        """A heading for each field of a document, and what is entered below it."""
        record: Record = records[0] if records else {}
        self._control_block()
        self._advice(form, records)
        for field in form.fields:
            self.document.add_heading(field.name, 1)
            entry = record.get(field.name, "")
            if field.columns:
                rows = entry if isinstance(entry, tuple) else ()
                if field.help and not rows:
                    self.document.add_paragraph(field.help, HELP)
                self._table([Field(name) for name in field.columns], rows)
            else:
                self._text(field, entry if isinstance(entry, str) else "")

    def register(self, form: Form, records: Sequence[Record]) -> None:
        """A table of all entries, or a table for each when there are many fields."""
        rows = forms.rows_of(records)
        wide = len(form.fields) > _WIDEST_TABLE
        if not wide:
            section = self.document.sections[0]
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = section.page_height, section.page_width
        self._control_block()
        self._advice(form, records)
        if wide:
            for number, row in enumerate(rows or [{}], 1):
                self._one(form, row, number)
            return
        self._table(form.fields, rows)
        if any(field.help for field in form.fields):
            self.document.add_heading("How to fill the columns", 1)
            helps = [{"Field": field.name, "Help": field.help} for field in form.fields]
            self._table([Field("Field"), Field("Help")], helps)

    def _one(self, form: Form, row: Row, number: int) -> None:
        """One entry of a register, field by field."""
        self._count(len(form.fields))
        self.document.add_heading(f"Entry {number}", 1)
        table = self.document.add_table(0, 2, "Table Grid")
        for field in form.fields:
            name, cell = table.add_row().cells
            word_parts.title(name, field.name)
            self._entry(cell.paragraphs[0], field, row.get(field.name, ""))
        word_parts.share(table, (1, 3), word_parts.text_width(self.document))

    def _table(self, fields: Sequence[Field], rows: Sequence[Row]) -> None:
        self._count(len(rows) * len(fields))
        texts = [tuple(row.get(field.name, "") for field in fields) for row in rows]
        names = [field.name for field in fields]
        shares = word_markdown.weights([tuple(names), *texts])
        made = word_parts.table(self.document, names, len(rows) or _ROOM, shares)
        for row, cells in zip(list(made.rows)[1:], texts, strict=False):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.paragraphs[0].add_run(text)
        if not rows:
            self._choices(fields, list(made.rows)[1:])

    def _choices(self, fields: Sequence[Field], rows: Sequence[Any]) -> None:
        """Drop-downs in empty rows."""
        for row in rows:
            for cell, field in zip(row.cells, fields, strict=True):
                if field.choices:
                    self._control(cell.paragraphs[0], field.name, "Choose", choices=field.choices)

    def _text(self, field: Field, text: str) -> None:
        """The entry below a field's heading, a paragraph for each of its lines."""
        first, *others = text.split("\n")
        self._entry(self.document.add_paragraph(), field, first or text)
        for line in others:
            self.document.add_paragraph(line)

    def _entry(self, paragraph: Paragraph, field: Field, text: str) -> None:
        """What is entered into *field*, or a place to enter it."""
        if field.choices or not text:
            prompt = field.help or ("Choose one." if field.choices else "Write here.")
            self._control(paragraph, field.name, prompt, text, field.choices)
        else:
            paragraph.add_run(text)

    def _control(
        self, paragraph: Paragraph, name: str, prompt: str, text: str = "", choices: Sequence[str] = ()
    ) -> None:
        self._controls += 1
        word_parts.control(paragraph, name, prompt, self._controls, text, choices)

    def _control_block(self) -> None:
        """Which template it comes from, and who fills it."""
        head = self._head
        issued = f", {head.dated.day} {head.dated:%B %Y}" if head.dated else ""
        table = self.document.add_table(0, 4, "Table Grid")
        said = {
            "Template": f"{head.ref}, version {head.version}{issued}",
            "Owner of the template": head.owner,
        }
        cells = [cell for _ in range(3) for cell in table.add_row().cells]
        prompts = {name: f"{name} of this document" for name in _ABOUT} | {"Project": "Name of the project"}
        for place, name in enumerate((*said, *prompts)):
            word_parts.title(cells[2 * place], name)
            paragraph = cells[2 * place + 1].paragraphs[0]
            if name in said:
                paragraph.add_run(said[name])
            else:
                self._control(paragraph, name, prompts[name])
        word_parts.share(table, (2, 3, 2, 3), word_parts.text_width(self.document))
        self.document.add_paragraph(style="No Spacing")

    def _advice(self, form: Form, records: Sequence[Record]) -> None:
        for text in form.said_of(records):
            self.document.add_paragraph(text, HELP)

    def _count(self, cells: int) -> None:
        self._cells += cells
        if self._cells > MAX_CELLS:
            raise InvalidError("That is more than a document can show in its tables: ask for XLSX.")

    def _properties(self) -> None:
        properties, head = self.document.core_properties, self._head
        properties.title, properties.subject = head.title[:255], head.ref[:255]
        properties.author, properties.comments = head.owner[:255], head.summary[:255]
        properties.language = head.language[:255]
        properties.created = properties.modified = datetime.now(UTC).replace(tzinfo=None)
        properties.last_modified_by = ""

    def _edges(self) -> None:
        """The title above each page, its number below."""
        section = self.document.sections[0]
        above = section.header.paragraphs[0]
        above.text, above.alignment = f"{self._head.title} · {self._head.ref}", WD_ALIGN_PARAGRAPH.RIGHT
        below = section.footer.paragraphs[0]
        below.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        for text, code in (("Page ", "PAGE"), (" of ", "NUMPAGES")):
            below.add_run(text)
            word_parts.field_code(below, code)


def _set_page(section: Any) -> None:
    """A4, upright."""
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2.2)


def _set_styles(styles: Any, language: str) -> None:
    defaults = styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    defaults.set(qn("w:val"), "en-GB" if language in ("", "en") else language.replace("_", "-"))
    _set(styles["Normal"], Pt(10.5), after=Pt(4))
    _set(styles["Title"], Pt(22), ink=_INK, after=Pt(10))
    for level, size in enumerate((14, 12, 11), 1):
        _set(styles[f"Heading {level}"], Pt(size), ink=_INK, before=Pt(12), after=Pt(3))
    for name in ("Header", "Footer"):
        _set(styles[name], Pt(8.5), ink=GREY)
    _set(styles.add_style(CELL, WD_STYLE_TYPE.PARAGRAPH), Pt(10), before=Pt(2), after=Pt(2))
    advice = _set(styles.add_style(HELP, WD_STYLE_TYPE.PARAGRAPH), Pt(10), ink=GREY, after=Pt(4))
    advice.font.italic = advice.paragraph_format.keep_with_next = True
    prompt = styles.add_style(PLACEHOLDER, WD_STYLE_TYPE.CHARACTER)
    prompt.font.color.rgb, prompt.font.italic = GREY, True


def _set(
    style: ParagraphStyle,
    size: Length,
    *,
    ink: RGBColor | None = None,
    before: Length | None = None,
    after: Length | None = None,
) -> ParagraphStyle:
    """Give *style* the document's font, which its theme would otherwise overrule."""
    style.font.name, style.font.size = _FONT, size
    fonts: Any = style.element.find(f".//{qn('w:rFonts')}")
    for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{kind}"), None)
    if ink is not None:
        style.font.color.rgb = ink
    if before is not None:
        style.paragraph_format.space_before = before
    if after is not None:
        style.paragraph_format.space_after = after
    return style
