"""Competences, roles and the distance between them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kb.text import squash
from kb.vocabulary import Kind

HIGHEST = 5
"""Levels go from 0 (unaware) to this (expert)."""

HIDDEN = "Something that you may not open"
"""Stands for a title."""

Levels = Mapping[str, int]
"""By the key of a competence; what is not named is 0."""


class Stage(StrEnum):
    """Where a role stands in a career."""

    ENTRY = "entry"
    MID_LEVEL = "mid-level"
    SENIOR = "senior"
    EXECUTIVE = "executive"


class Result(StrEnum):
    """How a piece of learning ended."""

    COMPLETED = "completed"
    PASSED = "passed"
    FAILED = "failed"


class Activity(StrEnum):
    """In which way somebody learned, or gave back what they know; bodies' rules go by it."""

    COURSE = "course"
    EVENT = "event"
    MEDIA = "media"
    READING = "reading"
    INFORMAL = "informal"
    PRACTITIONER = "practitioner"
    CONTENT = "content"
    PRESENTATION = "presentation"
    KNOWLEDGE = "knowledge"
    VOLUNTEER = "volunteer"


class Side(StrEnum):
    """The sides of PMI's Talent Triangle."""

    WAYS_OF_WORKING = "ways_of_working"
    POWER_SKILLS = "power_skills"
    BUSINESS_ACUMEN = "business_acumen"


@dataclass(frozen=True, slots=True)
class Subject:
    """What was learned from, or is to be."""

    ref: str
    """Empty for what is not in the catalogue, or may not be opened."""
    title: str
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """What somebody does who is at a level."""

    number: int
    name: str
    """In a word, such as `practised`."""
    text: str


@dataclass(frozen=True, slots=True)
class Competence:
    """Something that people in projects are more or less good at."""

    ref: str
    name: str
    summary: str
    group: str
    levels: tuple[Level, ...]
    names: Mapping[str, tuple[str, ...]]
    """What other frameworks call it, by framework."""

    @property
    def key(self) -> str:
        """By which levels are kept."""
        return key(self.name)

    def level(self, number: int) -> Level | None:
        """What is said of that level."""
        return next((level for level in self.levels if level.number == number), None)


@dataclass(frozen=True, slots=True)
class Required:
    """A competence that a role asks for."""

    name: str
    level: int
    reason: str
    """What it is needed for."""


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody in an office does, and has to be able to do."""

    ref: str
    name: str
    summary: str
    stage: Stage | None
    experience: str
    """Years, such as `3-5`."""
    requires: tuple[Required, ...]
    following: tuple[str, ...]
    """Names of roles that may follow."""

    @property
    def levels(self) -> dict[str, int]:
        """The levels that it asks for."""
        return {key(required.name): required.level for required in self.requires}


@dataclass(frozen=True, slots=True)
class Gap:
    """A competence in which somebody is below what is wanted."""

    name: str
    level: int
    wanted: int

    @property
    def width(self) -> int:
        """Levels to climb."""
        return self.wanted - self.level


@dataclass(frozen=True, slots=True)
class Rise:
    """What training adds to somebody's level."""

    competence: str
    before: int
    after: int
    wanted: int
    """The level of the goal, 0 when only later training needs it."""


def key(name: str) -> str:
    """The same for a competence however its name is spaced and capitalised."""
    return squash(name).lower()


def gaps(held: Levels, wanted: Iterable[Required]) -> tuple[Gap, ...]:
    """What *held* is short of, the widest first."""
    found = (Gap(one.name, held.get(key(one.name), 0), one.level) for one in wanted)
    return tuple(sorted((gap for gap in found if gap.width > 0), key=lambda gap: -gap.width))
