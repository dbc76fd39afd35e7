"""Secrets that let somebody in: random, shown once, kept only as their digest."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.access import Permission, Principal, permitted
from kb.models import ApiToken, Group, Membership, SignIn, User
from kb.people.values import Scope
from kb.vocabulary import Classification, Role

Kept = TypeVar("Kept", SignIn, ApiToken)

_OCTETS = 32
TOUCHED = timedelta(minutes=5)
"""How exactly it is known when a credential was last used: noting each use would cost a write."""

WITHHELD: dict[Scope | None, frozenset[Permission]] = {
    None: frozenset(),
    Scope.READ: frozenset({Permission.CONTRIBUTE, Permission.EDIT, Permission.ADMINISTER}),
    Scope.WRITE: frozenset({Permission.ADMINISTER}),
    Scope.ADMIN: frozenset(),
}
"""What each scope takes away from what roles permit. To review and to develop people are also to read more:
that is left to those who only read."""


def new() -> str:
    """256 bits that nobody can guess, to be written in an address or a header."""
    return secrets.token_urlsafe(_OCTETS)


def digest(secret: str) -> str:
    """What is kept of *secret*. It is random: a slow hash would add nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def shown(session: Session, kept: type[Kept], secret: str) -> tuple[Kept, User, list[str]] | None:
    """The credential that *secret* is of, whose it is, and their groups; None when it is of none."""
    rows = session.execute(
        select(kept, User, Group.name)
        .join(User, User.id == kept.user_id)
        .outerjoin(Membership, Membership.user_id == User.id)
        .outerjoin(Group, Group.id == Membership.group_id)
        .where(kept.digest == digest(secret))
    ).all()
    if not rows:
        return None
    row, user, _ = rows[0]
    return row, user, [group for _, _, group in rows if group]


def principal(user: User, groups: Sequence[str], scope: Scope | None = None) -> Principal:
    """What *user* may do, and a program on their behalf with *scope*."""
    roles = frozenset(Role(role) for role in user.roles)
    withheld = WITHHELD[scope]
    writes = scope is not Scope.READ and bool(permitted(roles) - withheld)
    return Principal(
        user.name, Classification(user.clearance), writes, roles, frozenset(groups), withheld=withheld
    )
