"""On whose behalf something is read when they are not there: for what is sent to them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.access import Principal
from kb.models import Group, Membership, User
from kb.people import users
from kb.vocabulary import Classification


def absent(session: Session, name: str, most: Classification) -> Principal:
    """Whoever writes here as *name*, with the groups of today, and cleared for no more than today and *most*.

    Where nobody has to sign in, nothing is kept from them by groups.
    """
    user = session.scalar(select(User).where(User.name == name))
    if user is None:
        return Principal(name, most, all_groups=not users.exist(session))
    groups = session.scalars(
        select(Group.name)
        .join(Membership, Membership.group_id == Group.id)
        .where(Membership.user_id == user.id)
    )
    clearance = min(most, Classification(user.clearance), key=list(Classification).index)
    return Principal(name, clearance, groups=frozenset(groups))
