"""When each step of a plan is taken: as early as what comes before it, the calendar and set dates allow.

Pure. The critical path method (J. E. Kelley and M. R. Walker, 1959), counted in working days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from graphlib import CycleError, TopologicalSorter

from kb.adoption.calendars import Calendar
from kb.errors import InvalidError


@dataclass(frozen=True, slots=True)
class Task:
    """A step as far as its dates depend on it."""

    key: int
    days: int
    """Working days that it lasts, 1 or more."""
    after: tuple[int, ...] = ()
    """Keys of the steps that end before it begins."""
    lag: int = 0
    """Working days to wait after those."""
    not_before: date | None = None
    finished: date | None = None
    """The day on which it was done: then that is its end, whatever was planned."""


@dataclass(frozen=True, slots=True)
class Slot:
    """When a step is taken."""

    start: date
    finish: date
    slack: int
    """Working days by which it may be late and the plan still ends in time; 0 on the critical path."""


def order(tasks: Sequence[Task]) -> list[int]:
    """The keys of *tasks*, each after those it depends on, otherwise as given. Raises InvalidError."""
    known = {task.key: place for place, task in enumerate(tasks)}
    for task in tasks:
        if stray := [key for key in task.after if key not in known]:
            raise InvalidError(f"Step {known[task.key] + 1} waits for a step {stray[0]} that there is not.")
    sorter = TopologicalSorter({task.key: task.after for task in tasks})
    try:
        sorter.prepare()
    except CycleError as error:
        ring = " → ".join(str(known[key] + 1) for key in error.args[1])
        raise InvalidError(
            f"Steps wait for each other in a ring: {ring}. Take one dependency out."
        ) from error
    found: list[int] = []
    while ready := sorter.get_ready():
        found += sorted(ready, key=known.__getitem__)
        sorter.done(*ready)
    return found


def schedule(tasks: Sequence[Task], start: date, calendar: Calendar) -> dict[int, Slot]:
    """When each of *tasks* is taken, by key, from *start* on.

    A step begins on the first working day after all that it waits for, its lag passed, not before its own
    date. Raises InvalidError when steps wait for each other in a ring or for a step that there is not.
    """
    by_key = {task.key: task for task in tasks}
    forward = order(tasks)
    starts: dict[int, date] = {}
    finishes: dict[int, date] = {}
    for key in forward:
        task = by_key[key]
        starts[key], finishes[key] = _earliest(task, start, calendar, finishes)
    if not forward:
        return {}
    latest = _latest(by_key, forward, max(finishes.values()), calendar)
    return {
        key: Slot(starts[key], finishes[key], _slack(by_key[key], finishes[key], latest[key], calendar))
        for key in forward
    }


def _earliest(task: Task, start: date, calendar: Calendar, finishes: Mapping[int, date]) -> tuple[date, date]:
    begin = calendar.first(max(start, task.not_before or start))
    if task.after:
        free = calendar.after(max(finishes[key] for key in task.after))
        begin = max(begin, calendar.forward(free, task.lag))
    if task.finished:
        return min(begin, task.finished), task.finished
    return begin, calendar.forward(begin, task.days - 1)


def _latest(
    tasks: Mapping[int, Task], forward: Sequence[int], end: date, calendar: Calendar
) -> dict[int, date]:
    """The last day on which each step may end."""
    latest: dict[int, date] = dict.fromkeys(forward, end)
    for key in reversed(forward):
        task = tasks[key]
        own = latest[key] if calendar.works(latest[key]) else calendar.before(latest[key])
        begin = calendar.back(own, task.days - 1)
        for other in task.after:
            latest[other] = min(latest[other], calendar.before(calendar.back(begin, task.lag)))
    return latest


def _slack(task: Task, finish: date, latest: date, calendar: Calendar) -> int:
    return 0 if task.finished else calendar.between(finish, latest)
