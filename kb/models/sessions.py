"""Lessons sessions: notes, groups, votes."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.models.base import Base, Moment, now
from kb.models.items import Project
from kb.vocabulary import Classification


class LessonSession(Base):
    """A meeting in which people gather what they learned."""

    __tablename__ = "lesson_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(10), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    classification: Mapped[Classification] = mapped_column(String(20))
    anonymous: Mapped[bool]
    votes: Mapped[int]
    """That each person may give."""
    agenda: Mapped[list[str]] = mapped_column(JSON)
    prompts: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(20), index=True)
    facilitator: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    revision: Mapped[int] = mapped_column(default=1)
    """Rises with every change to the session, its notes, groups and votes."""

    project: Mapped[Project] = relationship(lazy="raise_on_sql")


class NoteGroup(Base):
    """Notes of a session that belong together."""

    __tablename__ = "note_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("lesson_session.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))


class SessionNote(Base):
    """What somebody observed, as they put it in a session."""

    __tablename__ = "session_note"
    __table_args__ = (UniqueConstraint("session_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("lesson_session.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))
    """Made by the sender: what is sent again is not kept twice."""
    happened: Mapped[str] = mapped_column(Text)
    expected: Mapped[str] = mapped_column(Text, default="")
    why: Mapped[str] = mapped_column(Text, default="")
    differently: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(200), default="")
    """Empty in an anonymous session."""
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("note_group.id", ondelete="SET NULL"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="SET NULL"), index=True)
    """The lesson that it became."""


class SessionVote(Base):
    """A vote for a note."""

    __tablename__ = "session_vote"

    note_id: Mapped[int] = mapped_column(ForeignKey("session_note.id", ondelete="CASCADE"), primary_key=True)
    voter: Mapped[str] = mapped_column(String(200), primary_key=True)
    """A name; in an anonymous session the digest of what only the voter's browser knows."""
