"""Line charts: where everything stands, for a template to draw as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH, HEIGHT = 720.0, 280.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 16.0, 16.0, 36.0
_STEPS = 5
_LEAST_SPAN = 0.05
"""Smaller differences are not blown up to the full height."""


@dataclass(frozen=True, slots=True)
class Value:
    """What is to be drawn."""

    place: int
    """Column, from 0."""
    value: float
    label: str
    """The value in words, for a tooltip and for screen readers."""
    url: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A value where it stands in the drawing."""

    x: float
    y: float
    of: Value


@dataclass(frozen=True, slots=True)
class Line:
    """The values of one series, in order."""

    name: str
    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        """The points as SVG's `points`."""
        return " ".join(f"{point.x:g},{point.y:g}" for point in self.points)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of WIDTH by HEIGHT units."""

    lines: tuple[Line, ...]
    across: tuple[Tick, ...]
    """On the horizontal axis."""
    up: tuple[Tick, ...]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    bottom: float = HEIGHT - _BOTTOM


def chart(series: Sequence[tuple[str, Sequence[Value]]], columns: Sequence[str]) -> Chart:
    """*series* by name over *columns*; the vertical axis spans the values in round steps."""
    values = [one.value for _, line in series for one in line]
    ticks = scale(min(values, default=0.0), max(values, default=1.0))
    low, high = ticks[0], ticks[-1]

    def x(place: int) -> float:
        return round(_LEFT + (place + 0.5) * (WIDTH - _LEFT - _RIGHT) / max(1, len(columns)), 1)

    def y(value: float) -> float:
        return round(HEIGHT - _BOTTOM - (value - low) / (high - low) * (HEIGHT - _TOP - _BOTTOM), 1)

    every = max(1, ceil(len(columns) / _STEPS))
    decimals = max(0, -floor(log10(ticks[1] - ticks[0]) + 1e-9))
    return Chart(
        tuple(
            Line(name, tuple(Point(x(one.place), y(one.value), one) for one in line)) for name, line in series
        ),
        tuple(Tick(x(place), columns[place]) for place in range(0, len(columns), every)),
        tuple(Tick(y(value), f"{value:.{decimals}f}") for value in ticks),
    )


def scale(low: float, high: float) -> list[float]:
    """Round numbers in equal steps, from one at most *low* to one at least *high*."""
    span = max(high - low, _LEAST_SPAN)
    rough = span / _STEPS
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, max(last, first + 1) + 1)]
