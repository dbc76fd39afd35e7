"""What courses come to when they are taken in a given order, and what is wrong with that order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kb.learning.values import Rise
from search.paths.network import Learner, Want, barriers, learner, weights
from search.paths.values import Barrier, Course, Measure, Path, Step, Unmet, Wish

_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Lacking:
    """A course asks for a level that is not reached before it."""

    competence: str
    wanted: int
    level: int
    """That is reached."""
    later: tuple[str, ...]
    """Keys of later courses that would lead there."""


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A course follows others, of which none comes before it."""

    group: tuple[str, ...]
    """Keys."""
    later: tuple[str, ...]
    """Those that come later."""


@dataclass(frozen=True, slots=True)
class Barred:
    """A course is not what the wish allows."""

    barrier: Barrier


@dataclass(frozen=True, slots=True)
class Idle:
    """A course adds nothing: all that it teaches is known by then."""

    earlier: tuple[str, ...]
    """Keys of the courses that teach as much before it."""


Fault = Lacking | Awaiting | Barred | Idle


@dataclass(frozen=True, slots=True)
class Exceeded:
    """More than a budget allows."""

    measure: Measure
    most: float
    total: float


@dataclass(frozen=True, slots=True)
class Checked:
    """Courses in an order that somebody chose, and what is wrong with it."""

    path: Path
    """Its bound is 0: nothing is proven."""
    faults: tuple[tuple[Fault, ...], ...]
    """Of each step."""
    unmet: tuple[Unmet, ...]
    """Levels of the goal that stay out of reach."""
    exceeded: tuple[Exceeded, ...]

    @property
    def sound(self) -> bool:
        """Whether it fulfils the wish; what adds nothing does no harm."""
        harm = [fault for faults in self.faults for fault in faults if not isinstance(fault, Idle)]
        return not (harm or self.unmet or self.exceeded)


def check(courses: Sequence[Course], wish: Wish, keys: Sequence[str]) -> Checked:
    """What taking *keys* of *courses* in this order comes to, measured against *wish*.

    A course whose needs are not met is taken to teach all the same: what is told once is not told again.
    """
    by_key = {course.key: course for course in courses}
    who = learner(courses, replace(wish, required=frozenset()))
    chosen = [by_key[key] for key in keys]
    path = walk(chosen, who)
    before, faults = dict(who.levels), list[tuple[Fault, ...]]()
    for place, step in enumerate(path.steps):
        faults.append(_faults(chosen, place, step, before, who))
        before |= {rise.competence: rise.after for rise in step.rises}
    return Checked(
        path,
        tuple(faults),
        tuple(
            Unmet(name, level, before.get(name, 0))
            for name, level in wish.goal.items()
            if level > before.get(name, 0)
        ),
        tuple(
            Exceeded(measure, most, path.total(measure))
            for measure, most in wish.budget.items()
            if path.total(measure) > most + _TOLERANCE
        ),
    )


def _faults(
    chosen: Sequence[Course], place: int, step: Step, levels: Mapping[str, int], who: Learner
) -> tuple[Fault, ...]:
    course, before, after = chosen[place], chosen[:place], chosen[place + 1 :]
    taken = {other.key for other in before}
    found: list[Fault] = []
    for want in who.asked(course):
        later = tuple(other.key for other in after if _meets(other, want))
        match want:
            case (str(name), int(level)):
                if levels.get(name, 0) < level:
                    found.append(Lacking(name, level, levels.get(name, 0), later))
            case _:
                group = tuple(map(str, want))
                if taken.isdisjoint(group):
                    found.append(Awaiting(group, later))
    found += [Barred(barrier) for barrier in sorted(barriers(course, who.wish))]
    if not step.rises and not step.opens:
        found.append(Idle(tuple(other.key for other in before if _as_much(other, course))))
    return tuple(found)


def _as_much(other: Course, course: Course) -> bool:
    return any(other.teaches.get(name, 0) >= level for name, level in course.teaches.items())


def walk(chosen: Sequence[Course], who: Learner, bound: float = 0) -> Path:
    """The path of taking *chosen* one after the other."""
    totals = {measure: sum(weights(chosen, who.wish, measure)) for measure in Measure}
    return Path(
        _steps(chosen, who), totals[Measure.HOURS], totals[Measure.COST], totals[Measure.WEEKS], bound
    )


def _steps(chosen: Sequence[Course], who: Learner) -> tuple[Step, ...]:
    wanted = dict(who.missing(who.wish.goal))
    asked = [who.asked(course) for course in chosen]
    reached = dict(who.levels)
    met: set[Want] = set()
    steps: list[Step] = []
    for place, course in enumerate(chosen):
        fresh = {want for wants in asked[place + 1 :] for want in wants if _meets(course, want)} - met
        met |= fresh
        opened = [
            chosen[later].key for later in range(place + 1, len(chosen)) if not fresh.isdisjoint(asked[later])
        ]
        rises = tuple(
            Rise(name, reached.get(name, 0), level, wanted.get(name, 0))
            for name, level in course.teaches.items()
            if _raised(course, name, reached, who)
        )
        reached |= {rise.competence: rise.after for rise in rises}
        steps.append(Step(course.key, rises, tuple(opened)))
    return tuple(steps)


def _raised(course: Course, name: str, reached: Mapping[str, int], who: Learner) -> bool:
    """In what nobody works on, a course raises only those who are at the level that it needs."""
    level = reached.get(name, 0)
    near = name in who.learning or course.needs.get(name, 0) <= level
    return near and level < course.teaches[name]


def _meets(course: Course, want: Want) -> bool:
    match want:
        case (str(name), int(level)):
            return course.teaches.get(name, 0) >= level
        case _:
            return course.key in want
