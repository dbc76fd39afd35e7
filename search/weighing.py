"""What speaks for a practice and what against it: relations, lessons like it, what projects made of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from kb import items, passages
from kb.access import Principal
from kb.items import ItemDetail, ItemSummary
from kb.life import applications, relations
from kb.life.applications import WORKED, Applied
from kb.searching import embeddings
from kb.text import REFERENCE, references, shorten, squash
from kb.values import Filters, ItemId, PracticeFields
from kb.vocabulary import FacetName, Kind, Link, Outcome, Polarity, label
from search import meanings
from search.engine import Engine
from search.ports import Vector

_NEAR = 0.5
"""Cosine from which a lesson is about what a practice is about."""
_CLEARLY = 0.03
"""Cosine by which a lesson must be nearer to what a practice warns of, to speak against it."""
_LESSONS = 3
"""Lessons shown for their meaning alone, on either side."""
_LOOKED_AT = 8
_BEGINNING = 60
"""Characters by which a part of a text is found in it."""
_QUOTE = 240
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")


class Ground(StrEnum):
    """Why something counts as evidence."""

    RELATION = "relation"
    """Somebody noted it."""
    CITED = "cited"
    """The practice itself names it as evidence."""
    MEANING = "meaning"
    """It tells of the same."""
    APPLICATION = "application"
    """A project applied the practice, or decided not to."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One piece of evidence."""

    ground: Ground
    said: str
    """In a sentence."""
    item: ItemSummary | None = None
    """The lesson; None when a project speaks."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What speaks for a practice, and what against it."""

    supports: tuple[Voice, ...]
    opposes: tuple[Voice, ...]


def weigh(engine: Engine, session: Session, principal: Principal, practice: ItemDetail) -> Weighed:
    """The evidence on *practice* that *principal* may see; no lesson twice."""
    found = [
        *_related(session, principal, practice),
        *_applied(session, principal, practice),
        *_cited(session, principal, practice),
        *_alike(engine, session, principal, practice),
    ]
    seen: set[ItemId] = set()
    sides: dict[bool, list[Voice]] = {True: [], False: []}
    for supports, voice in found:
        if voice.item is None or voice.item.id not in seen:
            sides[supports].append(voice)
        if voice.item is not None:
            seen.add(voice.item.id)
    return Weighed(tuple(sides[True]), tuple(sides[False]))


_Side = tuple[bool, Voice]
"""Whether it supports the practice, and what it says."""


def _related(session: Session, principal: Principal, practice: ItemDetail) -> Iterator[_Side]:
    for one in relations.of_item(session, principal, practice.head.ref):
        if one.link in (Link.SUPPORTS, Link.CONTRADICTS):
            said = one.note or f"{one.author} noted that it {label(one.link).lower()} the practice."
            yield one.link is Link.SUPPORTS, Voice(Ground.RELATION, said, one.item)


def _applied(session: Session, principal: Principal, practice: ItemDetail) -> Iterator[_Side]:
    for one in applications.of_item(session, principal, practice.head.ref):
        if one.said.outcome is not Outcome.NOT_YET_KNOWN or not one.said.applied:
            yield one.said.applied and one.said.outcome in WORKED, Voice(Ground.APPLICATION, _told(one))


def _told(one: Applied) -> str:
    said = one.said
    begins = (
        f"{said.project} applied it: {label(said.outcome).lower()}"
        if said.applied
        else f"{said.project} did not apply it"
    )
    return f"{begins}. {shorten(said.reason, _QUOTE)}".strip()


def _cited(session: Session, principal: Principal, practice: ItemDetail) -> Iterator[_Side]:
    """Lessons that the practice's own evidence names, with the sentence that does."""
    text = practice.fields.evidence if isinstance(practice.fields, PracticeFields) else ""
    sentences = {
        ref: sentence for sentence in _SENTENCE.split(squash(text)) for ref in REFERENCE.findall(sentence)
    }
    known = items.referred(session, principal, references(text) - {practice.head.ref})
    heads = items.summaries(session, principal, list(known))
    for id_, head in heads.items():
        if head.kind is Kind.LESSON:
            yield True, Voice(Ground.CITED, sentences.get(known[id_], ""), head)


def _alike(engine: Engine, session: Session, principal: Principal, practice: ItemDetail) -> Iterator[_Side]:
    """Lessons that tell of the same.

    A good experience supports the practice. A bad one supports it when it lies nearest to the problem that
    the practice solves, and speaks against it when it lies nearest to what the practice warns of.
    """
    if not isinstance(practice.fields, PracticeFields):
        return
    parts = (practice.fields.problem, practice.fields.pitfalls)
    solved, feared = (
        _near(engine, session, principal, meaning)
        for meaning in meanings_of(engine, session, principal, practice, parts)
    )
    cosines = {id_: max(solved.get(id_, 0.0), feared.get(id_, 0.0)) for id_ in (*solved, *feared)}
    order = sorted(cosines, key=lambda id_: (-cosines[id_], id_))
    heads = items.summaries(session, principal, order)
    counts = {True: 0, False: 0}
    polarities = items.polarities(session, principal, order)
    for id_ in (id_ for id_ in order if id_ in heads):
        good = polarities.get(id_) is Polarity.POSITIVE
        supports = good or solved.get(id_, 0.0) >= feared.get(id_, 0.0) - _CLEARLY
        if counts[supports] < _LESSONS:
            counts[supports] += 1
            yield supports, Voice(Ground.MEANING, _why(heads[id_], good=good, supports=supports), heads[id_])


def _near(
    engine: Engine, session: Session, principal: Principal, meaning: Vector | None
) -> dict[ItemId, float]:
    """The lessons near to a passage of that *meaning*; none without one."""
    if meaning is None:
        return {}
    filters = Filters({FacetName.KIND: (str(Kind.LESSON),)})
    found = engine.near(session, principal, meaning, limit=_LOOKED_AT, filters=filters)
    return {id_: cosine for id_, cosine in found.items() if cosine >= _NEAR}


def meanings_of(
    engine: Engine, session: Session, principal: Principal, item: ItemDetail, parts: Sequence[str]
) -> list[Vector | None]:
    """For each of *parts* the vector of the passage of *item* that holds its beginning, if there is one."""
    texts = passages.of_item(session, principal, item.head.id)
    vectors = embeddings.of_item(session, principal, engine.model, item.head.id)
    found: list[Vector | None] = []
    for part in parts:
        begins = item.body.find(part[:_BEGINNING]) if part else -1
        ordinal = next((one.ordinal for one in texts if one.locator.start <= begins < one.locator.end), -1)
        found.append(meanings.read(vectors[ordinal]) if ordinal in vectors else None)
    return found


def _why(lesson: ItemSummary, *, good: bool, supports: bool) -> str:
    if good:
        begins = "A good experience near it"
    elif supports:
        begins = "The trouble that it is against"
    else:
        begins = "Near to what it warns of"
    return f"{begins}: {shorten(lesson.summary or lesson.title, _QUOTE)}"
