"""What people learned, and what they are to learn."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kb.models.base import Base, Moment, now
from kb.vocabulary import Classification


class LearningRecord(Base):
    """Something that somebody learned from, once it was over."""

    __tablename__ = "learning_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    """A UUID, by which other systems know it."""
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="SET NULL"), index=True)
    """The training; none for what is not in the catalogue."""
    title: Mapped[str] = mapped_column(String(500), default="")
    """Of what is not in the catalogue."""
    dated: Mapped[date]
    hours: Mapped[float | None]
    result: Mapped[str] = mapped_column(String(20))
    activity: Mapped[str] = mapped_column(String(20))
    side: Mapped[str] = mapped_column(String(20), default="")
    """Of PMI's Talent Triangle."""
    evidence: Mapped[str] = mapped_column(Text, default="")
    reflection: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    confirmed_by: Mapped[str] = mapped_column(String(200), default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)


class Certificate(Base):
    """A certificate that somebody holds or held."""

    __tablename__ = "certificate"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    """A UUID, by which other systems know it."""
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="SET NULL"), index=True)
    """The certification; none for one that is not in the catalogue."""
    title: Mapped[str] = mapped_column(String(500), default="")
    """Of one that is not in the catalogue."""
    number: Mapped[str] = mapped_column(String(100), default="")
    issued: Mapped[date]
    expires: Mapped[date | None] = mapped_column(index=True)
    """The day by which it has to be renewed; none when it stays."""
    evidence: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    confirmed_by: Mapped[str] = mapped_column(String(200), default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)


class ReadConfirmation(Base):
    """Somebody has read a version of an item, as they say themselves."""

    __tablename__ = "read_confirmation"
    __table_args__ = (UniqueConstraint("learner_id", "item_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    """A UUID, by which other systems know it."""
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment, default=now)


class Cohort(Base):
    """People who learn together."""

    __tablename__ = "cohort"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)


class CohortMember(Base):
    """Somebody is of a cohort."""

    __tablename__ = "cohort_member"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True)
    learner_id: Mapped[int] = mapped_column(
        ForeignKey("learner.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Assignment(Base):
    """Something that somebody is to learn from or to read; how far they are, their records tell."""

    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("learner_id", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    """Of the item when it was assigned: what is to be read is read in this version or a later one."""
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id", ondelete="SET NULL"), index=True)
    """As whose member they were asked."""
    path: Mapped[str] = mapped_column(String(200), default="")
    """Title of the learning path that it is a step of."""
    place: Mapped[int] = mapped_column(default=0)
    """In that path, from 1."""
    due: Mapped[date | None] = mapped_column(index=True)
    author: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    begun_on: Mapped[date | None]


class CalendarAddress(Base):
    """Opens somebody's calendar, and nothing else, without signing in."""

    __tablename__ = "calendar_address"

    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"), primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    clearance: Mapped[Classification] = mapped_column(String(20))
    """The highest classification that is shown there."""
