"""Users, groups and tokens as programs read and write them."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from kb.access import Permission, Principal
from kb.people.groups import Members
from kb.people.passwords import LONGEST
from kb.people.tokens import LONGEST_DAYS
from kb.people.users import UserDraft
from kb.people.values import Caller, Opened, Person, Scope, Token
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


class MeOut(Out):
    """Who asks, and what they may do."""

    name: str = Field(description="What they write is kept under it.")
    login: str = Field(description="Empty as long as nobody signs in.")
    roles: list[Role]
    permissions: list[Permission] = Field(description="What roles permit and the token's scope leaves.")
    clearance: Classification = Field(description="The highest classification they read.")
    groups: list[str]
    scope: Scope | None = Field(description="Of the token; null in a browser.")

    @staticmethod
    def of(principal: Principal, caller: Caller | None) -> "MeOut":
        """From whoever asks."""
        return MeOut(
            name=principal.name,
            login=caller.login if caller else "",
            roles=[role for role in Role if role in principal.roles],
            permissions=[one for one in Permission if principal.may(one)],
            clearance=principal.clearance,
            groups=sorted(principal.groups),
            scope=caller.scope if caller else None,
        )


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class UserIn(_In):
    """Somebody to let in."""

    login: str = Field(max_length=100, examples=["anna.berg"])
    name: str = Field(max_length=200, description="As colleagues know them.", examples=["Anna Berg"])
    roles: list[Role] = Field(min_length=1)
    clearance: Classification = Classification.INTERNAL
    email: str = Field(default="", max_length=200)
    password: SecretStr | None = Field(
        default=None, max_length=LONGEST, description="Without one a provider signs them in, or nobody."
    )

    def draft(self) -> UserDraft:
        """As a value."""
        password = self.password.get_secret_value() if self.password else ""
        return UserDraft(self.login, self.name, self.roles, self.clearance, self.email, password)


class UserChangeIn(_In):
    """What becomes of a user; what is left out stays."""

    roles: list[Role] | None = Field(default=None, min_length=1, description="These and no others.")
    clearance: Classification | None = None
    disabled: bool | None = Field(default=None, description="Keep them out, with all their programs.")
    groups: list[str] | None = Field(default=None, max_length=1000, description="These and no others.")


class PasswordIn(_In):
    """A new password."""

    password: SecretStr = Field(max_length=LONGEST)


class GroupIn(_In):
    """A group to be made."""

    name: str = Field(max_length=200, examples=["Programme board"])


class TokenIn(_In):
    """A token to be made."""

    note: str = Field(max_length=200, description="What it is for.", examples=["Power BI"])
    scope: Scope = Scope.READ
    days: int = Field(default=90, ge=1, le=LONGEST_DAYS, description="How long it holds.")
    login: str = Field(default="", max_length=100, description="Whose; yours when empty.")
