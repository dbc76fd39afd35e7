"""What is sent to whom."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kb.models.base import Base, Moment, now
from kb.vocabulary import Classification


class Subscription(Base):
    """What somebody wants to be told of, and which way."""

    __tablename__ = "subscription"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(String(200), index=True)
    clearance: Mapped[Classification] = mapped_column(String(20))
    """The highest classification that its owner may be sent."""
    name: Mapped[str] = mapped_column(String(200))
    query: Mapped[str] = mapped_column(Text)
    """As typed."""
    filters: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    """Chosen beside it."""
    way: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(2000), default="")
    """Of a mailbox or of a webhook."""
    rhythm: Mapped[str] = mapped_column(String(20))
    secret: Mapped[str] = mapped_column(String(100), default="")
    """What webhooks are signed with: whoever signs needs it in the clear."""
    token: Mapped[str] = mapped_column(String(64), unique=True)
    """Ends this subscription, and nothing else, without signing in."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    since: Mapped[datetime] = mapped_column(Moment)
    """What changed before needs no comparing with what was announced."""
    next_at: Mapped[datetime] = mapped_column(Moment)
    stopped_at: Mapped[datetime | None] = mapped_column(Moment)
    stopped_why: Mapped[str] = mapped_column(String(200), default="")


class Delivery(Base):
    """Something to be sent, once it is sent, or why it could not be."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_queue", "state", "next_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    """The same in every try, so that receivers can tell a repetition."""
    subscription_id: Mapped[int] = mapped_column(
        ForeignKey("subscription.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    state: Mapped[str] = mapped_column(String(20))
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Moment)
    """When it is tried next; while it is being sent, when somebody else may take it over."""
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    error: Mapped[str] = mapped_column(Text, default="")


class Announcement(Base):
    """A state of an item that a subscription has put into a delivery: it is put into no other."""

    __tablename__ = "announcement"

    subscription_id: Mapped[int] = mapped_column(
        ForeignKey("subscription.id", ondelete="CASCADE"), primary_key=True
    )
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    changed_at: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    """The item's own mark of its last change."""
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"), index=True)
    fresh: Mapped[bool]
    """Whether the item came after the subscription and was never announced before."""
