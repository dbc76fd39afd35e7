"""Adoption plans kept: read with their dates, changed step by step, followed up."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, select
from sqlalchemy.orm import Session

from kb import audit, codes, items
from kb.access import Permission, Principal, cleared, require, require_cleared
from kb.adoption import scheduling
from kb.adoption.calendars import Calendar
from kb.adoption.scheduling import Task
from kb.adoption.values import (
    Barrier,
    Experience,
    Fulfilment,
    Height,
    Kpi,
    KpiDraft,
    Plan,
    PlanDraft,
    PlanHead,
    Reading,
    Source,
    Stage,
    Step,
    StepDraft,
    StepState,
    Team,
)
from kb.errors import InvalidError, NotFoundError
from kb.models import (
    AdoptionDependency,
    AdoptionKpi,
    AdoptionPlan,
    AdoptionReading,
    AdoptionStep,
)
from kb.text import squash
from kb.vocabulary import Classification

MAX_TITLE = 200
MAX_TEXT = 4_000
MAX_VALUE = 300
MAX_STEPS = 200
MAX_DAYS = 260
"""Working days of one step: a year."""
MAX_EFFORT = 1_000.0
MAX_TEAM = 1_000
MAX_DAYS_OFF = 400


def keep(session: Session, principal: Principal, draft: PlanDraft) -> str:
    """Keep a new plan, whose owner *principal* is; its code.

    A plan quotes its practices: it is at least as confidential as they are. Raises NotFoundError,
    InvalidError when a part is missing or senseless.
    """
    require(principal, Permission.CONTRIBUTE)
    if not draft.practices:
        raise InvalidError("Choose at least one practice.")
    _check_team(draft.team)
    row = AdoptionPlan(
        code=codes.free(session, AdoptionPlan.code),
        title=_line(draft.title, "title"),
        team=_team_json(draft.team),
        start=draft.start,
        practices=list(draft.practices),
        preconditions={
            ref: {said: str(state) for said, state in states.items()}
            for ref, states in draft.preconditions.items()
        },
        barriers={str(barrier): str(height) for barrier, height in draft.barriers.items()},
        classification=_classification(session, principal, draft),
        owner=principal.name,
    )
    session.add(row)
    session.flush()
    rows = [_step_row(row.id, place, step) for place, step in enumerate(draft.steps)]
    session.add_all(rows)
    session.flush()
    for own, step in zip(rows, draft.steps, strict=True):
        _depend(session, own.id, (rows[place].id for place in step.after))
    session.add_all(_kpi_row(row.id, kpi) for kpi in draft.kpis)
    audit.record(session, principal, "plan_adoption", row.code, practices=list(draft.practices))
    session.flush()
    get(session, principal, row.code)  # what can't be scheduled is refused
    return row.code


def get(session: Session, principal: Principal, code: str) -> Plan:
    """The plan with that code, in any case. Raises NotFoundError, also when it is hidden."""
    row = _find(session, principal, code)
    rows = _rows(session, row.id)
    after = _dependencies(session, row.id)
    team = _team(row.team)
    tasks = [
        Task(one.id, one.days, after.get(one.id, ()), one.lag, one.not_before, one.done_on) for one in rows
    ]
    slots = scheduling.schedule(tasks, row.start, team.calendar)
    steps = tuple(
        Step(
            one.id,
            _step_draft(one, after.get(one.id, ())),
            StepState(one.state),
            one.done_on,
            one.evidence,
            slots[one.id],
        )
        for one in rows
    )
    done = sum(step.state is StepState.DONE for step in steps)
    return Plan(
        _head(row, team, len(steps), done),
        steps,
        _kpis(session, row.id),
        {
            ref: {said: Fulfilment(state) for said, state in states.items()}
            for ref, states in row.preconditions.items()
        },
        {Barrier(barrier): Height(height) for barrier, height in row.barriers.items()},
    )


def listed(session: Session, principal: Principal, *, offset: int = 0, limit: int = 100) -> list[PlanHead]:
    """A page of the plans that *principal* may see, the newest first."""
    done = func.coalesce(func.sum(case((AdoptionStep.state == StepState.DONE, 1), else_=0)), 0)
    rows = session.execute(
        select(AdoptionPlan, func.count(AdoptionStep.id), done)
        .outerjoin(AdoptionStep, AdoptionStep.plan_id == AdoptionPlan.id)
        .where(_visible(principal))
        .group_by(AdoptionPlan.id)
        .order_by(AdoptionPlan.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [_head(row, _team(row.team), steps, finished) for row, steps, finished in rows]


def count(session: Session, principal: Principal) -> int:
    """How many plans there are."""
    query = select(func.count()).select_from(AdoptionPlan).where(_visible(principal))
    return session.scalar(query) or 0


def may_change(principal: Principal, owner: str) -> bool:
    """Whether *principal* may change the plan itself: its owner, and those who edit or review."""
    own = principal.name.casefold() == owner.casefold() and principal.may(Permission.CONTRIBUTE)
    return own or principal.may(Permission.EDIT) or principal.may(Permission.REVIEW)


def reschedule(
    session: Session, principal: Principal, code: str, start: date, days_off: Iterable[date]
) -> None:
    """Let the plan begin on another day, with other days off. Raises NotFoundError, InvalidError."""
    row = _own(session, principal, code)
    team = _team(row.team)
    calendar = Calendar(team.calendar.weekdays, team.calendar.country, frozenset(days_off))
    team = Team(team.name, team.size, team.experience, calendar)
    _check_team(team)
    row.start, row.team = start, _team_json(team)
    _settle(session, principal, row, "reschedule_adoption", start=start.isoformat())


def add_step(session: Session, principal: Principal, code: str, step: StepDraft) -> int:
    """Put a step at the end of its stage; its number. Raises NotFoundError, InvalidError."""
    row = _own(session, principal, code)
    present = _rows(session, row.id)
    if len(present) >= MAX_STEPS:
        raise InvalidError(f"A plan has at most {MAX_STEPS} steps; take one out first.")
    stages = list(Stage)
    before = [one for one in present if stages.index(Stage(one.stage)) <= stages.index(step.stage)]
    added = _step_row(row.id, 0, step)
    session.add(added)
    session.flush()
    _renumber([*before, added, *(one for one in present if one not in before)])
    _set_after(session, row, added, step.after)
    _settle(session, principal, row, "add_adoption_step", step=added.id)
    return added.id


def change_step(session: Session, principal: Principal, code: str, number: int, step: StepDraft) -> None:
    """Word, staff or time a step otherwise; its source stays. Raises NotFoundError, InvalidError."""
    row = _own(session, principal, code)
    present = _step(session, row, number)
    wanted = _step_row(row.id, present.place, step)
    for name in ("stage", "title", "text", "responsible", "effort", "days", "lag", "not_before"):
        setattr(present, name, getattr(wanted, name))
    _set_after(session, row, present, step.after)
    _settle(session, principal, row, "change_adoption_step", step=number)


def move_step(session: Session, principal: Principal, code: str, number: int, *, up: bool) -> None:
    """Let a step change places with its neighbour in the list; at the end nothing happens."""
    row = _own(session, principal, code)
    present = _step(session, row, number)
    steps = _rows(session, row.id)
    place = steps.index(present)
    other = place - 1 if up else place + 1
    if 0 <= other < len(steps):
        steps[place], steps[other] = steps[other], steps[place]
        _renumber(steps)
        _settle(session, principal, row, "move_adoption_step", step=number)


def remove_step(session: Session, principal: Principal, code: str, number: int) -> None:
    """Take a step out; what waited for it waits for what it waited for."""
    row = _own(session, principal, code)
    present = _step(session, row, number)
    after = _dependencies(session, row.id)
    inherited = after.pop(number, ())
    for other, waits in after.items():
        if number in waits:
            kept = [one for one in waits if one != number]
            _depend(session, other, (one for one in inherited if one not in kept))
    linked = (AdoptionDependency.step_id == number) | (AdoptionDependency.after_id == number)
    session.execute(delete(AdoptionDependency).where(linked))
    session.delete(present)
    _settle(session, principal, row, "remove_adoption_step", step=number)


def mark(
    session: Session,
    principal: Principal,
    code: str,
    number: int,
    state: StepState,
    *,
    day: date | None = None,
    evidence: str = "",
) -> None:
    """Say how far a step is; done on *day*, or today. Any contributor may.

    Raises NotFoundError, InvalidError for a day to come or too long an evidence.
    """
    require(principal, Permission.CONTRIBUTE)
    row = _find(session, principal, code)
    present = _step(session, row, number)
    today = date.today()  # noqa: DTZ011 - the day where the server stands, as people mean it
    done = (day or today) if state is StepState.DONE else None
    if done and done > today:
        raise InvalidError("A step can't have been done on a day to come.")
    present.state, present.done_on = state, done
    present.evidence = _text(evidence, "evidence")
    _settle(session, principal, row, "mark_adoption_step", step=number, state=str(state))


def set_kpi(
    session: Session, principal: Principal, code: str, number: int, *, baseline: str, target: str
) -> None:
    """Say where a figure begins and where it is to go. Raises NotFoundError, InvalidError."""
    row = _own(session, principal, code)
    kpi = _kpi(session, row, number)
    kpi.baseline, kpi.target = _value(baseline), _value(target)
    _settle(session, principal, row, "set_adoption_kpi", kpi=number)


def read_kpi(
    session: Session,
    principal: Principal,
    code: str,
    number: int,
    *,
    day: date,
    value: str,
    note: str = "",
) -> None:
    """Enter what a figure was on one day. Any contributor may. Raises NotFoundError, InvalidError."""
    require(principal, Permission.CONTRIBUTE)
    row = _find(session, principal, code)
    kpi = _kpi(session, row, number)
    said = _value(value)
    if not said:
        raise InvalidError("Enter what the figure was.")
    session.add(
        AdoptionReading(kpi_id=kpi.id, day=day, value=said, note=_text(note, "note"), author=principal.name)
    )
    _settle(session, principal, row, "read_adoption_kpi", kpi=number)


def _settle(session: Session, principal: Principal, row: AdoptionPlan, action: str, **detail: Any) -> None:
    """Note a change, and refuse it when the plan can't be scheduled any more."""
    audit.record(session, principal, action, row.code, **detail)
    session.flush()
    get(session, principal, row.code)


def _visible(principal: Principal) -> ColumnElement[bool]:
    return AdoptionPlan.classification.in_(cleared(principal))


def _find(session: Session, principal: Principal, code: str) -> AdoptionPlan:
    wanted = codes.normal(code)
    row = session.scalars(
        select(AdoptionPlan).where(_visible(principal), AdoptionPlan.code == wanted)
    ).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no adoption plan {wanted[:20]!r} here, or you may not see it.")
    return row


def _own(session: Session, principal: Principal, code: str) -> AdoptionPlan:
    row = _find(session, principal, code)
    if not may_change(principal, row.owner):
        raise NotFoundError("Only its owner, and those who edit or review, may change an adoption plan.")
    return row


def _rows(session: Session, plan: int) -> list[AdoptionStep]:
    query = select(AdoptionStep).where(AdoptionStep.plan_id == plan)
    return list(session.scalars(query.order_by(AdoptionStep.place, AdoptionStep.id)))


def _step(session: Session, row: AdoptionPlan, number: int) -> AdoptionStep:
    found = session.get(AdoptionStep, number)
    if found is None or found.plan_id != row.id:
        raise NotFoundError(f"The plan {row.code} has no step {number}.")
    return found


def _kpi(session: Session, row: AdoptionPlan, number: int) -> AdoptionKpi:
    found = session.get(AdoptionKpi, number)
    if found is None or found.plan_id != row.id:
        raise NotFoundError(f"The plan {row.code} has no figure {number}.")
    return found


def _renumber(steps: Sequence[AdoptionStep]) -> None:
    for place, step in enumerate(steps):
        step.place = place


def _dependencies(session: Session, plan: int) -> dict[int, tuple[int, ...]]:
    rows = session.execute(
        select(AdoptionDependency.step_id, AdoptionDependency.after_id)
        .join(AdoptionStep, AdoptionStep.id == AdoptionDependency.step_id)
        .where(AdoptionStep.plan_id == plan)
        .order_by(AdoptionDependency.step_id, AdoptionDependency.after_id)
    )
    found: dict[int, tuple[int, ...]] = {}
    for step, after in rows:
        found[step] = (*found.get(step, ()), after)
    return found


def _set_after(session: Session, row: AdoptionPlan, step: AdoptionStep, after: Iterable[int]) -> None:
    for other in (wanted := list(dict.fromkeys(after))):
        _step(session, row, other)
    session.execute(delete(AdoptionDependency).where(AdoptionDependency.step_id == step.id))
    _depend(session, step.id, wanted)


def _depend(session: Session, step: int, after: Iterable[int]) -> None:
    session.add_all(AdoptionDependency(step_id=step, after_id=other) for other in dict.fromkeys(after))
    session.flush()


def _step_row(plan: int, place: int, step: StepDraft) -> AdoptionStep:
    if not 1 <= step.days <= MAX_DAYS or not 0 <= step.lag <= MAX_DAYS:
        raise InvalidError(f"A step lasts 1 to {MAX_DAYS} working days, and waits at most as many.")
    if not 0 <= step.effort <= MAX_EFFORT:
        raise InvalidError(f"The effort of a step is 0 to {MAX_EFFORT:,.0f} person-days.")
    source = step.source or Source("", "", "")
    return AdoptionStep(
        plan_id=plan,
        place=place,
        stage=step.stage,
        title=_line(step.title, "title"),
        text=_text(step.text, "text"),
        responsible=squash(step.responsible)[:MAX_TITLE],
        effort=step.effort,
        days=step.days,
        lag=step.lag,
        not_before=step.not_before,
        source_ref=source.ref,
        source_part=source.part,
        source_quote=source.quote,
        state=StepState.NOT_STARTED,
    )


def _step_draft(row: AdoptionStep, after: tuple[int, ...]) -> StepDraft:
    return StepDraft(
        Stage(row.stage),
        row.title,
        row.text,
        row.responsible,
        row.effort,
        row.days,
        after,
        row.lag,
        row.not_before,
        _source(row),
    )


def _source(row: AdoptionStep | AdoptionKpi) -> Source | None:
    return Source(row.source_ref, row.source_part, row.source_quote) if row.source_ref else None


def _kpi_row(plan: int, kpi: KpiDraft) -> AdoptionKpi:
    source = kpi.source or Source("", "", "")
    return AdoptionKpi(
        plan_id=plan,
        name=kpi.name[:500],
        target=_value(kpi.target),
        baseline=_value(kpi.baseline),
        source_ref=source.ref,
        source_part=source.part,
        source_quote=source.quote,
    )


def _kpis(session: Session, plan: int) -> tuple[Kpi, ...]:
    rows = session.scalars(
        select(AdoptionKpi).where(AdoptionKpi.plan_id == plan).order_by(AdoptionKpi.id)
    ).all()
    readings: dict[int, list[Reading]] = {}
    for one in session.scalars(
        select(AdoptionReading)
        .join(AdoptionKpi, AdoptionKpi.id == AdoptionReading.kpi_id)
        .where(AdoptionKpi.plan_id == plan)
        .order_by(AdoptionReading.day, AdoptionReading.id)
    ):
        readings.setdefault(one.kpi_id, []).append(Reading(one.day, one.value, one.note, one.author))
    return tuple(
        Kpi(
            row.id,
            KpiDraft(row.name, row.target, row.baseline, _source(row)),
            tuple(readings.get(row.id, ())),
        )
        for row in rows
    )


def _head(row: AdoptionPlan, team: Team, steps: int, done: int) -> PlanHead:
    return PlanHead(
        row.code,
        row.title,
        team,
        row.start,
        tuple(row.practices),
        Classification(row.classification),
        row.owner,
        row.created_at,
        steps,
        done,
    )


def _team_json(team: Team) -> dict[str, Any]:
    return {
        "name": squash(team.name),
        "size": team.size,
        "experience": str(team.experience),
        "weekdays": sorted(team.calendar.weekdays),
        "country": team.calendar.country,
        "days_off": sorted(day.isoformat() for day in team.calendar.days_off),
    }


def _team(stored: Mapping[str, Any]) -> Team:
    calendar = Calendar(
        frozenset(stored["weekdays"]),
        stored["country"],
        frozenset(date.fromisoformat(day) for day in stored["days_off"]),
    )
    return Team(stored["name"], stored["size"], Experience(stored["experience"]), calendar)


def _check_team(team: Team) -> None:
    _line(team.name, "team with a name")
    if not 1 <= team.size <= MAX_TEAM:
        raise InvalidError(f"A team has 1 to {MAX_TEAM:,} people.")
    if len(team.calendar.days_off) > MAX_DAYS_OFF:
        raise InvalidError(f"At most {MAX_DAYS_OFF} days off of the team's own can be kept.")


def _classification(session: Session, principal: Principal, draft: PlanDraft) -> Classification:
    quoted = {step.source.ref for step in draft.steps if step.source} | set(draft.practices)
    known = items.referred(session, principal, quoted)
    heads = items.summaries(session, principal, list(known)).values()
    order = list(Classification)
    wanted = max((draft.classification, *(head.classification for head in heads)), key=order.index)
    require_cleared(principal, wanted, "that plan")
    return wanted


def _line(text: str, what: str) -> str:
    said = squash(text)
    if not said or len(said) > MAX_TITLE:
        raise InvalidError(f"A {what} of at most {MAX_TITLE} characters is needed.")
    return said


def _text(text: str, what: str) -> str:
    if len(text) > MAX_TEXT:
        raise InvalidError(f"The {what} has {len(text):,} characters; at most {MAX_TEXT:,} are kept.")
    return text.strip()


def _value(text: str) -> str:
    said = squash(text)
    if len(said) > MAX_VALUE:
        raise InvalidError(f"A value has at most {MAX_VALUE} characters.")
    return said
