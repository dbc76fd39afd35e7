"""Which training answers a lesson, and which lessons a training answers: by stored vectors alone.

An item as a whole is the sum of its passages' vectors, as a course holds an example for almost anything in
one passage or another. The limits were chosen by reading the nearest of 16 lessons and 8 courses of the
starter library with NASA's lessons: hardly any pair above 0.6 was wrong, hardly any below 0.5 right.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from kb import facets, items, passages
from kb.access import Principal
from kb.errors import InvalidError
from kb.items import ItemSummary
from kb.life.experience import NOT_IN_USE
from kb.passages import StoredPassage
from kb.searching import embeddings
from kb.values import Filters, ItemId, PassageId
from kb.vocabulary import FacetName, Kind
from search import meanings
from search.engine import Engine
from search.ports import Vector

TEACHES = 0.6
"""Cosine of the two as wholes from which training answers a lesson."""
TEACHES_SHARED = 0.5
"""The same where both name a competence."""
_CANDIDATES = 30
"""Items of the nearest passages that are compared as wholes."""
_OTHER = {Kind.LESSON: Kind.TRAINING, Kind.TRAINING: Kind.LESSON}


@dataclass(frozen=True, slots=True)
class Answering:
    """A training that answers a lesson, or a lesson that a training answers, and what says so."""

    item: ItemSummary
    nearness: float
    """Cosine of the two as wholes."""
    shared: tuple[str, ...]
    """Competences that both name."""
    passage: StoredPassage
    """Of *item*, the nearest to the other one."""


def answering(
    engine: Engine, session: Session, principal: Principal, ref: str, *, limit: int = 5
) -> list[Answering]:
    """The training that answers the lesson *ref*, or the lessons that the training *ref* answers.

    The nearest first, out of what *principal* may see and what is in use. Raises NotFoundError, InvalidError
    for an item of another kind, UnavailableError without an index.
    """
    head = items.get(session, principal, ref).head
    if head.kind not in _OTHER:
        raise InvalidError(f"{head.ref} is a {head.kind}; only lessons and training answer each other.")
    whole = wholes(session, principal, engine.model, [head.id]).get(head.id)
    if whole is None:  # not indexed yet, or withdrawn
        return []
    kind = Filters({FacetName.KIND: (str(_OTHER[head.kind]),)})
    near = list(engine.near(session, principal, whole, limit=_CANDIDATES, filters=kind))
    heads = items.summaries(session, principal, near)
    shared = _shared(session, principal, head.id, near)
    cosines = {
        id_: float(whole @ vector)
        for id_, vector in wholes(session, principal, engine.model, near).items()
        if id_ in heads and heads[id_].status not in NOT_IN_USE
    }
    least = {id_: TEACHES_SHARED if shared[id_] else TEACHES for id_ in cosines}
    enough = [id_ for id_ in cosines if cosines[id_] >= least[id_]]
    ids = sorted(enough, key=lambda id_: (-cosines[id_], id_))[:limit]
    quoted = _nearest_passages(engine, session, principal, whole, ids)
    return [Answering(heads[id_], cosines[id_], shared[id_], quoted[id_]) for id_ in ids if id_ in quoted]


def wholes(session: Session, principal: Principal, model: str, ids: Sequence[ItemId]) -> dict[ItemId, Vector]:
    """What each of *ids* means as a whole, of what *principal* may see and *model* has read."""
    stored = embeddings.of_passages(session, principal, model, ids)
    return {id_: meanings.together(list(map(meanings.read, vectors))) for id_, vectors in stored.items()}


def _shared(
    session: Session, principal: Principal, item: ItemId, others: list[ItemId]
) -> dict[ItemId, tuple[str, ...]]:
    """The competences that each of *others* names as *item* does."""
    named = facets.of_items(session, principal, [item, *others])
    own = set(named.get(item, {}).get(FacetName.COMPETENCE, ()))
    return {
        other: tuple(name for name in named.get(other, {}).get(FacetName.COMPETENCE, ()) if name in own)
        for other in others
    }


def _nearest_passages(
    engine: Engine, session: Session, principal: Principal, whole: meanings.Vector, ids: list[ItemId]
) -> dict[ItemId, StoredPassage]:
    near = engine.vectors.of_items(whole, np.array(sorted(ids), np.int64))
    best: dict[ItemId, tuple[float, PassageId]] = {}
    for item, (passage, cosine) in zip(near.items.tolist(), near.pairs(), strict=True):
        best[item] = max(best.get(item, (-2.0, passage)), (cosine, passage))
    stored = passages.read(session, principal, [passage for _, passage in best.values()])
    return {item: stored[passage] for item, (_, passage) in best.items() if passage in stored}
