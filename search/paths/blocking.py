"""Why there is no path, and how little would have to be given up for one."""

from collections.abc import Sequence
from itertools import combinations
from time import monotonic

from search.paths.network import Learner, attainable, barriers, learner, network, weights
from search.paths.program import Aim, Programme, Row
from search.paths.solving import SECONDS
from search.paths.values import Barrier, Blocked, Course, Limit, Measure, Relaxed, Unmet, Wish

_BARRED = 1.0
"""What a course taken against a condition weighs beside a budget exceeded by its whole."""


def blocked(courses: Sequence[Course], wish: Wish, seconds: float = SECONDS) -> Blocked:
    """What stands between *wish* and a path, when `paths` has found none.

    Levels and required courses that the whole catalogue does not lead to are told first: no limit would
    help. Otherwise the
    smallest sets of limits that suffice, each with the least to give up: a budget as it would have to be,
    courses that a condition forbids. Raises UnavailableError when that was not found within *seconds*.
    """
    who = learner(courses, wish)
    takeable = attainable(courses, who)
    unmet = _unmet(takeable, who)
    stuck = tuple(sorted(wish.required - wish.done - {course.key for course in takeable}))
    if unmet or stuck:
        return Blocked(unmet, stuck)
    until = monotonic() + seconds
    limits = [*wish.budget, *_conditions(courses, wish)]
    for size in range(1, len(limits) + 1):
        ways = [
            way for given_up in combinations(limits, size) if (way := _way(courses, who, given_up, until))
        ]
        if ways:
            return Blocked(ways=tuple(ways))
    return Blocked()


def _unmet(takeable: Sequence[Course], who: Learner) -> tuple[Unmet, ...]:
    reachable = dict(who.levels)
    for course in takeable:
        for name, level in course.teaches.items():
            reachable[name] = max(reachable.get(name, 0), level)
    return tuple(
        Unmet(name, level, reachable.get(name, 0))
        for name, level in who.wish.goal.items()
        if level > reachable.get(name, 0)
    )


def _conditions(courses: Sequence[Course], wish: Wish) -> list[Barrier]:
    standing = {barrier for course in courses for barrier in barriers(course, wish)}
    return [barrier for barrier in Barrier if barrier in standing]


def _way(
    courses: Sequence[Course], who: Learner, given_up: Sequence[Limit], until: float
) -> tuple[Relaxed, ...] | None:
    """How little of each limit *given_up* lets a path exist, if it does."""
    wish = who.wish
    net = network([course for course in courses if barriers(course, wish) <= set(given_up)], who)
    stretched = [limit for limit in given_up if isinstance(limit, Measure)]
    rows: list[Row] = []
    for measure, most in wish.budget.items():
        terms = dict(enumerate(weights(net.courses, wish, measure)))
        if measure in stretched:
            terms[len(net.courses) + stretched.index(measure)] = -1
        rows.append(Row(terms, most))
    barred = [_BARRED if barriers(course, wish) else 0.0 for course in net.courses]
    slacks = [1 / max(wish.budget[measure], 1) for measure in stretched]
    found = Programme(net).solve(Aim(barred, rows, slacks), until)
    if found is None:
        return None
    chosen = [net.courses[number] for number in found.chosen]
    return tuple(
        Relaxed(limit, sum(weights(chosen, wish, limit)))
        if isinstance(limit, Measure)
        else Relaxed(limit, None, tuple(course.key for course in chosen if limit in barriers(course, wish)))
        for limit in given_up
    )
