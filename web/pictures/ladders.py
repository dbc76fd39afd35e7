"""The career ladder as a picture: where roles stand and what leads from one to another, for SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

from kb.learning.frameworks import Rung
from kb.learning.values import Role, Stage
from kb.vocabulary import label
from web.pictures.charts import Tick

_BOX_WIDTH, _BOX_HEIGHT, _ACROSS, _DOWN = 190.0, 52.0, 86.0, 22.0
_TOP, _MARGIN = 34.0, 40.0
_UNPLACED = "Elsewhere"


@dataclass(frozen=True, slots=True)
class Box:
    """A role where it stands."""

    role: Role
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Arrow:
    """A step where it is drawn."""

    rung: Rung
    path: str
    """As SVG's `d`."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """A drawing of *width* by *height* units: a column for each stage."""

    stages: tuple[Tick, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    width: float
    height: float
    box_width: float = _BOX_WIDTH
    box_height: float = _BOX_HEIGHT


def draw(roles: Sequence[Role], rungs: Sequence[Rung]) -> Ladder:
    """Roles in the order of their stages, each near those it follows."""
    stages = [*Stage, *([None] if any(role.stage is None for role in roles) else [])]
    columns = [[role for role in roles if role.stage is stage] for stage in stages]
    used = [(stage, column) for stage, column in zip(stages, columns, strict=True) if column]
    places: dict[str, Box] = {}
    for number, (_, column) in enumerate(used):
        x = number * (_BOX_WIDTH + _ACROSS)
        for row, role in enumerate(sorted(column, key=lambda one: _height(one, rungs, places))):
            places[role.ref] = Box(role, x, _TOP + row * (_BOX_HEIGHT + _DOWN))
    return Ladder(
        tuple(
            Tick(number * (_BOX_WIDTH + _ACROSS) + _BOX_WIDTH / 2, label(stage) if stage else _UNPLACED)
            for number, (stage, _) in enumerate(used)
        ),
        tuple(places.values()),
        tuple(Arrow(rung, _path(places[rung.start.ref], places[rung.end.ref])) for rung in rungs),
        len(used) * (_BOX_WIDTH + _ACROSS) - _ACROSS + _MARGIN,
        _TOP + max((len(column) for _, column in used), default=0) * (_BOX_HEIGHT + _DOWN),
    )


def _height(role: Role, rungs: Sequence[Rung], places: dict[str, Box]) -> tuple[float, str]:
    """The mean height of the roles before it; a role that follows none stands last."""
    before = [
        places[rung.start.ref].y for rung in rungs if rung.end.ref == role.ref and rung.start.ref in places
    ]
    return (sum(before) / len(before) if before else float("inf")), role.name


def _path(start: Box, end: Box) -> str:
    x, y = start.x + _BOX_WIDTH, start.y + _BOX_HEIGHT / 2
    target = end.y + _BOX_HEIGHT / 2
    if end.x > start.x:
        middle = _ACROSS / 2
        return f"M{x:g},{y:g} C{x + middle:g},{y:g} {end.x - middle:g},{target:g} {end.x - 7:g},{target:g}"
    bend = x + _MARGIN * 0.9
    return f"M{x:g},{y:g} C{bend:g},{y:g} {bend:g},{target:g} {end.x + _BOX_WIDTH + 7:g},{target:g}"
