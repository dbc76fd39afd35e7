"""Themes that recur: texts that mean nearly the same, found by their vectors and named by their words.

Ward's method joins lessons, or small groups of them where there are many, as long as that hardly widens a
group; a few rounds of k-means then put each lesson where it is nearest (spherical k-means, Dhillon and
Modha 2001). What is near no theme belongs to none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import faiss
import numpy as np

from kb.values import ItemId
from search import hierarchy, naming
from search.hierarchy import Labels
from search.naming import Text
from search.ports import Matrix, Scores

FEWEST = 3
"""Lessons that make a theme: what happened twice may be chance."""
_JOINED = 2_000
"""Points that are joined one by one; of more, small groups are formed first."""
_APART = 1.5
"""Ward's distance from which two groups are never one."""
_NEAR = 0.4
"""Cosine to its theme's centre that a lesson must have."""
_ROUNDS = 4
_SEED = 1

Listener = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Group:
    """Lessons that tell of the same."""

    name: tuple[str, ...]
    """Its phrases, the most telling first."""
    items: tuple[ItemId, ...]
    """The most typical first."""


def find(
    vectors: Matrix, items: Sequence[ItemId], texts: Mapping[ItemId, Text], tell: Listener = lambda _: None
) -> list[Group]:
    """The themes in *items* whose *vectors* are of unit length, the largest first.

    The same vectors and texts give the same themes.
    """
    if len(items) < FEWEST:
        return []
    tell(f"Comparing {len(items):,} lessons")
    centres = _centres(vectors, _groups(vectors))
    labels, cosines = _settle(vectors, centres)
    members = [_members(labels, cosines, number) for number in range(len(centres))]
    groups = [[items[place] for place in places] for places in members if len(places) >= FEWEST]
    groups.sort(key=lambda group: (-len(group), min(group)))
    tell(f"Naming {len(groups):,} themes")
    named = naming.names([[texts[item] for item in group] for group in groups])
    return [Group(name, tuple(group)) for name, group in zip(named, groups, strict=True) if name]


def _groups(vectors: Matrix) -> Labels:
    """A first group for each vector."""
    number = len(vectors)
    if number > _JOINED:
        faiss.omp_set_num_threads(1)
        small: Any = faiss.Kmeans(
            vectors.shape[1], _JOINED, niter=10, seed=_SEED, spherical=True, min_points_per_centroid=1
        )
        small.train(vectors)
        _, places = small.index.search(vectors, 1)
        return _joined(small.centroids, number)[places[:, 0]]
    return _joined(vectors, number)


def _joined(points: Matrix, number: int) -> Labels:
    """The group of each of *points*: at most the square root of *number* groups, none too wide."""
    tree = hierarchy.ward(points)
    most, distances = max(2, round(sqrt(number))), tree[:, 2]
    enough = float(distances[-most]) if len(distances) >= most else 0.0
    return hierarchy.cut(tree, max(_APART, enough))


def _settle(vectors: Matrix, centres: Matrix) -> tuple[Labels, Scores]:
    """The nearest centre of each vector, and how near it is, after the centres have moved among theirs."""
    labels = np.argmax(vectors @ centres.T, axis=1)
    for _ in range(_ROUNDS):
        centres = _centres(vectors, labels, len(centres))
        moved = np.argmax(vectors @ centres.T, axis=1)
        if np.array_equal(moved, labels):
            break
        labels = moved
    return labels, np.einsum("ij,ij->i", vectors, centres[labels])


def _centres(vectors: Matrix, labels: Labels, number: int | None = None) -> Matrix:
    number = int(labels.max()) + 1 if number is None else number
    sums = np.zeros((number, vectors.shape[1]), np.float32)
    np.add.at(sums, labels, vectors)
    return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)


def _members(labels: Labels, cosines: Scores, number: int) -> list[int]:
    """The places that belong to a group, the nearest to its centre first."""
    places = np.flatnonzero((labels == number) & (cosines >= _NEAR))
    return places[np.lexsort((places, -cosines[places]))].tolist()
