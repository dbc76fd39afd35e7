"""The pages on which adoption plans are listed, drafted, read, changed and followed up."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from kb.access import Permission, cleared
from kb.adoption import plans
from kb.adoption.barriers import CHECKS
from kb.adoption.calendars import NAMES, Calendar, countries
from kb.adoption.values import (
    Barrier,
    Experience,
    Fulfilment,
    Height,
    Stage,
    StepDraft,
    StepState,
    Team,
)
from kb.errors import InvalidError, NotFoundError
from kb.vocabulary import Classification, term
from web.addresses import adoption_url, paged
from web.adoption import adoption, adoption_files
from web.adoption.adoption import Wanted
from web.adoption.adoption_files import Format
from web.files.headers import attachment
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.layout import page
from web.pictures.gantt import gantt
from web.searching.choices import PagingDep
from web.writing import entered, form_values

router = APIRouter(prefix="/adoption")

Number = Annotated[int, Path(ge=1, le=2**53)]
_MAX_FIELDS = 400
_PRECONDITION = "precondition:"


async def _entered(request: Request) -> dict[str, list[str]]:
    return await entered.lists(request, _MAX_FIELDS)


EnteredDep = Annotated[dict[str, list[str]], Depends(_entered)]


@router.get("")
def overview(session: SessionDep, principal: PrincipalDep, wanted: PagingDep) -> HTMLResponse:
    """The plans, newest first."""
    total = plans.count(session, principal)
    return page(
        "adoption.html",
        section="practice",
        plans=plans.listed(session, principal, offset=wanted.offset, limit=wanted.size),
        total=total,
        number=wanted.page,
        pages=wanted.pages(total),
        page_url=paged("/adoption"),
    )


@router.get("/new")
def begin(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    practice: Annotated[list[str] | None, Query(max_length=30)] = None,
) -> HTMLResponse:
    """What is asked before a plan is drafted, with what was said of preconditions already."""
    refs = [ref for text in practice or () for ref in text.replace(",", " ").split()]
    return page(
        "adoption_new.html",
        section="practice",
        chosen=adoption.candidates(session, principal, refs),
        most=adoption.MAX_PRACTICES,
        today=_today(),
        experiences=list(Experience),
        fulfilments=list(Fulfilment),
        checks=CHECKS,
        weekdays=NAMES,
        countries=sorted(countries()),
        classifications=cleared(principal),
        limits=plans,
        prefix=_PRECONDITION,
        said=_preconditions(request.query_params),
    )


@router.post("/new")
def draft(
    form: EnteredDep, services: ServicesDep, session: SessionDep, principal: PrincipalDep
) -> RedirectResponse:
    """Draft the plan and lead to it."""
    one = {name: values[-1] for name, values in form.items() if values}
    calendar = Calendar(
        frozenset(map(form_values.whole, form.get("weekday", ()))),
        one.get("country", "").strip().upper(),
        frozenset(form_values.days(one.get("days_off", ""))),
    )
    team = Team(
        one.get("team", ""),
        form_values.whole(one.get("size", "")),
        term(Experience, one.get("experience", "")) or Experience.NONE,
        calendar,
    )
    wanted = Wanted(
        form.get("practice", ()),
        team,
        form_values.day(one.get("start", "")),
        one.get("title", ""),
        _preconditions(one),
        {barrier: height for barrier in Barrier if (height := term(Height, one.get(barrier, "")))},
        term(Classification, one.get("classification", "")) or Classification.INTERNAL,
    )
    return _back(adoption.begin(services, session, principal, wanted))


@router.get("/{code}")
def show(code: str, session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """A plan: picture, table, figures, barriers."""
    plan = plans.get(session, principal, code)
    today = _today()
    return page(
        "adoption_plan.html",
        section="practice",
        plan=plan,
        gantt=gantt(plan, today),
        today=today,
        late=[step for step in plan.steps if step.late(today)],
        numbers=plan.places,
        addresses=adoption.sources(session, principal, plan),
        stages=list(Stage),
        checks=CHECKS,
        formats=list(Format),
        weekdays=NAMES,
        may_change=plans.may_change(principal, plan.head.owner),
        may_mark=principal.may(Permission.CONTRIBUTE),
        limits=plans,
    )


@router.get("/{code}/export")
def export(
    code: str,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: Annotated[Format, Query(alias="format")] = Format.WORD,
) -> Response:
    """The plan as a file."""
    plan = plans.get(session, principal, code)
    body = adoption_files.write(plan, wanted)
    headers = attachment(adoption_files.file_name(plan, wanted))
    return Response(body, media_type=adoption_files.MEDIA_TYPES[wanted], headers=headers)


@router.post("/{code}/dates")
def reschedule(
    code: str,
    session: SessionDep,
    principal: PrincipalDep,
    start: Annotated[str, Form()] = "",
    days_off: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Let the plan begin on another day, with other days off."""
    plans.reschedule(session, principal, code, form_values.day(start), form_values.days(days_off))
    return _back(code)


@router.get("/{code}/steps/{number}")
def step(code: str, number: Number, session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """A step whole, with what can be done about it."""
    plan = plans.get(session, principal, code)
    found = next((one for one in plan.steps if one.number == number), None)
    if found is None:
        raise NotFoundError(f"The plan {plan.head.code} has no step {number}.")
    return page(
        "adoption_step.html",
        section="practice",
        plan=plan,
        step=found,
        numbers=plan.places,
        addresses=adoption.sources(session, principal, plan),
        stages=list(Stage),
        states=list(StepState),
        today=_today(),
        may_change=plans.may_change(principal, plan.head.owner),
        may_mark=principal.may(Permission.CONTRIBUTE),
        limits=plans,
    )


@router.post("/{code}/steps")
def add_step(code: str, form: EnteredDep, session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Put a step of one's own into the plan."""
    plan = plans.get(session, principal, code)
    number = plans.add_step(session, principal, code, _step(form, [one.number for one in plan.steps]))
    return RedirectResponse(f"{adoption_url(code)}/steps/{number}", status_code=303)


@router.post("/{code}/steps/{number}")
def change_step(
    code: str, number: Number, form: EnteredDep, session: SessionDep, principal: PrincipalDep
) -> RedirectResponse:
    """Word, staff or time a step otherwise."""
    plan = plans.get(session, principal, code)
    plans.change_step(session, principal, code, number, _step(form, [one.number for one in plan.steps]))
    return _back(code, f"step-{number}")


@router.post("/{code}/steps/{number}/place")
def move_step(
    code: str,
    number: Number,
    session: SessionDep,
    principal: PrincipalDep,
    up: Annotated[bool, Form()] = False,
) -> RedirectResponse:
    """Move a step up or down in the list."""
    plans.move_step(session, principal, code, number, up=up)
    return _back(code, f"step-{number}")


@router.post("/{code}/steps/{number}/removal")
def remove_step(code: str, number: Number, session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Take a step out."""
    plans.remove_step(session, principal, code, number)
    return _back(code)


@router.post("/{code}/steps/{number}/progress")
def mark(
    code: str,
    number: Number,
    session: SessionDep,
    principal: PrincipalDep,
    state: Annotated[StepState, Form()],
    day: Annotated[str, Form()] = "",
    evidence: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Say how far a step is."""
    done = form_values.day_if_any(day)
    plans.mark(session, principal, code, number, state, day=done, evidence=evidence)
    return _back(code, f"step-{number}")


@router.post("/{code}/kpis/{number}")
def set_kpi(
    code: str,
    number: Number,
    session: SessionDep,
    principal: PrincipalDep,
    baseline: Annotated[str, Form()] = "",
    target: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Say where a figure begins and where it is to go."""
    plans.set_kpi(session, principal, code, number, baseline=baseline, target=target)
    return _back(code, f"kpi-{number}")


@router.post("/{code}/kpis/{number}/readings")
def read_kpi(
    code: str,
    number: Number,
    session: SessionDep,
    principal: PrincipalDep,
    day: Annotated[str, Form()] = "",
    value: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Enter what a figure was."""
    plans.read_kpi(session, principal, code, number, day=form_values.day(day), value=value)
    return _back(code, f"kpi-{number}")


def _step(form: Mapping[str, list[str]], order: list[int]) -> StepDraft:
    """A step as it was typed; what it waits for is given by the places in the list."""
    one = {name: values[-1] for name, values in form.items() if values}
    places = [form_values.whole(text) for text in one.get("after", "").replace(",", " ").split()]
    if stray := [place for place in places if not 1 <= place <= len(order)]:
        raise InvalidError(f"There is no step {stray[0]}; the list has {len(order)}.")
    effort = form_values.number(one.get("effort", ""))
    begins = one.get("not_before", "").strip()
    return StepDraft(
        term(Stage, one.get("stage", "")) or Stage.IMPLEMENTATION,
        one.get("title", ""),
        one.get("text", "").replace("\r\n", "\n"),
        one.get("responsible", ""),
        0.0 if effort is None else effort,
        form_values.whole(one.get("days", "")),
        tuple(order[place - 1] for place in places),
        form_values.whole(one.get("lag", "") or "0"),
        form_values.day(begins) if begins else None,
    )


def _preconditions(form: Mapping[str, str]) -> dict[str, dict[str, Fulfilment]]:
    """What was said of each precondition, by practice: `precondition:HS-P-001:A sponsor`."""
    found: dict[str, dict[str, Fulfilment]] = {}
    for name, value in form.items():
        state = term(Fulfilment, value)
        if name.startswith(_PRECONDITION) and state:
            ref, _, said = name.removeprefix(_PRECONDITION).partition(":")
            found.setdefault(ref, {})[said] = state
    return found


def _today() -> date:
    return datetime.now(UTC).date()


def _back(code: str, anchor: str = "") -> RedirectResponse:
    return RedirectResponse(adoption_url(code) + (f"#{anchor}" if anchor else ""), status_code=303)
