"""The training that is kept here, as far as choosing it depends on it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.access import Principal, visible
from kb.learning.values import key
from kb.models import Training
from kb.text import references
from kb.values import ItemId, Taught
from kb.vocabulary import Status, TrainingFormat, TrainingLevel


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to learn from."""

    id: ItemId
    ref: str
    title: str
    provider: str
    format: TrainingFormat | None
    level: TrainingLevel | None
    hours: float | None
    cost: float | None
    currency: str
    language: str
    teaches: tuple[Taught, ...]
    prerequisites: tuple[str, ...]
    """As the catalogue tells them."""
    leads_to: str

    @property
    def levels(self) -> dict[str, int]:
        """What it teaches, by the keys of competences."""
        return {key(taught.name): taught.level for taught in self.teaches}


def offers(session: Session, principal: Principal) -> list[Offer]:
    """All training that *principal* may see and that is not rejected or superseded, by reference."""
    rows = session.scalars(
        select(Training)
        .where(visible(principal, Training), Training.status.not_in((Status.REJECTED, Status.SUPERSEDED)))
        .order_by(Training.ref)
    )
    return [_offer(row) for row in rows]


def teaching(every: Iterable[Offer], competence: str) -> list[Offer]:
    """Those that teach a competence, the lowest level first."""
    wanted = key(competence)
    found = [offer for offer in every if wanted in offer.levels]
    return sorted(found, key=lambda offer: (offer.levels[wanted], offer.hours or 0, offer.ref))


def after(offer: Offer, every: Iterable[Offer]) -> tuple[str, ...]:
    """The references of what comes before *offer*, by reference or title; conditions in words are none."""
    known = {name: other.ref for other in every for name in (other.ref.lower(), key(other.title))}
    named = [name for said in offer.prerequisites for name in (*sorted(references(said)), said)]
    return tuple(dict.fromkeys(ref for name in named if (ref := known.get(key(name))) and ref != offer.ref))


def _offer(row: Training) -> Offer:
    return Offer(
        ItemId(row.id),
        row.ref,
        row.title,
        row.provider,
        TrainingFormat(row.format) if row.format else None,
        TrainingLevel(row.level) if row.level else None,
        row.hours,
        row.cost,
        row.currency,
        row.language,
        tuple(Taught(**taught) for taught in row.competences),
        tuple(row.prerequisites),
        row.leads_to,
    )
