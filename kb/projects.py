"""Projects that items tell of."""

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from kb.access import Principal, visible
from kb.errors import NotFoundError
from kb.facets import FacetCount
from kb.items import ItemText
from kb.models import Document, Item, Project
from kb.text import squash
from kb.values import ItemId
from kb.vocabulary import DocumentKind

_CHARTERS = (DocumentKind.CHARTER, DocumentKind.BUSINESS_CASE, DocumentKind.PLAN)
"""What tells of a project before it begins, the best first."""


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


def charter(session: Session, principal: Principal, name: str) -> ItemText:
    """What the newest charter of a project says; its business case or plan where there is none.

    Raises NotFoundError.
    """
    order = case({kind: place for place, kind in enumerate(_CHARTERS)}, value=Document.document_kind)
    row = session.execute(
        select(Document.id, Document.digest, Document.title, Document.body)
        .join(Project, Project.id == Document.project_id)
        .where(
            visible(principal, Document),
            func.lower(Project.name) == squash(name).lower(),
            Document.document_kind.in_(_CHARTERS),
        )
        .order_by(order, Document.dated.desc().nulls_last(), Document.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFoundError(
            f"No charter, business case or plan of {squash(name)[:100]!r} is here. "
            "Paste its text, or choose its file."
        )
    return ItemText(ItemId(row.id), row.digest, row.title, row.body)


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
