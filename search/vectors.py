"""The vector index: FAISS, exact inner product over unit vectors."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from kb.values import ItemId, PassageId
from search.ports import Matrix, Vector

Ids = NDArray[np.int64]

_VECTORS = "vectors.faiss"
_IDS = "ids.npy"


class FaissIndex:
    """Vectors at positions 0…n-1, beside the passage and item that each stands for."""

    def __init__(self, index: faiss.Index, passages: Ids, items: Ids) -> None:
        self._index = index
        self._passages = passages
        self._items = items
        order = np.argsort(passages, kind="stable")
        self._sorted, self._positions = passages[order], order

    @classmethod
    def build(cls, vectors: Matrix, passages: Ids, items: Ids) -> "FaissIndex":
        """An index of *vectors*, shape (n, dimension), that stand for *passages* of *items*."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors))
        return cls(index, passages, items)

    def __len__(self) -> int:
        """How many passages it holds."""
        return len(self._passages)

    def nearest(
        self,
        query: Vector,
        limit: int,
        among: Collection[ItemId] | None = None,
        *,
        floor: float = -1.0,
    ) -> list[tuple[PassageId, float]]:
        """See VectorIndex."""
        limit = min(limit, len(self))
        if not limit:
            return []
        parameters = None
        if among is not None:
            allowed = np.isin(self._items, np.fromiter(among, np.int64, len(among)))
            selector: Any = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))  # pyright: ignore[reportCallIssue] - FAISS's Python layer takes an array
            parameters = faiss.SearchParameters(sel=selector)  # pyright: ignore[reportCallIssue]
        scores, positions = self._index.search(query[np.newaxis], limit, params=parameters)
        found = (positions[0] >= 0) & (scores[0] >= floor)
        ids, cosines = self._passages[positions[0][found]], scores[0][found]
        order = np.lexsort((ids, -cosines))
        return [(PassageId(int(ids[i])), float(cosines[i])) for i in order]

    def of_items(self, query: Vector, items: Collection[ItemId]) -> list[tuple[PassageId, float]]:
        """See VectorIndex."""
        wanted = np.fromiter(items, np.int64, len(items))
        positions = np.flatnonzero(np.isin(self._items, wanted))
        if not len(positions):
            return []
        cosines = self._index.reconstruct_batch(positions) @ query
        ids = self._passages[positions]
        return [(PassageId(int(i)), float(c)) for i, c in zip(ids, cosines, strict=True)]

    def items(self, ids: Sequence[PassageId]) -> list[ItemId]:
        """See VectorIndex."""
        return [ItemId(int(item)) for item in self._items[self._place(ids)]] if ids else []

    def without(self, items: Collection[ItemId]) -> tuple[Matrix, Ids, Ids]:
        """Vectors, passages and items that are left when *items* are taken out."""
        keep = np.isin(self._items, np.fromiter(items, np.int64, len(items)), invert=True)
        vectors = self._index.reconstruct_batch(np.flatnonzero(keep))
        return vectors, self._passages[keep], self._items[keep]

    def save(self, folder: Path) -> None:
        """Write it into *folder*."""
        faiss.write_index(self._index, str(folder / _VECTORS))
        np.save(folder / _IDS, np.stack([self._passages, self._items]))

    @classmethod
    def open(cls, folder: Path) -> "FaissIndex":
        """Read what `save` wrote. RuntimeError, ValueError or OSError when it is damaged."""
        index = faiss.read_index(str(folder / _VECTORS))
        passages, items = np.load(folder / _IDS)
        if index.ntotal != len(passages):
            raise ValueError("vectors and ids differ in number")
        return cls(index, passages, items)

    def _place(self, ids: Sequence[PassageId]) -> NDArray[np.int64]:
        return self._positions[np.searchsorted(self._sorted, np.asarray(ids, np.int64))]
