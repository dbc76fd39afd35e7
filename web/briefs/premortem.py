"""How a project could fail, told by the lessons of its brief and of projects like it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb.access import Principal
from kb.briefs import traits
from kb.briefs.stored import Decided, StoredBrief
from kb.items import ItemSummary
from kb.life import lessons
from kb.life.experience import RETIRED
from kb.text import shorten
from kb.values import Filters, LessonFields
from kb.vocabulary import FacetName, Kind, Polarity, Priority, Verdict
from search.briefs import composing
from search.briefs.alike import AlikeProject
from search.clusters import clusters
from search.naming import Text, names
from web.briefs.briefs import similar
from web.wiring import Services

_MORE = 30
"""Lessons of similar projects that are looked at."""
_LEFT = "Other reasons"
_TITLE = 90
_WEIGHT = {Priority.URGENT: 1.3, Priority.CAUTION: 1.1}
_DECIDED = {Verdict.NEEDS_ACTION: 1.3, Verdict.APPLICABLE: 1.15, Verdict.ALREADY_CONTROLLED: 0.8}


@dataclass(frozen=True, slots=True)
class Failure:
    """A way in which it failed elsewhere."""

    item: ItemSummary
    """The lesson that tells of it."""
    said: LessonFields
    areas: tuple[str, ...]
    need: str
    """What of the charter it threatens."""
    weight: float
    """How likely and grave it is for this project, beside the others."""
    in_brief: bool
    """Else it is of a similar project."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Failures that mean much the same."""

    name: str
    failures: tuple[Failure, ...]
    """The gravest first."""

    @property
    def weight(self) -> float:
        """Of its gravest failure, a little more for each other one."""
        return self.failures[0].weight * (1 + 0.1 * (len(self.failures) - 1))


@dataclass(frozen=True, slots=True)
class PreMortem:
    """How the project could fail."""

    themes: tuple[Theme, ...]
    """The gravest first; what is like nothing else stands in a theme of its own, last."""
    projects: tuple[AlikeProject, ...]
    """Earlier projects that are like it, most alike first."""


def of(services: Services, session: Session, principal: Principal, brief: StoredBrief) -> PreMortem:
    """How the project of *brief* could fail. Raises UnavailableError without an index."""
    projects = similar(services, session, principal, brief)
    found = _of_brief(session, principal, brief)
    found += _of_others(services, session, principal, brief, [one.project.name for one in projects])
    found.sort(key=lambda one: (-one.weight, one.item.id))
    return PreMortem(_themes(services, found), tuple(projects))


def _of_brief(session: Session, principal: Principal, brief: StoredBrief) -> list[Failure]:
    needs = {one.number: one.need.text for one in brief.needs}
    wanted = [
        (entry.item, needs[entry.matches[0].need], entry.matches[0].relevance * _decided(entry.decided))
        for entry in brief.entries
        if entry.asks and entry.matches and _decided(entry.decided)
    ]
    return _failures(session, principal, wanted, in_brief=True)


def _decided(said: Decided | None) -> float:
    """What a verdict makes of a lesson's weight: nothing of what was found not to apply."""
    if said is None:
        return 1.0
    return _DECIDED.get(said.decision.verdict, 0.0)


def _of_others(
    services: Services, session: Session, principal: Principal, brief: StoredBrief, projects: Sequence[str]
) -> list[Failure]:
    """Lessons of the *projects* that answer a need and are not in the brief."""
    if not projects:
        return []
    composed = composing.compose(
        services.search(),
        session,
        principal,
        [one.need for one in brief.wanted],
        filters=Filters({FacetName.KIND: (Kind.LESSON,), FacetName.PROJECT: tuple(projects)}),
        limit=_MORE,
    )
    there = {one for entry in brief.entries for one in (entry.item.id, *entry.alike)}
    wanted = [
        (entry.item, brief.wanted[entry.matches[0].need].need.text, 0.8 * entry.matches[0].relevance)
        for entry in composed.entries
        if entry.item.id not in there
    ]
    return _failures(session, principal, wanted, in_brief=False)


def _failures(
    session: Session,
    principal: Principal,
    wanted: Sequence[tuple[ItemSummary, str, float]],
    *,
    in_brief: bool,
) -> list[Failure]:
    """Those of *wanted* (lesson, need, weight) that tell of something to avoid."""
    ids = [item.id for item, *_ in wanted]
    said = lessons.fields(session, principal, ids)
    about = traits.read(session, principal, ids)
    return [
        Failure(
            item,
            said[item.id],
            about[item.id].areas,
            need,
            weight * _WEIGHT.get(said[item.id].priority or Priority.INFORMATION, 1.0),
            in_brief,
        )
        for item, need, weight in wanted
        if item.id in about and item.status not in RETIRED and said[item.id].polarity is not Polarity.POSITIVE
    ]


def _themes(services: Services, failures: Sequence[Failure]) -> tuple[Theme, ...]:
    if not failures:
        return ()
    texts = [Text(one.item.title, (), one.said.causes or one.said.event) for one in failures]
    found = clusters(services.encoder().encode([f"{text.title}\n{text.running}" for text in texts]))
    named = names([[texts[place] for place in cluster.members] for cluster in found])
    themes = [
        Theme(
            _called(phrases) or shorten(failures[cluster.centre].item.title, _TITLE),
            tuple(failures[place] for place in cluster.members),
        )
        for cluster, phrases in zip(found, named, strict=True)
    ]
    themes.sort(key=lambda theme: -theme.weight)
    taken = {place for cluster in found for place in cluster.members}
    alone = tuple(one for place, one in enumerate(failures) if place not in taken)
    return (*themes, *([Theme(_LEFT if themes else "How it could fail", alone)] if alone else []))


def _called(phrases: Sequence[str]) -> str:
    name = ", ".join(phrases)
    return name[:1].upper() + name[1:]
