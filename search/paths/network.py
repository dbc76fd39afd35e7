"""Courses and what each of them waits for: a network of alternatives (and) and requirements (or)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from search.paths.values import Barrier, Course, Levels, Measure, Wish

Want = tuple[str, int] | tuple[str, ...]
"""A competence with the level that is wanted, or keys of courses of which one is."""


@dataclass(frozen=True, slots=True)
class Learner:
    """Where a learner stands before a catalogue."""

    wish: Wish
    levels: Levels
    """What they have, by what is known of them and by what they have taken."""
    learning: frozenset[str]
    """The competences of the goal, and those that some course needs without teaching them."""
    spared: frozenset[str]
    """Keys of courses that they have taken, or whose levels they have: nothing waits for these."""

    def missing(self, wanted: Levels) -> tuple[tuple[str, int], ...]:
        """The levels of *wanted* that they do not have."""
        return tuple((name, level) for name, level in wanted.items() if level > self.levels.get(name, 0))

    def asked(self, course: Course) -> tuple["Want", ...]:
        """What they have to reach before the course."""
        asked = {name: level for name, level in course.needs.items() if name in self.learning}
        groups = [group for group in course.after if not self.spared.intersection(group)]
        return (*self.missing(asked), *groups)


def learner(courses: Sequence[Course], wish: Wish) -> Learner:
    """The learner of *wish* before the whole catalogue."""
    levels = dict(wish.held)
    for course in courses:
        if course.key in wish.done:
            for name, level in course.teaches.items():
                levels[name] = max(levels.get(name, 0), level)
    needed = {name for course in courses for name in course.needs if name not in course.teaches}
    mastered = {
        course.key
        for course in courses
        if course.teaches and all(levels.get(name, 0) >= level for name, level in course.teaches.items())
    }
    return Learner(wish, levels, frozenset(wish.goal.keys() | needed), wish.done | mastered)


@dataclass(frozen=True, slots=True)
class Network:
    """Courses by number, and wants by number."""

    courses: tuple[Course, ...]
    wants: tuple[Want, ...]
    needs: tuple[tuple[int, ...], ...]
    """Of each course, the wants that have to be met before it."""
    meets: tuple[tuple[int, ...], ...]
    """Of each course, the wants that it meets."""
    suppliers: tuple[tuple[int, ...], ...]
    """Of each want, the courses that meet it, without those that could not be taken before it is met."""
    goals: tuple[int, ...]
    """Wants: the levels of the goal, and each required course."""

    def waiting(self, courses: Iterable[int] | None = None) -> dict[int, list[int]]:
        """By want, those of *courses* (all unless said) that need it."""
        found: dict[int, list[int]] = {}
        for course in range(len(self.courses)) if courses is None else courses:
            for want in self.needs[course]:
                found.setdefault(want, []).append(course)
        return found


def barriers(course: Course, wish: Wish) -> frozenset[Barrier]:
    """Why the learner may not take the course; nothing bars what is required."""
    if course.key in wish.required:
        return frozenset()
    told = {
        Barrier.LANGUAGE: bool(wish.languages) and course.language not in wish.languages,
        Barrier.FORMAT: bool(wish.formats) and course.format not in wish.formats,
        Barrier.DATES: _closed(course, wish),
        Barrier.UNKNOWN: not wish.unknown and _unknown(course, wish),
    }
    return frozenset(barrier for barrier, stands in told.items() if stands)


def _unknown(course: Course, wish: Wish) -> bool:
    minds_cost = Measure.COST in (wish.least, *wish.budget)
    return course.hours is None or (minds_cost and course.cost is None)


def _closed(course: Course, wish: Wish) -> bool:
    """Its place in the order is open, so it has to be on offer from the first day to the last."""
    late = course.opens is not None and wish.start is not None and course.opens > wish.start
    last = wish.end or wish.start
    return late or (course.closes is not None and last is not None and course.closes < last)


def weights(courses: Sequence[Course], wish: Wish, measure: Measure) -> list[float]:
    """What each course takes of *measure*; what nobody knows counts nothing."""
    match measure:
        case Measure.HOURS:
            return [course.hours or 0 for course in courses]
        case Measure.COST:
            return [course.cost or 0 for course in courses]
        case Measure.WEEKS:
            return [max(course.weeks, (course.hours or 0) / wish.pace) for course in courses]


def network(courses: Sequence[Course], who: Learner) -> Network:
    """What may lead to the goal: of *courses*, those that can be taken at all and serve it, near or far."""
    possible = _network(attainable(courses, who), who)
    return _network([possible.courses[number] for number in sorted(_serving(possible))], who)


def attainable(courses: Sequence[Course], who: Learner) -> list[Course]:
    """Those of *courses* that the learner has not taken and could take, if need be after all others."""
    out = who.wish.done | who.wish.forbidden
    fresh = [course for course in courses if course.key not in out]
    order, _ = derive(_network(fresh, who), range(len(fresh)))
    return [fresh[number] for number in sorted(order)]


def _network(courses: Sequence[Course], who: Learner) -> Network:
    goals = (*who.missing(who.wish.goal), *((key,) for key in sorted(who.wish.required - who.wish.done)))
    needs = [who.asked(course) for course in courses]
    wants = list(dict.fromkeys(want for found in (goals, *needs) for want in found))
    numbers = {want: number for number, want in enumerate(wants)}
    meets = _meets(courses, wants)
    suppliers: list[list[int]] = [[] for _ in wants]
    for course, found in enumerate(meets):
        for want in found:
            suppliers[want].append(course)
    return Network(
        tuple(courses),
        tuple(wants),
        tuple(tuple(numbers[want] for want in found) for found in needs),
        tuple(meets),
        tuple(map(tuple, suppliers)),
        tuple(numbers[want] for want in goals),
    )


def _meets(courses: Sequence[Course], wants: Sequence[Want]) -> list[tuple[int, ...]]:
    """The wants that each course is a first way to: who may take it need not have met them already."""
    levels: dict[str, list[tuple[int, int]]] = {}
    groups: dict[str, list[int]] = {}
    for number, want in enumerate(wants):
        match want:
            case (str(name), int(level)):
                levels.setdefault(name, []).append((level, number))
            case _:
                for key in want:
                    groups.setdefault(str(key), []).append(number)
    return [
        (
            *(
                number
                for name, taught in course.teaches.items()
                for level, number in levels.get(name, ())
                if course.needs.get(name, 0) < level <= taught
            ),
            *groups.get(course.key, ()),
        )
        for course in courses
    ]


def _serving(whole: Network) -> set[int]:
    """The courses that meet a goal, or a need of a course that serves."""
    serving: set[int] = set()
    open_wants = list(whole.goals)
    seen = set(open_wants)
    while open_wants:
        for course in whole.suppliers[open_wants.pop()]:
            if course not in serving:
                serving.add(course)
                fresh = [want for want in whole.needs[course] if want not in seen]
                seen.update(fresh)
                open_wants += fresh
    return serving


def derive(
    net: Network, chosen: Iterable[int], first: Callable[[int], tuple[int, int]] = lambda course: (0, course)
) -> tuple[list[int], set[int]]:
    """The courses of *chosen* that can be taken, in an order in which they can, and the wants then met.

    Of several that can be taken next, the one of which *first* gives the least.
    """
    numbers = list(chosen)
    waiting = net.waiting(numbers)
    left = {course: len(net.needs[course]) for course in numbers}
    ready: list[tuple[tuple[int, int], int]] = [
        (first(course), course) for course in numbers if not left[course]
    ]
    heapify(ready)
    met: set[int] = set()
    order: list[int] = []
    while ready:
        _, course = heappop(ready)
        order.append(course)
        for want in net.meets[course]:
            if want not in met:
                met.add(want)
                for other in waiting.get(want, ()):
                    left[other] -= 1
                    if not left[other]:
                        heappush(ready, (first(other), other))
    return order, met
