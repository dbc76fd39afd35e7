# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# mammoth has no types
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import docx
import mammoth
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import form_document
from kb import forms as kb_forms
from kb.errors import InvalidError
from kb.forms import Field, Form, Head, Record
from kb.vocabulary import TemplateForm
from tests.ingest import forms

HEAD = Head("T-1", "Plan", "What we do.", 2, "Planner", None, "en")
FORM = Form(
    TemplateForm.DOCUMENT,
    (
        Field("Goal", "Why we do it."),
        Field("State", "Where it stands.", choices=("Open", "Closed")),
        Field("Steps", "In order.", columns=("Step", "Days")),
    ),
    notes=("Read it aloud.",),
)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


def html(content: bytes) -> BeautifulSoup:
    return BeautifulSoup(str(mammoth.convert_to_html(io.BytesIO(content)).value), "lxml")


def words(text: str) -> str:
    return " ".join(text.split())


def written(form: Form, records: tuple[Record, ...] = (), body: str = "") -> bytes:
    return form_document.write(HEAD, form, records, body)


@pytest.mark.parametrize("path", forms.LIBRARY, ids=lambda path: path.stem)
def test_each_template_of_the_library_is_written_blank_and_with_its_example(path: Path) -> None:
    head, form, body = forms.of_library(path)
    blank = html(form_document.write(head, form, (), body))
    filled = html(form_document.write(head, form, form.example, body))
    text = words(blank.get_text(" "))
    assert all(words(note) in text for note in form.notes)
    for field in form.fields:
        assert words(field.name) in text
        assert words(field.help) in text
    said = words(filled.get_text(" "))
    assert words(form.example_note) in said
    for record in form.example:
        for entry in record.values():
            for value in [entry] if isinstance(entry, str) else [v for row in entry for v in row.values()]:
                assert words(value) in said


def test_a_blank_document_has_headings_prompts_drop_downs_and_tables() -> None:
    content = written(FORM)
    document = docx.Document(io.BytesIO(content))
    assert document.paragraphs[0].text == "Plan"
    styles = {p.text: p.style.name for p in document.paragraphs if p.style}
    assert [styles[name] for name in ("Plan", "Goal", "Read it aloud.")] == ["Title", "Heading 1", "Help"]
    control, steps = document.tables
    assert [cell.text for cell in control.rows[0].cells] == [
        "Template", "T-1, version 2", "Owner of the template", "Planner",
    ]  # fmt: skip
    assert [cell.text for cell in steps.rows[0].cells] == ["Step", "Days"]
    assert len(steps.rows) == 4
    xml = ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    assert re.findall(r'<w:listItem [^>]*w:value="(\w+)"', xml) == ["Open", "Closed"]
    assert "<w:tblHeader/>" in xml
    assert "Why we do it." in html(content).get_text()


def test_the_page_number_stands_below_and_language_and_title_are_told() -> None:
    content = written(FORM)
    package = ZipFile(io.BytesIO(content))
    footers = [package.read(name).decode() for name in package.namelist() if "footer" in name]
    assert any(" PAGE " in footer and " NUMPAGES " in footer for footer in footers)
    assert 'w:lang w:val="en-GB"' in package.read("word/styles.xml").decode()
    properties = docx.Document(io.BytesIO(content)).core_properties
    assert (properties.title, properties.author, properties.language) == ("Plan", "Planner", "en")


def test_a_filled_document_says_what_was_entered_and_prompts_for_the_rest() -> None:
    records = kb_forms.fill(FORM, {"Goal": "First\nSecond", "State": "closed", "Steps": "Dig | 3"})
    content = written(FORM, records)
    document = docx.Document(io.BytesIO(content))
    lines = [paragraph.text for paragraph in document.paragraphs]
    assert lines[lines.index("Goal") + 1 :][:2] == ["First", "Second"]
    assert [cell.text for cell in document.tables[1].rows[1].cells] == ["Dig", "3"]
    text = html(content).get_text("\n")
    assert "Closed" in text
    assert "Read it aloud." not in text
    assert "Why we do it." in html(written(FORM, kb_forms.fill(FORM, {"State": "Open"}))).get_text()


def test_a_register_is_a_table_while_it_is_narrow_and_a_table_for_each_entry_when_it_is_wide() -> None:
    narrow = Form(TemplateForm.REGISTER, (Field("ID", "Number."), Field("State", choices=("Open", "Closed"))))
    document = docx.Document(io.BytesIO(written(narrow, ({"ID": "1"}, {"ID": "2", "State": "Open"}))))
    table = document.tables[1]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["ID", "State"],
        ["1", ""],
        ["2", "Open"],
    ]
    page: Any = document.sections[0]
    assert page.page_width > page.page_height
    wide = replace(narrow, fields=tuple(Field(f"F{n}", "Help.") for n in range(12)))
    document = docx.Document(io.BytesIO(written(wide, ({"F0": "a"}, {"F0": "b"}))))
    assert [[cell.text for cell in table.rows[0].cells] for table in document.tables[1:]] == [
        ["F0", "a"],
        ["F0", "b"],
    ]


def test_a_template_without_fields_keeps_its_blocks() -> None:
    body = (
        "## Aim\n\nOne **bold** _word_ and `code`.\n\n1. one\n2. two\n\n   more\n   - inner\n\n> said\n\n"
        "1. again\n\n### Log\n\n| A | B |\n|---|---|\n| **x** | |\n\n```\nplain\n```\n"
    )
    found = html(written(Form(TemplateForm.DOCUMENT, ()), body=body))
    assert [(tag.name, tag.get_text()) for tag in found.find_all(["h1", "h2"])] == [
        ("h1", "Aim"),
        ("h2", "Log"),
    ]
    assert [tag.get_text() for tag in found.find_all("strong")] == ["bold", "A", "B", "x"]
    assert next(tag.get_text() for tag in found.select("ol > li")) == "one"
    assert [cell.get_text() for cell in found.select("td, th")] == ["A", "B", "x", ""]
    for text in ("inner", "said", "plain", "again"):
        assert text in found.get_text()


@settings(deadline=None, max_examples=40)
@given(TEXTS, TEXTS)
def test_any_text_survives(goal: str, cell: str) -> None:
    (record,) = kb_forms.fill(FORM, {"Goal": goal, "Steps": [{"Step": cell}]})
    document = docx.Document(io.BytesIO(written(FORM, (record,))))
    lines = [paragraph.text for paragraph in document.paragraphs]
    start = lines.index("Goal") + 1
    entered = str(record["Goal"]).split("\n")
    if entered[0]:
        assert lines[start : start + len(entered)] == entered
    (row,) = record["Steps"]
    assert isinstance(row, dict)
    assert document.tables[1].rows[1].cells[0].text == row["Step"]


def test_more_than_a_document_shows_is_refused() -> None:
    rows = tuple({"ID": str(n)} for n in range(form_document.MAX_CELLS + 1))
    with pytest.raises(InvalidError, match="ask for XLSX"):
        written(Form(TemplateForm.REGISTER, (Field("ID"),)), rows)
