"""What people searched for, and what it tells."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kb.models.base import Base, Moment, now


class SearchEvent(Base):
    """A search that somebody made, and how it went."""

    __tablename__ = "search_event"
    __table_args__ = (Index("ix_search_event_person", "person", "folded"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now, index=True)
    person: Mapped[str] = mapped_column(String(200))
    query: Mapped[str] = mapped_column(Text)
    """As typed."""
    folded: Mapped[str] = mapped_column(String(200))
    """How it begins, in lower case with single spaces."""
    words: Mapped[str] = mapped_column(Text)
    """What was ranked by: the query without its filters."""
    filters: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    """Chosen beside it."""
    found: Mapped[int]
    answered: Mapped[bool]
    """False when only the nearest were shown, or nothing."""
    milliseconds: Mapped[int]
    through: Mapped[str] = mapped_column(String(10))


class SearchOpening(Base):
    """An item that somebody opened from the results of a search."""

    __tablename__ = "search_opening"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now, index=True)
    person: Mapped[str] = mapped_column(String(200), index=True)
    words: Mapped[str] = mapped_column(Text)
    """Of the query, without its filters."""
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    rank: Mapped[int | None]
    """Its place among the results, counted from 1."""


class KnowledgeGap(Base):
    """Something that people searched for and did not find."""

    __tablename__ = "knowledge_gap"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    """The words that most people used."""
    state: Mapped[str] = mapped_column(String(20), index=True)
    owner: Mapped[str] = mapped_column(String(200), default="")
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="SET NULL"), index=True)
    """What answers it."""
    note: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime] = mapped_column(Moment, default=now)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    reopened: Mapped[int] = mapped_column(default=0)
    """How often it failed again after it was closed."""
    people: Mapped[int] = mapped_column(default=0)
    times: Mapped[int] = mapped_column(default=0)
    empty: Mapped[int] = mapped_column(default=0)
    """Times when nothing at all was found; else only the nearest were shown."""
    latest_at: Mapped[datetime] = mapped_column(Moment)


class KnowledgeGapQuery(Base):
    """Words that belong to a knowledge gap."""

    __tablename__ = "knowledge_gap_query"

    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Of the words, in lower case with single spaces."""
    gap_id: Mapped[int] = mapped_column(ForeignKey("knowledge_gap.id", ondelete="CASCADE"), index=True)
    words: Mapped[str] = mapped_column(Text)
    times: Mapped[int]
    model: Mapped[str] = mapped_column(String(200))
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    """Of the words under that model, unit length, float32, little-endian."""


class Feedback(Base):
    """Whether an item helped a person with a query; they may change their mind."""

    __tablename__ = "feedback"

    person: Mapped[str] = mapped_column(String(200), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Of the words, in lower case with single spaces."""
    words: Mapped[str] = mapped_column(Text)
    helpful: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Moment, default=now)


class SavedSearch(Base):
    """A search that somebody keeps under a name."""

    __tablename__ = "saved_search"
    __table_args__ = (UniqueConstraint("owner", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    query: Mapped[str] = mapped_column(Text)
    """As typed."""
    filters: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    """Chosen beside it."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    visited_at: Mapped[datetime] = mapped_column(Moment, default=now)
    """When its owner last looked at the results."""
