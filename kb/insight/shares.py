"""Which share of the lessons led to something."""

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from kb.access import Principal, visible
from kb.insight.slices import has
from kb.models import Item
from kb.vocabulary import Having, Kind


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some lessons have something."""

    having: Having
    of: Having | None
    """Among the lessons that have this; among all when None."""
    lessons: int
    among: int

    @property
    def share(self) -> float | None:
        """None when there is nothing to share."""
        return self.lessons / self.among if self.among else None


_SHARES = (
    (Having.ACTION, None),
    (Having.VALIDATED, None),
    (Having.APPLIED, None),
    (Having.RECURRED, Having.USED),
)
"""The last is the recurrence rate: a trouble can only come back where somebody tried to keep it away."""


def read(session: Session, principal: Principal) -> list[Share]:
    """The shares among the lessons that *principal* may see."""
    wanted = list(dict.fromkeys(what for pair in _SHARES for what in pair if what))
    query = select(
        func.count(Item.id), *(func.coalesce(func.sum(case((has(what), 1), else_=0)), 0) for what in wanted)
    )
    total, *numbers = session.execute(query.where(visible(principal), Item.kind == Kind.LESSON)).one()
    counted = dict(zip(wanted, numbers, strict=True))
    return [Share(what, of, counted[what], counted[of] if of else total) for what, of in _SHARES]
