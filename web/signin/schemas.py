"""Users, groups and tokens as programs read and write them."""

from datetime import datetime

from pydantic import Field

from kb.people.groups import Members
from kb.people.values import Opened, Person, Scope, Token
from kb.vocabulary import Classification, Role
from web.schemas import Out


class UserOut(Out):
    """Somebody who may sign in."""

    login: str
    name: str = Field(description="As they are known; what they write is kept under it.")
    email: str
    roles: list[Role]
    clearance: Classification = Field(description="The highest classification they read.")
    groups: list[str]
    disabled: bool = Field(description="Kept out, with all their programs.")
    has_password: bool
    has_provider: bool = Field(description="Whether an OpenID provider vouches for them.")
    created_at: datetime
    seen_at: datetime | None

    @staticmethod
    def of(person: Person) -> "UserOut":
        """From a user."""
        return UserOut.model_validate(person)


class GroupOut(Out):
    """People who may read the same."""

    name: str
    logins: list[str]

    @staticmethod
    def of(group: Members) -> "GroupOut":
        """From a group."""
        return GroupOut.model_validate(group)


class TokenOut(Out):
    """An API token, without its secret."""

    number: int
    login: str = Field(description="On whose behalf it lets a program in.")
    note: str = Field(description="What it is for.")
    scope: Scope
    ending: str = Field(description="Its last letters.")
    created_at: datetime
    expires_at: datetime
    seen_at: datetime | None = Field(description="When it was used last, to five minutes.")
    revoked_at: datetime | None

    @staticmethod
    def of(token: Token) -> "TokenOut":
        """From a token."""
        return TokenOut.model_validate(token)


class TokenMadeOut(Out):
    """A token just made."""

    number: int
    token: str = Field(description="The secret itself. It is shown this once and can't be shown again.")
    expires_at: datetime

    @staticmethod
    def of(made: Opened) -> "TokenMadeOut":
        """From what was made."""
        return TokenMadeOut(number=made.number, token=made.secret, expires_at=made.expires_at)
