"""What a learning path is made of, and what is asked of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kb.learning.values import Rise

Levels = Mapping[str, int]
"""By competence, from 0 (unaware) to 5 (expert); what is not named is 0."""


_CLIMB = 2
"""Levels by which a course can raise somebody, where it does not say more."""


def usual_needs(teaches: Levels) -> dict[str, int]:
    """The levels of those whom a course can take to the levels that it *teaches*."""
    return {name: level - _CLIMB for name, level in teaches.items() if level > _CLIMB}


class Measure(StrEnum):
    """What a path costs its learner."""

    HOURS = "hours"
    COST = "cost"
    WEEKS = "weeks"
    """Of one thing after the other, from the first day to the last."""


class Barrier(StrEnum):
    """Why a course may not be taken."""

    LANGUAGE = "language"
    FORMAT = "format"
    DATES = "dates"
    """It is not on offer through the whole time of learning."""
    UNKNOWN = "unknown"
    """Nobody says how long it takes, or what it costs where that matters."""


Limit = Measure | Barrier
"""What a wish may ask too much of: a budget, or a condition on each course."""


@dataclass(frozen=True, slots=True)
class Course:
    """Something to learn from, as far as choosing it depends on it."""

    key: str
    teaches: Levels
    """The levels of those who have taken it."""
    needs: Levels = field(default_factory=dict[str, int])
    """The levels of those who may take it; in what it teaches, asked only of those who want to learn that."""
    after: tuple[tuple[str, ...], ...] = ()
    """Courses to be taken before: of each group, one, unless the learner has all levels of one already."""
    hours: float | None = None
    cost: float | None = None
    weeks: float = 0
    """That it lasts however much time one has."""
    language: str = ""
    format: str = ""
    opens: date | None = None
    closes: date | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What a learner wants to reach, from where, and within what."""

    goal: Levels
    held: Levels = field(default_factory=dict[str, int])
    done: frozenset[str] = frozenset()
    """Keys of courses taken, certificates among them: what they teach is held."""
    least: Measure = Measure.HOURS
    """What the path is to have least of."""
    budget: Mapping[Measure, float] = field(default_factory=dict[Measure, float])
    """The most of each measure; what is not named is free."""
    pace: float = 4
    """Hours of learning in a week."""
    languages: frozenset[str] = frozenset()
    """Empty for any."""
    formats: frozenset[str] = frozenset()
    """Empty for any."""
    unknown: bool = False
    """Whether courses of unknown hours or cost may be taken; what is unknown then counts nothing."""
    start: date | None = None
    end: date | None = None
    required: frozenset[str] = frozenset()
    """Keys of courses that are to be taken in any case, whatever bars them."""
    forbidden: frozenset[str] = frozenset()
    """Keys of courses that are not to be taken."""


@dataclass(frozen=True, slots=True)
class Step:
    """A course in its place."""

    key: str
    rises: tuple[Rise, ...]
    opens: tuple[str, ...]
    """Keys of later steps that could not be taken without a course like it."""


@dataclass(frozen=True, slots=True)
class Path:
    """Courses in an order in which each may be taken, and what they come to."""

    steps: tuple[Step, ...]
    hours: float
    cost: float
    """Of the courses whose cost is known."""
    weeks: float
    bound: float
    """No path has less of what was to be least: proven."""

    def total(self, measure: Measure) -> float:
        """What it comes to in *measure*."""
        return {Measure.HOURS: self.hours, Measure.COST: self.cost, Measure.WEEKS: self.weeks}[measure]

    @property
    def keys(self) -> tuple[str, ...]:
        """Of its courses, in order."""
        return tuple(step.key for step in self.steps)


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A limit, and how little of it has to be given up."""

    limit: Limit
    budget: float | None
    """The least that a budget has to be; None for a condition on courses."""
    courses: tuple[str, ...] = ()
    """Keys of the courses that then are taken though the condition forbids them."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """A level that nothing in the catalogue leads to."""

    competence: str
    wanted: int
    reachable: int


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why there is no path."""

    unmet: tuple[Unmet, ...] = ()
    """Levels out of reach, whatever is given up."""
    stuck: tuple[str, ...] = ()
    """Keys of required courses that nothing leads to."""
    ways: tuple[tuple[Relaxed, ...], ...] = ()
    """Fewest limits which, given up together, let a path exist; each way is enough."""
