"""Gantt pictures: where bars stand, for a template to draw as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kb.adoption.values import Plan, Stage, Step
from kb.text import shorten
from kb.vocabulary import label
from web.pictures.charts import Tick

_LEFT, _WIDTH, _TOP, _ROW, _BAR = 330.0, 1100.0, 34.0, 24.0, 14.0
_LABEL = 46
"""Characters of a step's title that fit beside its bar."""
_TICKS = 12
_LEAST = 3.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A step where it stands in the drawing."""

    step: Step
    number: int
    """As the table counts it, from 1."""
    label: str
    x: float
    y: float
    width: float
    done: float
    """Width of the part that is done."""
    late: bool


@dataclass(frozen=True, slots=True)
class Band:
    """A stage above its steps."""

    name: str
    y: float


@dataclass(frozen=True, slots=True)
class Gantt:
    """A drawing of *width* by *height* units."""

    bars: tuple[Bar, ...]
    bands: tuple[Band, ...]
    ticks: tuple[Tick, ...]
    today: float | None
    """Where today is, when the plan spans it."""
    height: float
    left: float = _LEFT
    width: float = _WIDTH
    top: float = _TOP
    bar: float = _BAR


def gantt(plan: Plan, today: date) -> Gantt:
    """The picture of *plan*: a row for each stage and each step, calendar days across."""
    first = min((step.slot.start for step in plan.steps), default=plan.head.start)
    days = max(1, (plan.finish - first).days + 1)
    scale = (_WIDTH - _LEFT - 10) / days

    def x(day: date) -> float:
        return round(_LEFT + (day - first).days * scale, 1)

    bars: list[Bar] = []
    bands: list[Band] = []
    y = _TOP
    numbers = plan.places
    for stage in Stage:
        steps = plan.of_stage(stage)
        if steps:
            bands.append(Band(label(stage), y + _ROW / 2))
            y += _ROW
        for step in steps:
            width = max(_LEAST, round(x(step.slot.finish + timedelta(1)) - x(step.slot.start), 1))
            bars.append(_bar(step, numbers[step.number], x(step.slot.start), y, width, today))
            y += _ROW
    ticks = tuple(Tick(x(day), f"{day:%b %Y}") for day in _months(first, first + timedelta(days)))
    inside = first <= today <= plan.finish
    return Gantt(tuple(bars), tuple(bands), ticks, x(today) if inside else None, y + 8)


def _bar(step: Step, number: int, x: float, y: float, width: float, today: date) -> Bar:
    return Bar(
        step,
        number,
        shorten(step.said.title, _LABEL),
        x,
        round(y + (_ROW - _BAR) / 2, 1),
        width,
        round(width * step.state.share, 1),
        step.late(today),
    )


def _months(first: date, last: date) -> Sequence[date]:
    """First days of months, few enough to be read."""
    days: list[date] = []
    day = date(first.year, first.month, 1)
    while day <= last:
        if day >= first:
            days.append(day)
        day = (day + timedelta(32)).replace(day=1)
    every = max(1, -(-len(days) // _TICKS))
    return days[::every]
