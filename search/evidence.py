"""What speaks for items: for one question, or for questions by the dozen over the same items."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import reduce

import numpy as np

from kb.values import ItemId
from search import analysis, synonyms
from search.fusion import Evidence
from search.generation import Generation
from search.hits import Asked
from search.ports import Ids, Near, Term, Vector, VectorIndex, WordMatch


class Lookup:
    """Groups of items in which many questions are looked up, over one state of the index throughout.

    Nothing is ordered, counted, cut out or recorded.
    """

    def __init__(self, index: Generation, groups: Sequence[Ids | None]) -> None:
        """*groups*: of permitted items, rising; None = every item there is."""
        self._index = index
        self._groups = groups
        some = [group for group in groups if group is not None]
        self._all = reduce(np.union1d, some) if len(some) == len(groups) else None

    @property
    def vectors(self) -> VectorIndex:
        """Of that state of the index."""
        return self._index.vectors

    def nearest(self, query: Vector, limit: int) -> Near:
        """The *limit* passages of all groups that are nearest to *query*."""
        return self.vectors.nearest(query, limit, self._all)

    def evidence(self, asked: Asked, depth: int) -> dict[ItemId, Evidence]:
        """What speaks for each item that may answer *asked*.

        The items of the *depth* passages of each group that are nearest in meaning are looked at, and as many
        items of all groups that hold its words.
        """
        wanted = analysis.content_words(asked.text)
        if not wanted or (self._all is not None and not len(self._all)):
            return {}
        cosines: dict[ItemId, float] = {}
        for group in self._groups:
            cosines |= self.vectors.nearest(asked.vector, depth, group).of_items()
        matches = self._index.words.matching(terms(asked, wanted), depth, self._all)
        return weigh(self.vectors, asked.vector, matches, cosines)


def terms(asked: Asked, wanted: Sequence[str]) -> list[Term]:
    """The words *wanted* of a question, and what may stand in their place."""
    typed = Counter(analysis.words(asked.text))
    return [
        *(Term(word, typed[word]) for word in wanted),
        *(Term(other, synonyms.WEIGHT, typed=False) for other in asked.others),
    ]


def weigh(
    vectors: VectorIndex,
    query: Vector,
    matches: Sequence[WordMatch],
    near: Mapping[ItemId, float],
    scarce: Sequence[ItemId] = (),
) -> dict[ItemId, Evidence]:
    """What speaks for each item that either index offers, or that is *scarce*.

    *near* are cosines; they are looked up where only words spoke.
    """
    lexical = {match.item: match for match in matches}
    cosines = dict(near)
    others = [item for item in {**lexical, **dict.fromkeys(scarce)} if item not in cosines]
    cosines.update(vectors.of_items(query, np.array(sorted(others), np.int64)).of_items())
    return {
        item: Evidence(match.share, cosine, match.held, match.passage)
        if (match := lexical.get(item))
        else Evidence(0.0, cosine)
        for item, cosine in cosines.items()
    }
