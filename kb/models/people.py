"""People who may come in, their groups, and what lets them in."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kb.models.base import Base, Moment, now


class User(Base):
    """Somebody who may sign in."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(100), unique=True)
    """Lower case."""
    name: Mapped[str] = mapped_column(String(200), unique=True)
    """Under which they write here: what bears it is theirs."""
    email: Mapped[str] = mapped_column(String(200), default="")
    password: Mapped[str] = mapped_column(String(200), default="")
    """Argon2id hash; empty when they come in another way."""
    subject: Mapped[str | None] = mapped_column(String(600), unique=True)
    """Issuer and subject at an OpenID provider, a space between them."""
    roles: Mapped[list[str]] = mapped_column(JSON)
    clearance: Mapped[str] = mapped_column(String(20))
    disabled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class Group(Base):
    """People who may read the same."""

    __tablename__ = "user_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)


class Membership(Base):
    """Who is in which group."""

    __tablename__ = "membership"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[int] = mapped_column(
        ForeignKey("user_group.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class SignIn(Base):
    """A browser in which somebody is signed in."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of what the browser shows; that itself is kept nowhere."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    seen_at: Mapped[datetime] = mapped_column(Moment, default=now)
    """Not long before its last request."""
    expires_at: Mapped[datetime] = mapped_column(Moment)
    browser: Mapped[str] = mapped_column(String(200), default="")
    """As it calls itself."""
    address: Mapped[str] = mapped_column(String(64), default="")


class ApiToken(Base):
    """What lets a program in on somebody's behalf."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the token; that itself is kept nowhere."""
    ending: Mapped[str] = mapped_column(String(8))
    """Its last letters, to tell it from others."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    note: Mapped[str] = mapped_column(String(200))
    """What it is for."""
    scope: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    """Not long before its last use."""
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
