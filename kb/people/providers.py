"""People for whom an OpenID provider vouches: found again by its name for them, or let in anew."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb import audit
from kb.access import Principal
from kb.errors import InvalidError
from kb.models import User
from kb.people import groups, users
from kb.people.users import UserDraft
from kb.vocabulary import Classification, Role

PROVIDER = Principal("OpenID provider", Classification.CONFIDENTIAL)
"""Who is noted as having changed what the provider says."""
_LOGIN_LENGTH, _NAME_LENGTH = 90, 150
_SUBJECT_LENGTH = 600


@dataclass(frozen=True, slots=True)
class Vouched:
    """Somebody as a provider tells of them."""

    subject: str
    """Issuer and its lasting name for them, a space between."""
    login: str
    name: str
    email: str
    """Empty unless the provider has verified it."""
    roles: Sequence[Role] | None
    """None when it does not say."""
    groups: Sequence[str] | None
    """None when it does not say."""


def arrived(session: Session, vouched: Vouched, *, role: Role, clearance: Classification) -> User | None:
    """Whoever *vouched* is here; a newcomer reads up to *clearance*, and is *role* if no other is said.

    None when they are kept out. Raises InvalidError when the provider says too little.
    """
    if not vouched.subject.strip() or len(vouched.subject) > _SUBJECT_LENGTH:
        raise InvalidError("The provider did not say who signed in.")
    row = _known(session, vouched) or _newcomer(session, vouched, role, clearance)
    if row.disabled:
        audit.record(session, PROVIDER, "sign_in_failed", f"user {row.login}")
        return None
    if vouched.roles is not None:
        _give(session, row, vouched.roles or [role])
    if vouched.groups is not None:
        groups.set_all(session, PROVIDER, row, vouched.groups)
    return row


def _known(session: Session, vouched: Vouched) -> User | None:
    row = session.scalar(select(User).where(User.subject == vouched.subject))
    if row is None and vouched.email:
        # Only those who were added without a password wait for the provider: no other account is taken over.
        waiting = (
            User.password == "",
            User.subject.is_(None),
            func.lower(User.email) == vouched.email.lower(),
        )
        row = session.scalars(select(User).where(*waiting).order_by(User.id)).first()
        if row:
            row.subject = vouched.subject
            session.flush()
            audit.record(session, PROVIDER, "link_user", f"user {row.login}")
    return row


def _newcomer(session: Session, vouched: Vouched, role: Role, clearance: Classification) -> User:
    login = re.sub(r"[^a-z0-9._@+-]+", ".", vouched.login.lower()).strip(".")[:_LOGIN_LENGTH] or "user"
    login = _free(login if login[0].isalnum() else f"u{login}", session.scalars(select(User.login)))
    name = (vouched.name or login)[:_NAME_LENGTH]
    taken = select(User.id).where(func.lower(User.name) == users.known_as(name).lower())
    if session.scalar(taken):
        name = f"{name} ({login})"  # what another wrote stays theirs
    draft = UserDraft(login, name, vouched.roles or [role], clearance, vouched.email, subject=vouched.subject)
    return users.create(session, PROVIDER, draft)


def _free(login: str, taken: Iterable[str]) -> str:
    known, number, found = set(taken), 1, login
    while found in known:
        number += 1
        found = f"{login}.{number}"
    return found


def _give(session: Session, row: User, roles: Sequence[Role]) -> None:
    kept = [role for role in Role if role in roles]
    if kept != row.roles:
        row.roles = [str(role) for role in kept]
        users.sign_out(session, row.id)
        audit.record(session, PROVIDER, "change_roles", f"user {row.login}", roles=kept)
        session.flush()
