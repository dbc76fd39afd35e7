"""Projects that are like one another, by what their items mean."""

from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np
from sqlalchemy.orm import Session

from kb.access import Principal, peer
from kb.errors import NotFoundError, UnavailableError
from kb.searching import embeddings
from search import generation, meanings
from search.ports import Matrix, Vector


@dataclass(frozen=True, slots=True)
class SimilarProject:
    """A project that is like another one."""

    name: str
    items: int
    """Items of it that were compared."""
    closeness: float
    """Cosine between the projects' centres, -1 to 1."""


@dataclass(frozen=True, slots=True)
class _Centres:
    names: tuple[str, ...]
    items: tuple[int, ...]
    vectors: Matrix
    """The mean of each project's items, of unit length."""

    def near(self, meaning: Vector, limit: int) -> list[SimilarProject]:
        """The *limit* projects nearest to *meaning*, nearest first."""
        cosines = self.vectors @ meaning if len(self.names) else np.empty(0, np.float32)
        order: list[int] = np.lexsort((np.arange(len(cosines)), -cosines))[:limit].tolist()
        return [SimilarProject(self.names[i], self.items[i], round(float(cosines[i]), 4)) for i in order]

    def place(self, name: str) -> int:
        folded = [one.casefold() for one in self.names]
        if name.casefold() not in folded:
            raise NotFoundError(f"There is no project {name!r} here with items that you may read.")
        return folded.index(name.casefold())


class Projects:
    """Compares projects; what was worked out holds until the next index. Safe to share between threads.

    An item counts by its first passage, embedded with its title; only items that the reader may see count.
    """

    def __init__(self, index: Path) -> None:
        self._index = index
        self._lock = Lock()
        self._generation = ""
        self._held: dict[Principal, _Centres] = {}

    def similar(
        self, session: Session, principal: Principal, name: str, limit: int = 5
    ) -> list[SimilarProject]:
        """At most *limit* projects like the one with that *name*, most alike first.

        Raises NotFoundError for none that *principal* may know of, UnavailableError without an index.
        """
        centres = self._centres(session, principal)
        own = centres.place(name)
        found = centres.near(centres.vectors[own], limit + 1)
        return [one for one in found if one.name != centres.names[own]][:limit]

    def near(
        self, session: Session, principal: Principal, meaning: Vector, limit: int = 5
    ) -> list[SimilarProject]:
        """At most *limit* projects whose items lie nearest to *meaning*, of unit length, nearest first.

        Only of what *principal* may see. Raises UnavailableError without an index.
        """
        return self._centres(session, principal).near(meaning, limit)

    def _centres(self, session: Session, principal: Principal) -> _Centres:
        present = generation.current(self._index)
        if not present:
            raise UnavailableError("There is no search index yet. Run `kb sync` to build it.")
        with self._lock:
            if present != self._generation:
                self._generation, self._held = present, {}
            reader = peer(principal)
            if reader not in self._held:
                self._held[reader] = _centres(session, reader, generation.model(self._index))
            return self._held[reader]


def _centres(session: Session, principal: Principal, model: str) -> _Centres:
    sums: dict[str, Vector] = {}
    numbers: dict[str, int] = {}
    for name, vector in embeddings.of_projects(session, principal, model):
        read = meanings.read(vector)
        sums[name] = sums[name] + read if name in sums else read
        numbers[name] = numbers.get(name, 0) + 1
    names = tuple(sorted(sums))
    rows = np.array([sums[name] for name in names], np.float32)
    unit = rows / np.linalg.norm(rows, axis=-1, keepdims=True)
    return _Centres(names, tuple(numbers[name] for name in names), unit.astype(np.float32))
