"""Who reads, and what they may see. Every read takes a Principal and filters inside the query."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select, true
from sqlalchemy.orm import aliased

from kb.errors import InvalidError, NotFoundError
from kb.models import UNFINISHED, Group, Item, Restriction, RestrictionGroup, Source
from kb.vocabulary import Classification, Kind, Role

READERS = 256
"""People for whom the queries of a search are kept ready."""
_ORDER = tuple(Classification)


class Permission(StrEnum):
    """What somebody may do beside reading."""

    CONTRIBUTE = "contribute"
    """Write lessons, comment, carry out actions, record applications."""
    REVIEW = "review"
    """Return, reject, endorse and supersede lessons; validate what was done. See drafts of others."""
    EDIT = "edit"
    """Accept changes to templates, practices and training."""
    DEVELOP = "develop"
    """See and judge what people are able to do, and plan what they learn."""
    ADMINISTER = "administer"
    """Say who may come in and what they may do; read the record of who changed what."""


PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.READER: frozenset(),
    Role.CONTRIBUTOR: frozenset({Permission.CONTRIBUTE}),
    Role.COORDINATOR: frozenset({Permission.CONTRIBUTE, Permission.REVIEW}),
    Role.CONSULTANT: frozenset({Permission.CONTRIBUTE, Permission.EDIT}),
    Role.TRAINER: frozenset({Permission.CONTRIBUTE, Permission.EDIT, Permission.DEVELOP}),
    Role.ANALYST: frozenset({Permission.CONTRIBUTE}),
    Role.ADMINISTRATOR: frozenset({Permission.CONTRIBUTE, Permission.EDIT, Permission.ADMINISTER}),
    Role.MANAGER: frozenset(Permission),
}
"""Each role as a set of permissions."""


def permitted(roles: Iterable[Role]) -> frozenset[Permission]:
    """All that *roles* permit together."""
    return frozenset[Permission]().union(*(PERMISSIONS[role] for role in roles))


@dataclass(frozen=True, slots=True)
class Principal:
    """The person or program on whose behalf something is read or written."""

    name: str
    clearance: Classification
    """The highest classification they may read."""
    may_write: bool = False
    roles: frozenset[Role] = frozenset()
    groups: frozenset[str] = frozenset()
    """The names of those they belong to."""
    all_groups: bool = False
    """Whether they read what is kept to groups, whichever those are."""
    withheld: frozenset[Permission] = frozenset()
    """What a program on their behalf may not do, whatever their roles permit."""

    def may(self, permission: Permission) -> bool:
        """Whether one of their roles permits it, and nothing withholds it."""
        return permission not in self.withheld and any(permission in PERMISSIONS[role] for role in self.roles)

    @property
    def sees_everything(self) -> bool:
        """Whether no item is hidden from them."""
        return self.clearance is _ORDER[-1] and self.may(Permission.REVIEW) and self.all_groups


LOCAL_USER = Principal("local", _ORDER[-1], may_write=True, roles=frozenset(Role), all_groups=True)
"""The one person of a laptop, who may do everything."""

ANONYMOUS = Principal("nobody", _ORDER[0])
"""Whoever did not sign in."""


def local_user(name: str) -> Principal:
    """The one person of a laptop under their name, by which what they write is known."""
    return replace(LOCAL_USER, name=name)


def peer(principal: Principal) -> Principal:
    """The nameless reader with the clearance and groups of *principal*, who reviews if they do.

    What was worked out for this reader may be shown to all alike: it has nobody's own drafts in it.
    """
    roles = frozenset({Role.COORDINATOR}) if principal.may(Permission.REVIEW) else frozenset[Role]()
    return Principal(
        "", principal.clearance, roles=roles, groups=principal.groups, all_groups=principal.all_groups
    )


def visible(principal: Principal, item: type[Item] = Item) -> ColumnElement[bool]:
    """The condition on *item* that holds for what *principal* may see.

    That is what is live, not above their clearance and not kept to groups without them; of lessons and
    training that are not handed in, only their own, unless they review.
    """
    return and_(item.withdrawn_at.is_(None), readable(principal, item))


def readable(principal: Principal, item: type[Item] = Item) -> ColumnElement[bool]:
    """The condition on *item* that holds for what *principal* may open by its reference, withdrawn or not."""
    conditions: list[ColumnElement[bool]] = []
    if principal.clearance is not _ORDER[-1]:
        conditions.append(item.classification.in_(cleared(principal)))
    if not principal.may(Permission.REVIEW):
        conditions.append(item.id.not_in(_drafts_of_others(principal)))
    if not principal.all_groups:
        conditions += _open_to(principal, item)
    return and_(true(), *conditions)


def _open_to(principal: Principal, item: type[Item]) -> list[ColumnElement[bool]]:
    """The conditions on *item*: that no restriction of it, its project or its place keeps *principal* out.

    Each query reads those restrictions once; they are few beside the items.
    """
    kept = Restriction.id.not_in(letting_in(principal))
    begins = func.substr(Source.location, 1, func.length(Restriction.location)) == Restriction.location
    items = select(Restriction.item_id).where(kept, Restriction.item_id.is_not(None))
    projects = select(Restriction.project_id).where(kept, Restriction.project_id.is_not(None))
    sources = select(Source.id).join(Restriction, begins).where(kept, Restriction.location.is_not(None))
    return [
        item.id.not_in(items),
        or_(item.project_id.is_(None), item.project_id.not_in(projects)),
        or_(item.source_id.is_(None), item.source_id.not_in(sources)),
    ]


def letting_in(principal: Principal) -> Select[int]:
    """The restrictions that let in a group of *principal*."""
    return (
        select(RestrictionGroup.restriction_id)
        .join(Group, Group.id == RestrictionGroup.group_id)
        .where(Group.name.in_(sorted(principal.groups)))
    )


def _drafts_of_others(principal: Principal) -> Select[int]:
    """Read once for each query, from an index of nothing else: few of a million items are drafts."""
    draft = aliased(Item)
    shown = draft.kind.not_in((Kind.LESSON, Kind.TRAINING))
    if principal.name:
        shown = or_(shown, draft.author == principal.name, draft.owner == principal.name)
    # As a condition of its own, the kind would lead SQLite to the index of kinds: through all lessons.
    return select(draft.id).where(UNFINISHED, not_(shown))


def require_cleared(principal: Principal, classification: Classification, what: str) -> None:
    """Raise InvalidError unless *principal* could read *what* they are about to give that classification."""
    if classification not in cleared(principal):
        raise InvalidError(f"You could not read {what} yourself: choose a lower classification.")


def cleared(principal: Principal) -> tuple[Classification, ...]:
    """The classifications that *principal* may read."""
    return _ORDER[: _ORDER.index(principal.clearance) + 1]


def require(principal: Principal, permission: Permission) -> None:
    """Raise NotFoundError unless *principal* may do it: a stranger learns nothing of what exists."""
    if not principal.may(permission):
        raise NotFoundError("There is nothing here that you may do this to.")


def require_write(principal: Principal) -> None:
    """Raise NotFoundError unless *principal* may write: a stranger learns nothing of what exists."""
    if not principal.may_write:
        raise NotFoundError("There is nothing here that you may change.")
