"""Hard negatives: texts of the base that come close to answering a query, and do not."""

from collections.abc import Iterator, Sequence

import numpy as np

from kb.searching.pairs import Pair
from search import analysis
from search.ports import Encoder, Ids, VectorIndex

FIRST, LAST = 10, 50
"""Places among the passages nearest to a query: those before may answer it too, those after are easy."""
_MARGIN = 0.95
"""Of the answer's cosine, at most: what is nearer may be an answer nobody marked (Moreira et al. 2024)."""
_ALIKE = 0.8
"""Share of common words from which on two texts say the same."""


class NearMisses:
    """Finds a near miss for each pair, with vectors that the index holds already. Deterministic."""

    def __init__(self, encoder: Encoder, index: VectorIndex, pairs: Sequence[Pair]) -> None:
        """*index* holds vectors of *encoder*; near misses are texts of *pairs*."""
        self._encoder = encoder
        self._index = index
        self._said = {(pair.kind, pair.passage): pair for pair in pairs}
        self._items = np.unique(np.asarray([pair.item for pair in pairs], np.int64))

    def of(self, step: Sequence[Pair]) -> list[str | None]:
        """A text for each pair of *step*, of the same kind, and of none of the step's items.

        The nearest of those from place FIRST to LAST that is clearly further from the query than the answer,
        has another title and says something else; None where there is none.
        """
        others = np.setdiff1d(self._items, [pair.item for pair in step])
        return [next(self._near(pair, others), None) for pair in step]

    def _near(self, pair: Pair, others: Ids) -> Iterator[str]:
        query = self._encoder.encode_query(pair.query)
        answer = dict(self._index.of_items(query, np.asarray([pair.item])).pairs()).get(pair.passage, 0.0)
        for passage, cosine in self._index.nearest(query, LAST, others).pairs()[FIRST:]:
            other = self._said.get((pair.kind, passage))
            if other and cosine <= answer * _MARGIN and _differ(pair, other):
                yield other.text


def _differ(pair: Pair, other: Pair) -> bool:
    if pair.title.casefold() == other.title.casefold():
        return False
    ours, theirs = set(analysis.content_words(pair.text)), set(analysis.content_words(other.text))
    return len(ours & theirs) < _ALIKE * len(ours | theirs)
