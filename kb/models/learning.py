"""People who learn, and the levels that they were found at."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kb.models.base import Base, Moment, now


class Learner(Base):
    """Somebody whose competences are followed."""

    __tablename__ = "learner"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    """Under which they write here."""
    team: Mapped[str] = mapped_column(String(200), default="", index=True)


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
