"""Observations that were mined out of documents, and what people made of them."""

from datetime import datetime

from sqlalchemy import JSON, Double, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kb.models.base import Base, Moment, now


class Proposal(Base):
    """An observation that may become a lesson."""

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("item_id", "digest"), Index("ix_proposal_state", "state", "item_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    """The document."""
    digest: Mapped[str] = mapped_column(String(32))
    """Of the words that are quoted."""
    title: Mapped[str] = mapped_column(String(500))
    said: Mapped[dict[str, str]] = mapped_column(JSON)
    """A lesson's own fields."""
    quotes: Mapped[list[str]] = mapped_column(JSON)
    headings: Mapped[str] = mapped_column(String(1000), default="")
    version: Mapped[int]
    """Of the document, in which it was found last."""
    ordinal: Mapped[int]
    """Of the passage in which it begins."""
    start: Mapped[int]
    end: Mapped[int]
    page: Mapped[int | None]
    slide: Mapped[int | None]
    sheet: Mapped[str | None] = mapped_column(String(300))
    row: Mapped[int | None]
    confidence: Mapped[float] = mapped_column(Double)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    found_at: Mapped[datetime] = mapped_column(Moment, default=now)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    """Why it was dismissed."""
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="SET NULL"), index=True)


class Mining(Base):
    """A document that was mined, as it was then."""

    __tablename__ = "mining"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(40))
    """Of the document, with the version of the method."""
    at: Mapped[datetime] = mapped_column(Moment, default=now)
