"""Heat maps: where each cell stands and how deep its colour is, for a template to draw as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

LEVELS = 4
"""Depths of colour beside none."""
_LEFT, _TOP, _WIDTH, _HEIGHT = 250.0, 34.0, 68.0, 28.0


@dataclass(frozen=True, slots=True)
class Square:
    """What is to be drawn."""

    value: int
    label: str
    """The value in words, for a tooltip and for screen readers."""
    url: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A square where it stands."""

    x: float
    y: float
    level: int
    """From 0 for nothing to LEVELS for the most."""
    of: Square


@dataclass(frozen=True, slots=True)
class Heatmap:
    """A drawing with a line for each row."""

    rows: tuple[tuple[float, str], ...]
    """The middle of each line, and its name."""
    columns: tuple[tuple[float, str], ...]
    places: tuple[Place, ...]
    width: float
    height: float
    left: float = _LEFT
    cell_width: float = _WIDTH
    cell_height: float = _HEIGHT


def draw(rows: Sequence[str], columns: Sequence[str], squares: Sequence[Square]) -> Heatmap:
    """*squares* row by row; the deepest colour is the highest value's."""
    most = max((square.value for square in squares), default=0)
    return Heatmap(
        tuple((_TOP + (number + 0.5) * _HEIGHT, name) for number, name in enumerate(rows)),
        tuple((_LEFT + (number + 0.5) * _WIDTH, name) for number, name in enumerate(columns)),
        tuple(
            Place(
                _LEFT + number % len(columns) * _WIDTH,
                _TOP + number // len(columns) * _HEIGHT,
                _level(square.value, most),
                square,
            )
            for number, square in enumerate(squares)
        ),
        _LEFT + len(columns) * _WIDTH + 2,
        _TOP + len(rows) * _HEIGHT + 2,
    )


def _level(value: int, most: int) -> int:
    """By the square root, so that a few great numbers do not make all others pale."""
    return ceil(LEVELS * (value / most) ** 0.5) if value else 0
