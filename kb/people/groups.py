"""Groups: people who may read the same."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kb import audit
from kb.access import Permission, Principal, require
from kb.errors import ConflictError, NotFoundError
from kb.models import Group, Membership, User
from kb.people import users
from kb.people.users import known_as, row_of


@dataclass(frozen=True, slots=True)
class Members:
    """A group and who is in it."""

    name: str
    logins: tuple[str, ...]


def add(session: Session, principal: Principal, name: str) -> Members:
    """Make a group.

    Raises NotFoundError unless an administrator asks, InvalidError for a name that is none, and ConflictError
    when there is one of that name.
    """
    require(principal, Permission.ADMINISTER)
    said = known_as(name)
    if session.scalar(select(Group.id).where(func.lower(Group.name) == said.lower())):
        raise ConflictError(f"There is a group {said} already.")
    session.add(Group(name=said))
    session.flush()
    audit.record(session, principal, "add_group", f"group {said}")
    return Members(said, ())


def listed(session: Session, principal: Principal) -> list[Members]:
    """All groups by name. Raises NotFoundError unless an administrator asks."""
    require(principal, Permission.ADMINISTER)
    rows = session.execute(
        select(Group.name, User.login)
        .outerjoin(Membership, Membership.group_id == Group.id)
        .outerjoin(User, User.id == Membership.user_id)
        .order_by(func.lower(Group.name), User.login)
    )
    found: dict[str, list[str]] = {}
    for name, login in rows:
        found.setdefault(name, []).extend([login] if login else [])
    return [Members(name, tuple(logins)) for name, logins in found.items()]


def join(session: Session, principal: Principal, name: str, login: str) -> None:
    """Take somebody into a group. Raises NotFoundError."""
    group, user = _pair(session, principal, name, login)
    if session.get(Membership, (user.id, group.id)) is None:
        session.add(Membership(user_id=user.id, group_id=group.id))
        session.flush()
        audit.record(session, principal, "join_group", f"group {group.name}", user=user.login)


def leave(session: Session, principal: Principal, name: str, login: str) -> None:
    """Take somebody out of a group. Raises NotFoundError."""
    group, user = _pair(session, principal, name, login)
    present = session.get(Membership, (user.id, group.id))
    if present is not None:
        session.delete(present)
        session.flush()
        audit.record(session, principal, "leave_group", f"group {group.name}", user=user.login)


def assign(session: Session, principal: Principal, login: str, names: Collection[str]) -> None:
    """Let somebody be in these groups, which have to be there, and no others. Raises NotFoundError."""
    for one in users.get(session, principal, login).groups:
        if one not in names:
            leave(session, principal, one, login)
    for name in names:
        join(session, principal, name, login)


def set_all(session: Session, principal: Principal, user: User, names: Iterable[str]) -> None:
    """Let *user* be in these groups and no others, as a provider says; groups that are not there are made."""
    wanted = {known_as(name) for name in names}
    rows = session.scalars(select(Group).where(Group.name.in_(wanted)))
    groups = {row.name: row for row in rows}
    for name in sorted(wanted - groups.keys()):
        groups[name] = Group(name=name)
        session.add(groups[name])
    session.flush()
    ids = {row.id for row in groups.values()}
    present = set(session.scalars(select(Membership.group_id).where(Membership.user_id == user.id)))
    if ids == present:
        return
    session.execute(
        delete(Membership).where(Membership.user_id == user.id, Membership.group_id.in_(present - ids))
    )
    session.add_all(Membership(user_id=user.id, group_id=id_) for id_ in ids - present)
    session.flush()
    audit.record(session, principal, "change_groups", f"user {user.login}", groups=sorted(wanted))


def _pair(session: Session, principal: Principal, name: str, login: str) -> tuple[Group, User]:
    require(principal, Permission.ADMINISTER)
    group = session.scalar(select(Group).where(func.lower(Group.name) == known_as(name).lower()))
    if group is None:
        raise NotFoundError("There is no such group here.")
    return group, row_of(session, principal, login)
