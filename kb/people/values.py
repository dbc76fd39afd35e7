"""What is told of people."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kb.access import Principal
from kb.vocabulary import Classification, Role


class Scope(StrEnum):
    """What a program may do on somebody's behalf: never more than they may."""

    READ = "read"
    """Read what they may read."""
    WRITE = "write"
    """Write, too, but administer nothing."""
    ADMIN = "admin"
    """All that they may do."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in."""

    number: int
    login: str
    name: str
    email: str
    roles: tuple[Role, ...]
    clearance: Classification
    groups: tuple[str, ...]
    disabled: bool
    has_password: bool
    has_provider: bool
    """Whether an OpenID provider vouches for them."""
    created_at: datetime
    seen_at: datetime | None
    """When they were last here in a browser where they are still signed in."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request, as a credential shows."""

    principal: Principal
    user: int
    """The user's number."""
    login: str
    credential: int
    """Number of the sign-in or token."""
    scope: Scope | None
    """Of the token; None in a browser."""
    stale: bool
    """Whether their last use should be noted anew."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A sign-in or token just made: the only moment at which *secret* is known here."""

    number: int
    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request comes from, for its owner to recognise."""

    browser: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A browser in which somebody is signed in."""

    number: int
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    place: Place


@dataclass(frozen=True, slots=True)
class Token:
    """An API token, without its secret."""

    number: int
    login: str
    note: str
    scope: Scope
    ending: str
    """The last letters of its secret."""
    created_at: datetime
    expires_at: datetime
    seen_at: datetime | None
    revoked_at: datetime | None

    def valid(self, at: datetime) -> bool:
        """Whether it still lets somebody in."""
        return self.revoked_at is None and at < self.expires_at
