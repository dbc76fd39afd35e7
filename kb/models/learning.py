"""People who learn, the levels that they were found at, and paths that are kept for them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Double, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kb.models.base import Base, Moment, now


class Learner(Base):
    """Somebody whose competences are followed."""

    __tablename__ = "learner"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    """Under which they write here."""
    team: Mapped[str] = mapped_column(String(200), default="", index=True)


class LearnerProject(Base):
    """Somebody works, or worked, in a project."""

    __tablename__ = "learner_project"

    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"), primary_key=True)
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class LevelAssessment(Base):
    """At which levels a learner was found at one time; never changed."""

    __tablename__ = "level_assessment"

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    author: Mapped[str] = mapped_column(String(200), index=True)
    dated: Mapped[date]
    """The day of which it speaks."""
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    levels: Mapped[dict[str, int]] = mapped_column(JSON)
    """By the keys of competences."""
    note: Mapped[str] = mapped_column(Text, default="")


class KeptPath(Base):
    """A learning path as it was found or put together."""

    __tablename__ = "kept_path"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(10), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    learner_id: Mapped[int | None] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"), index=True)
    """Whom it is for; none for a role or a team."""
    team: Mapped[str] = mapped_column(String(200), default="")
    goal: Mapped[dict[str, int]] = mapped_column(JSON)
    """Levels to be reached, by names of competences."""
    held: Mapped[dict[str, int]] = mapped_column(JSON)
    """Levels to start from, by the keys of competences."""
    done: Mapped[list[str]] = mapped_column(JSON)
    """References of training taken before."""
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Wishes and limits, as they were given."""
    pace: Mapped[float] = mapped_column(Double)
    """Hours of learning in a week."""
    bound: Mapped[float | None] = mapped_column(Double)
    """No path has less of what was to be least; none where that is not proven."""
    version: Mapped[int] = mapped_column(default=1)
    author: Mapped[str] = mapped_column(String(200), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    changed_by: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(Moment, default=now)


class KeptStep(Base):
    """A step of a kept path, as it read then."""

    __tablename__ = "kept_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    path_id: Mapped[int] = mapped_column(ForeignKey("kept_path.id", ondelete="CASCADE"), index=True)
    place: Mapped[int]
    """From 1."""
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="SET NULL"), index=True)
    item_version: Mapped[int]
    offer: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The training."""
    reasons: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What speaks for it."""


class LearningUnit(Base):
    """From which lesson a learning unit was drawn."""

    __tablename__ = "learning_unit"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    """Of the lesson, whose words it has."""


class TrainingNeed(Base):
    """Something that people need training for, or that somebody found they do not."""

    __tablename__ = "training_need"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(500))
    gap_id: Mapped[int | None] = mapped_column(
        ForeignKey("knowledge_gap.id", ondelete="SET NULL"), index=True
    )
    """The knowledge gap that it is; none for a theme."""
    lessons: Mapped[list[int]] = mapped_column(JSON)
    """Of the theme when it was decided on, the most typical first."""
    size: Mapped[int]
    """Lessons, or people who searched in vain, when it was decided on."""
    classification: Mapped[str] = mapped_column(String(20))
    """The highest of the lessons."""
    state: Mapped[str] = mapped_column(String(20), index=True)
    owner: Mapped[str] = mapped_column(String(200), default="")
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="SET NULL"), index=True)
    """The training that meets it."""
    note: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime] = mapped_column(Moment, default=now)
