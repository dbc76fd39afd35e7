"""Bars of parts side by side: where each stands, for a template to draw as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

_LEFT, _WIDTH, _STEP, _BAR, _TOP = 265.0, 480.0, 30.0, 20.0, 6.0
_LONGEST = 30
"""Characters of a name beside its bar."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is to be drawn."""

    value: float
    look: str
    """`done`, `begun`, `not_begun`, `overdue` or `beyond`."""
    label: str
    """In words, for a tooltip and for screen readers."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part where it stands."""

    x: float
    width: float
    of: Part


@dataclass(frozen=True, slots=True)
class Bar:
    """A name and its parts, from left to right."""

    y: float
    name: str
    url: str
    stretches: tuple[Stretch, ...]
    goal: float | None
    """Where a mark stands."""


@dataclass(frozen=True, slots=True)
class Bars:
    """A drawing with a bar for each row."""

    bars: tuple[Bar, ...]
    height: float
    width: float = _LEFT + _WIDTH + 20
    left: float = _LEFT
    bar: float = _BAR


@dataclass(frozen=True, slots=True)
class Row:
    """What a bar is made of."""

    name: str
    parts: tuple[Part, ...]
    url: str = ""
    goal: float | None = None
    """The value at which a mark is to stand."""


def draw(rows: Sequence[Row]) -> Bars:
    """A bar for each of *rows*, all on one scale, the longest or farthest goal as wide as there is room."""
    most = max((max(sum(part.value for part in row.parts), row.goal or 0) for row in rows), default=0) or 1
    scale = _WIDTH / most
    return Bars(
        tuple(_bar(number, row, scale) for number, row in enumerate(rows)), _TOP * 2 + len(rows) * _STEP
    )


def _bar(number: int, row: Row, scale: float) -> Bar:
    stretches: list[Stretch] = []
    x = _LEFT
    for part in row.parts:
        if part.value:
            stretches.append(Stretch(round(x, 1), round(part.value * scale, 1), part))
            x += part.value * scale
    name = row.name if len(row.name) <= _LONGEST else row.name[: _LONGEST - 1] + "…"
    goal = None if row.goal is None else round(_LEFT + row.goal * scale, 1)
    return Bar(_TOP + number * _STEP, name, row.url, tuple(stretches), goal)
