"""The second stage of a ranking: a reranker reads the first items' best passages beside the query."""

from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy.orm import Session

from kb import passages
from kb.access import Principal
from kb.values import ItemId, PassageId
from search.ports import Reranker, Vector, VectorIndex

FIRST = 50
"""Items that are read again; whatever the page, so that the order does not depend on it."""
_WEIGHT = 0.5
"""Share of the reranker in the value that these items are ordered by, the rest is their relevance."""


def judge(
    session: Session,
    principal: Principal,
    reranker: Reranker,
    query: str,
    best: Mapping[ItemId, PassageId],
) -> dict[ItemId, float]:
    """The reranker's score of each item by its *best* passage, as it was embedded.

    Left out are items that *principal* may not see, or whose passage is gone since the index was made.
    """
    texts = passages.read_embedded(session, principal, list(best.values()))
    readable = [item for item, passage in best.items() if passage in texts]
    scores = reranker.score(query, [texts[best[item]] for item in readable])
    return dict(zip(readable, scores.tolist(), strict=True))


def nearest_passages(vectors: VectorIndex, query: Vector, items: Sequence[ItemId]) -> dict[ItemId, PassageId]:
    """The passage of each of *items* that is nearest to *query*; the first of several."""
    near = vectors.of_items(query, np.array(sorted(items), np.int64))
    pairs = zip(near.items.tolist(), near.passages.tolist(), strict=True)
    best: dict[ItemId, PassageId] = {}
    for item, passage in pairs:
        best.setdefault(ItemId(item), PassageId(passage))
    return best


def fuse(relevance: Mapping[ItemId, float], scores: Mapping[ItemId, float]) -> dict[ItemId, float]:
    """What items are ordered by, 0 to 1: a weighted mean; their *relevance* alone where there is no score."""
    return {item: (1 - _WEIGHT) * own + _WEIGHT * scores.get(item, own) for item, own in relevance.items()}
