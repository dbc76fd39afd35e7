"""What is kept to groups of people."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kb.models.base import Base, Moment, now


class Restriction(Base):
    """What is kept to groups: one item, a project's items, or those of the files below one place."""

    __tablename__ = "restriction"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), unique=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), unique=True)
    location: Mapped[str | None] = mapped_column(String(2000), unique=True)
    """What the locations of those files begin with."""
    author: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class RestrictionGroup(Base):
    """A group that may read what is restricted."""

    __tablename__ = "restriction_group"

    restriction_id: Mapped[int] = mapped_column(
        ForeignKey("restriction.id", ondelete="CASCADE"), primary_key=True
    )
    group_id: Mapped[int] = mapped_column(
        ForeignKey("user_group.id", ondelete="CASCADE"), primary_key=True, index=True
    )
