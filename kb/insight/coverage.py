"""Where lessons were gathered, and whether a practice or a template came of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from kb.access import Principal, visible
from kb.models import Facet, Item
from kb.vocabulary import FacetName, Kind, KnowledgeArea, Phase


@dataclass(frozen=True, slots=True)
class Cell:
    """What there is for a knowledge area in a phase."""

    area: KnowledgeArea
    phase: Phase
    lessons: int = 0
    practices: int = 0
    templates: int = 0

    @property
    def lacks(self) -> tuple[Kind, ...]:
        """What should be there, since there are lessons, and is not."""
        if not self.lessons:
            return ()
        there = {Kind.PRACTICE: self.practices, Kind.TEMPLATE: self.templates}
        return tuple(kind for kind, number in there.items() if not number)


def read(session: Session, principal: Principal) -> list[Cell]:
    """A cell for each area and phase, area by area; an item of several counts in each of them."""
    area, phase = aliased(Facet), aliased(Facet)
    rows = session.execute(
        select(area.value, phase.value, Item.kind, func.count())
        .select_from(Item)
        .join(area, and_(area.item_id == Item.id, area.name == FacetName.AREA))
        .join(phase, and_(phase.item_id == Item.id, phase.name == FacetName.PHASE))
        .where(visible(principal), Item.kind.in_((Kind.LESSON, Kind.PRACTICE, Kind.TEMPLATE)))
        .group_by(area.value, phase.value, Item.kind)
    )
    counted = {(about, when, kind): number for about, when, kind, number in rows}
    return [
        Cell(
            about,
            when,
            *(counted.get((about, when, kind), 0) for kind in (Kind.LESSON, Kind.PRACTICE, Kind.TEMPLATE)),
        )
        for about in KnowledgeArea
        for when in Phase
    ]


def lacking(cells: Iterable[Cell]) -> list[Cell]:
    """Those with lessons that lack a practice or a template, most lessons first."""
    found = [cell for cell in cells if cell.lacks]
    return sorted(found, key=lambda cell: (-len(cell.lacks), -cell.lessons))
