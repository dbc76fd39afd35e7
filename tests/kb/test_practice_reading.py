"""What is read out of a practice's own fields."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.practices import reading
from kb.practices.reading import Measure, Rhythm
from kb.values import PracticeFields


def _steps(text: str) -> tuple[reading.PracticeStep, ...]:
    return reading.steps(PracticeFields(steps=text))


def test_a_step_tells_who_does_what_and_when() -> None:
    first, second, third = _steps(
        "1. **Week 2: the business case author** holds a workshop of two to three hours with operations.\n"
        "2. Discount what is unlikely.\n"
        "3. **Within five working days** the sponsor answers.\n\n*Invented example.* Nobody did.\n"
    )
    assert (first.when, first.who, first.days, first.hours) == ("Week 2", "Business case author", 5, 3.0)
    assert first.together
    assert first.headline == "The business case author holds a workshop of two to three hours with operations"
    assert second.who == "Business case author"  # who took the step before
    assert (third.when, third.who, third.days) == ("Within five working days", "Sponsor", 5)
    assert "Invented" not in third.text


@pytest.mark.parametrize(
    ("text", "rhythm"),
    [
        ("**Weekly, 15 minutes:** the accountant looks at old invoices.", Rhythm.AGAIN),
        ("**When an owner changes post,** both meet the sponsor.", Rhythm.AGAIN),
        ("**At closure** the coordinator asks.", Rhythm.LATE),
        ("**At 3, 6 and 12 months** the owner reports.", Rhythm.LATE),
        ("Each **project manager** gives demand by role.", Rhythm.ONCE),
        ("Draw the map.", Rhythm.ONCE),
    ],
)
def test_steps_are_taken_once_again_and_again_or_late(text: str, rhythm: Rhythm) -> None:
    assert _steps(f"1. {text}")[0].rhythm is rhythm


def test_times_of_interviews_add_up_and_terms_are_no_work() -> None:
    assert _steps("1. The lead holds about 15 interviews of 40 minutes.")[0].hours == 10
    assert _steps("1. The lead answers within 24 hours.")[0].hours is None
    assert _steps("1. Readers prepare for half a day.")[0].hours == 3.75


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("- A facilitator.\n- A plan.", ("A facilitator", "A plan")),
        ("Time; care with data: keep notes; and a rule.", ("Time", "Care with data: keep notes", "A rule")),
        (
            "A stable team, means to run the checks (environment, reviewer, device), "
            "and a sponsor who accepts the first, lower number.",
            (
                "A stable team",
                "Means to run the checks (environment, reviewer, device)",
                "A sponsor who accepts the first, lower number",
            ),
        ),
        ("", ()),
    ],
)
def test_preconditions_are_told_apart(text: str, parts: tuple[str, ...]) -> None:
    assert reading.preconditions(PracticeFields(preconditions=text)) == parts


def test_measures_have_their_targets() -> None:
    fields = PracticeFields(
        kpis="- Valid invoices paid (target: 98 per cent; within 10 for small firms: 80 per cent).\n"
        "- Gates ending otherwise (a healthy range is 20 to 40 per cent; zero means theatre)."
    )
    first, second = reading.measures(fields)
    assert first == Measure("Valid invoices paid", "98 per cent; within 10 for small firms: 80 per cent")
    assert second.target == ""
    assert second.name.endswith("zero means theatre)")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    fields = PracticeFields(steps=f"1. {text}\n2. {text}", preconditions=text, kpis=text, pitfalls=text)
    for step in reading.steps(fields):
        assert step.days is None or step.days > 0
        assert step.hours is None or step.hours >= 0
        assert "\n" not in step.text
    assert all(part.strip() for part in reading.preconditions(fields))
    reading.measures(fields)
    reading.pitfalls(fields)
