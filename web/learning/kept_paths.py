"""Kept learning paths for pages, API and command line: put away, and opened without solving them again."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb import items
from kb.access import Principal
from kb.errors import InvalidError, UnavailableError
from kb.items import ItemSummary
from kb.learning import kept, people
from kb.learning.kept import KeptPath, Notice, PathDraft
from kb.learning.values import Gap, Required, gaps
from search.paths import solving, walking
from search.paths import values as found
from search.paths.values import Path
from web.learning import cases
from web.learning.cases import Case
from web.learning.learning_paths import SECONDS
from web.learning.path_schemas import PathQuery
from web.learning.telling import Option, Stop, Teller
from web.wiring import Services

SAID = {
    Notice.HIDDEN: "You may not open it.",
    Notice.WITHDRAWN: "It was withdrawn since, and can't be taken any more.",
    Notice.REPLACED: "It was rejected or superseded since.",
    Notice.OVERDUE: "It was to be looked at again by now: ask whether it still holds.",
    Notice.CHANGED: "It was changed since: look whether its hours, cost and levels still hold.",
}
"""What became of training, in sentences."""


@dataclass(frozen=True, slots=True)
class View:
    """A kept path as it is shown."""

    kept: KeptPath
    wanted: PathQuery
    """What it was asked with."""
    option: Option
    missing: tuple[Gap, ...]
    """What it is to close, the widest first."""
    notices: tuple[tuple[str, ...], ...]
    """Of each step, what became of its training, in sentences."""

    @property
    def title(self) -> str:
        """Under which it is kept."""
        return self.kept.draft.title


def keep(
    services: Services,
    session: Session,
    principal: Principal,
    wanted: PathQuery,
    *,
    title: str = "",
    steps: Sequence[str] = (),
) -> str:
    """Keep *steps*, or the best path where none are named, for what is *wanted*; its code.

    Raises NotFoundError, InvalidError when there is no path, UnavailableError when none was found in time.
    """
    case = cases.look_up(session, principal, wanted.asked())
    best = _best(case, proof_only=bool(steps))
    path = walking.check(case.courses, case.wish, cases.known(steps, case.offers)).path if steps else best
    if path is None:
        raise InvalidError("There is no such path; look for one first to see what stands in its way.")
    draft = PathDraft(
        title.strip() or _title(session, principal, case),
        _steps(services, session, principal, case, path),
        {one.name: one.level for one in case.required},
        case.wish.held,
        tuple(sorted(case.wish.done)),
        wanted.said(),
        case.wish.pace,
        best.bound if best else None,
        wanted.learner,
    )
    return kept.keep(session, principal, draft)


def view(session: Session, principal: Principal, code: str) -> View:
    """The kept path with that code. Raises NotFoundError."""
    stored = kept.get(session, principal, code)
    draft = stored.draft
    lessons = _lessons(session, principal, [ref for step in draft.steps for ref in step.lessons])
    titles = {step.offer.ref: step.offer.title for step in draft.steps}
    stops = tuple(
        Stop(
            step.offer,
            step.closes,
            step.adds,
            tuple(titles[ref] for ref in step.opens if ref in titles),
            step.conditions,
            step.quote,
            tuple(lessons[ref] for ref in step.lessons if ref in lessons),
        )
        for step in draft.steps
    )
    return View(
        stored,
        PathQuery.read(draft.asked),
        Option(_path(draft), stops),
        gaps(draft.held, [Required(name, level, "") for name, level in draft.goal.items()]),
        tuple(tuple(SAID[notice] for notice in one.notices) for one in stored.steps),
    )


def _best(case: Case, *, proof_only: bool) -> Path | None:
    """The best path; where only its bound is wanted, it may take too long to find."""
    try:
        return next(iter(solving.paths(case.courses, case.wish, options=1, seconds=SECONDS)), None)
    except UnavailableError:
        if proof_only:
            return None
        raise


def _title(session: Session, principal: Principal, case: Case) -> str:
    goal = " and ".join(case.roles)
    number = case.asked.learner
    name = people.person(session, principal, number).name if number is not None else ""
    return f"To {goal} for {name}" if name else f"To {goal}"


def _steps(
    services: Services, session: Session, principal: Principal, case: Case, path: Path
) -> tuple[kept.Step, ...]:
    """The steps of *path* with what speaks for each, as they are kept."""
    teller = Teller(services, session, principal, case)
    teller.look_up([path])
    stops = teller.option(path).stops
    return tuple(
        kept.Step(
            stop.offer,
            stop.closes,
            stop.adds,
            step.opens,
            stop.conditions,
            stop.quote,
            tuple(lesson.ref for lesson in stop.lessons),
        )
        for step, stop in zip(path.steps, stops, strict=True)
    )


def _path(draft: PathDraft) -> Path:
    """What the steps come to, as they were when they were kept."""
    hours = sum(step.offer.hours or 0 for step in draft.steps)
    cost = sum(step.offer.cost or 0 for step in draft.steps)
    steps = tuple(found.Step(step.offer.ref, step.closes + step.adds, step.opens) for step in draft.steps)
    return Path(steps, hours, cost, hours / draft.pace, draft.bound or 0)


def _lessons(session: Session, principal: Principal, refs: Sequence[str]) -> dict[str, ItemSummary]:
    ids = items.referred(session, principal, set(refs))
    return {one.ref: one for one in items.summaries(session, principal, list(ids)).values()}
