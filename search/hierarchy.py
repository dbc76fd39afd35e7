"""Joining what is near, step by step (agglomerative clustering), by SciPy."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.ports import Matrix

Tree = NDArray[np.float64]
"""SciPy's linkage matrix: a row for each step, the third column the distance it bridged."""
Labels = NDArray[np.int64]
"""The number of each row's group, from 0."""


@cache
def _hierarchy() -> Any:
    from scipy.cluster import hierarchy  # pyright: ignore[reportMissingTypeStubs] - slow to load at a server's start

    return hierarchy


def ward(points: Matrix) -> Tree:
    """Join what widens groups least."""
    return _hierarchy().linkage(points.astype(np.float64), "ward")


def average(vectors: Matrix) -> Tree:
    """Join by the mean of all distances between two groups; distance is 1 minus the cosine."""
    return _hierarchy().linkage(vectors.astype(np.float64), "average", metric="cosine")


def cut(tree: Tree, distance: float) -> Labels:
    """The groups that stand when only steps up to *distance* are made."""
    return np.asarray(_hierarchy().fcluster(tree, distance, "distance"), np.int64) - 1
