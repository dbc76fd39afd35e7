"""What is kept to groups: items by themselves, all items of a project, or of the files below one place.

An item that is kept to groups in more than one of these ways is read by those whom each of them lets in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from kb import audit, items
from kb.access import Permission, Principal, letting_in, readable, require
from kb.errors import InvalidError, NotFoundError
from kb.models import Group, Item, Project, Restriction, RestrictionGroup, Source
from kb.people.users import known_as


class Extent(StrEnum):
    """How much one restriction is about."""

    ITEM = "item"
    PROJECT = "project"
    """All items of a project, also those that come later."""
    PLACE = "place"
    """All items of the files whose location begins alike, also those that come later."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept to groups."""

    number: int
    extent: Extent
    subject: str
    """The item's reference, the project's name, or what the locations begin with."""
    groups: tuple[str, ...]
    items: int = 0
    """How many items it is about now; not counted for the page of one of them."""


def keep(session: Session, principal: Principal, extent: Extent, subject: str, groups: Iterable[str]) -> Kept:
    """Keep *subject* to *groups*, whatever it was kept to before.

    Raises NotFoundError unless an administrator asks and sees it, and for a group that is not there;
    InvalidError without groups, and when they could not read it themselves any more.
    """
    require(principal, Permission.ADMINISTER)
    rows = _groups(session, groups)
    names = sorted(row.name for row in rows)
    if not principal.all_groups and not principal.groups.intersection(names):
        raise InvalidError("You could not read it yourself: name a group that you belong to.")
    row = _row(session, principal, extent, subject)
    session.execute(delete(RestrictionGroup).where(RestrictionGroup.restriction_id == row.id))
    session.add_all(RestrictionGroup(restriction_id=row.id, group_id=group.id) for group in rows)
    session.flush()
    audit.record(session, principal, "keep", f"{extent} {subject}", groups=names)
    return get(session, principal, row.id)


def get(session: Session, principal: Principal, number: int) -> Kept:
    """The restriction with that number. Raises NotFoundError, also for what *principal* may not see."""
    require(principal, Permission.ADMINISTER)
    found = _read(session, principal, Restriction.id == number)
    if not found:
        raise NotFoundError(f"There is no restriction {number} here.")
    return found[0]


def lift(session: Session, principal: Principal, number: int) -> None:
    """Keep it to nobody any more: classification alone decides. Raises as *get* does."""
    found = get(session, principal, number)
    session.execute(delete(Restriction).where(Restriction.id == number))
    audit.record(session, principal, "lift", f"{found.extent} {found.subject}", groups=list(found.groups))


def listed(session: Session, principal: Principal) -> list[Kept]:
    """All that is kept to groups, of what *principal* may see. Raises NotFoundError as *keep* does."""
    require(principal, Permission.ADMINISTER)
    return _read(session, principal)


def of_item(session: Session, principal: Principal, ref: str) -> list[Kept]:
    """What keeps the item *ref* to groups; nothing when *principal* may not see it."""
    where = select(Item.id, Item.project_id, Item.source_id).where(Item.ref == ref, readable(principal))
    found = session.execute(where).one_or_none()
    if found is None:
        return []
    item, project, source = found
    place = select(Source.location).where(Source.id == source).scalar_subquery()
    about_it = [
        Restriction.item_id == item,
        func.substr(place, 1, func.length(Restriction.location)) == Restriction.location,
    ]
    if project is not None:  # compared with nothing, every restriction of no project would be one of it
        about_it.append(Restriction.project_id == project)
    return _read(session, principal, or_(*about_it), counted=False)


def _row(session: Session, principal: Principal, extent: Extent, subject: str) -> Restriction:
    wanted = _subject(session, principal, extent, subject)
    same = [getattr(Restriction, column) == value for column, value in wanted.items()]
    row = session.scalar(select(Restriction).where(*same))
    if row is None:
        row = Restriction(author=principal.name, **wanted)
        session.add(row)
        session.flush()
    else:
        get(session, principal, row.id)
    return row


def _subject(session: Session, principal: Principal, extent: Extent, subject: str) -> dict[str, int | str]:
    said = subject.strip()
    if extent is Extent.PLACE:
        if not said:
            raise InvalidError("Say what the locations of the files begin with, such as starter: or /srv/x/.")
        return {"location": said}
    if extent is Extent.ITEM:
        query = select(Item.id).where(items.by_ref(said))
    else:
        named = func.lower(Project.name) == said.lower()
        query = select(Item.project_id).join(Project, Project.id == Item.project_id).where(named)
    found = session.scalar(query.where(readable(principal)).limit(1))
    if found is None:
        raise NotFoundError(f"There is no {extent} {said!r} here.")
    return {f"{extent}_id": found}


def _groups(session: Session, names: Iterable[str]) -> Sequence[Group]:
    wanted = {known_as(name).lower(): name for name in names}
    if not wanted:
        raise InvalidError("Name at least one group; to open it to all, lift the restriction.")
    rows = session.scalars(select(Group).where(func.lower(Group.name).in_(wanted))).all()
    missing = wanted.keys() - {row.name.lower() for row in rows}
    if missing:
        raise NotFoundError(f"There is no group {wanted[min(missing)]!r}. Make it with: kb group add")
    return rows


def _read(
    session: Session, principal: Principal, *conditions: ColumnElement[bool], counted: bool = True
) -> list[Kept]:
    query = (
        select(Restriction.id, Item.ref, Project.name, Restriction.location)
        .outerjoin(Item, Item.id == Restriction.item_id)
        .outerjoin(Project, Project.id == Restriction.project_id)
        .where(*conditions, *_open(principal))
        .order_by(Restriction.id)
    )
    rows = session.execute(query).all()
    groups = _group_names(session, [row.id for row in rows])
    return [
        Kept(
            number,
            Extent.ITEM if ref else Extent.PROJECT if project else Extent.PLACE,
            ref or project or location or "",
            tuple(groups.get(number, ())),
            _count(session, principal, number) if counted else 0,
        )
        for number, ref, project, location in rows
    ]


def _open(principal: Principal) -> list[ColumnElement[bool]]:
    """Those that let *principal* in: another's subject is not even named."""
    if principal.all_groups:
        return []
    seen = or_(Restriction.item_id.is_(None), readable(principal))
    return [Restriction.id.in_(letting_in(principal)), seen]


def _group_names(session: Session, numbers: Sequence[int]) -> dict[int, list[str]]:
    query = select(RestrictionGroup.restriction_id, Group.name).join(Group)
    found: dict[int, list[str]] = {}
    for number, name in session.execute(
        query.where(RestrictionGroup.restriction_id.in_(numbers)).order_by(Group.name)
    ):
        found.setdefault(number, []).append(name)
    return found


def _count(session: Session, principal: Principal, number: int) -> int:
    return session.scalar(select(func.count(Item.id)).where(_about(number), readable(principal))) or 0


def _about(number: int) -> ColumnElement[bool]:
    of = select(Restriction).where(Restriction.id == number).subquery()
    begins = func.substr(Source.location, 1, func.length(of.c.location)) == of.c.location
    sources = select(Source.id).where(begins)
    return and_(
        Item.withdrawn_at.is_(None),
        or_(
            Item.id == select(of.c.item_id).scalar_subquery(),
            Item.project_id == select(of.c.project_id).scalar_subquery(),
            Item.source_id.in_(sources),
        ),
    )
