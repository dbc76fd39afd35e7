"""Courses that need not be looked at, since another gives as much for as little."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from search.paths.network import Network

Flags = NDArray[np.bool_]
_MOST = 6_000
"""Courses beyond which comparing each with each costs more memory and time than it saves."""


def undominated(net: Network, weights: Sequence[Sequence[float]]) -> Flags:
    """Which courses no other dominates; of equals, the first.

    A course dominates another when it meets all that the other meets, needs nothing more, and weighs no more
    in any of *weights*, each of which gives a number for every course. A best choice exists without the
    dominated ones, as each can be replaced. Of very many courses all are kept.
    """
    if len(net.courses) > _MOST:
        return np.ones(len(net.courses), np.bool_)
    meets, needs = _table(net.meets, net), _table(net.needs, net)
    implied = needs @ _below(net)
    better = _within(meets, meets) & _within(needs, np.minimum(implied, 1)).T
    for weight in np.asarray(weights):
        better &= weight[None, :] <= weight[:, None]
    first = np.tri(len(better), k=-1, dtype=bool)
    dominated: Flags = np.any(better & (~better.T | first), axis=1)
    return np.logical_not(dominated)


def _table(found: Sequence[Sequence[int]], net: Network) -> NDArray[np.float32]:
    """A row for each course, 1 for each want that *found* names."""
    table = np.zeros((len(net.courses), len(net.wants)), np.float32)
    for course, wants in enumerate(found):
        table[course, list(wants)] = 1
    return table


def _below(net: Network) -> NDArray[np.float32]:
    """1 where the want of the row is met only when that of the column is: itself, or a lower level."""
    table = np.eye(len(net.wants), dtype=np.float32)
    levels: dict[str, list[tuple[int, int]]] = {}
    for number, want in enumerate(net.wants):
        match want:
            case (str(name), int(level)):
                levels.setdefault(name, []).append((level, number))
            case _:
                pass
    for found in levels.values():
        for level, high in found:
            for other, low in found:
                table[high, low] = other <= level
    return table


def _within(one: NDArray[np.float32], other: NDArray[np.float32]) -> Flags:
    """Row by row of each: whether all that *one* has, *other* has."""
    return one @ (1 - other).T == 0
