"""Learning paths for pages, API and command line: what to learn, in which order, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from kb.access import Principal
from kb.errors import InvalidError
from kb.learning import catalogue, frameworks, people, records
from kb.learning.catalogue import Before, Offer
from kb.learning.values import Competence, Gap, Required, gaps, key
from kb.models import now
from kb.passages import StoredPassage
from kb.text import shorten
from kb.values import ItemId
from kb.vocabulary import TrainingFormat
from search import learning
from search.engine import Engine
from search.learning import Shown
from search.paths import blocking, solving
from search.paths.values import Blocked, Course, Measure, Path, Rise, Step, Wish, usual_needs
from search.results import Hit
from web.wiring import Services

TEACHING = frozenset({"", *TrainingFormat} - {TrainingFormat.ASSESSMENT, TrainingFormat.CERTIFICATION})
"""Formats that teach, rather than show what was learned; and what does not say its format."""
_LESSONS = 2
"""Shown for each step."""
_QUOTE = 320
_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose path is wanted, to what, and within what."""

    roles: tuple[str, ...]
    """Names or references of the roles to be reached."""
    start: tuple[str, ...] = ()
    """Roles whose levels are taken as held."""
    learner: int | None = None
    done: tuple[str, ...] = ()
    """References of training and certificates that they have."""
    projects: tuple[str, ...] = ()
    """Whose lessons are to justify training before those of others."""
    wish: Wish = field(default_factory=lambda: Wish({}))
    """What is to be least, budgets, pace, languages and formats; levels are filled in."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage that shows what training teaches."""

    passage: StoredPassage
    text: str
    competence: str


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
    quote: Quote | None
    lessons: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One way to the goal."""

    path: Path
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The ways to a goal, or why there is none."""

    asked: Asked
    goal: tuple[str, ...]
    """Names of the roles."""
    missing: tuple[Gap, ...]
    options: tuple[Option, ...]
    blocked: Blocked
    """Empty where there are options."""
    titles: dict[str, str]
    """Of training, by reference."""


def find(services: Services, session: Session, principal: Principal, asked: Asked) -> Found:
    """Up to three ways to what was *asked*, the best first.

    Raises InvalidError when no role is asked for, NotFoundError for a role or person that is not there,
    UnavailableError when no way was found in time.
    """
    if not asked.roles:
        raise InvalidError("Choose a role that the path is to lead to.")
    roles = [frameworks.role(session, principal, one) for one in dict.fromkeys(asked.roles)]
    required = _highest([one for role in roles for one in role.requires])
    held = _held(session, principal, asked)
    offers = catalogue.offers(session, principal)
    befores = catalogue.before(offers)
    courses = [_course(offer, befores[offer.ref]) for offer in offers]
    goal = {key(one.name): one.level for one in required}
    wish = replace(asked.wish, goal=goal, held=held, done=_done(session, principal, asked))
    found = solving.paths(courses, wish, seconds=_SECONDS)
    teller = _Teller(services.search(), session, principal, asked, {one.ref: one for one in offers}, befores)
    teller.look_up(found)
    return Found(
        asked,
        tuple(role.name for role in roles),
        gaps(held, required),
        tuple(teller.option(path) for path in found),
        Blocked() if found else blocking.blocked(courses, wish, _SECONDS),
        {offer.ref: offer.title for offer in offers},
    )


def _held(session: Session, principal: Principal, asked: Asked) -> dict[str, int]:
    """The highest of what the roles of the start ask for and what is known of the person."""
    levels: dict[str, int] = {}
    known = [frameworks.role(session, principal, one).levels for one in asked.start]
    if asked.learner is not None:
        known.append(people.person(session, principal, asked.learner).levels)
    for name, level in (pair for each in known for pair in each.items()):
        levels[name] = max(level, levels.get(name, 0))
    return levels


def _done(session: Session, principal: Principal, asked: Asked) -> frozenset[str]:
    """What is said to be taken, and what the person's records show."""
    done = frozenset(asked.done)
    if asked.learner is None:
        return done
    return done | records.taken(session, principal, asked.learner, now().date())


def _highest(required: Sequence[Required]) -> list[Required]:
    """Each competence once, at the highest level that is asked."""
    found: dict[str, Required] = {}
    for one in required:
        if one.level > (found[key(one.name)].level if key(one.name) in found else 0):
            found[key(one.name)] = one
    return list(found.values())


def _course(offer: Offer, before: Before) -> Course:
    return Course(
        offer.ref,
        offer.levels,
        usual_needs(offer.levels),
        tuple((ref,) for ref in before.refs),
        offer.hours,
        offer.cost,
        language=offer.language,
        format=offer.format or "",
    )


class _Teller:
    """Tells why each step of a path is there; looks up each competence once."""

    def __init__(
        self,
        engine: Engine,
        session: Session,
        principal: Principal,
        asked: Asked,
        offers: dict[str, Offer],
        befores: dict[str, Before],
    ) -> None:
        self._engine, self._session, self._principal = engine, session, principal
        self._asked, self._offers, self._befores = asked, offers, befores
        self._competences: dict[str, Competence] = {
            one.key: one for one in frameworks.competences(session, principal)
        }
        self._lessons: dict[tuple[str, int], list[Hit]] = {}
        self._shown: dict[tuple[str, int], dict[ItemId, Shown]] = {}

    def look_up(self, paths: Sequence[Path]) -> None:
        """Find passages and lessons for all steps of *paths*, each competence and level once."""
        teaching: dict[tuple[str, int], set[ItemId]] = {}
        for path in paths:
            for step in path.steps:
                if rise := _main(step):
                    teaching.setdefault((rise.competence, rise.after), set()).add(self._offers[step.key].id)
        where = self._engine, self._session, self._principal
        for about, ids in teaching.items():
            text = self._text(*about)
            self._shown[about] = learning.shown(*where, text, ids)
            self._lessons[about] = learning.lessons(*where, text, self._asked.projects, _LESSONS)

    def option(self, path: Path) -> Option:
        """A path with what speaks for each of its steps."""
        return Option(path, tuple(self._stop(step) for step in path.steps))

    def _stop(self, step: Step) -> Stop:
        offer, main = self._offers[step.key], _main(step)
        about = (main.competence, main.after) if main else ("", 0)
        shown = self._shown.get(about, {}).get(offer.id)
        return Stop(
            offer,
            tuple(rise for rise in step.rises if rise.wanted > rise.before),
            tuple(rise for rise in step.rises if rise.wanted <= rise.before),
            tuple(self._offers[ref].title for ref in step.opens),
            self._befores[offer.ref].conditions,
            _quote(shown, about[0]) if shown else None,
            tuple(self._lessons.get(about, ())),
        )

    def _text(self, competence: str, number: int) -> str:
        """The competence, and what somebody does who is at the level to be reached."""
        known = self._competences.get(competence)
        level = known.level(number) if known else None
        return f"{competence}: {level.text}" if level else competence


def _quote(shown: Shown, competence: str) -> Quote:
    text = shown.passage.text.removeprefix(learning.AIMS).lstrip()
    return Quote(shown.passage, shorten(text, _QUOTE), competence)


def _main(step: Step) -> Rise | None:
    """What a step adds most of, to the goal if to anything of it."""
    closes = [rise for rise in step.rises if rise.wanted > rise.before]
    return max(closes or step.rises, key=lambda rise: rise.after - rise.before, default=None)


def unmet(found: Found) -> list[str]:
    """Levels that nothing leads to, in sentences."""
    return [
        f"Nothing here leads to {one.competence} at level {one.wanted}; the most is {one.reachable}."
        for one in found.blocked.unmet
    ]


def ways(found: Found) -> list[str]:
    """What would have to be given up for a path to exist, in sentences; each is enough."""
    said: list[str] = []
    for way in found.blocked.ways:
        parts = [
            f"{one.limit}: {one.budget:g} instead of {found.asked.wish.budget[Measure(one.limit)]:g}"
            if one.budget is not None
            else f"{_CONDITIONS[one.limit]} ({', '.join(one.courses)})"
            for one in way
        ]
        said.append("Allow " + ", and ".join(parts) + ".")
    return said


_CONDITIONS = {
    "language": "training in another language",
    "format": "other formats, or certificates and assessments",
    "dates": "training that is not on offer all the time",
    "unknown": "training of which nobody states the hours or the cost",
}
