"""What is known of items that tells how much they matter to a project."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.access import Principal, visible
from kb.database import among
from kb.models import Facet, Item, Lesson
from kb.values import ItemId
from kb.vocabulary import FacetName, Kind, Polarity, Priority, Status


@dataclass(frozen=True, slots=True)
class Traits:
    """An item by what it is, not by what it says."""

    kind: Kind
    status: Status
    priority: Priority | None
    polarity: Polarity | None
    areas: tuple[str, ...]
    """Its knowledge areas."""


def read(session: Session, principal: Principal, ids: Collection[ItemId]) -> dict[ItemId, Traits]:
    """The traits of the items among *ids* that *principal* may see."""
    rows = session.execute(
        select(Item.id, Item.kind, Item.status, _lesson.c.priority, _lesson.c.polarity)
        .outerjoin(_lesson, _lesson.c.id == Item.id)
        .where(visible(principal), among(Item.id, "ids")),
        {"ids": ids},
    )
    areas = _areas(session, ids)
    return {
        ItemId(id_): Traits(
            Kind(kind),
            Status(status),
            Priority(priority) if priority else None,
            Polarity(polarity) if polarity else None,
            tuple(areas[id_]),
        )
        for id_, kind, status, priority, polarity in rows
    }


_lesson = Lesson.__table__.alias()
"""The lessons' own table, which SQLAlchemy would else join to its items a second time."""


def _areas(session: Session, ids: Collection[ItemId]) -> dict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    rows = session.execute(
        select(Facet.item_id, Facet.value)
        .where(Facet.name == FacetName.AREA, among(Facet.item_id, "ids"))
        .order_by(Facet.item_id, Facet.value),
        {"ids": ids},
    )
    for item, value in rows:
        found[item].append(value)
    return found
