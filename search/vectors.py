"""The vector index: FAISS, inner product over unit vectors; exact while small, inverted lists above.

Which kind serves which size, and how good it is there, was measured: docs/decisions/0005.
"""

import os
from collections.abc import Collection, Sequence
from math import sqrt
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from kb.values import ItemId
from search.ports import Ids, Matrix, Near, Scores, Vector

EXACT_UP_TO = 150_000
"""Passages up to which each is compared with the query; above, the nearest lists of them."""
_FEW = 8_000
"""Passages of permitted items up to which those are compared one by one where an index has lists."""
_PROBED = 256
"""Lists that are looked into."""
_TRAINING = 48
"""Passages for each list that the lists are formed by."""
_ROUNDS = 8
"""Of k-means."""
_AT_ONCE = 50_000
"""Passages that are added together; for fewer, several threads are not worth the while."""

_VECTORS = "vectors.faiss"
_IDS = "ids.npy"


class FaissIndex:
    """Vectors at rows 0…n-1 in the order of their items, beside the passage and item that each stands for."""

    def __init__(self, index: faiss.Index, passages: Ids, items: Ids, gone: Collection[ItemId] = ()) -> None:
        """*items* rise; those in *gone* are as if they were not there."""
        self._index = index
        self._passages = passages
        self._items = items
        self._gone = _table(items, np.fromiter(gone, np.int64, len(gone))) if gone else None
        self._number = len(passages if self._gone is None else passages[~self._gone[items]])

    @classmethod
    def build(cls, vectors: Matrix, passages: Ids, items: Ids, *, exact: bool | None = None) -> "FaissIndex":
        """An index of *vectors*, shape (n, dimension), that stand for *passages* of *items*.

        Whether it is *exact* depends on the number of vectors unless it is said.
        """
        exact = len(vectors) <= EXACT_UP_TO if exact is None else exact
        faiss.omp_set_num_threads(1 if len(vectors) < _AT_ONCE else os.cpu_count() or 1)
        order = np.lexsort((passages, items))
        index = _flat(vectors.shape[1]) if exact else _lists(vectors)
        for start in range(0, len(order), _AT_ONCE):
            index.add(vectors[order[start : start + _AT_ONCE]])
        _prepare(index)
        return cls(index, passages[order], items[order])

    def __len__(self) -> int:
        """How many passages it holds."""
        return self._number

    def nearest(self, query: Vector, limit: int, among: Ids | None = None, *, floor: float = -1.0) -> Near:
        """See VectorIndex."""
        _alone()
        limit = min(limit, len(self))
        if not limit or (among is not None and not len(among)):
            return _NOTHING
        rows, allowed = self._permitted(among)
        if rows is not None:
            scores, places = self._compare(query, rows, limit)
        else:
            scores, places = self._search(query, limit, allowed)
        found = (places >= 0) & (scores >= floor)
        return self._near(places[found], scores[found])

    def of_items(self, query: Vector, items: Ids) -> Near:
        """See VectorIndex."""
        _alone()
        rows = self._rows(self._live(items))
        return self._near(rows, self._cosines(query, rows)) if len(rows) else _NOTHING

    def all_items(self) -> Ids:
        """Every item it holds, rising."""
        return self._live(np.unique(self._items))

    def save(self, folder: Path) -> None:
        """Write it into *folder*."""
        faiss.write_index(self._index, str(folder / _VECTORS))
        np.save(folder / _IDS, np.stack([self._passages, self._items]))

    @classmethod
    def open(cls, folder: Path, gone: Collection[ItemId] = ()) -> "FaissIndex":
        """Read what `save` wrote. RuntimeError, ValueError or OSError when it is damaged."""
        index = faiss.read_index(str(folder / _VECTORS))
        passages, items = np.load(folder / _IDS)
        if index.ntotal != len(passages):
            raise ValueError("vectors and ids differ in number")
        _prepare(index)
        return cls(index, passages, items, gone)

    def _permitted(self, among: Ids | None) -> tuple[Ids | None, NDArray[np.bool_] | None]:
        """The rows of items *among* when they are few, else which of all rows are theirs; None = all.

        An exact index passes over rows that are not permitted faster than rows can be taken out of it.
        """
        if among is None and self._gone is None:
            return None, None
        by_one = isinstance(self._index, faiss.IndexIVF)
        if by_one and among is not None and len(among) <= _FEW:
            rows = self._rows(self._live(among))
            if len(rows) <= _FEW:
                return rows, None
        allowed = np.ones(len(self._items), np.bool_)
        if among is not None:
            allowed &= _table(self._items, among)[self._items]
        if self._gone is not None:
            allowed &= ~self._gone[self._items]
        few = by_one and np.count_nonzero(allowed) <= _FEW
        return (np.flatnonzero(allowed), None) if few else (None, allowed)

    def _near(self, rows: Ids, cosines: Scores) -> Near:
        return _sorted(self._passages[rows], self._items[rows], cosines)

    def _live(self, items: Ids) -> Ids:
        if self._gone is None:
            return items
        inside = items[items < len(self._gone)]
        return inside[~self._gone[inside]]

    def _rows(self, items: Ids) -> Ids:
        """The rows of *items*: an item's stand side by side."""
        starts = np.searchsorted(self._items, items, side="left")
        lengths = np.searchsorted(self._items, items, side="right") - starts
        before = np.cumsum(lengths) - lengths
        return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))

    def _cosines(self, query: Vector, rows: Ids) -> NDArray[np.float32]:
        """By NumPy's own loop: for so few the threads of BLAS cost more than they bring."""
        return np.einsum("ij,j->i", self._index.reconstruct_batch(rows), query)

    def _compare(self, query: Vector, rows: Ids, limit: int) -> tuple[NDArray[np.float32], Ids]:
        if not len(rows):
            return np.empty(0, np.float32), rows
        cosines = self._cosines(query, rows)
        if limit < len(rows):
            best = np.argpartition(-cosines, limit - 1)[:limit]
            return cosines[best], rows[best]
        return cosines, rows

    def _search(
        self, query: Vector, limit: int, allowed: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.float32], Ids]:
        selector: Any = None
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(bits)  # pyright: ignore[reportCallIssue] - FAISS's Python layer takes an array
        parameters: Any = (
            faiss.SearchParametersIVF(sel=selector, nprobe=_PROBED)  # pyright: ignore[reportCallIssue]
            if isinstance(self._index, faiss.IndexIVF)
            else faiss.SearchParameters(sel=selector)  # pyright: ignore[reportCallIssue]
        )
        scores, places = self._index.search(query[np.newaxis], limit, params=parameters)
        return scores[0], places[0]


class JoinedIndex:
    """Several indexes as one; a passage is in one of them only."""

    def __init__(self, parts: Sequence[FaissIndex]) -> None:
        self._parts = parts

    def __len__(self) -> int:
        """How many passages they hold."""
        return sum(map(len, self._parts))

    def nearest(self, query: Vector, limit: int, among: Ids | None = None, *, floor: float = -1.0) -> Near:
        """See VectorIndex."""
        return _joined([part.nearest(query, limit, among, floor=floor) for part in self._parts], limit)

    def of_items(self, query: Vector, items: Ids) -> Near:
        """See VectorIndex."""
        return _joined([part.of_items(query, items) for part in self._parts])

    def all_items(self) -> Ids:
        """Every item they hold, rising."""
        return np.unique(np.concatenate([part.all_items() for part in self._parts]))


def _flat(dimension: int) -> faiss.IndexScalarQuantizer:
    """An empty index that compares with each vector.

    Half-precision halves memory and time, and moves a cosine by less than 1e-4.
    """
    return faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)


def _lists(vectors: Matrix) -> faiss.IndexIVFScalarQuantizer:
    """An empty index of inverted lists whose centres were learned from a sample of *vectors*."""
    number, dimension = vectors.shape
    lists = min(number, round(2 * sqrt(number)))
    kind, near = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    index = faiss.IndexIVFScalarQuantizer(faiss.IndexFlatIP(dimension), dimension, lists, kind, near, False)
    index.cp.niter = _ROUNDS
    index.cp.spherical = True
    index.cp.min_points_per_centroid = 1
    chosen = np.random.default_rng(1).permutation(number)[: lists * _TRAINING]
    index.train(vectors[np.sort(chosen)])
    return index


def _alone() -> None:
    """Let this thread compute without helpers: a query is too little to share, and waiting burns a core.

    OpenMP keeps the number for each thread, so threads that build an index are not slowed down.
    """
    faiss.omp_set_num_threads(1)


def _prepare(index: Any) -> None:
    if isinstance(index, faiss.IndexIVF):
        index.make_direct_map()


def _table(among: Ids, items: Ids) -> NDArray[np.bool_]:
    """For each number up to the highest *among*, whether it is one of *items*."""
    table = np.zeros(int(among.max(initial=0)) + 1, np.bool_)
    table[items[items < len(table)]] = True
    return table


def _joined(found: Sequence[Near], limit: int | None = None) -> Near:
    return _sorted(
        np.concatenate([one.passages for one in found]),
        np.concatenate([one.items for one in found]),
        np.concatenate([one.cosines for one in found]),
        limit,
    )


def _sorted(passages: Ids, items: Ids, cosines: Scores, limit: int | None = None) -> Near:
    order = np.lexsort((passages, -cosines))[:limit]
    return Near(passages[order], items[order], cosines[order])


_NOTHING = Near(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))
