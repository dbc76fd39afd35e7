"""Where text stands in its file after it was edited here."""

from collections.abc import Sequence
from dataclasses import replace

from ingest.converted import Mark
from kb.passages import StoredPassage


def moved(before: str, after: str, stored: Sequence[StoredPassage]) -> tuple[Mark, ...]:
    """The places of the passages *stored* of the text *before*, as marks in the text *after*.

    What lies between the common beginning and the common end of both texts was edited; words in it stand
    where those stood that they replace.
    """
    same = _shared(before, after)
    rest = min(len(before), len(after)) - same
    alike = _shared(before[::-1][:rest], after[::-1][:rest])
    longer = len(after) - len(before)
    marks: dict[int, Mark] = {}
    for passage in stored:
        start = passage.locator.start
        if start > len(before) - alike:
            start += longer
        elif start > same:
            start = same
        marks[start] = Mark(start, replace(passage.locator, start=0, end=0))
    return tuple(marks[start] for start in sorted(marks))


def _shared(one: str, other: str) -> int:
    """Characters with which both begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
