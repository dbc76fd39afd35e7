# pyright: reportPrivateUsage=false
# python-docx gives its XML only through names like these
"""Parts of Word documents that python-docx has no words for: fields, content controls, tables that repeat."""

from collections.abc import Sequence
from typing import Any, cast

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Length, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

HELP = "Help"
"""The paragraph style of advice."""
PLACEHOLDER = "Placeholder Text"
"""The style of a prompt."""
CELL = "Cell"
"""The paragraph style of tables."""
GREY = RGBColor(0x59, 0x59, 0x59)
_SHADE = "DCE6F1"
_SMALL = 6
"""Rows of a table that stay on one page."""
_NAME = 64
"""Characters of a content control's name."""


def _element(tag: str, **attributes: str) -> Any:
    made: Any = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def field_code(paragraph: Paragraph, code: str) -> None:
    """Append what Word works out itself, such as the number of the page."""
    for kind in ("begin", code, "separate", "1", "end"):
        run = paragraph.add_run()
        if kind == code:
            instruction = _element("instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {code} "
            run._r.append(instruction)
        elif kind == "1":
            run.text = kind
        else:
            run._r.append(_element("fldChar", fldCharType=kind))


def control(
    paragraph: Paragraph, name: str, prompt: str, number: int, text: str = "", choices: Sequence[str] = ()
) -> None:
    """Append a place to write in, named *name*: it shows *prompt* until something is written or chosen."""
    properties = _element("sdtPr")
    properties.append(_element("alias", val=name[:_NAME]))
    properties.append(_element("tag", val=f"field-{number}"))
    properties.append(_element("id", val=str(number)))
    if not text:
        properties.append(_element("showingPlcHdr"))
    if choices:
        properties.append(_drop_down(choices))
    run = paragraph.add_run(text or prompt)
    if not text:
        run._r.style = PLACEHOLDER.replace(" ", "")
        run.italic, run.font.color.rgb = True, GREY  # LibreOffice does not show the style's own
    content = _element("sdtContent")
    content.append(run._r)
    whole = _element("sdt")
    whole.append(properties)
    whole.append(content)
    paragraph._p.append(whole)


def _drop_down(choices: Sequence[str]) -> Any:
    made = _element("dropDownList")
    for choice in dict.fromkeys(choices):
        made.append(_element("listItem", displayText=choice, value=choice[:255]))
    return made


def table(document: Document, header: Sequence[str], rows: int, weights: Sequence[float]) -> Table:
    """A table of *rows* empty rows below a header that each page repeats, as wide as the page allows."""
    made = document.add_table(rows + 1, len(header), "Table Grid")
    share(made, weights, text_width(document))
    for cell, name in zip(made.rows[0].cells, header, strict=True):
        title(cell, name)
    properties: Any = made.rows[0]._tr.get_or_add_trPr()
    properties.append(_element("tblHeader"))
    for number, row in enumerate(made.rows):
        kept: Any = row._tr.get_or_add_trPr()
        kept.insert(0, _element("cantSplit"))
        together = number == 0 or number < rows <= _SMALL
        row.cells[0].paragraphs[0].paragraph_format.keep_with_next = together or None
    return made


def text_width(document: Document) -> Length:
    """The width between the margins."""
    section = document.sections[-1]
    widths = (section.page_width, section.left_margin, section.right_margin)
    page, left, right = (cast(int, width) for width in widths)
    return Emu(page - left - right)


def share(made: Table, weights: Sequence[float], width: Length) -> None:
    """Give the columns of a table their shares of *width*, and its cells their style."""
    made.autofit = False
    shares = [Emu(int(width * weight / sum(weights))) for weight in weights]
    for column, own in zip(made.columns, shares, strict=True):
        column.width = own
    for row in made.rows:
        for cell, own in zip(row.cells, shares, strict=True):
            cell.width = own
            cell.paragraphs[0]._p.style = CELL  # by its id: python-docx looks through all styles for a name


def title(cell: _Cell, text: str) -> None:
    """Write the name of a column or row into its cell."""
    paragraph = cell.paragraphs[0]
    paragraph.add_run(text).bold = True
    properties: Any = cell._tc.get_or_add_tcPr()
    properties.append(_element("shd", val="clear", color="auto", fill=_SHADE))
