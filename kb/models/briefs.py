"""Lessons briefs: needs of a project, what answers them, and what people decided about it."""

from datetime import date, datetime

from sqlalchemy import JSON, Double, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.models.base import Base, Moment, now
from kb.models.items import Project
from kb.vocabulary import Classification


class Brief(Base):
    """What a project can learn from before it begins."""

    __tablename__ = "brief"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(10), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    classification: Mapped[Classification] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    """The newest."""
    created_by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    project: Mapped[Project | None] = relationship(lazy="raise_on_sql")


class BriefVersion(Base):
    """A state of a brief; one that was signed never changes again."""

    __tablename__ = "brief_version"
    __table_args__ = (UniqueConstraint("brief_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"))
    number: Mapped[int]
    charter: Mapped[str] = mapped_column(Text)
    """Markdown."""
    charter_digest: Mapped[str] = mapped_column(String(32))
    source_name: Mapped[str] = mapped_column(String(500), default="")
    """Of the charter's file; empty when it was pasted."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why there is a new version."""
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Moment, default=now)
    looked_by: Mapped[str] = mapped_column(String(200), default="")
    """Whose permissions decided what was found."""
    looked_at: Mapped[datetime | None] = mapped_column(Moment)
    """The state of the base that it was drawn from; none = its needs have not been looked up yet."""


class BriefNeed(Base):
    """Something the project wants, depends on or fears."""

    __tablename__ = "brief_need"
    __table_args__ = (UniqueConstraint("version_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("brief_version.id", ondelete="CASCADE"))
    number: Mapped[int]
    """Counted from 1; the same need has the same in later versions of the same charter."""
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    headings: Mapped[list[str]] = mapped_column(JSON, default=list)
    start: Mapped[int] = mapped_column(default=0)
    end: Mapped[int] = mapped_column(default=0)
    page: Mapped[int | None]
    slide: Mapped[int | None]
    sheet: Mapped[str | None] = mapped_column(String(300))
    row: Mapped[int | None]
    origin: Mapped[str] = mapped_column(String(10))
    dropped: Mapped[bool] = mapped_column(default=False)
    answered: Mapped[bool | None]
    """None until it was looked up."""
    gap_id: Mapped[int | None] = mapped_column(
        ForeignKey("knowledge_gap.id", ondelete="SET NULL"), index=True
    )
    """The knowledge gap that it was offered as."""


class BriefEntry(Base):
    """An item the project should know of."""

    __tablename__ = "brief_entry"
    __table_args__ = (UniqueConstraint("version_id", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("brief_version.id", ondelete="CASCADE"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    item_version: Mapped[int]
    """Of the item, when it was found or decided about."""
    ordinal: Mapped[int]
    """Its place by likely consequence."""
    alike: Mapped[list[int]] = mapped_column(JSON, default=list)
    """Items that were folded into it."""


class BriefMatch(Base):
    """The passage by which an item answers a need, as it read then."""

    __tablename__ = "brief_match"

    entry_id: Mapped[int] = mapped_column(ForeignKey("brief_entry.id", ondelete="CASCADE"), primary_key=True)
    need_id: Mapped[int] = mapped_column(
        ForeignKey("brief_need.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    relevance: Mapped[float] = mapped_column(Double)
    passage: Mapped[int]
    """Its ordinal within the item."""
    headings: Mapped[str] = mapped_column(String(1000), default="")
    text: Mapped[str] = mapped_column(Text)
    page: Mapped[int | None]
    slide: Mapped[int | None]
    sheet: Mapped[str | None] = mapped_column(String(300))
    row: Mapped[int | None]


class BriefVerdict(Base):
    """What somebody decided about an entry; the newest counts, the others are its history."""

    __tablename__ = "brief_verdict"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("brief_entry.id", ondelete="CASCADE"), index=True)
    item_version: Mapped[int]
    """Of the item it was about: it counts while the entry is of that version."""
    verdict: Mapped[str] = mapped_column(String(20))
    rationale: Mapped[str] = mapped_column(Text, default="")
    owner: Mapped[str] = mapped_column(String(200), default="")
    due: Mapped[date | None]
    decided_by: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime] = mapped_column(Moment, default=now)


class BriefSignOff(Base):
    """Somebody stands for a version at a gate."""

    __tablename__ = "brief_sign_off"
    __table_args__ = (UniqueConstraint("version_id", "gate"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("brief_version.id", ondelete="CASCADE"))
    gate: Mapped[str] = mapped_column(String(100))
    signed_by: Mapped[str] = mapped_column(String(200))
    signed_at: Mapped[datetime] = mapped_column(Moment, default=now)
    note: Mapped[str] = mapped_column(Text, default="")
