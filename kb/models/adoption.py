"""Adoption plans: steps with what they wait for, figures with their readings."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Double, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kb.models.base import Base, Moment, now
from kb.vocabulary import Classification


class AdoptionPlan(Base):
    """How a team takes up one or several practices."""

    __tablename__ = "adoption_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(10), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    team: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Name, size, experience, weekdays, country, days off."""
    start: Mapped[date]
    practices: Mapped[list[str]] = mapped_column(JSON)
    """References."""
    preconditions: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON)
    """Whether each holds, by practice."""
    barriers: Mapped[dict[str, str]] = mapped_column(JSON)
    classification: Mapped[Classification] = mapped_column(String(20))
    owner: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class AdoptionStep(Base):
    """Something to be done."""

    __tablename__ = "adoption_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("adoption_plan.id", ondelete="CASCADE"), index=True)
    place: Mapped[int]
    """In the plan's order, rising."""
    stage: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, default="")
    responsible: Mapped[str] = mapped_column(String(200), default="")
    effort: Mapped[float] = mapped_column(Double)
    """Person-days."""
    days: Mapped[int]
    """Working days."""
    lag: Mapped[int] = mapped_column(default=0)
    """Working days to wait after the steps that it waits for."""
    not_before: Mapped[date | None]
    source_ref: Mapped[str] = mapped_column(String(200), default="")
    """The item that it comes from; empty = the consultant's own."""
    source_part: Mapped[str] = mapped_column(String(200), default="")
    source_quote: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(20))
    done_on: Mapped[date | None]
    evidence: Mapped[str] = mapped_column(Text, default="")


class AdoptionDependency(Base):
    """A step waits for another."""

    __tablename__ = "adoption_dependency"

    step_id: Mapped[int] = mapped_column(ForeignKey("adoption_step.id", ondelete="CASCADE"), primary_key=True)
    after_id: Mapped[int] = mapped_column(
        ForeignKey("adoption_step.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class AdoptionKpi(Base):
    """A figure by which to tell that a practice works."""

    __tablename__ = "adoption_kpi"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("adoption_plan.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(500))
    target: Mapped[str] = mapped_column(String(300), default="")
    baseline: Mapped[str] = mapped_column(String(300), default="")
    source_ref: Mapped[str] = mapped_column(String(200), default="")
    source_part: Mapped[str] = mapped_column(String(200), default="")
    source_quote: Mapped[str] = mapped_column(Text, default="")


class AdoptionReading(Base):
    """What a figure was on one day."""

    __tablename__ = "adoption_reading"

    id: Mapped[int] = mapped_column(primary_key=True)
    kpi_id: Mapped[int] = mapped_column(ForeignKey("adoption_kpi.id", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    value: Mapped[str] = mapped_column(String(300))
    note: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(200))
