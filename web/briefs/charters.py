"""A charter with the needs read from it: what commands, pages and the API begin a brief with."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.charters import Charter
from kb.briefs.values import Need
from kb.values import Locator, PassageDraft
from search.briefs import charter as reading


@dataclass(frozen=True, slots=True)
class ReadCharter:
    """A charter and what it says the project needs."""

    charter: Charter
    needs: tuple[Need, ...]
    doubts: tuple[str, ...]
    """What to know of how it was read, in sentences."""


def read(charter: Charter) -> ReadCharter:
    """The needs of *charter*, each with its place in the text and in the file."""
    needs = reading.read(charter.text, charter.title)
    doubts = reading.doubts(charter.text, needs)
    return ReadCharter(charter, tuple(_placed(needs, charter.passages)), doubts)


def _placed(needs: Sequence[Need], passages: Sequence[PassageDraft]) -> list[Need]:
    starts = [passage.locator.start for passage in passages]
    placed: list[Need] = []
    for need in needs:
        own = need.locator
        before = bisect_right(starts, own.start) - 1
        there = passages[before].locator if before >= 0 else Locator()
        placed.append(replace(need, locator=replace(there, start=own.start, end=own.end)))
    return placed
