"""Radar charts: where axes, rings and lines stand, for a template to draw as SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from kb.learning.values import HIGHEST, Levels, key
from kb.text import shorten

WIDTH, HEIGHT = 840.0, 480.0
_RADIUS, _OUT = 190.0, 16.0
_LABEL = 30
"""Characters of a name that fit beside the chart."""
_MIDDLE = 0.3
"""Sideways share from which a label no longer stands above or below its axis."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A competence where its axis ends."""

    x: float
    y: float
    label_x: float
    label_y: float
    anchor: str
    """SVG's `text-anchor`."""
    name: str


@dataclass(frozen=True, slots=True)
class Outline:
    """Levels as a line around the middle."""

    name: str
    points: str
    """As SVG's `points`."""


@dataclass(frozen=True, slots=True)
class Radar:
    """A drawing of *width* by *height* units around its middle."""

    axes: tuple[Axis, ...]
    rings: tuple[float, ...]
    """Radius of each level from 1."""
    outlines: tuple[Outline, ...]
    width: float = WIDTH
    height: float = HEIGHT


def draw(names: Sequence[str], lines: Mapping[str, Levels]) -> Radar:
    """A line for each of *lines* over the competences *names*, of which there are three or more."""
    angles = [2 * pi * number / len(names) - pi / 2 for number in range(len(names))]
    return Radar(
        tuple(_axis(angle, name) for angle, name in zip(angles, names, strict=True)),
        tuple(_RADIUS * level / HIGHEST for level in range(1, HIGHEST + 1)),
        tuple(
            Outline(
                title,
                " ".join(
                    _point(angle, _RADIUS * levels.get(key(name), 0) / HIGHEST)
                    for angle, name in zip(angles, names, strict=True)
                ),
            )
            for title, levels in lines.items()
        ),
    )


def _axis(angle: float, name: str) -> Axis:
    aside = cos(angle)
    anchor = "middle" if abs(aside) < _MIDDLE / 2 else "start" if aside > 0 else "end"
    far = _RADIUS + _OUT
    return Axis(
        round(_RADIUS * aside, 1),
        round(_RADIUS * sin(angle), 1),
        round(far * aside, 1),
        round(far * sin(angle), 1),
        anchor,
        shorten(name, _LABEL),
    )


def _point(angle: float, radius: float) -> str:
    return f"{radius * cos(angle):.1f},{radius * sin(angle):.1f}"
