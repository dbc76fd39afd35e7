"""What comes before training as a picture, left to right, for SVG."""

from dataclasses import dataclass
from textwrap import wrap

from kb.learning.catalogue import Offer
from kb.learning.prerequisites import Graph
from web.wording import hours

_BOX_WIDTH, _BOX_HEIGHT, _ACROSS, _DOWN = 208.0, 66.0, 56.0, 16.0
_LETTERS, _LINES = 29, 2


@dataclass(frozen=True, slots=True)
class Box:
    """A course where it stands."""

    offer: Offer
    x: float
    y: float
    lines: tuple[str, ...]
    """Its title, as much of it as fits."""
    below: str
    """Its reference and hours."""
    chosen: bool
    """Whether the picture is about it."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """From what comes first to what comes after it."""

    said: str
    path: str
    """As SVG's `d`."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing of *width* by *height* units."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    width: float
    height: float
    box_width: float = _BOX_WIDTH
    box_height: float = _BOX_HEIGHT


def draw(graph: Graph, *chosen: str) -> Drawing | None:
    """The courses of *graph*, those with references *chosen* set apart; None without a line to draw."""
    if not graph.edges:
        return None
    rows = _ordered(graph)
    tallest = max(len(layer) for layer in rows)
    places: dict[str, Box] = {}
    for column, layer in enumerate(rows):
        top = (tallest - len(layer)) * (_BOX_HEIGHT + _DOWN) / 2
        for row, offer in enumerate(layer):
            x, y = column * (_BOX_WIDTH + _ACROSS), top + row * (_BOX_HEIGHT + _DOWN)
            places[offer.ref] = _box(offer, x, y, chosen=offer.ref in chosen)
    return Drawing(
        tuple(places.values()),
        tuple(_arrow(places[first], places[then]) for first, then in graph.edges),
        len(rows) * (_BOX_WIDTH + _ACROSS) - _ACROSS,
        tallest * (_BOX_HEIGHT + _DOWN) - _DOWN,
    )


def _ordered(graph: Graph) -> list[list[Offer]]:
    """Each layer beside the middle of what comes after it, so that lines seldom cross."""
    rows: dict[str, float] = {}
    ordered: list[list[Offer]] = []
    for layer in reversed(graph.layers):
        middle = {offer.ref: _middle(offer.ref, graph, rows) for offer in layer}
        ordered.append(sorted(layer, key=lambda offer: (middle[offer.ref], offer.title)))
        rows |= {offer.ref: row - len(layer) / 2 for row, offer in enumerate(ordered[-1])}
    return ordered[::-1]


def _middle(ref: str, graph: Graph, rows: dict[str, float]) -> float:
    after = [rows[then] for first, then in graph.edges if first == ref and then in rows]
    return sum(after) / len(after) if after else 0.0


def _box(offer: Offer, x: float, y: float, *, chosen: bool) -> Box:
    lines = wrap(offer.title, _LETTERS, max_lines=_LINES, placeholder="…")
    below = offer.ref if offer.hours is None else f"{offer.ref} · {hours(offer.hours)}"
    return Box(offer, x, y, tuple(lines), below, chosen)


def _arrow(start: Box, end: Box) -> Arrow:
    x, y = start.x + _BOX_WIDTH, start.y + _BOX_HEIGHT / 2
    target = end.y + _BOX_HEIGHT / 2
    bend = _ACROSS / 2 if end.x > start.x else _ACROSS * 2
    path = f"M{x:g},{y:g} C{x + bend:g},{y:g} {end.x - bend:g},{target:g} {end.x - 7:g},{target:g}"
    return Arrow(f"{start.offer.title} before {end.offer.title}", path)
