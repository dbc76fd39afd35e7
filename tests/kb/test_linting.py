from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.life import linting
from kb.life.linting import Rule
from kb.values import LessonFields

GOOD = LessonFields(
    event="The supplier of the pumps delivered six weeks after the agreed date, in the third month.",
    effect="The commissioning team waited for 31 days, at £4,000 a day.",
    causes="- The order named a week, not a date, and no one confirmed it after the design change.",
    recommendation="1. The **commercial lead** confirms each delivery date within a day of any change.",
)


def rules(lesson: LessonFields, title: str = "Late pumps held up commissioning") -> set[Rule]:
    return {finding.rule for finding in linting.lint(title, lesson)}


def test_nothing_is_found_in_a_good_lesson() -> None:
    assert linting.lint("Late pumps held up commissioning", GOOD) == []
    assert linting.score([]) == 100


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"recommendation": ""}, Rule.RECOMMENDATION),
        ({"recommendation": "Improve communication."}, Rule.RECOMMENDATION),
        ({"recommendation": "Confirm dates before ordering."}, Rule.WHO),
        ({"recommendation": "The buyer confirms dates."}, Rule.WHEN),
        ({"causes": " "}, Rule.CAUSE),
        ({"effect": ""}, Rule.EFFECT),
        ({"event": "It was late."}, Rule.ALONE),
        ({"event": f"This was late again. {GOOD.event}"}, Rule.ALONE),
        ({"event": f"{GOOD.event} See attached."}, Rule.ALONE),
        ({"effect": "The FMEA was done twice."}, Rule.ACRONYM),
        ({"causes": "The buyer was careless."}, Rule.BLAME),
        ({"causes": "Mr Miller forgot the date."}, Rule.NAME),
        ({"event": "word " * 400}, Rule.LENGTH),
    ],
)
def test_each_fault_is_found_alone(change: dict[str, str], rule: Rule) -> None:
    assert rules(replace(GOOD, **change)) == {rule}


def test_an_acronym_is_known_once_it_is_spelt_out() -> None:
    spelt = replace(GOOD, effect="The failure mode analysis (FMEA) was done twice; the FMEA took a week.")
    assert rules(spelt) == set()
    assert rules(replace(GOOD, effect="The FMEA (failure mode analysis) was done twice.")) == set()


def test_the_weightiest_finding_comes_first_and_counts_once() -> None:
    found = linting.lint("x", LessonFields(event="This is.", recommendation="Ditto."))
    assert found[0].rule is Rule.CAUSE
    assert linting.score([*found, *found]) == linting.score(found) < 60


@given(st.text(), st.builds(LessonFields, st.text(), st.text(), st.text(), st.text()))
def test_any_text_has_a_score(title: str, lesson: LessonFields) -> None:
    assert 0 <= linting.score(linting.lint(title, lesson)) <= 100
