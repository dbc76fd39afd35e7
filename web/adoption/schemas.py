"""Adoption plans as the API gives them."""

from datetime import date, datetime

from pydantic import Field

from kb.adoption.calendars import Calendar
from kb.adoption.values import (
    Barrier,
    Experience,
    Fulfilment,
    Height,
    Kpi,
    Plan,
    PlanHead,
    Source,
    Stage,
    Step,
    StepState,
    Team,
)
from kb.vocabulary import Classification
from web.addresses import adoption_url
from web.schemas import Out, PageOut


class TeamOut(Out):
    """Who takes the practices up."""

    name: str
    size: int
    experience: Experience
    weekdays: list[int] = Field(description="Working days of the week, 0 is Monday.")
    country: str = Field(description="Whose holidays are days off, such as GB-ENG; empty = none.")
    days_off: list[date] = Field(description="The team's own.")

    @staticmethod
    def of(team: Team) -> "TeamOut":
        """From a team."""
        calendar: Calendar = team.calendar
        return TeamOut(
            name=team.name,
            size=team.size,
            experience=team.experience,
            weekdays=sorted(calendar.weekdays),
            country=calendar.country,
            days_off=sorted(calendar.days_off),
        )


class SourceOut(Out):
    """Where a step or a figure comes from."""

    ref: str
    part: str = Field(description="The section of the item.")
    quote: str = Field(description="How the cited words begin.")
    url: str = Field(description="The item, opened at the cited passage.")


class StepOut(Out):
    """A step of a plan."""

    number: int
    stage: Stage
    title: str
    text: str
    responsible: str
    effort: float = Field(description="Person-days.")
    days: int = Field(description="Working days.")
    after: list[int] = Field(description="Numbers of the steps that end before it begins.")
    lag: int = Field(description="Working days to wait after those.")
    not_before: date | None
    start: date
    due: date
    slack: int = Field(description="Working days by which it may be late without moving the end.")
    critical: bool
    state: StepState
    done_on: date | None
    evidence: str
    source: SourceOut | None = Field(
        description="null = the consultant's own, or a source that you may not read."
    )
    own: bool = Field(description="Whether it is the consultant's own.")


class ReadingOut(Out):
    """What a figure was on one day."""

    day: date
    value: str
    note: str
    author: str


class KpiOut(Out):
    """A figure of a plan."""

    number: int
    name: str
    baseline: str
    target: str
    source: SourceOut | None
    readings: list[ReadingOut]


class PlanHeadOut(Out):
    """An adoption plan as lists show it."""

    code: str = Field(examples=["K7PD3W"])
    title: str
    team: TeamOut
    start: date
    practices: list[str] = Field(description="References.")
    classification: Classification
    owner: str
    created_at: datetime
    step_count: int
    done_count: int
    url: str = Field(description="Its page.", examples=["/adoption/K7PD3W"])

    @staticmethod
    def of(head: PlanHead) -> "PlanHeadOut":
        """From a plan's head."""
        return PlanHeadOut(
            code=head.code,
            title=head.title,
            team=TeamOut.of(head.team),
            start=head.start,
            practices=list(head.practices),
            classification=head.classification,
            owner=head.owner,
            created_at=head.created_at,
            step_count=head.steps,
            done_count=head.done,
            url=adoption_url(head.code),
        )


class PlansOut(PageOut):
    """A page of adoption plans, newest first."""

    plans: list[PlanHeadOut]


class PlanOut(PlanHeadOut):
    """An adoption plan whole."""

    due: date = Field(description="The day on which the last step ends.")
    effort: float = Field(description="Person-days of all steps.")
    progress: float = Field(description="The share of the effort that is done, 0 to 1.")
    steps: list[StepOut]
    kpis: list[KpiOut]
    preconditions: dict[str, dict[str, Fulfilment]] = Field(description="By practice and precondition.")
    barriers: dict[Barrier, Height]

    @staticmethod
    def of_plan(plan: Plan, addresses: dict[Source, str]) -> "PlanOut":
        """From a plan and the addresses of the sources that its reader may see."""
        return PlanOut(
            **PlanHeadOut.of(plan.head).model_dump(),
            due=plan.finish,
            effort=round(plan.effort, 2),
            progress=round(plan.progress, 4),
            steps=[_step(step, addresses) for step in plan.steps],
            kpis=[_kpi(kpi, addresses) for kpi in plan.kpis],
            preconditions={ref: dict(states) for ref, states in plan.preconditions.items()},
            barriers=dict(plan.barriers),
        )


def _step(step: Step, addresses: dict[Source, str]) -> StepOut:
    said = step.said
    return StepOut(
        number=step.number,
        stage=said.stage,
        title=said.title,
        text=said.text,
        responsible=said.responsible,
        effort=said.effort,
        days=said.days,
        after=list(said.after),
        lag=said.lag,
        not_before=said.not_before,
        start=step.slot.start,
        due=step.slot.finish,
        slack=step.slot.slack,
        critical=step.critical,
        state=step.state,
        done_on=step.done_on,
        evidence=step.evidence,
        source=_source(said.source, addresses),
        own=said.source is None,
    )


def _kpi(kpi: Kpi, addresses: dict[Source, str]) -> KpiOut:
    return KpiOut(
        number=kpi.number,
        name=kpi.said.name,
        baseline=kpi.said.baseline,
        target=kpi.said.target,
        source=_source(kpi.said.source, addresses),
        readings=[ReadingOut.model_validate(reading) for reading in kpi.readings],
    )


def _source(source: Source | None, addresses: dict[Source, str]) -> SourceOut | None:
    if source is None or source not in addresses:
        return None
    return SourceOut(ref=source.ref, part=source.part, quote=source.quote, url=addresses[source])
