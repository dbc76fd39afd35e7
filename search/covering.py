"""Which training covers themes, by what their lessons mean together, and topics, by their words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from kb import facets, items
from kb.access import Principal
from kb.items import ItemSummary
from kb.life.experience import NOT_IN_USE
from kb.values import Filters, ItemId
from kb.vocabulary import FacetName, Kind
from search import meanings
from search.answering import wholes
from search.engine import Engine

TYPICAL = 20
"""Lessons of a theme that say what it means: the most typical."""
THEME = 0.55
"""Cosine of a theme with a training as a whole from which that covers it: less than of a single lesson, as
what is peculiar to each lesson is not in their sum. Of the 42 themes of the starter library with NASA's
lessons, 14 are covered so, each by training that fits; below 0.5 none fits but by chance."""
TOPIC = 0.45
"""Cosine of words with a passage of training from which that covers them: about where half the readers would
call what was found relevant (`search.fusion`)."""
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Covering:
    """Training that covers something."""

    item: ItemSummary
    nearness: float


def of_themes(
    engine: Engine, session: Session, principal: Principal, themes: Sequence[Sequence[ItemId]]
) -> list[list[Covering]]:
    """The training that covers each of *themes*, given by their lessons, the most typical first.

    At most three, the nearest first, out of what *principal* may see and what is in use.
    """
    training = facets.matching(session, principal, Filters({FacetName.KIND: (str(Kind.TRAINING),)}))
    courses = wholes(session, principal, engine.model, training)
    ids = sorted(courses)
    heads = items.summaries(session, principal, ids)
    ids = [id_ for id_ in ids if id_ in heads and heads[id_].status not in NOT_IN_USE]
    if not ids:
        return [[] for _ in themes]
    typical = [list(theme[:TYPICAL]) for theme in themes]
    lessons = wholes(session, principal, engine.model, [id_ for theme in typical for id_ in theme])
    known = [[lessons[id_] for id_ in theme if id_ in lessons] for theme in typical]
    matrix = np.stack([courses[id_] for id_ in ids])
    found: list[list[Covering]] = []
    for vectors in known:
        cosines = matrix @ meanings.together(vectors) if vectors else np.zeros(len(ids), np.float32)
        best = [place for place in np.argsort(-cosines)[:_SHOWN].tolist() if cosines[place] >= THEME]
        found.append([Covering(heads[ids[place]], float(cosines[place])) for place in best])
    return found


def of_topics(
    engine: Engine, session: Session, principal: Principal, topics: Sequence[str]
) -> list[list[Covering]]:
    """The same for each of *topics*, given in words. Raises UnavailableError without an index."""
    kind = Filters({FacetName.KIND: (str(Kind.TRAINING),)})
    found: list[list[Covering]] = []
    for topic in topics:
        near = engine.near(session, principal, engine.meaning(topic), limit=_SHOWN, filters=kind)
        heads = items.summaries(session, principal, list(near))
        found.append(
            [
                Covering(heads[id_], cosine)
                for id_, cosine in near.items()
                if cosine >= TOPIC and id_ in heads and heads[id_].status not in NOT_IN_USE
            ]
        )
    return found
