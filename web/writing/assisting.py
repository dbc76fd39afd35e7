"""Help at the keyboard: how well a lesson is written, what is here already, and what it is about."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ingest import composed
from ingest.composed import LessonEntry
from kb import facets, items
from kb.access import Principal
from kb.errors import UnavailableError
from kb.items import ItemSummary
from kb.life import disagreements, linting
from kb.life.linting import Finding
from kb.models import now
from kb.values import Filters, ItemId
from kb.vocabulary import FacetName, Kind, Link
from search import disagreement, doubles, suggesting
from search.disagreement import Advice
from search.doubles import Likeness
from search.engine import Engine
from search.ports import Vector
from search.suggesting import NEIGHBOURS, Subject, Suggestion, Voice
from web.searching import comparing
from web.wiring import Services

_FEWEST_WORDS = 4
"""With fewer there is nothing yet to compare."""
_MOST_DOUBLES = 5
_MOST_CLASHES = 3
_FACETS = {
    Subject.AREA: FacetName.AREA,
    Subject.PHASE: FacetName.PHASE,
    Subject.APPROACH: FacetName.APPROACH,
    Subject.SECTOR: FacetName.SECTOR,
    Subject.TAG: FacetName.TAG,
    Subject.COMPETENCE: FacetName.COMPETENCE,
}
_LESSONS = Filters({FacetName.KIND: (Kind.LESSON,)})
_TRAINING = Filters({FacetName.KIND: (Kind.TRAINING,)})


@dataclass(frozen=True, slots=True)
class Double:
    """A lesson that is like the one being written."""

    lesson: ItemSummary
    likeness: Likeness
    similarity: float
    """Cosine of the two texts."""
    reason: str
    """A sentence."""


@dataclass(frozen=True, slots=True)
class Clash:
    """An item that advises otherwise than the lesson being written, or that it seems to replace."""

    item: ItemSummary
    link: Link
    reason: str
    """A sentence."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What is said of a lesson while it is being written."""

    score: int
    findings: list[Finding]
    doubles: list[Double]
    clashes: list[Clash]
    suggestions: list[Suggestion]
    """Without what was chosen already."""


def check(
    services: Services, session: Session, principal: Principal, entry: LessonEntry, ref: str = ""
) -> Checked:
    """What could be better in *entry*, what is like it beside *ref* (itself), and what it is about.

    Without an index only how it is written is judged.
    """
    findings = linting.lint(entry.facts.title, entry.said)
    alike: list[Double] = []
    clashes: list[Clash] = []
    suggestions: list[Suggestion] = []
    text = composed.opening(entry)
    if len(text.split()) >= _FEWEST_WORDS:
        with suppress(UnavailableError):  # it can be written while the index is being built
            alike, clashes, suggestions = _compared(services.search(), session, principal, entry, ref)
    return Checked(linting.score(findings), findings, alike, clashes, suggestions)


def alike(services: Services, session: Session, principal: Principal, title: str, text: str) -> list[Double]:
    """The lessons that say much the same as *text*. Raises UnavailableError without an index."""
    engine = services.search()
    near = engine.near(session, principal, engine.meaning(text), limit=NEIGHBOURS, filters=_LESSONS)
    return _doubles(title, near, items.summaries(session, principal, list(near)))[:_MOST_DOUBLES]


def _compared(
    engine: Engine, session: Session, principal: Principal, entry: LessonEntry, ref: str
) -> tuple[list[Double], list[Clash], list[Suggestion]]:
    meaning = engine.meaning(composed.opening(entry))
    near = engine.near(session, principal, meaning, limit=NEIGHBOURS + 1, filters=Filters())
    known = items.summaries(session, principal, list(near))
    near = {id_: cosine for id_, cosine in near.items() if id_ in known and known[id_].ref != ref}
    voices = _voices(engine, session, principal, meaning, near)
    alike = _doubles(entry.facts.title, near, known)
    told = {double.lesson.id for double in alike}
    clashes = [
        clash
        for clash in _clashes(session, principal, entry, near, known)
        if clash.link is Link.CONTRADICTS or clash.item.id not in told
    ]
    suggested = _without_chosen(suggesting.suggest(voices), entry)
    return alike[:_MOST_DOUBLES], clashes[:_MOST_CLASHES], suggested


def _voices(
    engine: Engine, session: Session, principal: Principal, meaning: Vector, near: Mapping[ItemId, float]
) -> list[Voice]:
    carried = facets.of_items(session, principal, list(near))
    voices: list[Voice] = [
        (cosine, {subject: carried.get(id_, {}).get(name, ()) for subject, name in _FACETS.items()})
        for id_, cosine in near.items()
    ]
    courses = engine.near(session, principal, meaning, limit=NEIGHBOURS, filters=_TRAINING)
    taught = facets.of_items(session, principal, list(courses))
    for id_, cosine in courses.items():
        if id_ not in near:
            voices.append((cosine, {Subject.COMPETENCE: taught.get(id_, {}).get(FacetName.COMPETENCE, ())}))
    return voices


def _doubles(title: str, near: Mapping[ItemId, float], known: Mapping[ItemId, ItemSummary]) -> list[Double]:
    found: list[Double] = []
    for id_, cosine in near.items():
        other = known[id_]
        shared = doubles.shared_words(title, other.title)
        likeness = doubles.likeness(cosine, shared) if other.kind is Kind.LESSON else None
        if likeness:
            found.append(Double(other, likeness, cosine, _reason(likeness, cosine, shared)))
    return sorted(found, key=lambda double: (double.likeness is not Likeness.SAME, -double.similarity))


def _clashes(
    session: Session,
    principal: Principal,
    entry: LessonEntry,
    near: Mapping[ItemId, float],
    known: Mapping[ItemId, ItemSummary],
) -> list[Clash]:
    said = entry.facts
    own = Advice(said.title, entry.said.recommendation, said.dated or now().date(), said.project)
    advice = disagreements.said(session, principal, list(near))
    found = (
        (id_, disagreement.compare(own, comparing.advice(advice[id_]), cosine))
        for id_, cosine in near.items()
        if id_ in advice
    )
    return [Clash(known[id_], flag.link, flag.reason) for id_, flag in found if flag]


def _reason(likeness: Likeness, cosine: float, shared: float) -> str:
    said = "Says almost the same" if likeness is Likeness.SAME else "Tells of something very close"
    titles = f", and {shared:.0%} of the words of both titles are the same" if shared else ""
    return f"{said} (similarity {max(0.0, cosine):.0%}{titles})."


def _without_chosen(suggestions: list[Suggestion], entry: LessonEntry) -> list[Suggestion]:
    said = entry.facts
    chosen: dict[Subject, set[str]] = {
        Subject.AREA: set(said.knowledge_areas),
        Subject.PHASE: set(said.phases),
        Subject.APPROACH: set(said.approaches),
        Subject.SECTOR: set(said.sectors),
        Subject.TAG: {tag.lower() for tag in said.tags},
        Subject.COMPETENCE: {name.lower() for name in said.competences},
    }
    return [one for one in suggestions if one.value not in chosen[one.subject]]
