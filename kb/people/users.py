"""Users: who may sign in, as what, and up to which classification they read."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, true, update
from sqlalchemy.orm import Session

from kb import audit
from kb.access import Permission, Principal, cleared, permitted, require
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.models import CalendarAddress, Group, Learner, Membership, SignIn, Subscription, User, now
from kb.people import passwords
from kb.people.values import Person
from kb.text import squash
from kb.vocabulary import Classification, Role

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,99}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class UserDraft:
    """Somebody to let in."""

    login: str
    name: str
    """As their colleagues know them; what bears this name already becomes theirs."""
    roles: Sequence[Role]
    clearance: Classification = Classification.INTERNAL
    email: str = ""
    password: str = ""
    """Empty: they can't sign in with one."""
    subject: str | None = None
    """See kb.models.User."""


def exist(session: Session) -> bool:
    """Whether anybody was ever added: from then on, everybody has to sign in."""
    return session.scalar(select(User.id).limit(1)) is not None


def administered(session: Session, *, provider: bool) -> bool:
    """Whether an administrator can sign in: by password, or through the *provider* if there is one."""
    rows = session.scalars(select(User).where(User.disabled.is_(False)))
    return any(_administers(row) and (row.password or (provider and row.subject)) for row in rows)


def add(session: Session, principal: Principal, draft: UserDraft) -> Person:
    """Let somebody in.

    Raises NotFoundError unless an administrator asks, InvalidError for what can't be used, and ConflictError
    when login or name are another's.
    """
    require(principal, Permission.ADMINISTER)
    if not exist(session) and Permission.ADMINISTER not in permitted(draft.roles):
        raise InvalidError(
            "The first user has to be an administrator, or nobody could let others in: give the role "
            "administrator."
        )
    row = create(session, principal, draft)
    return get(session, principal, row.login)


def create(session: Session, principal: Principal, draft: UserDraft) -> User:
    """As *add*, also for those whom a provider vouches for: it is not asked whether *principal* may."""
    login, name, email = draft.login.strip().lower(), known_as(draft.name), _email(draft.email)
    if not _LOGIN.fullmatch(login):
        raise InvalidError("A login is made of letters a to z, digits and . _ @ + -, at most 100 of them.")
    _refuse_twins(session, login, name)
    roles = _roles(principal, draft.roles, draft.clearance)
    row = User(
        login=login,
        name=name,
        email=email,
        password=passwords.hashed(draft.password, (login, name, email)) if draft.password else "",
        subject=draft.subject,
        roles=roles,
        clearance=draft.clearance,
    )
    session.add(row)
    session.flush()
    _follow(session, row)
    _note(session, principal, "add_user", row, name=name, roles=roles, clearance=draft.clearance)
    return row


def known_as(name: str) -> str:
    """*name* as it is kept. Raises InvalidError when it is none."""
    said = squash(unicodedata.normalize("NFC", name))
    if not said or len(said) > _LONGEST or not said.isprintable():
        raise InvalidError(f"A name has letters, at most {_LONGEST}.")
    return said


def listed(session: Session, principal: Principal) -> list[Person]:
    """All users by name. Raises NotFoundError unless an administrator asks."""
    require(principal, Permission.ADMINISTER)
    return _people(session, list(session.scalars(select(User).order_by(func.lower(User.name)))))


def get(session: Session, principal: Principal, login: str) -> Person:
    """One user: oneself, or whoever an administrator asks for. Raises NotFoundError."""
    return _people(session, [row_of(session, principal, login)])[0]


def row_of(session: Session, principal: Principal, login: str) -> User:
    """The row of a user whom *principal* may manage. Raises NotFoundError."""
    row = session.scalar(select(User).where(User.login == login.strip().lower()))
    if row is None or (row.name != principal.name and not principal.may(Permission.ADMINISTER)):
        raise NotFoundError("There is no such user here.")
    return row


def changeable(session: Session, principal: Principal, login: str) -> User:
    """As *row_of*, for what lets people in: a program that may not do all could make itself a better key."""
    if principal.withheld:
        raise NotFoundError("A token of this scope can't change what lets people in.")
    return row_of(session, principal, login)


def allow(
    session: Session, principal: Principal, login: str, roles: Sequence[Role], clearance: Classification
) -> Person:
    """Give somebody these *roles* and this *clearance*, and no others; they have to sign in again.

    Raises as *add* does, and ConflictError when nobody would be left who administers.
    """
    require(principal, Permission.ADMINISTER)
    row = row_of(session, principal, login)
    kept = _roles(principal, roles, clearance)
    if (kept, clearance) != (row.roles, row.clearance):

        def change() -> None:
            row.roles, row.clearance = kept, clearance

        _change(session, row, change)
        _note(session, principal, "change_roles", row, roles=kept, clearance=clearance)
    return get(session, principal, login)


def has_password(session: Session, principal: Principal, login: str, password: str) -> bool:
    """Whether that is somebody's *password* now. Raises NotFoundError."""
    return passwords.fits(password, row_of(session, principal, login).password)


def set_password(session: Session, principal: Principal, login: str, password: str) -> User:
    """Give somebody a new password, as themselves or as an administrator; they have to sign in again.

    Raises NotFoundError, and InvalidError for one that is easily guessed.
    """
    row = changeable(session, principal, login)
    row.password = passwords.hashed(password, (row.login, row.name, row.email))
    sign_out(session, row.id)
    _note(session, principal, "change_password", row)
    return row


def set_disabled(session: Session, principal: Principal, login: str, *, disabled: bool) -> None:
    """Keep somebody out, with all their programs, or let them in again. Raises as *allow* does."""
    require(principal, Permission.ADMINISTER)
    row = row_of(session, principal, login)
    if row.disabled == disabled:
        return

    def change() -> None:
        row.disabled = disabled

    _change(session, row, change)
    _note(session, principal, "disable_user" if disabled else "enable_user", row)


def sign_out(session: Session, user: int) -> None:
    """End all sign-ins of a user."""
    session.execute(delete(SignIn).where(SignIn.user_id == user))


def _change(session: Session, row: User, change: Callable[[], None]) -> None:
    administered_ = _administers(row)
    change()
    session.flush()
    if administered_ and not _administers(row) and not _any_administers(session):
        raise ConflictError("Somebody has to be left who administers: make another user administrator first.")
    sign_out(session, row.id)
    _follow(session, row)


def _follow(session: Session, row: User) -> None:
    """What is sent to a user, or shown at an address of theirs, is read with what they may read now."""
    theirs = Subscription.owner == row.name
    learner = select(Learner.id).where(Learner.name == row.name).scalar_subquery()
    session.execute(update(Subscription).where(theirs).values(clearance=row.clearance))
    shown = CalendarAddress.learner_id == learner
    session.execute(update(CalendarAddress).where(shown).values(clearance=row.clearance))
    if row.disabled:
        sent = theirs, Subscription.stopped_at.is_(None)
        why = f"because {row.login} is kept out"
        session.execute(update(Subscription).where(*sent).values(stopped_at=now(), stopped_why=why))
        session.execute(delete(CalendarAddress).where(shown))


def _administers(row: User) -> bool:
    return not row.disabled and Permission.ADMINISTER in permitted(map(Role, row.roles))


def _any_administers(session: Session) -> bool:
    return any(map(_administers, session.scalars(select(User).where(User.disabled.is_(False)))))


def _refuse_twins(session: Session, login: str, name: str) -> None:
    if session.scalar(select(User.id).where(User.login == login)):
        raise ConflictError(f"There is a user {login} already.")
    if session.scalar(select(User.id).where(func.lower(User.name) == name.lower())):
        raise ConflictError(
            f"Another user is called {name}; what somebody wrote is kept under their name, "
            "so two can't share one."
        )


def _roles(principal: Principal, roles: Sequence[Role], clearance: Classification) -> list[str]:
    if clearance not in cleared(principal):
        raise InvalidError("You can give nobody a higher clearance than your own.")
    if not roles:
        raise InvalidError("Give at least one role; a reader only reads.")
    return [role for role in Role if role in roles]


def _email(text: str) -> str:
    said = text.strip()
    if said and (len(said) > _LONGEST or not _EMAIL.fullmatch(said)):
        raise InvalidError(f"{said[:60]!r} is no e-mail address.")
    return said


def _people(session: Session, rows: Sequence[User]) -> list[Person]:
    ids = [row.id for row in rows]
    one = len(ids) == 1
    groups: dict[int, list[str]] = {}
    for user, group in session.execute(
        select(Membership.user_id, Group.name)
        .join(Group, Group.id == Membership.group_id)
        .where(Membership.user_id.in_(ids) if one else true())
        .order_by(func.lower(Group.name))
    ):
        groups.setdefault(user, []).append(group)
    last = select(SignIn.user_id, func.max(SignIn.seen_at)).where(SignIn.user_id.in_(ids) if one else true())
    seen = dict(session.execute(last.group_by(SignIn.user_id)).all())
    return [
        Person(
            number=row.id,
            login=row.login,
            name=row.name,
            email=row.email,
            roles=tuple(map(Role, row.roles)),
            clearance=Classification(row.clearance),
            groups=tuple(groups.get(row.id, ())),
            disabled=row.disabled,
            has_password=bool(row.password),
            has_provider=row.subject is not None,
            created_at=row.created_at,
            seen_at=seen.get(row.id),
        )
        for row in rows
    ]


def _note(session: Session, principal: Principal, action: str, row: User, **detail: Any) -> None:
    audit.record(session, principal, action, f"user {row.login}", **detail)
    session.flush()
