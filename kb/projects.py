"""Projects that items tell of."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.access import Principal, visible
from kb.facets import FacetCount
from kb.models import Item, Project


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
