from pathlib import Path

import pytest

from kb.forms import Field
from kb.vocabulary import TemplateForm
from tests.ingest import forms
from tests.ingest.forms import Template

FRONT = "---\nkind: template\ntitle: T\n{}---\n\n"
FIELDS = """## Fields

| Field | Help |
|---|---|
| Goal | **Why** we do it. |
| State | Where it stands. |
| Score | Worked out. |
| Steps | Table: Step; Days. In order. |
| Evidence | Table: Paper; Page. |

Read it aloud.

## Example

*Invented example: a bridge.*

| Field | Entry |
|---|---|
| Goal | Cross \\| return |
| Unheard of | x |

### Steps

| Step | Days |
|---|---|
| Dig | 3 |
| Build | |

### State

Open, since

- Monday
"""


def read(tmp_path: Path, text: str, front: str = "", name: str = "t.md") -> Template:
    path = tmp_path / name
    path.write_text(FRONT.format(front) + text)
    return forms.of(forms.draft(path, name))


def test_a_document_s_fields_choices_tables_and_example_are_read(tmp_path: Path) -> None:
    rules = 'choices:\n  State: [Open, 3]\nformulas:\n  Score: "={Goal}*2"\n  Goal: "Sheet2!A1"\n'
    form = read(tmp_path, FIELDS, rules).form
    assert form.shape is TemplateForm.DOCUMENT
    assert form.fields == (
        Field("Goal", "Why we do it."),
        Field("State", "Where it stands.", choices=("Open", "3")),
        Field("Score", "Worked out.", formula="{Goal}*2"),
        Field("Steps", "In order.", columns=("Step", "Days")),
        Field("Evidence", "", columns=("Paper", "Page")),
    )
    assert form.notes == ("Read it aloud.",)
    assert form.example_note == "Invented example: a bridge."
    assert form.example == (
        {
            "Goal": "Cross | return",
            "State": "Open, since\nMonday",
            "Steps": ({"Step": "Dig", "Days": "3"}, {"Step": "Build"}),
        },
    )


def test_others_text_without_fields_is_a_document_without_fields(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "## Aim\n\nWrite the aim.\n\n| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |\n\n" + "Text. " * 30,
    )
    assert (found.form.shape, found.form.fields) == (TemplateForm.DOCUMENT, ())


def test_others_table_of_columns_is_a_register(tmp_path: Path) -> None:
    table = "| ID | Risk | Owner |\n|---|---|---|\n| 1 | Rain may come | Jane |\n"
    form = read(tmp_path, f"Our log.\n\n{table}").form
    assert form.shape is TemplateForm.REGISTER
    assert [field.name for field in form.fields] == ["ID", "Risk", "Owner"]
    assert form.example == ({"ID": "1", "Risk": "Rain may come", "Owner": "Jane"},)


def test_a_form_that_is_stated_wins(tmp_path: Path) -> None:
    assert read(tmp_path, FIELDS, "form: register\n").form.shape is TemplateForm.REGISTER
    assert read(tmp_path, "Only words.", "form: register\n").form.fields == ()


@pytest.mark.parametrize("front", ["choices: [a, b]\n", "choices:\n  State: 7\n", "formulas: x\nform: 9\n"])
def test_front_matter_that_makes_no_sense_is_left_out(tmp_path: Path, front: str) -> None:
    form = read(tmp_path, FIELDS, front).form
    assert form.shape is TemplateForm.DOCUMENT
    assert not any(field.choices or field.formula for field in form.fields)


@pytest.mark.parametrize("path", forms.LIBRARY, ids=lambda path: path.stem)
def test_each_template_of_the_library_is_a_form_with_an_example_that_it_allows(path: Path) -> None:
    form = forms.of_library(path).form
    assert form.fields
    assert form.example
    assert form.example_note
    fields = {field.name: field for field in form.fields}
    for record in form.example:
        for name, entry in record.items():
            field = fields[name]
            if isinstance(entry, str):
                assert not field.columns
                assert not field.choices or entry in field.choices
            else:
                assert {column for row in entry for column in row} <= set(field.columns)
