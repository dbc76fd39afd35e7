from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import forms
from kb.errors import InvalidError
from kb.forms import Field, Form
from kb.vocabulary import TemplateForm

FIELDS = (
    Field("Purpose"),
    Field("State", choices=("Open", "Closed")),
    Field("Goals", columns=("Goal", "By")),
)
DOCUMENT = Form(TemplateForm.DOCUMENT, FIELDS)
REGISTER = Form(TemplateForm.REGISTER, (Field("ID"), Field("Score", formula="{ID}*2")))


def test_a_document_takes_texts_numbers_and_tables() -> None:
    (record,) = forms.fill(
        DOCUMENT,
        {"Purpose": "To\r\ncross\x00", "State": "closed", "Goals": [{"Goal": "Bridge", "By": 2027}]},
    )
    assert record == {
        "Purpose": "To\ncross",
        "State": "Closed",
        "Goals": ({"Goal": "Bridge", "By": "2027"},),
    }
    (record,) = forms.fill(DOCUMENT, {"Purpose": None, "Goals": "Bridge | 2027\n\nRoad \\| rail"})
    assert record == {"Purpose": "", "Goals": ({"Goal": "Bridge", "By": "2027"}, {"Goal": "Road | rail"})}


def test_a_register_takes_one_row_or_many() -> None:
    assert forms.fill(REGISTER, {"ID": 1.5}) == ({"ID": "1.5"},)
    assert forms.fill(REGISTER, [{"ID": True}, {}]) == ({"ID": "Yes"}, {})


@pytest.mark.parametrize(
    ("form", "values", "named"),
    [
        (DOCUMENT, {"Porpose": "x"}, "'Porpose'; did you mean 'Purpose'?"),
        (DOCUMENT, {"zzzz": "x"}, "'zzzz'; it has: Purpose, State, Goals."),
        (DOCUMENT, {3: "x"}, "'3'"),
        (DOCUMENT, {"Purpose": ["x"]}, "Purpose"),
        (DOCUMENT, {"State": "Ajar"}, "State: 'Ajar' is not one of Open, Closed."),
        (DOCUMENT, {"Goals": [{"Gaol": "x"}]}, "(in Goals) 'Gaol'; did you mean 'Goal'?"),
        (DOCUMENT, {"Goals": ["x"]}, "Goals, row 1"),
        (DOCUMENT, {"Goals": "a|b|c"}, "Goals, line 1: there are 3 cells for 2 columns"),
        (DOCUMENT, [{"Purpose": "x"}], "an object"),
        (REGISTER, "x", "a list of objects"),
        (REGISTER, [{"ID": "1"}] * (forms.MAX_ROWS + 1), "5,001 rows"),
    ],
)
def test_what_can_not_be_entered_is_named(form: Form, values: Any, named: str) -> None:
    with pytest.raises(InvalidError) as error:
        forms.fill(form, values)
    assert named in str(error.value)


@given(st.text())
def test_any_text_can_be_entered(text: str) -> None:
    (record,) = forms.fill(DOCUMENT, {"Purpose": text})
    kept = record["Purpose"]
    assert isinstance(kept, str)
    kept.encode()
    assert forms.fill(DOCUMENT, record) == (record,)


CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8).map(
    lambda text: " ".join(text.split())
)


@given(st.lists(st.fixed_dictionaries({"Goal": CELLS.filter(bool), "By": CELLS})))
def test_lines_of_a_table_are_read_as_they_are_written(rows: list[dict[str, str]]) -> None:
    assert list(forms.from_lines(("Goal", "By"), forms.lines(("Goal", "By"), rows), "Goals")) == rows


@pytest.mark.parametrize(
    "formula",
    [
        '{ID}&HYPERLINK("x")',
        'WEBSERVICE("http://x")',
        "cmd|'/c calc'!A0",
        "Sheet2!A1",
        "[book.xlsx]A1",
        "{Unknown}*2",
        "{ID}*(2",
        "{ID})*(2",
        "",
    ],
)
def test_a_formula_that_reaches_out_or_is_broken_does_not_work(formula: str) -> None:
    assert not forms.works(formula, ["ID"])


def test_a_formula_gets_its_cells_and_keeps_its_texts() -> None:
    formula = 'IF({ID}="","{ID}",{ID}*2)'
    assert forms.works(formula, ["ID"])
    assert forms.in_formula(formula, {"ID": "A2"}) == 'IF(A2="","{ID}",A2*2)'
