"""Projects that items tell of."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.access import Principal, visible
from kb.facets import FacetCount
from kb.models import Item, Project
from kb.text import squash


def count(session: Session, principal: Principal) -> int:
    """How many projects have items that *principal* may see."""
    query = select(func.count(Item.project_id.distinct())).where(visible(principal))
    return session.scalar(query) or 0


def listed(session: Session, principal: Principal, *, offset: int, limit: int) -> list[FacetCount]:
    """A page of the projects with items that *principal* may see, those with most items first."""
    number = func.count()
    rows = session.execute(
        select(Project.name, number)
        .join(Item, Item.project_id == Project.id)
        .where(visible(principal))
        .group_by(Project.id)
        .order_by(number.desc(), Project.name)
        .offset(offset)
        .limit(limit)
    )
    return [FacetCount(name, items) for name, items in rows]


def named(session: Session, name: str) -> int:
    """The number of the project with that *name*, in any case; a new one when there is none."""
    wanted = squash(name)[:300]
    same = func.lower(Project.name) == wanted.lower()
    # In the same letters first, then in any case.
    query = select(Project).where((Project.name == wanted) | same).order_by(Project.name != wanted).limit(1)
    row = session.scalars(query).one_or_none()
    if row is None:
        row = Project(name=wanted)
        session.add(row)
        session.flush()
    return row.id
