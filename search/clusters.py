"""Texts that say much the same, put together, those that are like no other left out."""

from dataclasses import dataclass

import numpy as np

from search import hierarchy
from search.ports import Matrix

COSINE = 0.4
"""Clusters are joined while their texts are, on average, at least so near to each other."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Texts that belong together, by their places among all."""

    members: tuple[int, ...]
    """Rising; two or more."""
    centre: int
    """The member nearest to all of them: what the cluster is about."""


def clusters(vectors: Matrix, cosine: float = COSINE) -> list[Cluster]:
    """The clusters among texts with *vectors*, by their first members. Needs n² numbers for n texts."""
    if len(vectors) < 2:
        return []
    labels = hierarchy.cut(hierarchy.average(vectors), 1.0 - cosine)
    found: list[Cluster] = []
    for label in dict.fromkeys(labels.tolist()):
        members = np.flatnonzero(labels == label)
        if len(members) > 1:
            own = vectors[members]
            centre = int((own @ own.sum(axis=0)).argmax())
            found.append(Cluster(tuple(members.tolist()), int(members[centre])))
    return found
