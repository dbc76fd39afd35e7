"""When steps are taken: against a slow oracle that looks at one day after another."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.adoption.calendars import Calendar, countries
from kb.adoption.scheduling import Slot, Task, order, schedule
from kb.errors import InvalidError

DAY = timedelta(1)
MONDAY = date(2027, 3, 1)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    weekdays = draw(st.frozensets(st.integers(0, 6), min_size=1))
    off = draw(st.frozensets(st.integers(0, 60), max_size=20))
    country = draw(st.sampled_from(("", "DE", "GB-ENG", "JP")))
    return Calendar(weekdays, country, frozenset(MONDAY + DAY * number for number in off))


@st.composite
def plans(draw: st.DrawFn) -> list[Task]:
    """Steps of which each waits for some of those before it, in a shuffled list."""
    number = draw(st.integers(1, 9))
    tasks: list[Task] = []
    for key in range(number):
        after = draw(st.frozensets(st.integers(0, key - 1), max_size=3)) if key else frozenset[int]()
        begins = draw(st.none() | st.integers(-5, 60))
        tasks.append(
            Task(
                key,
                draw(st.integers(1, 8)),
                tuple(sorted(after)),
                draw(st.integers(0, 4)),
                None if begins is None else MONDAY + DAY * begins,
            )
        )
    return draw(st.permutations(tasks))


def slowly(tasks: list[Task], start: date, calendar: Calendar) -> dict[int, tuple[date, date]]:
    """Day after day: work on whatever may be worked on; count what is left."""
    left = {task.key: task.days for task in tasks}
    waits = {task.key: task.lag if task.after else 0 for task in tasks}
    began: dict[int, date] = {}
    ended: dict[int, date] = {}
    day = start
    while len(ended) < len(tasks):
        for task in tasks if calendar.works(day) else ():
            free = all(key in ended and ended[key] < day for key in task.after)
            if task.key in ended or not free:
                continue
            if waits[task.key]:
                waits[task.key] -= 1
            elif day >= (task.not_before or day):
                began.setdefault(task.key, day)
                left[task.key] -= 1
                if not left[task.key]:
                    ended[task.key] = day
        day += DAY
    return {key: (began[key], ended[key]) for key in ended}


def _dates(slots: Mapping[int, Slot]) -> dict[int, tuple[date, date]]:
    return {key: (slot.start, slot.finish) for key, slot in slots.items()}


@settings(max_examples=200, deadline=None)
@given(plans(), calendars())
def test_dates_are_those_of_going_day_by_day(tasks: list[Task], calendar: Calendar) -> None:
    found = schedule(tasks, MONDAY, calendar)
    assert _dates(found) == slowly(tasks, MONDAY, calendar)
    assert found == schedule(tasks, MONDAY, calendar)


@settings(max_examples=200, deadline=None)
@given(plans(), calendars())
def test_no_step_begins_before_what_it_waits_for_ends_nor_on_a_day_off(
    tasks: list[Task], calendar: Calendar
) -> None:
    found = schedule(tasks, MONDAY, calendar)
    for task in tasks:
        slot = found[task.key]
        assert calendar.works(slot.start)
        assert calendar.works(slot.finish)
        assert all(found[key].finish < slot.start for key in task.after)
        assert slot.slack >= 0


@settings(max_examples=60, deadline=None)
@given(plans(), calendars(), st.data())
def test_slack_is_by_how_much_a_step_may_be_late(
    tasks: list[Task], calendar: Calendar, data: st.DataObject
) -> None:
    found = schedule(tasks, MONDAY, calendar)
    end = max(slot.finish for slot in found.values())
    chosen = data.draw(st.sampled_from(tasks))
    slack = found[chosen.key].slack

    def late_by(days: int) -> date:
        longer = Task(chosen.key, chosen.days + days, chosen.after, chosen.lag, chosen.not_before)
        changed = [longer if task.key == chosen.key else task for task in tasks]
        return max(slot.finish for slot in schedule(changed, MONDAY, calendar).values())

    assert late_by(slack) == end
    assert late_by(slack + 1) > end


def test_what_is_done_ends_when_it_was_done() -> None:
    calendar = Calendar()
    late = Task(1, 2, finished=date(2027, 3, 10))
    slots = schedule([late, Task(2, 1, (1,))], MONDAY, calendar)
    assert (slots[1].start, slots[1].finish) == (MONDAY, date(2027, 3, 10))
    assert slots[2].start == date(2027, 3, 11)


def test_rings_are_refused_by_name() -> None:
    with pytest.raises(InvalidError, match="in a ring"):
        order([Task(7, 1, (9,)), Task(9, 1, (7,))])
    with pytest.raises(InvalidError, match="there is not"):
        order([Task(7, 1, (8,))])


def test_holidays_are_days_off_where_they_are_kept() -> None:
    christmas = date(2026, 12, 25)
    assert Calendar().works(christmas)
    assert not Calendar(country="GB-ENG").works(christmas)
    assert Calendar(country="GB-ENG").after(date(2026, 12, 24)) == date(2026, 12, 29)
    assert {"GB", "DE", "DE-BY"} <= countries()


@pytest.mark.parametrize(
    "wrong", [{"weekdays": frozenset[int]()}, {"weekdays": frozenset({9})}, {"country": "XX"}]
)
def test_a_senseless_calendar_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidError):
        Calendar(**wrong)  # pyright: ignore[reportArgumentType]
