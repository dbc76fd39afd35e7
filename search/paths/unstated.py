"""Paths with training of which nobody states the hours or the cost: as little of it as can be."""

from collections.abc import Sequence
from dataclasses import replace

from search.paths import solving
from search.paths.network import learner
from search.paths.values import Course, Measure, Path, Wish
from search.paths.walking import walk

_APART = 10_000.0
"""What such a course weighs: more than all others of a path together."""


def paths(
    courses: Sequence[Course],
    wish: Wish,
    options: int = solving.OPTIONS,
    seconds: float = solving.SECONDS,
) -> tuple[Path, ...]:
    """As solving.paths, with the fewest courses that do not state what is to be least, then the least of it.

    Such a course is a requirement: it counts nothing in a path's sums. Where *wish* has a budget, it is taken
    as if it took nothing of it. Raises as solving.paths.
    """
    if wish.budget or not wish.unknown:
        return solving.paths(courses, wish, options, seconds)
    weighed = [_weighed(course, wish.least) for course in courses]
    known = {course.key: course for course in courses}
    who = learner(courses, wish)
    found: list[Path] = []
    for path in solving.paths(weighed, wish, options, seconds):
        plain = walk([known[key] for key in path.keys], who)
        apart = path.total(wish.least) - plain.total(wish.least)
        found.append(replace(plain, bound=max(0.0, path.bound - apart)))
    return tuple(found)


def _weighed(course: Course, least: Measure) -> Course:
    if least is Measure.COST:
        return replace(course, cost=_APART) if course.cost is None else course
    return replace(course, hours=_APART) if course.hours is None else course
