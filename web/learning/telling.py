"""What speaks for each step of a learning path: gaps, a passage that shows it, lessons behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from kb.access import Principal
from kb.items import ItemSummary
from kb.learning import frameworks
from kb.learning.catalogue import Offer
from kb.learning.kept import Quotation
from kb.learning.values import Competence, Rise
from kb.text import shorten
from kb.values import ItemId
from search import learning
from search.engine import Engine
from search.learning import Shown
from search.paths import walking
from search.paths.values import Path, Step
from web.learning.cases import Case
from web.wiring import Services

_LESSONS = 2
"""Shown for each step."""
_QUOTE = 320


@dataclass(frozen=True, slots=True)
class Stop:
    """A step of a path with what speaks for it."""

    offer: Offer
    closes: tuple[Rise, ...]
    """Gaps of the goal."""
    adds: tuple[Rise, ...]
    """What else is learned."""
    opens: tuple[str, ...]
    """Titles of later steps that wait for it."""
    conditions: tuple[str, ...]
    """What it asks for that only people can say."""
    quote: Quotation | None
    lessons: tuple[ItemSummary, ...]
    own: tuple[str, ...] = ()
    """References of those lessons that come from the learner's own projects; the others are general."""
    who: tuple[str, ...] = ()
    """Names of those of a team who need it; the others know what it teaches."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way to the goal."""

    path: Path
    stops: tuple[Stop, ...]

    @property
    def unstated(self) -> tuple[Offer, ...]:
        """Training of which nobody states the hours: none are counted."""
        return tuple(stop.offer for stop in self.stops if stop.offer.hours is None)


class Teller:
    """Tells why each step of a path is there; looks up each competence once."""

    def __init__(self, services: Services, session: Session, principal: Principal, case: Case) -> None:
        self._engine: Engine = services.search()
        self._session, self._principal, self._case = session, principal, case
        self._projects = {name.lower() for name in case.projects}
        self._competences: dict[str, Competence] = {
            one.key: one for one in frameworks.competences(session, principal)
        }
        self._lessons: dict[tuple[str, int], tuple[ItemSummary, ...]] = {}
        self._shown: dict[tuple[str, int], dict[ItemId, Shown]] = {}

    def look_up(self, paths: Sequence[Path]) -> None:
        """Find passages and lessons for all steps of *paths*, each competence and level once."""
        teaching: dict[tuple[str, int], set[ItemId]] = {}
        for path in paths:
            for step in path.steps:
                if rise := main(step.rises):
                    teaching.setdefault((rise.competence, rise.after), set()).add(
                        self._case.offers[step.key].id
                    )
        where = self._engine, self._session, self._principal
        for about, ids in teaching.items():
            text = self._text(*about)
            self._shown[about] = learning.shown(*where, text, ids)
            found = learning.lessons(*where, text, self._case.projects, _LESSONS)
            self._lessons[about] = tuple(hit.item for hit in found)

    def option(self, path: Path) -> Option:
        """A path with what speaks for each of its steps."""
        who = self._who(path)
        return Option(
            path, tuple(replace(self._stop(step), who=who.get(step.key, ())) for step in path.steps)
        )

    def _stop(self, step: Step) -> Stop:
        offer, most = self._case.offers[step.key], main(step.rises)
        about = (most.competence, most.after) if most else ("", 0)
        shown = self._shown.get(about, {}).get(offer.id)
        return Stop(
            offer,
            tuple(rise for rise in step.rises if rise.wanted > rise.before),
            tuple(rise for rise in step.rises if rise.wanted <= rise.before),
            tuple(self._case.offers[ref].title for ref in step.opens),
            self._case.befores[offer.ref].conditions,
            _quote(shown, about[0]) if shown else None,
            lessons := self._lessons.get(about, ()),
            tuple(one.ref for one in lessons if one.project.lower() in self._projects),
        )

    def _who(self, path: Path) -> dict[str, tuple[str, ...]]:
        """By step, those of the team for whom it closes a gap, or leads to what does."""
        found: dict[str, tuple[str, ...]] = {}
        for member in self._case.members:
            wish = replace(self._case.wish, held=member.held)
            needed: set[str] = set()
            for step in reversed(walking.check(self._case.courses, wish, path.keys).path.steps):
                closes = any(rise.wanted > rise.before for rise in step.rises)
                if closes or not needed.isdisjoint(step.opens):
                    needed.add(step.key)
                    found[step.key] = (*found.get(step.key, ()), member.name)
        return found

    def _text(self, competence: str, number: int) -> str:
        """The competence, and what somebody does who is at the level to be reached."""
        known = self._competences.get(competence)
        level = known.level(number) if known else None
        return f"{competence}: {level.text}" if level else competence


def _quote(shown: Shown, competence: str) -> Quotation:
    passage = shown.passage
    text = passage.text.removeprefix(learning.AIMS).lstrip()
    return Quotation(passage.ordinal, passage.headings, shorten(text, _QUOTE), competence)


def main(rises: Sequence[Rise]) -> Rise | None:
    """What a step adds most of, to the goal if to anything of it."""
    closes = [rise for rise in rises if rise.wanted > rise.before]
    return max(closes or rises, key=lambda rise: rise.after - rise.before, default=None)
