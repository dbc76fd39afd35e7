"""Kept learning paths, as the API takes and gives them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from kb.learning.kept import MAX_STEPS, MAX_TITLE, PathHead
from web.addresses import kept_path_url
from web.learning.framework_schemas import GapOut
from web.learning.kept_paths import Change, View
from web.learning.path_schemas import PathQuery, StopOut
from web.schemas import Out, PageOut


class KeepIn(PathQuery):
    """A path that is to be kept."""

    title: str = Field(default="", max_length=MAX_TITLE, description="After its goal and person unless said.")
    steps: list[str] = Field(
        default=[],
        max_length=MAX_STEPS,
        description="References of training in their order; the best path that there is unless said.",
    )

    def query_alone(self) -> PathQuery:
        """What it was asked with."""
        return PathQuery.read(self.model_dump(exclude={"title", "steps"}))


class PathChangeIn(BaseModel):
    """What is to be different about a kept path."""

    model_config = ConfigDict(extra="forbid")

    title: str | None = Field(default=None, min_length=1, max_length=MAX_TITLE)
    steps: list[str] | None = Field(
        default=None,
        max_length=MAX_STEPS,
        description="References of training in their order. What is new is picked, what is gone ruled out.",
    )
    take: list[str] | None = Field(
        default=None, max_length=MAX_STEPS, description="What is picked: a path solved anew keeps it."
    )
    without: list[str] | None = Field(
        default=None, max_length=MAX_STEPS, description="What is ruled out: a path solved anew lacks it."
    )

    def change(self) -> Change:
        """As a value."""
        return Change(self.title, self.steps, self.take, self.without)


class PathHeadOut(Out):
    """A kept path as lists show it."""

    code: str = Field(examples=["K7PD3W"])
    title: str
    version: int
    learner: int | None = Field(description="Number of the person it is for.")
    name: str = Field(description="Of that person.")
    team: str
    author: str
    at: datetime
    changed_by: str
    changed_at: datetime
    steps: int
    pending: int = Field(description="Steps whose training was withdrawn, replaced or changed since.")
    url: str = Field(description="Its page.")

    @staticmethod
    def of(head: PathHead) -> "PathHeadOut":
        """From the head of a path."""
        said = {name: getattr(head, name) for name in head.__slots__}
        return PathHeadOut(**said, url=kept_path_url(head.code))


class KeptPathsOut(PageOut):
    """A page of kept paths, what was changed last first."""

    paths: list[PathHeadOut]


class KeptStepOut(Out):
    """A step of a kept path."""

    step: StopOut = Field(description="As it was kept.")
    notices: list[str] = Field(description="What became of its training since.")
    picked: bool = Field(description="Whether a path solved anew keeps it.")
    faults: list[str] = Field(description="What is wrong with it in this place.")
    alternatives: list[str] = Field(description="References of training that might stand in its place.")

    @staticmethod
    def of(view: View, place: int) -> "KeptStepOut":
        """The step of *view* at *place*, from 0."""
        stop, found = view.option.stops[place], view.findings
        return KeptStepOut(
            step=StopOut.of(stop),
            notices=list(view.notices[place]),
            picked=stop.offer.ref in view.wanted.take,
            faults=list(found.faults[place]) if found else [],
            alternatives=[offer.ref for offer in found.alternatives[place]] if found else [],
        )


class KeptPathOut(Out):
    """A kept path, as it was kept."""

    head: PathHeadOut
    asked: dict[str, Any] = Field(description="What it was asked with, as `find_learning_paths` takes it.")
    missing: list[GapOut] = Field(description="What it is to close, the widest first.")
    hours: float
    cost: float = Field(description="Of training whose cost is known.")
    weeks: float = Field(description="One after the other, at the pace asked.")
    bound: float | None = Field(
        description="No path for what was asked has less of what was to be least; null when not proven."
    )
    sound: bool | None = Field(
        description="Whether it does all that was asked; null when you may not open every step."
    )
    unmet: list[str] = Field(description="Levels of the goal that stay out of reach.")
    exceeded: list[str] = Field(description="Budgets that are exceeded.")
    steps: list[KeptStepOut]

    @staticmethod
    def of(view: View) -> "KeptPathOut":
        """From what is shown of it."""
        path, found = view.option.path, view.findings
        return KeptPathOut(
            head=PathHeadOut.of(view.kept.head),
            asked=dict(view.kept.draft.asked),
            missing=[GapOut.of(gap) for gap in view.missing],
            hours=path.hours,
            cost=path.cost,
            weeks=path.weeks,
            bound=view.kept.draft.bound,
            sound=found.sound if found else None,
            unmet=[one.sentence for one in found.missing] if found else [],
            exceeded=list(found.exceeded) if found else [],
            steps=[KeptStepOut.of(view, place) for place in range(len(view.option.stops))],
        )
