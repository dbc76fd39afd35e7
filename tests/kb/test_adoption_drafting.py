"""Plans drafted from what practices say."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.adoption.calendars import Calendar
from kb.adoption.drafting import Adoptable, Offer, draft
from kb.adoption.scheduling import Task, schedule
from kb.adoption.values import Barrier, Experience, Fulfilment, Height, Stage, StepDraft, Team
from kb.values import PracticeFields

FIELDS = PracticeFields(
    problem="Small changes add up and nobody counts them.",
    steps="1. **Week 1:** the sponsor sets limits.\n"
    "2. Minutes 0–10. The chair opens.\n3. 10–30. Everybody speaks.\n"
    "4. **Weekly, 30 minutes:** the board decides.\n"
    "5. **Every quarter** the sponsor looks at causes.\n"
    "6. **After three months** the analyst counts.",
    preconditions="A sponsor; a board; a log.",
    kpis="- Changes decided in time (target: 90 per cent).",
    pitfalls="- The board meets too seldom.",
)
TEAM = Team("Quay", 6, Experience.SOME)


def _adoptable(ref: str = "P-1", fields: PracticeFields = FIELDS, **changes: object) -> Adoptable:
    return Adoptable(ref, f"Practice {ref}", fields, **changes)  # pyright: ignore[reportArgumentType]


def _titled(steps: tuple[StepDraft, ...], begins: str) -> list[StepDraft]:
    return [step for step in steps if step.title.startswith(begins)]


def test_every_step_cites_its_source_or_is_the_consultants_own() -> None:
    steps, kpis = draft([_adoptable()], TEAM, {Barrier.RESOURCES: Height.HIGH})
    own = [step.title for step in steps if step.source is None]
    assert [title.split(" ")[0] for title in own] == ["Agree", "Have", "Decide", "Decide", "Make"]
    assert {step.source.part for step in steps if step.source} == {
        "Problem",
        "Preconditions",
        "KPIs",
        "Steps",
        "Pitfalls",
    }
    assert [(kpi.name, kpi.target) for kpi in kpis] == [("Changes decided in time", "90 per cent")]
    assert all(step.responsible for step in steps)


def test_stages_come_in_order_and_what_is_repeated_comes_after_the_first_time_through() -> None:
    steps, _ = draft([_adoptable()], TEAM, {})
    stages = list(Stage)
    assert [step.stage for step in steps] == sorted((step.stage for step in steps), key=stages.index)
    assert all(place < number for number, step in enumerate(steps) for place in step.after)
    (weekly,) = _titled(steps, "First rounds, weekly, 30 minutes: the board decides")
    assert (weekly.stage, weekly.days, weekly.responsible) == (Stage.RAMP_UP, 10, "Board")
    (quarterly,) = _titled(steps, "First rounds, every quarter")
    assert quarterly.stage is Stage.INTEGRATION
    (late,) = _titled(steps, "The analyst counts")
    assert (late.stage, late.lag) == (Stage.INTEGRATION, 63)


def test_the_parts_of_one_meeting_are_one_step() -> None:
    steps, _ = draft([_adoptable()], TEAM, {})
    (meeting,) = _titled(steps, "Hold the first one, 0.5 hours")
    assert "The chair opens" in meeting.text
    assert "Everybody speaks" in meeting.text
    assert meeting.effort == pytest.approx(0.4)  # six people, half an hour each


def test_preconditions_become_steps_as_far_as_they_do_not_hold() -> None:
    said = {"A sponsor": Fulfilment.MET, "A board": Fulfilment.NOT_MET}
    steps, _ = draft([_adoptable(preconditions=said)], TEAM, {})
    (missing,) = _titled(steps, "Bring about:")
    assert missing.title == "Bring about: a board"
    (unknown,) = _titled(steps, "Find out whether")
    assert "a log" in unknown.text
    assert "sponsor" not in unknown.text


def test_only_barriers_that_stand_get_counter_measures() -> None:
    answers = {Barrier.MOTIVATION: Height.LOW, Barrier.RELATIONSHIP: Height.SOME}
    steps, _ = draft([_adoptable()], TEAM, answers)
    assert len(_titled(steps, "Agree on somebody experienced")) == 1
    assert not _titled(steps, "Find out what the team loses")


@pytest.mark.parametrize(("experience", "people"), [("none", 6), ("some", 3), ("much", 0)])
def test_the_less_a_team_knows_the_more_of_it_are_trained(experience: str, people: int) -> None:
    courses = (Offer("C-1", "Boards", 7.5), Offer("C-2", "All of governance", 40))
    team = Team("Quay", 6, Experience(experience))
    steps, _ = draft([_adoptable(training=courses)], team, {})
    trained = _titled(steps, "Train")
    assert [step.effort for step in trained] == ([float(people)] if people else [])


def test_a_practice_comes_after_those_that_it_refers_to() -> None:
    first = PracticeFields(steps="1. Use what HS-P-002 gives.")
    second = PracticeFields(steps="1. Write the log.")
    steps, _ = draft([_adoptable("HS-P-001", first), _adoptable("HS-P-002", second)], TEAM, {})
    used = [step.source.ref for step in steps if step.source and step.source.part == "Steps"]
    assert used == ["HS-P-002", "HS-P-001"]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.builds(
            PracticeFields,
            steps=st.lists(
                st.sampled_from(
                    (
                        "Weekly, the board meets.",
                        "The sponsor decides.",
                        "After two weeks ask.",
                        "**x**",
                        "10–20. Go.",
                    )
                ),
                max_size=5,
            ).map(lambda lines: "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))),
            preconditions=st.text(max_size=40),
            kpis=st.text(max_size=40),
            pitfalls=st.text(max_size=40),
        ),
        min_size=1,
        max_size=3,
    ),
    st.integers(1, 30),
)
def test_any_practice_gives_a_plan_that_can_be_scheduled(practices: list[PracticeFields], size: int) -> None:
    team = Team("Quay", size)
    chosen = [_adoptable(f"P-{number}", fields) for number, fields in enumerate(practices)]
    steps, _ = draft(chosen, team, {})
    tasks = [Task(place, step.days, step.after, step.lag) for place, step in enumerate(steps)]
    slots = schedule(tasks, date(2027, 1, 4), Calendar())
    last = max(range(len(steps)), key=lambda place: slots[place].finish)
    assert steps[last].title.startswith("Make it part of the process")
    assert all(0 < len(step.title) <= 200 for step in steps)
