"""Paths that close gaps with the least hours, cost or weeks: proven, or with the distance that is left."""

from collections.abc import Sequence
from math import ceil
from time import monotonic

from kb.errors import UnavailableError
from search.paths.network import Learner, Network, barriers, derive, learner, network, weights
from search.paths.program import Aim, Programme, Row, Solution
from search.paths.values import Course, Measure, Path, Wish
from search.paths.walking import walk

SECONDS = 5.0
"""For each option, after which the best that was found is taken."""
OPTIONS = 3
_DIFFERENT = 1 / 3
"""Share of an option's courses that each other option does without, where that is possible."""
_TOLERANCE = 1e-6
_A_COURSE = 0.01
"""What a course weighs among paths that are equal otherwise."""
_NEARLY = 0.1
"""Share by which a path may exceed the least of what comes next."""
_NEXT = {Measure.HOURS: Measure.COST, Measure.COST: Measure.HOURS, Measure.WEEKS: Measure.COST}
"""What equal paths are to have least of."""


def paths(
    courses: Sequence[Course], wish: Wish, options: int = OPTIONS, seconds: float = SECONDS
) -> tuple[Path, ...]:
    """Up to *options* paths that fulfil *wish*, the best first; empty when there is none.

    The first has the least of what the wish asks. Each other has the least of those that do without a third
    of the courses of each before it, or as many as can be spared. Courses have different keys. Raises
    UnavailableError when nothing was found within *seconds*.
    """
    who = learner(courses, wish)
    net = network([course for course in courses if not barriers(course, wish)], who)
    if not net.goals:
        return (Path((), 0, 0, 0, 0),)
    chooser = _Chooser(net, wish)
    first = chooser.best((), monotonic() + seconds)
    if first is None:
        return ()
    found = [first]
    while len(found) < options and (other := chooser.other(found, monotonic() + seconds)):
        found.append(other)
    return tuple(_path(net, who, solution) for solution in found)


class _Chooser:
    def __init__(self, net: Network, wish: Wish) -> None:
        self._programme = Programme(net)
        self._least = wish.least
        self._weights = {measure: weights(net.courses, wish, measure) for measure in Measure}
        self._budgets = budgets(net.courses, wish)

    def best(self, differing: Sequence[Row], until: float) -> Solution | None:
        """The least of what is asked, and of equals the least of what comes next, with few courses."""
        least, after = self._weights[self._least], self._weights[_NEXT[self._least]]
        rows = [*self._budgets, *differing]
        found = self._programme.solve(Aim(least, rows), until)
        if found is None:
            return None
        value = sum(least[course] for course in found.chosen)
        equal = Row(dict(enumerate(least)), value + _TOLERANCE)
        weighed = [_A_COURSE + weight for weight in after]
        better = self._programme.solve(Aim(weighed, [*rows, equal], precision=_NEARLY), until, found.chosen)
        return Solution((better or found).chosen, min(found.bound, value))

    def other(self, found: Sequence[Solution], until: float) -> Solution | None:
        """The best that is as different from each of *found* as can be, up to a third, if found in time."""
        spared = ceil(max(len(solution.chosen) for solution in found) * _DIFFERENT)
        while spared:
            rows = [
                Row(
                    dict.fromkeys(solution.chosen, 1),
                    len(solution.chosen) - min(spared, len(solution.chosen)),
                )
                for solution in found
            ]
            try:
                if other := self.best(rows, until):
                    return other
            except UnavailableError:
                return None
            spared //= 2
        return None


def budgets(courses: Sequence[Course], wish: Wish) -> list[Row]:
    """The budgets of *wish* as limits on the choice of courses."""
    return [
        Row(dict(enumerate(weights(courses, wish, measure))), most + _TOLERANCE)
        for measure, most in wish.budget.items()
    ]


def _path(net: Network, who: Learner, solution: Solution) -> Path:
    def easy_first(course: int) -> tuple[int, int]:
        return max(net.courses[course].teaches.values(), default=0), course

    order, _ = derive(net, solution.chosen, easy_first)
    return walk([net.courses[course] for course in order], who, solution.bound)
