"""Small lines of how a figure went with time, for a template to draw as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_WIDTH, _HEIGHT, _EDGE = 160.0, 32.0, 4.0


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A line of steps: each value holds until the next."""

    points: str
    last: tuple[float, float]
    """Where it ends."""
    words: str
    """The same said."""
    width: float = _WIDTH
    height: float = _HEIGHT


def draw(said: Sequence[tuple[date, int]], what: str) -> Sparkline | None:
    """*said* by rising day; None when there are fewer than two days."""
    if len(said) < 2:
        return None
    (first, start), (last, end) = said[0], said[-1]
    days, most = max((last - first).days, 1), max(max(value for _, value in said), 1)
    across, up = _WIDTH - 2 * _EDGE, _HEIGHT - 2 * _EDGE
    places = [
        (round(_EDGE + (day - first).days / days * across, 1), round(_HEIGHT - _EDGE - value / most * up, 1))
        for day, value in said
    ]
    corners = [places[0]]
    for x, y in places[1:]:
        corners += [(x, corners[-1][1]), (x, y)]
    words = f"{what}: {start} on {first:%d %B %Y}, {end} on {last:%d %B %Y}"
    return Sparkline(" ".join(f"{x},{y}" for x, y in corners), corners[-1], words)
