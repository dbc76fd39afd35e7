"""Adoption plans over HTTP."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from kb.access import Principal
from kb.adoption import plans
from kb.adoption.calendars import Calendar
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
from kb.vocabulary import Classification
from web.adoption import adoption, adoption_files
from web.adoption.adoption import MAX_PRACTICES, Wanted
from web.adoption.adoption_files import Format
from web.adoption.schemas import PlanHeadOut, PlanOut, PlansOut
from web.api.problems import PROBLEMS, problems
from web.files.headers import attachment
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.searching.choices import PagingDep
from web.searching.links import add_links

router = APIRouter(prefix="/adoption-plans", tags=["Adoption plans"], responses=PROBLEMS)

Code = Annotated[str, Path(max_length=40, description="The plan's code.", examples=["K7PD3W"])]
Number = Annotated[int, Path(ge=1, le=2**53, description="The number of a step or a figure.")]
Line = Annotated[str, Field(max_length=plans.MAX_TITLE)]
Value = Annotated[str, Field(max_length=plans.MAX_VALUE)]
_STRICT = ConfigDict(extra="forbid")


class TeamIn(BaseModel):
    """Who takes the practices up."""

    model_config = _STRICT

    name: str = Field(min_length=1, max_length=plans.MAX_TITLE)
    size: int = Field(default=6, ge=1, le=plans.MAX_TEAM)
    experience: Experience = Experience.NONE
    weekdays: list[Annotated[int, Field(ge=0, le=6)]] = Field(
        default=[0, 1, 2, 3, 4], min_length=1, max_length=7, description="Working days, 0 is Monday."
    )
    country: str = Field(
        default="", max_length=8, description="Whose public holidays are days off, such as DE or GB-ENG."
    )
    days_off: list[date] = Field(default=[], max_length=plans.MAX_DAYS_OFF)

    def team(self) -> Team:
        """As it is kept. Raises InvalidError for a country whose holidays nobody knows."""
        calendar = Calendar(frozenset(self.weekdays), self.country.upper(), frozenset(self.days_off))
        return Team(self.name, self.size, self.experience, calendar)


class PlanIn(BaseModel):
    """What a plan is to be drafted of."""

    model_config = _STRICT

    practices: list[Line] = Field(min_length=1, max_length=MAX_PRACTICES, examples=[["HS-P-015"]])
    team: TeamIn
    start: date
    title: str = Field(default="", max_length=plans.MAX_TITLE)
    preconditions: dict[str, dict[str, Fulfilment]] = Field(
        default={}, description="By practice and precondition, worded as the recommendation gives it."
    )
    barriers: dict[Barrier, Height] = Field(default={}, description="How high each barrier is.")
    classification: Classification = Classification.INTERNAL

    def wanted(self) -> Wanted:
        """As it is drafted."""
        return Wanted(
            self.practices,
            self.team.team(),
            self.start,
            self.title,
            self.preconditions,
            self.barriers,
            self.classification,
        )


class DatesIn(BaseModel):
    """When a plan begins."""

    model_config = _STRICT

    start: date
    days_off: list[date] = Field(default=[], max_length=plans.MAX_DAYS_OFF)


class StepIn(BaseModel):
    """A step as somebody words it."""

    model_config = _STRICT

    stage: Stage
    title: str = Field(min_length=1, max_length=plans.MAX_TITLE)
    text: str = Field(default="", max_length=plans.MAX_TEXT)
    responsible: Line = ""
    effort: float = Field(default=1.0, ge=0, le=plans.MAX_EFFORT, description="Person-days.")
    days: int = Field(default=1, ge=1, le=plans.MAX_DAYS, description="Working days.")
    after: list[int] = Field(default=[], max_length=plans.MAX_STEPS)
    lag: int = Field(default=0, ge=0, le=plans.MAX_DAYS)
    not_before: date | None = None

    def draft(self) -> StepDraft:
        """As it is kept."""
        return StepDraft(
            self.stage,
            self.title,
            self.text,
            self.responsible,
            self.effort,
            self.days,
            tuple(self.after),
            self.lag,
            self.not_before,
        )


class ProgressIn(BaseModel):
    """How far a step is."""

    model_config = _STRICT

    state: StepState
    done_on: date | None = Field(default=None, description="When it is done; today if left out.")
    evidence: str = Field(default="", max_length=plans.MAX_TEXT)


class KpiIn(BaseModel):
    """Where a figure begins and where it is to go."""

    model_config = _STRICT

    baseline: Value = ""
    target: Value = ""


class ReadingIn(BaseModel):
    """What a figure was on one day."""

    model_config = _STRICT

    day: date
    value: str = Field(min_length=1, max_length=plans.MAX_VALUE)
    note: str = Field(default="", max_length=plans.MAX_TEXT)


def _out(session: Session, principal: Principal, code: str) -> PlanOut:
    plan = plans.get(session, principal, code)
    return PlanOut.of_plan(plan, adoption.sources(session, principal, plan))


@router.get("", operation_id="list_adoption_plans", summary="List adoption plans")
def listed(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: PagingDep,
) -> PlansOut:
    """A page of the plans, newest first. `Link` headers lead to the other pages."""
    total = plans.count(session, principal)
    add_links(request, response, wanted.page, wanted.pages(total))
    found = plans.listed(session, principal, offset=wanted.offset, limit=wanted.size)
    return PlansOut(**wanted.figures(total), plans=[PlanHeadOut.of(one) for one in found])


@router.post(
    "",
    status_code=201,
    operation_id="draft_adoption_plan",
    summary="Draft an adoption plan",
    responses=problems(403, 404),
)
def draft(
    wanted: PlanIn,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    response: Response,
) -> PlanOut:
    """Draft a plan from what the practices say; each step cites its source. `Location` tells its address."""
    code = adoption.begin(services, session, principal, wanted.wanted())
    response.headers["Location"] = f"/api/v1/adoption-plans/{code}"
    return _out(session, principal, code)


@router.get(
    "/{code}", operation_id="get_adoption_plan", summary="Read an adoption plan", responses=problems(404)
)
def one(code: Code, session: SessionDep, principal: PrincipalDep) -> PlanOut:
    """A plan with the dates of its steps, its critical path, progress and figures."""
    return _out(session, principal, code)


@router.patch(
    "/{code}",
    operation_id="reschedule_adoption_plan",
    summary="Reschedule an adoption plan",
    responses=problems(403, 404),
)
def reschedule(code: Code, wanted: DatesIn, session: SessionDep, principal: PrincipalDep) -> PlanOut:
    """Let it begin on another day, with other days off; all dates are reckoned anew."""
    plans.reschedule(session, principal, code, wanted.start, wanted.days_off)
    return _out(session, principal, code)


@router.get(
    "/{code}/export",
    operation_id="export_adoption_plan",
    summary="Export an adoption plan",
    response_class=Response,
    responses={
        200: {
            "description": "The file.",
            "content": {media: {} for media in adoption_files.MEDIA_TYPES.values()},
        },
        **problems(404),
    },
)
def export(
    code: Code,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: Annotated[
        Format,
        Query(alias="format", description="docx, xlsx, ics (iCalendar), or xml for Microsoft Project."),
    ] = Format.WORD,
) -> Response:
    """The plan as a document, a workbook, a calendar, or a file that Microsoft Project opens."""
    plan = plans.get(session, principal, code)
    return Response(
        adoption_files.write(plan, wanted),
        media_type=adoption_files.MEDIA_TYPES[wanted],
        headers=attachment(adoption_files.file_name(plan, wanted)),
    )


@router.post(
    "/{code}/steps",
    status_code=201,
    operation_id="add_adoption_step",
    summary="Add a step",
    responses=problems(403, 404),
)
def add_step(code: Code, wanted: StepIn, session: SessionDep, principal: PrincipalDep) -> PlanOut:
    """Put a step of your own at the end of its stage."""
    plans.add_step(session, principal, code, wanted.draft())
    return _out(session, principal, code)


@router.put(
    "/{code}/steps/{number}",
    operation_id="change_adoption_step",
    summary="Change a step",
    responses=problems(403, 404),
)
def change_step(
    code: Code, number: Number, wanted: StepIn, session: SessionDep, principal: PrincipalDep
) -> PlanOut:
    """Word, staff or time a step otherwise; its source stays. Steps in a ring are refused."""
    plans.change_step(session, principal, code, number, wanted.draft())
    return _out(session, principal, code)


@router.delete(
    "/{code}/steps/{number}",
    operation_id="remove_adoption_step",
    summary="Remove a step",
    responses=problems(403, 404),
)
def remove_step(code: Code, number: Number, session: SessionDep, principal: PrincipalDep) -> PlanOut:
    """Take a step out; what waited for it waits for what it waited for."""
    plans.remove_step(session, principal, code, number)
    return _out(session, principal, code)


@router.put(
    "/{code}/steps/{number}/progress",
    operation_id="mark_adoption_step",
    summary="Say how far a step is",
    responses=problems(403, 404),
)
def mark(
    code: Code, number: Number, wanted: ProgressIn, session: SessionDep, principal: PrincipalDep
) -> PlanOut:
    """Not started, in progress, or done on a day, with what shows it; later steps move along."""
    plans.mark(session, principal, code, number, wanted.state, day=wanted.done_on, evidence=wanted.evidence)
    return _out(session, principal, code)


@router.put(
    "/{code}/kpis/{number}",
    operation_id="set_adoption_kpi",
    summary="Set baseline and target",
    responses=problems(403, 404),
)
def set_kpi(
    code: Code, number: Number, wanted: KpiIn, session: SessionDep, principal: PrincipalDep
) -> PlanOut:
    """Say where a figure begins and where it is to go."""
    plans.set_kpi(session, principal, code, number, baseline=wanted.baseline, target=wanted.target)
    return _out(session, principal, code)


@router.post(
    "/{code}/kpis/{number}/readings",
    status_code=201,
    operation_id="read_adoption_kpi",
    summary="Enter a reading",
    responses=problems(403, 404),
)
def read_kpi(
    code: Code, number: Number, wanted: ReadingIn, session: SessionDep, principal: PrincipalDep
) -> PlanOut:
    """Enter what a figure was on one day."""
    plans.read_kpi(session, principal, code, number, day=wanted.day, value=wanted.value, note=wanted.note)
    return _out(session, principal, code)
