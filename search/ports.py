"""What the engines promise. Each Protocol has a contract suite in `tests/contracts`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from kb.values import ItemId, PassageId

Vector = NDArray[np.float32]
"""Unit length, shape (dimension,)."""
Matrix = NDArray[np.float32]
"""Rows of unit length, shape (n, dimension)."""
Scores = NDArray[np.float32]
"""Shape (n,)."""
Ids = NDArray[np.int64]
"""Ids of items, rising, each once; or of passages."""


class Term(NamedTuple):
    """A word to look for; of several parts (`e-mail`), which must then stand side by side."""

    text: str
    weight: float = 1.0
    """How often it was typed; less than 1 for what may stand in the place of a typed word."""
    typed: bool = True


class WordMatch(NamedTuple):
    """An item that holds some of the words."""

    item: ItemId
    share: float
    """BM25 of its best row as a share of what a text of nothing but the typed words could reach, 0 to 1."""
    held: float
    """Share of the typed words, weighed by rarity, that stand in that row, 0 to 1."""
    passage: PassageId
    """The passage at or soon after which they stand."""


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """Passages beside a vector, by falling cosine, ties by id; three arrays of one length."""

    passages: Ids
    items: Ids
    """Of which each is a passage."""
    cosines: Scores

    def __len__(self) -> int:
        """How many passages there are."""
        return len(self.passages)

    def pairs(self) -> list[tuple[PassageId, float]]:
        """Passages with their cosines."""
        return list(zip(map(PassageId, self.passages.tolist()), self.cosines.tolist(), strict=True))

    def of_items(self) -> dict[ItemId, float]:
        """The cosine of each item's nearest passage."""
        # Turned round, so that an item keeps what is written last: its nearest.
        return dict(zip(map(ItemId, self.items[::-1].tolist()), self.cosines[::-1].tolist(), strict=True))


class Encoder(Protocol):
    """Texts to vectors; texts that mean the same lie close together."""

    @property
    def model(self) -> str:
        """Names the model and its weights; vectors under different names must never be compared."""
        ...

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Matrix:
        """One row for each of *texts*, the same whatever else is in the batch."""
        ...

    def encode_query(self, text: str) -> Vector:
        """The vector of a question about the texts."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        """One row for each of several questions, the same as one by one, sooner."""
        ...


class Reranker(Protocol):
    """Reads a query and a text together: slower than comparing vectors, and a better judge."""

    @property
    def model(self) -> str:
        """Names the model and its weights."""
        ...

    def score(self, query: str, texts: Sequence[str]) -> Scores:
        """How relevant each of *texts* is to *query*, 0 to 1, the same whatever the others are."""
        ...


class VectorIndex(Protocol):
    """Finds the vectors nearest to one."""

    def nearest(self, query: Vector, limit: int, among: Ids | None = None, *, floor: float = -1.0) -> Near:
        """The *limit* nearest passages at most.

        Only of items *among*, if given, and only with a cosine of *floor* or more. A large index may miss a
        few of the nearest, never where *among* has few passages; what it gives has its true cosine.
        """
        ...

    def of_items(self, query: Vector, items: Ids) -> Near:
        """All passages of *items*."""
        ...

    def all_items(self) -> Ids:
        """Every item it holds, rising."""
        ...

    def __len__(self) -> int:
        """How many passages it holds."""
        ...


class LexicalIndex(Protocol):
    """Finds the items that hold words."""

    def matching(self, terms: Sequence[Term], limit: int, among: Ids | None = None) -> list[WordMatch]:
        """At most *limit* items that hold any of *terms*, by falling share, ties by id."""
        ...

    def scarce(self, words: Sequence[str], most: int, among: Ids | None = None) -> Ids:
        """Items, rising, that hold one of *words* that at most *most* items hold."""
        ...

    def holding(self, phrases: Sequence[str]) -> Ids:
        """Items, rising, that hold any of *phrases*.

        A phrase is met word for word, but for inflection.
        """
        ...

    def __len__(self) -> int:
        """How many passages it holds."""
        ...
