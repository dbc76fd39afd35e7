"""Assessments of projects and teams."""

from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from kb.models.base import Base, Moment, now
from kb.vocabulary import Classification


class Assessment(Base):
    """How well a project or team does, as somebody judged it at one time."""

    __tablename__ = "assessment"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(200), index=True)
    """The project or team, by name."""
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    author: Mapped[str] = mapped_column(String(200))
    target: Mapped[int]
    """The level that is wanted."""
    answers: Mapped[dict[str, int]] = mapped_column(JSON)
    """Levels by the keys of questions."""
    classification: Mapped[Classification] = mapped_column(String(20))
