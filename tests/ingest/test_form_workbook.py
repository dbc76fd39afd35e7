import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from ingest import form_cells, form_workbook
from kb import forms as kb_forms
from kb.errors import InvalidError
from kb.forms import Field, Form, Head, Record
from kb.vocabulary import TemplateForm
from tests.ingest import forms

HEAD = Head("T-1", "Log", "What happened.", 1, "Planner", None, "en")
LONG = tuple(f"A rather long choice, number {n}" for n in range(20))
FORM = Form(
    TemplateForm.REGISTER,
    (
        Field("ID", "Never reused."),
        Field("Level (1–5)", choices=("1", "2", "3")),
        Field("Rule", choices=("0/100", "50/50")),
        Field("Due"),
        Field("Area", choices=LONG),
        Field("Double", formula="{Level (1–5)}*2"),
        Field("Sign", formula='IF({Double}="","","x")'),
    ),
    notes=("Weekly.",),
    example=({"ID": "1.1", "Level (1–5)": "2", "Due": "2027-02-01"}, {"ID": "TOTAL"}),
)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


def book(form: Form, records: tuple[Record, ...] = (), *, shown: bool = False) -> Any:
    return load_workbook(io.BytesIO(form_workbook.write(HEAD, form, records)), data_only=shown)


def as_written(value: Any, shown: str) -> str:
    """A cell as its program shows it."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, int | float) and shown.startswith(("0", "#")):
        decimals = len(shown.partition(".")[2])
        return f"{value:,.{decimals}f}" if "," in shown else f"{value:.{decimals}f}"
    if isinstance(value, float):
        return f"{value:.15g}"
    return "" if value is None else str(value)


def rules(sheet: Any) -> dict[str, str]:
    return {str(rule.sqref): str(rule.formula1) for rule in sheet.data_validations.dataValidation}


@pytest.mark.parametrize("path", forms.LIBRARY, ids=lambda path: path.stem)
def test_each_template_of_the_library_is_written_blank_and_with_its_example(path: Path) -> None:
    head, form, _ = forms.of_library(path)
    blank = load_workbook(io.BytesIO(form_workbook.write(head, form, ())))
    filled = load_workbook(io.BytesIO(form_workbook.write(head, form, form.example)), data_only=True)
    cells = [str(cell.value) for sheet in blank for row in sheet.iter_rows() for cell in row]
    assert {field.name for field in form.fields} <= set(cells)
    shown = {
        as_written(cell.value, cell.number_format).replace("-", "−")
        for sheet in filled
        for row in sheet.iter_rows()
        for cell in row
    }
    for record in form.example:
        for entry in record.values():
            for value in [entry] if isinstance(entry, str) else [v for row in entry for v in row.values()]:
                assert value.replace("-", "−") in shown
    if form.is_register:
        check_blank_register(form, blank["Register"])


def check_blank_register(form: Form, sheet: Any) -> None:
    assert [cell.value for cell in sheet[1]] == [field.name for field in form.fields]
    assert sheet.max_row == (form_workbook.ROWS + 1 if any(f.formula for f in form.fields) else 1)
    assert sheet.auto_filter.ref.endswith(str(form_workbook.ROWS + 1))
    assert sheet.freeze_panes == "B2"
    assert len(rules(sheet)) == sum(1 for field in form.fields if field.choices)
    for place, field in enumerate(form.fields, 1):
        last = sheet.cell(form_workbook.ROWS + 1, place).value
        assert (str(last)[:1] == "=") == bool(field.formula)
        if field.formula:
            assert "{" not in str(last)


def test_values_are_dates_numbers_and_texts() -> None:
    entered = {"ID": "1.10", "Level (1–5)": "3", "Rule": "50/50", "Due": "2027-02-03", "Area": LONG[3]}
    sheet = book(FORM, kb_forms.fill(FORM, [entered]))["Register"]
    values = [cell.value for cell in sheet[2]][:5]
    assert values == ["1.10", 3, "50/50", datetime(2027, 2, 3), LONG[3]]  # noqa: DTZ001 - a workbook knows no zones
    assert sheet["D2"].number_format == "yyyy-mm-dd"
    assert sheet.column_dimensions["D"].width >= 7


def test_drop_downs_stand_in_the_cell_or_in_a_hidden_list() -> None:
    opened = book(FORM)
    found = rules(opened["Register"])
    assert found["B2:B201"] == '"1,2,3"'
    assert found["E2:E201"] == "Lists!$A$1:$A$20"
    assert opened["Lists"].sheet_state == "hidden"
    assert [cell.value for cell in opened["Lists"]["A"]] == list(LONG)


def test_formulas_go_down_and_stay_empty_with_their_row() -> None:
    sheet = book(FORM)["Register"]
    assert sheet["F2"].value == '=IF(COUNTA(B2)=0,"",B2*2)'
    assert sheet["G201"].value == '=IF(F201="","","x")'
    filled = kb_forms.fill(FORM, [{"Level (1–5)": "2", "Double": "4"}])
    assert book(FORM, filled, shown=True)["Register"]["F2"].value == 4
    assert book(FORM, filled, shown=True)["Register"]["F3"].value is None


def test_help_stands_on_a_sheet_and_at_the_headers() -> None:
    opened = book(FORM)
    assert [cell.value for cell in opened["Help"]["B"]][1] == "Never reused."
    assert opened["Register"]["A1"].comment.text == "Never reused."
    assert "Weekly." in [cell.value for cell in opened["Help"]["A"]]


def test_a_document_has_a_sheet_of_entries_and_one_for_each_table() -> None:
    fields = (Field("State", choices=("Red", "Green")), Field("Steps: all/any", columns=("Step", "Days")))
    form = Form(TemplateForm.DOCUMENT, fields)
    opened = book(form, kb_forms.fill(form, {"State": "red", "Steps: all/any": "Dig | 3"}))
    assert opened.sheetnames == ["Form", "Steps all any"]
    assert [cell.value for cell in opened["Form"]["B"]] == ["Entry", "Red", "See the sheet “Steps all any”"]
    assert rules(opened["Form"]) == {"B2": '"Red,Green"'}
    assert [[cell.value for cell in row] for row in opened["Steps all any"].iter_rows()] == [
        ["Step", "Days"],
        ["Dig", 3],
    ]


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_any_text_survives_and_none_becomes_a_formula(text: str) -> None:
    form = Form(TemplateForm.REGISTER, (Field("ID"), Field("Event")))
    (record,) = kb_forms.fill(form, {"Event": text})
    cell = book(form, (record,))["Register"]["B2"]
    entered = record["Event"]
    assert isinstance(entered, str)
    assert cell.data_type != "f"
    if isinstance(form_cells.cell(entered).value, str):
        assert (cell.value or "") == entered
    else:
        assert as_written(cell.value, cell.number_format).replace("-", "−") == entered.replace("-", "−")


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "@SUM(A1)", "-1+1", "http://x", "{=1}"])
def test_what_looks_like_a_formula_or_a_link_is_text(text: str) -> None:
    form = Form(TemplateForm.REGISTER, (Field("ID"), Field("Event")))
    cell = book(form, ({"Event": text},))["Register"]["B2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2027-02-30", "2027-02-30"),
        ("1899-01-01", "1899-01-01"),
        ("007", "007"),
        ("1,234.50", 1234.5),
        ("−5", -5),
        ("12345678901234567", "12345678901234567"),
        ("1,23", "1,23"),
        ("٣", "٣"),
        ("12 %", "12 %"),
    ],
)
def test_only_what_is_a_number_becomes_one(text: str, value: str | float) -> None:
    assert form_cells.cell(text).value == value


def test_a_text_without_fields_and_a_text_too_long_are_refused() -> None:
    with pytest.raises(InvalidError, match="as DOCX"):
        book(Form(TemplateForm.DOCUMENT, ()))
    with pytest.raises(InvalidError, match="32,767"):
        book(FORM, ({"ID": "x" * 32_768},))
