"""Short texts that mean the same, put together: each joins what is there already, or others that are new."""

from collections.abc import Sequence

from search import hierarchy
from search.ports import Matrix

SAME = 0.5
"""Cosine from which two queries ask for the same; chosen on paraphrased queries, which the tests hold."""
_AT_ONCE = 2_000
"""Texts that are compared with one another."""


def join(vectors: Matrix, known: Matrix, groups: Sequence[int]) -> list[int | None]:
    """The group of each row of *vectors*, from *groups* of the rows of *known*; None where none is near."""
    if not len(known) or not len(vectors):
        return [None] * len(vectors)
    cosines = vectors @ known.T
    nearest = cosines.argmax(axis=1)
    return [
        groups[place] if cosines[row, place] >= SAME else None for row, place in enumerate(nearest.tolist())
    ]


def group(vectors: Matrix) -> list[int]:
    """The number of each row's group, from 0 in the order of the rows; average linkage by cosine."""
    found: list[int] = []
    for start in range(0, len(vectors), _AT_ONCE):
        part = vectors[start : start + _AT_ONCE]
        first = max(found, default=-1) + 1
        found += [first + number for number in _group(part)]
    return found


def _group(vectors: Matrix) -> list[int]:
    if len(vectors) < 2:
        return [0] * len(vectors)
    numbers: dict[int, int] = {}
    labels = hierarchy.cut(hierarchy.average(vectors), 1 - SAME)
    return [numbers.setdefault(label, len(numbers)) for label in labels.tolist()]
