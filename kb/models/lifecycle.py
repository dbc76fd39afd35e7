"""What becomes of lessons: steps, comments, relations, actions, changes, applications."""

from datetime import date, datetime

from sqlalchemy import Double, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kb.models.base import Base, Moment, now


class LessonStep(Base):
    """A move in the life of a lesson."""

    __tablename__ = "lesson_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    actor: Mapped[str] = mapped_column(String(200))
    move: Mapped[str] = mapped_column(String(20))
    origin: Mapped[str] = mapped_column(String(20))
    """The status before."""
    result: Mapped[str] = mapped_column(String(20))
    """The status after."""
    reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int]
    """Of the lesson, when it was made."""


class Comment(Base):
    """What somebody said about an item."""

    __tablename__ = "comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    author: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)


class Relation(Base):
    """How one item stands to another."""

    __tablename__ = "relation"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(
        ForeignKey("item.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    link: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    author: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text, default="")


class RemedialAction(Base):
    """What is done so that a lesson need not be learned again."""

    __tablename__ = "remedial_action"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    """The lesson."""
    what: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(String(20))
    owner: Mapped[str] = mapped_column(String(200), index=True)
    due: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(20), index=True)
    evidence: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    created_by: Mapped[str] = mapped_column(String(200))
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    done_by: Mapped[str] = mapped_column(String(200), default="", server_default="")
    validated_at: Mapped[datetime | None] = mapped_column(Moment)
    validated_by: Mapped[str] = mapped_column(String(200), default="")


class ChangeRequest(Base):
    """A lesson asks for other words in a template, a process, a practice or a course."""

    __tablename__ = "change_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("remedial_action.id", ondelete="CASCADE"), index=True)
    """What its acceptance closes."""
    target_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    present: Mapped[str] = mapped_column(Text)
    """The words that are there, as they stand in the target's body; empty = the text is put at the end."""
    proposed: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    author: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int | None]
    """Of the target, that it made."""


class Application(Base):
    """A project applied a lesson or a practice, or says why it did not."""

    __tablename__ = "application"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    author: Mapped[str] = mapped_column(String(200))
    applied: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text, default="")
    """How it was applied, or why it was not."""
    outcome: Mapped[str] = mapped_column(String(20))
    saved: Mapped[float | None] = mapped_column(Double)
    """Money, in `currency`."""
    currency: Mapped[str] = mapped_column(String(3), default="")
    days: Mapped[float | None] = mapped_column(Double)
    """Days saved."""
    approved_by: Mapped[str] = mapped_column(String(200), default="")
    approved_at: Mapped[datetime | None] = mapped_column(Moment)


class Disagreement(Base):
    """Two items that a reviewer should look at side by side, and what was decided."""

    __tablename__ = "disagreement"
    __table_args__ = (UniqueConstraint("item_id", "other_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    """The newer one, where the link is *supersedes*."""
    other_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    link: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), index=True)
    found_at: Mapped[datetime] = mapped_column(Moment, default=now)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[str] = mapped_column(String(200), default="")


class Comparison(Base):
    """An item that was compared with all others, as it was then."""

    __tablename__ = "comparison"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(40))
    """Of the item, with the version of the method."""
