"""What shows that training teaches something, and which lessons make it worth learning."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from kb import passages
from kb.access import Principal
from kb.passages import StoredPassage
from kb.values import Filters, ItemId
from kb.vocabulary import FacetName, Kind
from search.engine import Engine
from search.query import MAX_LENGTH, Query
from search.results import Hit

AIMS = "What you will learn"
"""The heading below which training tells its aims."""
_AIM = 0.15
"""Cosine by which another passage has to be nearer than the one that tells the aims."""
_LEAST = 0.25
"""Relevance below which a lesson is no reason to learn something."""
_HEAD = 60
"""Characters in which a passage names its heading."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The passage of an item that is nearest to what it is said to teach."""

    passage: StoredPassage
    nearness: float
    """Its cosine, and more where training tells its aims."""


def shown(
    engine: Engine, session: Session, principal: Principal, text: str, items: Collection[ItemId]
) -> dict[ItemId, Shown]:
    """For each of *items* that *principal* may see, the passage that comes nearest to *text*.

    Raises UnavailableError when there is no usable index.
    """
    near = engine.vectors.of_items(engine.meaning(text[:MAX_LENGTH]), np.array(sorted(items), np.int64))
    cosines = dict(near.pairs())
    best: dict[ItemId, Shown] = {}
    for passage in passages.read(session, principal, list(cosines)).values():
        cosine = cosines[passage.id] + (_AIM if AIMS in f"{passage.headings} {passage.text[:_HEAD]}" else 0)
        if passage.item_id not in best or cosine > best[passage.item_id].nearness:
            best[passage.item_id] = Shown(passage, cosine)
    return best


def lessons(
    engine: Engine, session: Session, principal: Principal, text: str, projects: Sequence[str], limit: int
) -> list[Hit]:
    """At most *limit* lessons that answer *text*: those of *projects* when they have any, else of all.

    Raises UnavailableError when there is no usable index.
    """
    of_all = {FacetName.KIND: (str(Kind.LESSON),)}
    for facets in ([of_all | {FacetName.PROJECT: tuple(projects)}] if projects else []) + [of_all]:
        query = Query(text[:MAX_LENGTH], filters=Filters(facets), typed=text)
        found = engine.search(session, principal, query, limit=limit)
        hits = [hit for hit in found.hits if (hit.relevance or 0) >= _LEAST]
        if hits and not found.nearest_only:
            return hits
    return []
