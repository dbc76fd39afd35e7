"""What was measured, and what was done by whom."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Double, String
from sqlalchemy.orm import Mapped, mapped_column

from kb.models.base import Base, Moment, now


class EvaluationRun(Base):
    """What search was worth on a judged query set at one time."""

    __tablename__ = "evaluation_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    queryset: Mapped[str] = mapped_column(String(200), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the query set's files."""
    engine: Mapped[str] = mapped_column(String(20))
    model: Mapped[str] = mapped_column(String(200))
    items: Mapped[int]
    passages: Mapped[int]
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    measures: Mapped[dict[str, float]] = mapped_column(JSON)
    abstention: Mapped[dict[str, int]] = mapped_column(JSON)
    p50: Mapped[float] = mapped_column(Double)
    p95: Mapped[float] = mapped_column(Double)
    queries: Mapped[list[dict[str, Any]]] = mapped_column(JSON, deferred=True, deferred_raiseload=True)
    notes: Mapped[list[str]] = mapped_column(JSON)
    baseline: Mapped[bool] = mapped_column(default=False)
    """Later runs on this query set are held against it; at most one of each set."""
    clearance: Mapped[str] = mapped_column(String(20))
    """The highest classification of what was searched."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    created_by: Mapped[str] = mapped_column(String(200))


class AuditEvent(Base):
    """Who did what to which thing, and when."""

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    """Its place in the chain, from 1."""
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 over the digest before it and what it says."""
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(2000), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class AuditChain(Base):
    """The end of the chain of audit events: one row, which whoever adds an event holds meanwhile."""

    __tablename__ = "audit_chain"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(String(64), default="")
