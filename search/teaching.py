"""What to teach a topic or a situation with, found across kinds and put in the order of a session.

The order follows Merrill, M. D. (2002), "First principles of instruction", Educational Technology Research
and Development 50(3), 43-59: people learn when they (1) meet a real problem, (2) recall what they know of
such, (3) are shown how it is done, (4) do it themselves and (5) take it into their own work. Hence a session

1. opens with a lesson as a case: the one nearest to the topic that says both what happened and what to do;
   beside it, as a contrast, one that went the other way, when there is one;
2. states the principle: the practices that answer it best;
3. shows how it is done: the training nearest to the topic, from foundation to expert (what does not say its
   level comes last), and the templates to do it with;
4. lets people work on questions that the case itself answers (`kb.learning.exercises`);
5. ends with reading: what else answers, the best first; certificates and assessments stand here, as they show
   what was learned rather than teach it.

Nothing is put in a part for the sake of having something there. An item is taught with only if its title says
that it is about the topic: long courses and practices hold the words of any situation in a passing example.
Read on 26 topics with the starter library and NASA's lessons, twelve of them after the limits were chosen:
of the 130 items of the first three parts 113 (87 %) were on topic, of the twelve new topics 46 of 57 (81 %).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb import items
from kb.access import Principal
from kb.items import ItemDetail
from kb.learning import audiences
from kb.learning.audiences import Audience
from kb.learning.exercises import tells_a_case
from kb.life.experience import NOT_IN_USE
from kb.values import Filters, ItemId, LessonFields, TrainingFields
from kb.vocabulary import FacetName, Kind, TrainingFormat, TrainingLevel
from search import recommending
from search.engine import Engine
from search.query import MAX_LENGTH, Query
from search.results import Hit, Place

_EACH = 20
"""Items of a kind that are looked at."""
_LEAST = 0.3
"""Strength below which an item is not taught with, though a search would still list it."""
_TITLE = 0.2
"""Cosine with the topic from which a title says so without any word of it."""
_SHOWING = (TrainingFormat.ASSESSMENT, TrainingFormat.CERTIFICATION)
"""Formats that show what was learned."""
_LEVELS = (*TrainingLevel, None)
_PRACTICES, _MODULES, _TEMPLATES, _READING = 2, 3, 2, 6


@dataclass(frozen=True, slots=True)
class Chosen:
    """An item that is taught with."""

    hit: Hit
    item: ItemDetail
    strength: float
    """0 to 1: the mean of the relevance of the whole and that of what it begins with."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a session on a topic is made of; each part may be empty."""

    cases: tuple[Chosen, ...]
    """A lesson, and perhaps one that went the other way."""
    principles: tuple[Chosen, ...]
    modules: tuple[Chosen, ...]
    templates: tuple[Chosen, ...]
    reading: tuple[Chosen, ...]


def gather(
    engine: Engine, session: Session, principal: Principal, topic: str, audience: Audience
) -> Material:
    """What of all that *principal* may see teaches *topic* to *audience*.

    Raises UnavailableError without an index.
    """
    found = {kind: _answers(engine, session, principal, topic, kind, audience) for kind in Kind}
    cases = _cases(found[Kind.LESSON])
    principles = found[Kind.PRACTICE][:_PRACTICES]
    teaching = [one for one in found[Kind.TRAINING] if _training(one).format not in _SHOWING]
    modules = sorted(teaching[:_MODULES], key=lambda one: _LEVELS.index(_training(one).level))
    templates = found[Kind.TEMPLATE][:_TEMPLATES]
    taken = {one.item.head.id for one in (*cases, *principles, *modules, *templates)}
    rest = [one for every in found.values() for one in every if one.item.head.id not in taken]
    reading = sorted(rest, key=lambda one: (-one.strength, one.item.head.id))[:_READING]
    return Material(*map(tuple, (cases, principles, modules, templates, reading)))


def _answers(
    engine: Engine, session: Session, principal: Principal, topic: str, kind: Kind, audience: Audience
) -> list[Chosen]:
    """The items of a kind that answer the topic, the strongest first."""
    text = topic[:MAX_LENGTH]
    only = audiences.suited(session, principal, kind, audience)
    query = Query(text, filters=Filters({FacetName.KIND: (str(kind),)}), typed=text, only=only)
    found = engine.search(session, principal, query, limit=_EACH)
    if found.nearest_only or not found.hits:
        return []
    hits = {hit.item.id: hit for hit in found.hits if hit.item.status not in NOT_IN_USE}
    near = recommending.beginnings(engine, text, list(hits))
    strengths = {id_: recommending.strength(hit, near.get(id_, -1.0)) for id_, hit in hits.items()}
    strong = [hit for id_, hit in hits.items() if strengths[id_] >= _LEAST]
    titled = _titled(engine, text, strong) if strong else set[ItemId]()
    best = sorted(titled, key=lambda id_: (-strengths[id_], id_))
    return [
        Chosen(hits[item.head.id], item, strengths[item.head.id])
        for item in items.details(session, principal, best)
    ]


def _titled(engine: Engine, topic: str, hits: Sequence[Hit]) -> set[ItemId]:
    """The items whose titles say that they are about the topic, by a word or by meaning."""
    titles = engine.asked([hit.item.title for hit in hits])
    meaning = engine.meaning(topic)
    return {
        hit.item.id
        for hit, title in zip(hits, titles, strict=True)
        if any(Place.TITLE in word.places for word in hit.why.words) or title.vector @ meaning >= _TITLE
    }


def _cases(lessons: Sequence[Chosen]) -> list[Chosen]:
    """The best lesson that can be told as a case, and the best that went the other way."""
    told = [one for one in lessons if tells_a_case(_lesson(one))]
    if not told:
        return []
    way = _lesson(told[0]).polarity
    other = [one for one in told[1:] if way and _lesson(one).polarity not in (None, way)]
    return [told[0], *other[:1]]


def _lesson(one: Chosen) -> LessonFields:
    assert isinstance(one.item.fields, LessonFields)  # noqa: S101 - it was searched for by kind
    return one.item.fields


def _training(one: Chosen) -> TrainingFields:
    assert isinstance(one.item.fields, TrainingFields)  # noqa: S101 - it was searched for by kind
    return one.item.fields
