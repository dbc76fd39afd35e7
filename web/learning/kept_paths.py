"""Kept learning paths for pages, API and command line: put away, and opened without solving them again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from kb import items
from kb.access import Principal
from kb.errors import InvalidError, UnavailableError
from kb.items import ItemSummary
from kb.learning import kept, people
from kb.learning.kept import KeptPath, Notice, PathDraft
from kb.learning.values import Gap, Required, gaps
from search.paths import blocking, unstated, walking
from search.paths import values as found
from search.paths.values import Path
from web.learning import cases, checking
from web.learning.cases import Case
from web.learning.checking import Findings
from web.learning.learning_paths import SECONDS, sentences
from web.learning.path_schemas import PathQuery
from web.learning.telling import Option, Stop, Teller, main
from web.wiring import Services

SAID = {
    Notice.HIDDEN: "You may not open it.",
    Notice.WITHDRAWN: "It was withdrawn since, and can't be taken any more.",
    Notice.REPLACED: "It was rejected or superseded since.",
    Notice.EXPIRED: "It is not on offer any more.",
    Notice.OVERDUE: "It was to be looked at again by now: ask whether it still holds.",
    Notice.CHANGED: "It was changed since: look whether its hours, cost and levels still hold.",
}
"""What became of training, in sentences."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different about a kept path; None leaves it as it is."""

    title: str | None = None
    steps: Sequence[str] | None = None
    """References of training, in their order."""
    take: Sequence[str] | None = None
    """Picked by hand: what is solved anew keeps it."""
    without: Sequence[str] | None = None
    """Ruled out."""

    def picked(self, wanted: PathQuery, before: Sequence[str], after: Sequence[str]) -> dict[str, list[str]]:
        """What is picked and what is ruled out, once *before* is changed into *after*."""
        fresh = [ref for ref in after if ref not in before]
        gone = [ref for ref in before if ref not in after]
        take = [ref for ref in wanted.take if ref not in gone] + fresh if self.take is None else self.take
        without = [ref for ref in wanted.without if ref not in fresh] + gone
        without = without if self.without is None else self.without
        return {"take": list(dict.fromkeys(take)), "without": list(dict.fromkeys(without))}


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
    findings: Findings | None
    """What is wrong with the order; None when the reader may not open every step."""

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
    told = _steps(services, session, principal, case, path)
    draft = _draft(case, wanted, best.bound if best else None, told)
    title = title.strip() or _title(session, principal, case)
    return kept.keep(session, principal, replace(draft, title=title))


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
            step.own,
            step.who,
        )
        for step in draft.steps
    )
    return View(
        stored,
        PathQuery.read(draft.asked),
        Option(_path(draft), stops),
        gaps(draft.held, [Required(name, level, "") for name, level in draft.goal.items()]),
        tuple(tuple(SAID[notice] for notice in one.notices) for one in stored.steps),
        checking.check(case_of(session, principal, stored), _refs(draft)) if stored.whole else None,
    )


def edit(
    services: Services, session: Session, principal: Principal, code: str, version: int, change: Change
) -> tuple[str, ...]:
    """Change what a kept path holds; what is new in it is picked by hand, what is gone is ruled out.

    What stays says what it said, unless it now adds something else. Gives the references of its steps, in
    order. Raises NotFoundError, ConflictError when the path was changed since *version*, InvalidError.
    """
    stored = _editable(session, principal, code)
    draft = stored.draft
    case = case_of(session, principal, stored)
    case = replace(
        case,
        members=cases.members_of(session, principal, case.asked),
        projects=cases.projects_of(session, principal, case.asked),
    )
    refs = _refs(draft) if change.steps is None else cases.known(change.steps, case.offers)
    wanted = PathQuery.read({**draft.asked, **change.picked(PathQuery.read(draft.asked), _refs(draft), refs)})
    path = walking.check(case.courses, case.wish, refs).path
    steps = _steps(services, session, principal, case, path, draft.steps)
    bound = draft.bound if _narrower(wanted, PathQuery.read(draft.asked)) else None
    title = change.title or draft.title
    new = replace(draft, title=title, steps=steps, asked=wanted.said(), bound=bound)
    kept.change(session, principal, code, version, new)
    return path.keys


def solve(services: Services, session: Session, principal: Principal, code: str, version: int) -> None:
    """Find the best path anew, with what was picked by hand and without what was ruled out.

    Levels and goal are taken as they are today. Raises as *edit*; InvalidError also when there is no path,
    with what would have to be given up.
    """
    draft = _editable(session, principal, code).draft
    wanted = PathQuery.read(draft.asked)
    case = cases.look_up(session, principal, wanted.asked())
    best = _best(case, proof_only=False)
    if best is None:
        blocked = blocking.blocked(case.courses, case.wish, SECONDS)
        out = [f"Ruled out: {', '.join(sorted(case.wish.forbidden))}."] if case.wish.forbidden else []
        raise InvalidError(" ".join(["There is no such path.", *sentences(case.asked, blocked), *out]))
    new = _draft(case, wanted, best.bound, _steps(services, session, principal, case, best, draft.steps))
    kept.change(session, principal, code, version, replace(new, title=draft.title))


def case_of(session: Session, principal: Principal, stored: KeptPath) -> Case:
    """What stands behind a kept path: its goal and levels as they were, before the catalogue as it is."""
    draft = stored.draft
    asked = PathQuery.read(draft.asked).asked()
    wish = replace(asked.wish, held=draft.held, done=frozenset(draft.done))
    goal = [Required(name, level, "") for name, level in draft.goal.items()]
    present = [step.offer for step in draft.steps]
    return cases.again(session, principal, replace(asked, wish=wish), goal, present)


def _editable(session: Session, principal: Principal, code: str) -> KeptPath:
    stored = kept.get(session, principal, code)
    if not stored.whole:
        raise InvalidError(
            f"There are steps that you may not open; {stored.head.author} can change this path."
        )
    return stored


def _refs(draft: PathDraft) -> list[str]:
    return [step.offer.ref for step in draft.steps]


def _narrower(wanted: PathQuery, before: PathQuery) -> bool:
    """Whether what is wanted allows no path that was not allowed *before*: what was proven still holds."""
    return set(before.take) <= set(wanted.take) and set(before.without) <= set(wanted.without)


def _best(case: Case, *, proof_only: bool) -> Path | None:
    """The best path; where only its bound is wanted, it may take too long to find."""
    try:
        return next(iter(unstated.paths(case.courses, case.wish, options=1, seconds=SECONDS)), None)
    except UnavailableError:
        if proof_only:
            return None
        raise


def _draft(case: Case, wanted: PathQuery, bound: float | None, steps: tuple[kept.Step, ...]) -> PathDraft:
    return PathDraft(
        "",
        steps,
        {one.name: one.level for one in case.required},
        case.wish.held,
        tuple(sorted(case.wish.done)),
        wanted.said(),
        case.wish.pace,
        bound,
        wanted.learner,
        wanted.team,
    )


def _title(session: Session, principal: Principal, case: Case) -> str:
    number = case.asked.learner
    name = people.person(session, principal, number).name if number is not None else case.asked.team
    return f"To {case.title} for {name}" if name else f"To {case.title}"


def _steps(
    services: Services,
    session: Session,
    principal: Principal,
    case: Case,
    path: Path,
    earlier: Sequence[kept.Step] = (),
) -> tuple[kept.Step, ...]:
    """The steps of *path* as they are kept; what one of *earlier* said of the same rise is not looked up."""
    said = {step.offer.ref: step for step in earlier}
    same = {
        step.key: said[step.key] for step in path.steps if step.key in said and _same(step, said[step.key])
    }
    teller = Teller(services, session, principal, case)
    teller.look_up([replace(path, steps=tuple(step for step in path.steps if step.key not in same))])
    stops = teller.option(path).stops
    return tuple(
        kept.Step(
            stop.offer,
            stop.closes,
            stop.adds,
            step.opens,
            stop.conditions,
            same[step.key].quote if step.key in same else stop.quote,
            same[step.key].lessons if step.key in same else tuple(lesson.ref for lesson in stop.lessons),
            same[step.key].own if step.key in same else stop.own,
            stop.who,
        )
        for step, stop in zip(path.steps, stops, strict=True)
    )


def _same(step: found.Step, said: kept.Step) -> bool:
    one, other = main(step.rises), main(said.closes + said.adds)
    return (
        one is not None
        and other is not None
        and (one.competence, one.after) == (other.competence, other.after)
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
