"""Training and career ladder of the starter library as paths are searched in them, and larger ones alike."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kb.values import Taught
from search.paths.values import Course, usual_needs
from tests.corpus import catalogue, front
from tests.corpus.front import RoleProfile, Training

_REFERENCE = re.compile(r"HS-C-\d{3}")


@dataclass(frozen=True, slots=True)
class Rung:
    """From one role to the next."""

    name: str
    held: dict[str, int]
    goal: dict[str, int]


def starter() -> list[Course]:
    """Modules and rows of the catalogue; a prerequisite that is no reference is for people to judge."""
    modules = [read for read, _ in map(front.read, front.files()) if isinstance(read, Training)]
    return [
        *(
            _course(
                read.ref,
                tuple(Taught(level.name, level.level) for level in read.competences),
                " ".join(read.prerequisites),
                read.hours,
                read.cost,
            )
            for read in modules
        ),
        *(
            _course(row.ref, row.taught, row.prerequisites, row.hours, row.cost)
            for row in catalogue.rows().values()
        ),
    ]


def _course(
    key: str, taught: tuple[Taught, ...], before: str, hours: float | None, cost: float | None
) -> Course:
    teaches = {each.name: each.level for each in taught}
    after = tuple((reference,) for reference in _REFERENCE.findall(before))
    return Course(key, teaches, usual_needs(teaches), after, hours, cost)


def ladder() -> list[Rung]:
    """Every step of the career ladder, from what one role asks to what the next does."""
    roles = [read for read, _ in map(front.read, front.files()) if isinstance(read, RoleProfile)]
    asked = {role.title: {level.name: level.level for level in role.requires} for role in roles}
    return [
        Rung(f"{role.title} → {follower}", asked[role.title], asked[follower])
        for role in roles
        for follower in role.next
    ]


def grown(courses: list[Course], size: int, seed: int = 1) -> list[Course]:
    """*size* courses like *courses*: with other hours and costs, some competences more or less, and twice
    as many competences, since every other copy teaches those of a second framework in part."""
    chance = random.Random(seed)  # noqa: S311 - the same collection each time
    known = [replace(course, hours=course.hours or chance.choice((7, 14, 21, 35))) for course in courses]
    return [_varied(known[number % len(known)], number // len(known), chance) for number in range(size)]


def _varied(course: Course, copy: int, chance: random.Random) -> Course:
    if not copy:
        return course
    teaches = {
        name if chance.random() < 0.5 else doubled(name): min(5, max(1, level + chance.choice((-1, 0, 0, 1))))
        for name, level in course.teaches.items()
        if chance.random() < 0.8
    }
    return Course(
        f"{course.key}-{copy}",
        teaches,
        usual_needs(teaches),
        tuple(tuple(chance.choice((key, f"{key}-{copy}")) for key in group) for group in course.after),
        max(1, round((course.hours or 0) * chance.uniform(0.6, 1.8))),
        None if course.cost is None else round(course.cost * chance.uniform(0.6, 1.8)),
    )


def doubled(name: str) -> str:
    """The competence of the second framework beside *name*."""
    return f"{name}, second framework"


def wide(rungs: list[Rung]) -> Iterator[Rung]:
    """The same steps, asking for the competences of both frameworks."""
    for rung in rungs:
        yield Rung(rung.name, _both(rung.held), _both(rung.goal))


def _both(levels: dict[str, int]) -> dict[str, int]:
    return levels | {doubled(name): level for name, level in levels.items()}
