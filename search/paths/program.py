"""The choice of courses as a mixed-integer linear programme, solved by HiGHS through SciPy.

A binary variable for each course, and one from 0 to 1 for each want: a want is met when a course that meets
it is taken, a course is taken only when its needs are met. That alone would let courses vouch for each other
in a ring; when a solution does, a loop formula (Lin and Zhao, 2004) forbids that ring and the programme is
solved again. It ends, since there are finitely many rings and none comes twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import inf
from time import monotonic
from typing import Any

import numpy as np

from kb.errors import UnavailableError
from search.paths.dominance import Flags, undominated
from search.paths.network import Network, derive
from search.paths.tracing import trace

_RANGE = 1e-6
"""By which HiGHS may miss a limit."""
_HALF = 0.5
_SHORTEST = 0.05
"""Seconds that a run is given at least."""
_TIMED_OUT = 1
_IMPOSSIBLE = 2


@cache
def _scipy() -> Any:
    """SciPy, loaded when a path is first asked for: it would take a tenth of a server's start."""
    import scipy  # pyright: ignore[reportMissingTypeStubs] - it loads its parts when they are named

    return scipy


@dataclass(frozen=True, slots=True)
class Row:
    """A limit on a weighted sum: of courses by number, of slacks by numbers that go on from those."""

    terms: Mapping[int, float]
    most: float


@dataclass(frozen=True, slots=True)
class Solution:
    """Courses that reach all goals, and what no other choice comes below."""

    chosen: tuple[int, ...]
    """Numbers, in an order in which they can be taken."""
    bound: float


@dataclass(frozen=True, slots=True)
class Aim:
    """What is to be least, and within what."""

    weights: Sequence[float]
    """Of each course, 0 or more."""
    rows: Sequence[Row]
    slacks: Sequence[float] = ()
    """Weights of further variables, from 0 upwards, by which rows may be exceeded."""
    precision: float = 0
    """Share by which what is found may exceed the least."""

    def value(self, chosen: Sequence[int]) -> float:
        """The weight of a choice with the slacks it needs; infinite when it is not within the rows."""
        total = sum(self.weights[course] for course in chosen)
        for row in self.rows:
            excess = sum(row.terms.get(course, 0) for course in chosen) - row.most
            if excess > _RANGE:
                spare = [number - len(self.weights) for number in row.terms if number >= len(self.weights)]
                total += self.slacks[spare[0]] * excess if spare else inf
        return total

    def undominated(self, net: Network) -> Flags:
        """The courses of *net* that have to be looked at."""
        numbers = range(len(self.weights))
        return undominated(
            net, [self.weights, *([row.terms.get(number, 0) for number in numbers] for row in self.rows)]
        )


@dataclass(slots=True)
class Programme:
    """What holds for every choice of courses from a network."""

    net: Network
    rings: list[tuple[frozenset[int], frozenset[int]]] = field(
        default_factory=list[tuple[frozenset[int], frozenset[int]]]
    )
    """Wants of which one needs, before all, one of these courses."""

    def solve(self, aim: Aim, until: float, known: Sequence[int] = ()) -> Solution | None:
        """The choice that *aim* asks for, or None when there is none; *known* is one within its rows.

        At *until*, of the monotonic clock, the best that was found is taken; its bound says how far from the
        least it may be. Raises UnavailableError when nothing was found by then.
        """
        courses = range(len(self.net.courses))
        if not derive(self.net, courses)[1].issuperset(self.net.goals):
            return None
        worth = aim.undominated(self.net)
        best = known
        value, bound = aim.value(known) if known else inf, 0.0
        while True:
            result = self._run(aim, worth, until)
            if result.status == _IMPOSSIBLE:
                return None
            bound = max(bound, result.mip_dual_bound or 0)
            chosen = [] if result.x is None else [course for course in courses if result.x[course] > _HALF]
            order, met = derive(self.net, chosen)
            solved = met.issuperset(self.net.goals)
            other = order if solved else trace(self.net, aim.weights, chosen)
            if result.status == _TIMED_OUT:  # what the solver has by then may be worse than a first guess
                other = min(other, trace(self.net, aim.weights), key=aim.value)
            if aim.value(other) < value:
                best, value = other, aim.value(other)
            if solved or value <= bound * (1 + aim.precision) + _RANGE:
                return Solution(tuple(best), bound)
            if result.status == _TIMED_OUT:
                return _what_there_is(best, bound)
            self._forbid_rings(sorted(set(chosen) - set(order)), met)

    def _run(self, aim: Aim, worth: Flags, until: float) -> Any:
        courses, wants = len(self.net.courses), len(self.net.wants)
        first = courses + len(aim.slacks)
        matrix, upper = _constraints([*self._structure(first), *aim.rows], first + wants)
        least = np.zeros(first + wants)
        least[[first + goal for goal in self.net.goals]] = 1
        most = np.ones(first + wants)
        most[:courses] = worth
        most[courses:first] = np.inf
        return _scipy().optimize.milp(
            np.concatenate([aim.weights, aim.slacks, np.zeros(wants)]),
            integrality=np.arange(first + wants) < courses,
            bounds=(least, most),
            constraints=_scipy().optimize.LinearConstraint(matrix, ub=upper),
            options={"time_limit": max(until - monotonic(), _SHORTEST), "mip_rel_gap": aim.precision},
        )

    def _structure(self, first: int) -> Iterable[Row]:
        """What makes the network: variables of wants begin at *first*."""
        for want, suppliers in enumerate(self.net.suppliers):
            yield Row({first + want: 1} | dict.fromkeys(suppliers, -1), 0)
        for course, needs in enumerate(self.net.needs):
            for want in needs:
                yield Row({course: 1, first + want: -1}, 0)
        for wants, courses in self.rings:
            for want in wants:
                yield Row({first + want: 1} | dict.fromkeys(courses, -1), 0)

    def _forbid_rings(self, stuck: Sequence[int], met: set[int]) -> None:
        """Of the courses that cannot be taken, find groups that wait for nothing but each other."""
        place = {course: number for number, course in enumerate(stuck)}
        waits = {
            (place[course], place[other])
            for course in stuck
            for want in self.net.needs[course]
            if want not in met
            for other in self.net.suppliers[want]
            if other in place
        }
        starts, ends = zip(*waits, strict=True)
        graph = _scipy().sparse.csr_matrix((np.ones(len(waits)), (starts, ends)), shape=(len(stuck),) * 2)
        _, groups = _scipy().sparse.csgraph.connected_components(graph, connection="strong")
        waiting = {groups[start] for start, end in waits if groups[start] != groups[end]}
        for group in set(groups) - waiting:
            inside = [course for course in stuck if groups[place[course]] == group]
            wants = frozenset(want for course in inside for want in self.net.needs[course]) - met
            outside = frozenset(
                course
                for want in wants
                for course in self.net.suppliers[want]
                if wants.isdisjoint(self.net.needs[course])
            )
            self.rings.append((wants, outside))


def _what_there_is(best: Sequence[int], bound: float) -> Solution:
    if not best:
        raise UnavailableError(
            "No path was found in time. Allow more time, or ask for fewer competences at once."
        )
    return Solution(tuple(best), bound)


def _constraints(rows: Sequence[Row], width: int) -> tuple[Any, Any]:
    """The rows as SciPy takes them: a sparse matrix and upper limits."""
    counts = [len(row.terms) for row in rows]
    columns = np.fromiter((column for row in rows for column in row.terms), np.int64, sum(counts))
    values = np.fromiter((value for row in rows for value in row.terms.values()), np.float64, sum(counts))
    starts = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    matrix = _scipy().sparse.csr_matrix((values, columns, starts), shape=(len(rows), width))
    return matrix, np.array([row.most for row in rows])
