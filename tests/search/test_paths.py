"""Learning paths: the best of all that there are, told by trying each."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain, combinations
from math import inf

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kb.learning.values import Rise
from search.paths import blocking, solving, unstated, walking
from search.paths.network import barriers
from search.paths.values import Barrier, Course, Measure, Path, Relaxed, Unmet, Wish
from search.paths.walking import Awaiting, Barred, Exceeded, Idle, Lacking

_NAME: st.SearchStrategy[str] = st.sampled_from(("risk", "cost", "team"))
_LEVELS: st.SearchStrategy[dict[str, int]] = st.dictionaries(_NAME, st.integers(1, 4), max_size=3)


@st.composite
def _courses(draw: st.DrawFn) -> list[Course]:
    keys = [f"T{number}" for number in range(draw(st.integers(1, 6)))]
    groups = st.lists(st.sampled_from(keys), min_size=1, max_size=2, unique=True).map(tuple)
    amounts = st.integers(0, 9)
    made: list[Course] = []
    for key in keys:
        teaches = draw(_LEVELS)
        needs = {name: level - 2 for name, level in teaches.items() if level > 2}
        if draw(st.booleans()):
            needs |= draw(st.dictionaries(_NAME, st.integers(1, 2), max_size=1))
        made.append(
            Course(
                key,
                teaches,
                needs,
                tuple(draw(st.lists(groups, max_size=1))),
                hours=draw(amounts),
                cost=draw(st.none() | amounts),
                language=draw(st.sampled_from(("en", "en", "fr"))),
                format=draw(st.sampled_from(("course", "course", "reading"))),
            )
        )
    return made


@st.composite
def _wishes(draw: st.DrawFn) -> Wish:
    return Wish(
        draw(_LEVELS),
        held=draw(st.dictionaries(_NAME, st.integers(1, 2), max_size=2)),
        done=draw(st.frozensets(st.just("T0"))),
        least=draw(st.sampled_from(Measure)),
        budget=draw(st.dictionaries(st.sampled_from(Measure), st.integers(0, 16), max_size=2)),
        languages=draw(st.sampled_from((frozenset[str](), frozenset({"en"})))),
        formats=draw(st.sampled_from((frozenset[str](), frozenset({"course"})))),
        unknown=draw(st.booleans()),
        required=draw(st.frozensets(st.sampled_from(("T0", "T1", "T2")), max_size=1)),
        forbidden=draw(st.frozensets(st.sampled_from(("T3", "T4")), max_size=1)),
    )


def _levels(taken: Iterable[Course], wish: Wish) -> dict[str, int]:
    levels = dict(wish.held)
    for course in taken:
        for name, level in course.teaches.items():
            levels[name] = max(level, levels.get(name, 0))
    return levels


def _may_take(course: Course, taken: Sequence[Course], catalogue: Sequence[Course], wish: Wish) -> bool:
    levels = _levels(taken, wish)
    keys = {before.key for before in taken} | _mastered(catalogue, wish)
    learning = {
        *wish.goal,
        *(name for other in catalogue for name in other.needs if name not in other.teaches),
    }
    return all(
        levels.get(name, 0) >= level for name, level in course.needs.items() if name in learning
    ) and all(keys & set(group) for group in course.after)


def _mastered(catalogue: Sequence[Course], wish: Wish) -> set[str]:
    """What need not be taken, as all its levels are there from the start."""
    start = _levels(_done(catalogue, wish), wish)
    return {
        course.key
        for course in catalogue
        if course.teaches and all(level <= start.get(name, 0) for name, level in course.teaches.items())
    }


def _done(catalogue: Sequence[Course], wish: Wish) -> list[Course]:
    return [course for course in catalogue if course.key in wish.done]


def _reaches(taken: Iterable[Course], wish: Wish) -> bool:
    levels = _levels(taken, wish)
    return all(levels.get(name, 0) >= level for name, level in wish.goal.items())


def _leads(courses: Sequence[Course], catalogue: Sequence[Course], wish: Wish) -> bool:
    """Whether whoever takes these courses, each when they may, reaches the goal."""
    taken = _done(catalogue, wish)
    while ready := [c for c in courses if c not in taken and _may_take(c, taken, catalogue, wish)]:
        taken += ready
    return _reaches(taken, wish) and wish.required <= {course.key for course in taken}


def _totals(courses: Iterable[Course], wish: Wish) -> dict[Measure, float]:
    hours = sum(course.hours or 0 for course in courses)
    return {
        Measure.HOURS: hours,
        Measure.COST: sum(course.cost or 0 for course in courses),
        Measure.WEEKS: hours / wish.pace,
    }


def _choices(
    catalogue: Sequence[Course], wish: Wish, given_up: frozenset[str] = frozenset()
) -> list[dict[Measure, float]]:
    """The totals of all choices that reach the goal within the wish, but for the limits given up."""
    out = wish.done | wish.forbidden
    open_to = [c for c in catalogue if c.key not in out and barriers(c, wish) <= given_up]
    choices = chain.from_iterable(combinations(open_to, size) for size in range(len(open_to) + 1))
    reaching = [_totals(choice, wish) for choice in choices if _leads(choice, catalogue, wish)]
    return [
        totals
        for totals in reaching
        if all(totals[measure] <= most for measure, most in wish.budget.items() if measure not in given_up)
    ]


_RING = [
    Course("T0", {"risk": 3, "cost": 3}, {"cost": 1, "risk": 1}, hours=1, cost=0),
    Course("T1", {"risk": 1}, {"cost": 2, "team": 0}, hours=1, cost=0),
    Course("T2", {"cost": 2}, {"risk": 1}, hours=1, cost=0),
    Course("T3", {"cost": 1}, hours=9, cost=0),
]


@given(_courses(), _wishes())
@example(_RING, Wish({"risk": 3}))
@settings(max_examples=100, deadline=None)
def test_the_first_path_is_the_best_of_all_choices(catalogue: list[Course], wish: Wish) -> None:
    found = solving.paths(catalogue, wish)
    best = min((totals[wish.least] for totals in _choices(catalogue, wish)), default=inf)
    assert bool(found) == (best < inf)
    for path in found:
        _check(path, catalogue, wish)
    if found:
        assert found[0].total(wish.least) == pytest.approx(best)
        assert found[0].bound == pytest.approx(best)
    assert len({frozenset(path.keys) for path in found}) == len(found)


def _check(path: Path, catalogue: Sequence[Course], wish: Wish) -> None:
    """Every course of a path may be taken in its turn, and all together do what is wished."""
    by_key = {course.key: course for course in catalogue}
    taken = _done(catalogue, wish)
    for key in path.keys:
        assert _may_take(by_key[key], taken, catalogue, wish)
        assert not barriers(by_key[key], wish)
        taken.append(by_key[key])
    assert _reaches(taken, wish)
    assert wish.required - wish.done <= set(path.keys)
    assert wish.forbidden.isdisjoint(path.keys)
    totals = _totals([by_key[key] for key in path.keys], wish)
    assert all(path.total(measure) == pytest.approx(totals[measure]) for measure in Measure)
    assert all(totals[measure] <= most for measure, most in wish.budget.items())
    assert path.bound <= totals[wish.least] + 1e-6


@given(_courses(), _wishes())
@settings(max_examples=50, deadline=None)
def test_what_blocks_is_the_least_that_has_to_be_given_up(catalogue: list[Course], wish: Wish) -> None:
    assume(not _choices(catalogue, wish))
    told = blocking.blocked(catalogue, wish)
    everything = frozenset((*wish.budget, *Barrier))
    if not _choices(catalogue, wish, everything):
        assert told.unmet or told.stuck
        assert told.ways == ()
        return
    sizes = range(1, len(everything) + 1)
    least = next(
        n for n in sizes if any(_choices(catalogue, wish, frozenset(s)) for s in combinations(everything, n))
    )
    assert {frozenset(relaxed.limit for relaxed in way) for way in told.ways} == {
        frozenset(limits)
        for limits in combinations(everything, least)
        if _choices(catalogue, wish, frozenset(limits))
    }
    for way in told.ways:
        choices = _choices(catalogue, wish, frozenset(relaxed.limit for relaxed in way))
        for relaxed in way if least == 1 else ():
            if isinstance(relaxed.limit, Measure):
                assert relaxed.budget == pytest.approx(min(totals[relaxed.limit] for totals in choices))


@given(_courses(), _wishes(), st.data())
@settings(max_examples=100, deadline=None)
def test_what_somebody_puts_together_is_sound_when_it_can_be_taken_in_that_order(
    catalogue: list[Course], wish: Wish, data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(st.sampled_from(catalogue), max_size=4, unique_by=lambda one: one.key))
    taken, sound = _done(catalogue, wish), True
    for course in chosen:
        sound &= _may_take(course, taken, catalogue, wish)
        sound &= not barriers(course, replace(wish, required=frozenset()))
        taken.append(course)
    totals = _totals(chosen, wish)
    sound &= _reaches(taken, wish) and all(totals[name] <= most for name, most in wish.budget.items())
    told = walking.check(catalogue, wish, [course.key for course in chosen])
    assert told.sound == sound
    assert all(told.path.total(measure) == pytest.approx(totals[measure]) for measure in Measure)


_CATALOGUE = (
    Course("PLAN", {"risk": 2, "cost": 1}, hours=6, cost=0, language="en", format="course"),
    Course("READ", {"risk": 2}, hours=3, cost=20, language="en", format="reading"),
    Course("LEAD", {"risk": 4}, {"risk": 2}, (("PLAN", "OLD"),), 10, 300, language="en", format="course"),
    Course("FAST", {"risk": 4}, {"risk": 2}, (), 5, 900, language="fr", format="course"),
)


def test_each_step_says_what_it_raises_and_for_which_later_step() -> None:
    path = solving.paths(_CATALOGUE, Wish({"risk": 4}, languages=frozenset({"en"})))[0]
    plan, lead = path.steps
    assert (plan.key, plan.opens) == ("PLAN", ("LEAD",))
    assert Rise("risk", 0, 2, 4) in plan.rises
    assert Rise("cost", 0, 1, 0) in plan.rises
    assert (lead.key, lead.rises) == ("LEAD", (Rise("risk", 2, 4, 4),))
    assert (path.hours, path.cost, path.weeks, path.bound) == (16, 300, 4, 16)


def test_what_was_taken_counts_for_levels_and_prerequisites() -> None:
    wish = Wish({"risk": 4}, {"risk": 2}, frozenset({"OLD"}), languages=frozenset({"en"}))
    assert solving.paths(_CATALOGUE, wish)[0].keys == ("LEAD",)
    assert solving.paths(_CATALOGUE, replace(wish, done=frozenset({"LEAD"})))[0].keys == ()


def test_nobody_has_to_take_what_teaches_only_what_they_know() -> None:
    knows = Wish({"risk": 4}, {"risk": 2, "cost": 1}, languages=frozenset({"en"}))
    assert solving.paths(_CATALOGUE, knows)[0].keys == ("LEAD",)


def test_options_differ_and_each_is_the_best_of_what_is_left() -> None:
    found = solving.paths(_CATALOGUE, Wish({"risk": 4}))
    assert [path.keys for path in found] == [("READ", "FAST"), ("PLAN", "FAST"), ("PLAN", "LEAD")]


def test_limits_that_block_are_named_with_the_least_to_give_up() -> None:
    wish = Wish({"risk": 4}, languages=frozenset({"en"}), budget={Measure.HOURS: 12})
    assert solving.paths(_CATALOGUE, wish) == ()
    assert blocking.blocked(_CATALOGUE, wish).ways == (
        (Relaxed(Measure.HOURS, 16),),
        (Relaxed(Barrier.LANGUAGE, None, ("FAST",)),),
    )
    assert blocking.blocked(_CATALOGUE, Wish({"risk": 5, "cost": 1})).unmet == (Unmet("risk", 5, 4),)


def test_a_course_has_to_be_on_offer_through_the_whole_time() -> None:
    spring = Course("S", {"risk": 1}, hours=1, cost=0, opens=date(2027, 3, 1), closes=date(2027, 5, 31))
    wish = Wish({"risk": 1}, start=date(2027, 3, 1), end=date(2027, 5, 31))
    assert solving.paths([spring], wish)
    for other in (replace(wish, start=date(2027, 2, 28)), replace(wish, end=date(2027, 6, 1))):
        assert blocking.blocked([spring], other).ways == ((Relaxed(Barrier.DATES, None, ("S",)),),)


def test_what_is_required_is_taken_and_what_is_forbidden_is_not() -> None:
    wish = Wish({"risk": 4})
    taken = replace(wish, required=frozenset({"LEAD"}), forbidden=frozenset({"READ"}))
    assert solving.paths(_CATALOGUE, taken)[0].keys == ("PLAN", "LEAD")
    barred = replace(wish, required=frozenset({"FAST"}), languages=frozenset({"en"}))
    assert solving.paths(_CATALOGUE, barred)[0].keys == ("READ", "FAST")
    lost = replace(wish, required=frozenset({"LEAD"}), forbidden=frozenset({"PLAN"}))
    assert solving.paths(_CATALOGUE, lost) == ()
    assert blocking.blocked(_CATALOGUE, lost).stuck == ("LEAD",)


def test_each_fault_stands_beside_its_step() -> None:
    wish = Wish({"risk": 5}, languages=frozenset({"en"}), budget={Measure.HOURS: 20})
    told = walking.check(_CATALOGUE, wish, ["LEAD", "FAST", "PLAN"])
    assert told.faults == (
        (Lacking("risk", 2, 0, ("FAST", "PLAN")), Awaiting(("PLAN", "OLD"), ("PLAN",))),
        (Barred(Barrier.LANGUAGE), Idle(("LEAD",))),
        (),
    )
    assert told.unmet == (Unmet("risk", 5, 4),)
    assert told.exceeded == (Exceeded(Measure.HOURS, 20, 21),)


@settings(deadline=None, max_examples=150)
@given(_courses(), _wishes(), st.frozensets(st.sampled_from(("T0", "T1", "T2", "T3"))))
def test_of_what_states_no_hours_a_path_has_the_fewest(
    courses: list[Course], wish: Wish, silent: frozenset[str]
) -> None:
    courses = [replace(course, hours=None) if course.key in silent else course for course in courses]
    wish = replace(wish, least=Measure.HOURS, budget={}, unknown=True)
    weighed = [replace(course, hours=1000) if course.hours is None else course for course in courses]
    choices = _choices(weighed, wish)
    found = unstated.paths(courses, wish, options=1)
    assert bool(found) == bool(choices)
    for path in found:
        apart = sum(course.hours is None for course in courses if course.key in path.keys)
        assert path.hours + 1000 * apart == min(totals[Measure.HOURS] for totals in choices)
        assert path.bound <= path.hours
