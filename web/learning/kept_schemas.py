"""Kept learning paths, as the API takes and gives them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from kb.learning.kept import MAX_STEPS, MAX_TITLE, PathHead
from web.addresses import kept_path_url
from web.learning.framework_schemas import GapOut
from web.learning.kept_paths import View
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

    title: str = Field(min_length=1, max_length=MAX_TITLE)


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
    steps: list[KeptStepOut]

    @staticmethod
    def of(view: View) -> "KeptPathOut":
        """From what is shown of it."""
        path = view.option.path
        return KeptPathOut(
            head=PathHeadOut.of(view.kept.head),
            asked=dict(view.kept.draft.asked),
            missing=[GapOut.of(gap) for gap in view.missing],
            hours=path.hours,
            cost=path.cost,
            weeks=path.weeks,
            bound=view.kept.draft.bound,
            steps=[
                KeptStepOut(step=StopOut.of(stop), notices=list(notices))
                for stop, notices in zip(view.option.stops, view.notices, strict=True)
            ],
        )
