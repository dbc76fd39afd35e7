"""What an adoption plan is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kb.adoption.calendars import Calendar
from kb.adoption.scheduling import Slot
from kb.vocabulary import Classification


class Stage(StrEnum):
    """The stages in which a practice moves from one place to another (G. Szulanski, 1996)."""

    INITIATION = "initiation"
    """All that leads to the decision to take it up."""
    IMPLEMENTATION = "implementation"
    """From the decision to the first day of use."""
    RAMP_UP = "ramp_up"
    """From the first day of use to satisfactory results."""
    INTEGRATION = "integration"
    """It becomes a matter of course."""


class StepState(StrEnum):
    """How far a step is."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    DONE = "done"

    @property
    def share(self) -> float:
        """How much of the step is done, 0 to 1: of one in progress, half."""
        return {StepState.NOT_STARTED: 0.0, StepState.IN_PROGRESS: 0.5, StepState.DONE: 1.0}[self]


class Experience(StrEnum):
    """What a team knows of what it takes up."""

    NONE = "none"
    SOME = "some"
    MUCH = "much"


class Fulfilment(StrEnum):
    """Whether a precondition holds."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class Barrier(StrEnum):
    """What keeps a practice from moving (G. Szulanski, 1996)."""

    ABSORPTIVE_CAPACITY = "absorptive_capacity"
    CAUSAL_AMBIGUITY = "causal_ambiguity"
    RELATIONSHIP = "relationship"
    RESOURCES = "resources"
    MOTIVATION = "motivation"


class Height(StrEnum):
    """How high a barrier is, as the team answers its question."""

    LOW = "low"
    SOME = "some"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Team:
    """Who takes the practices up."""

    name: str
    size: int = 5
    experience: Experience = Experience.NONE
    calendar: Calendar = field(default_factory=Calendar)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a step comes from."""

    ref: str
    part: str
    """The section of the item, such as `Steps`."""
    quote: str
    """How the cited words begin."""

    def __str__(self) -> str:
        """As people cite it: `HS-P-015 Steps`."""
        return f"{self.ref} {self.part}".strip()


@dataclass(frozen=True, slots=True)
class StepDraft:
    """A step as somebody, or a practice, words it."""

    stage: Stage
    title: str
    text: str = ""
    responsible: str = ""
    effort: float = 1.0
    """Person-days."""
    days: int = 1
    """Working days."""
    after: tuple[int, ...] = ()
    """Of a draft the places of other steps, from 0; of a stored step their numbers."""
    lag: int = 0
    """Working days to wait after those."""
    not_before: date | None = None
    source: Source | None = None
    """None = the consultant's own."""

    @property
    def origin(self) -> str:
        """Where it comes from, in a line."""
        return f"Source: {self.source}" if self.source else "The consultant's own step"


@dataclass(frozen=True, slots=True)
class KpiDraft:
    """A figure to read."""

    name: str
    target: str = ""
    baseline: str = ""
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """All that makes a plan."""

    title: str
    team: Team
    start: date
    practices: tuple[str, ...]
    """References."""
    steps: tuple[StepDraft, ...]
    kpis: tuple[KpiDraft, ...]
    preconditions: Mapping[str, Mapping[str, Fulfilment]] = field(
        default_factory=dict[str, Mapping[str, Fulfilment]]
    )
    """By practice and precondition."""
    barriers: Mapping[Barrier, Height] = field(default_factory=dict[Barrier, Height])
    classification: Classification = Classification.INTERNAL


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a plan with its dates."""

    number: int
    said: StepDraft
    state: StepState
    done_on: date | None
    evidence: str
    slot: Slot

    def late(self, today: date) -> bool:
        """Whether it should have been done."""
        return self.state is not StepState.DONE and self.slot.finish < today

    @property
    def critical(self) -> bool:
        """Whether the plan ends later if this step does."""
        return self.state is not StepState.DONE and self.slot.slack == 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What a figure was on one day."""

    day: date
    value: str
    note: str
    author: str


@dataclass(frozen=True, slots=True)
class Kpi:
    """A figure of a plan with its readings, the earliest first."""

    number: int
    said: KpiDraft
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class PlanHead:
    """A plan as lists show it."""

    code: str
    title: str
    team: Team
    start: date
    practices: tuple[str, ...]
    classification: Classification
    owner: str
    created_at: datetime
    steps: int
    done: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan with its steps in order of their places."""

    head: PlanHead
    steps: tuple[Step, ...]
    kpis: tuple[Kpi, ...]
    preconditions: Mapping[str, Mapping[str, Fulfilment]]
    barriers: Mapping[Barrier, Height]

    @property
    def finish(self) -> date:
        """The day on which its last step ends."""
        return max((step.slot.finish for step in self.steps), default=self.head.start)

    @property
    def effort(self) -> float:
        """Person-days of all steps."""
        return sum(step.said.effort for step in self.steps)

    @property
    def progress(self) -> float:
        """The share of the effort that is done, 0 to 1; a step in progress counts half."""
        done = sum(step.said.effort * step.state.share for step in self.steps)
        return done / self.effort if self.effort else 0.0

    @property
    def places(self) -> dict[int, int]:
        """How people count the steps, from 1, by their numbers."""
        return {step.number: place for place, step in enumerate(self.steps, 1)}

    def of_stage(self, stage: Stage) -> tuple[Step, ...]:
        """The steps of one stage."""
        return tuple(step for step in self.steps if step.said.stage is stage)
