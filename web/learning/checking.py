"""What is wrong with a learning path that somebody put together, in sentences, and what might mend it."""

from collections.abc import Sequence
from dataclasses import dataclass

from kb.learning.catalogue import Offer
from kb.learning.values import key
from search.paths import walking
from search.paths.network import barriers
from search.paths.values import Barrier
from search.paths.walking import Awaiting, Barred, Checked, Fault, Idle, Lacking
from web.learning.cases import Case
from web.learning.telling import main

_MOST = 6
"""Suggestions for one place."""
_BARRED = {
    Barrier.LANGUAGE: "It is not in a language that was asked for.",
    Barrier.FORMAT: "It is not in a format that was asked for.",
    Barrier.DATES: "It is not on offer through the whole time of learning.",
    Barrier.UNKNOWN: "Nobody states how long it takes, or what it costs where that matters.",
}


@dataclass(frozen=True, slots=True)
class Missing:
    """A gap that stays open, and training that would close it."""

    sentence: str
    suggested: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong with a path."""

    faults: tuple[tuple[str, ...], ...]
    """Of each step, in sentences."""
    alternatives: tuple[tuple[Offer, ...], ...]
    """Of each step: training that might stand in its place, what takes least time first."""
    missing: tuple[Missing, ...]
    exceeded: tuple[str, ...]
    """Budgets."""
    sound: bool
    """Whether it does all that was asked; what only adds nothing does no harm."""


def check(case: Case, refs: Sequence[str]) -> Findings:
    """What is wrong with taking *refs* in this order, for what *case* asks."""
    checked = walking.check(case.courses, case.wish, refs)
    words = _Words(case, refs)
    return Findings(
        tuple(tuple(words.fault(fault) for fault in faults) for faults in checked.faults),
        _alternatives(case, refs, checked),
        tuple(
            Missing(
                f"{words.name(one.competence)} reaches level {one.reachable} of {one.wanted}.",
                _teaching(case, one.competence, one.wanted, refs),
            )
            for one in checked.unmet
        ),
        tuple(
            f"{one.measure.capitalize()}: {one.total:g} of at most {one.most:g}." for one in checked.exceeded
        ),
        checked.sound,
    )


class _Words:
    """Says what is wrong, with the names that people know."""

    def __init__(self, case: Case, refs: Sequence[str]) -> None:
        taught = (one.name for offer in case.offers.values() for one in offer.teaches)
        self._names = {key(name): name for name in (*taught, *(one.name for one in case.required))}
        self._case = case
        self._places = {ref: place for place, ref in enumerate(refs, start=1)}

    def name(self, competence: str) -> str:
        """Of a competence."""
        return self._names.get(competence, competence)

    def fault(self, fault: Fault) -> str:
        """What is wrong with a step."""
        match fault:
            case Lacking(competence, wanted, level, later):
                lacks = f"{self.name(competence)} at level {wanted}, and {level} is reached by then"
                mended = (
                    f"{self._steps(later)} there: move this one below"
                    if later
                    else "nothing later leads there"
                )
                return f"It asks for {lacks}; {mended}."
            case Awaiting(group, later):
                named = " or ".join(self._title(ref) for ref in group)
                mended = (
                    "which comes later: move this one below."
                    if later
                    else "which is not in the path: add it."
                )
                return f"It follows {named}, {mended}"
            case Barred(barrier):
                return _BARRED[barrier]
            case Idle(earlier):
                by = f", by {self._numbers(earlier)}" if earlier else ""
                return f"It adds nothing: all that it teaches is known by then{by}."

    def _title(self, ref: str) -> str:
        return f"{self._case.offers[ref].title} ({ref})" if ref in self._case.offers else ref

    def _steps(self, refs: Sequence[str]) -> str:
        return f"{self._numbers(refs)} {'leads' if len(refs) == 1 else 'lead'}"

    def _numbers(self, refs: Sequence[str]) -> str:
        numbers = [str(self._places[ref]) for ref in refs]
        return f"step {numbers[0]}" if len(numbers) == 1 else f"steps {', '.join(numbers)}"


def _alternatives(case: Case, refs: Sequence[str], checked: Checked) -> tuple[tuple[Offer, ...], ...]:
    mains = [main(step.rises) for step in checked.path.steps]
    return tuple(_teaching(case, rise.competence, rise.after, refs) if rise else () for rise in mains)


def _teaching(case: Case, competence: str, level: int, refs: Sequence[str]) -> tuple[Offer, ...]:
    """Training that leads to a level, may be taken, and is not in the path already; the shortest first."""
    found = [
        case.offers[course.key]
        for course in case.courses
        if course.teaches.get(competence, 0) >= level
        and course.key not in refs
        and course.key not in case.wish.done
        and not barriers(course, case.wish)
    ]
    return tuple(sorted(found, key=lambda offer: (offer.hours or 0, offer.ref))[:_MOST])
