"""The training that is kept here, as far as choosing it depends on it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select
from sqlalchemy.orm import Session

from kb.access import Principal, visible
from kb.learning.values import key
from kb.life.experience import NOT_IN_USE
from kb.models import Training
from kb.text import references
from kb.values import ItemId, Taught
from kb.vocabulary import OfferState, TrainingFormat, TrainingLevel


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
    summary: str = ""
    url: str = ""
    """Where its provider tells of it."""
    cpd_hours: float | None = None
    renewal: str = ""
    offered_from: date | None = None
    offered_until: date | None = None
    reviewed_on: date | None = None
    review_date: date | None = None
    external_ref: str = ""
    """Under which its provider knows it."""

    def state(self, today: date) -> OfferState:
        """Whether it can be taken *today*; without dates, it can."""
        if self.offered_until and self.offered_until < today:
            return OfferState.EXPIRED
        coming = self.offered_from is not None and self.offered_from > today
        return OfferState.UPCOMING if coming else OfferState.ON_OFFER

    @property
    def levels(self) -> dict[str, int]:
        """What it teaches, by the keys of competences."""
        return {key(taught.name): taught.level for taught in self.teaches}


def offers(session: Session, principal: Principal) -> list[Offer]:
    """All training that *principal* may see and that is in use, by reference."""
    rows = session.execute(select(*_COLUMNS).where(in_force(principal)).order_by(Training.ref))
    return [offer_of(row) for row in rows]


def in_force(principal: Principal) -> ColumnElement[bool]:
    """The condition on Training that *principal* may see it and that it is in use."""
    return and_(visible(principal, Training), Training.status.not_in(NOT_IN_USE))


def teaching(every: Iterable[Offer], competence: str) -> list[Offer]:
    """Those that teach a competence, the lowest level first."""
    wanted = key(competence)
    found = [offer for offer in every if wanted in offer.levels]
    return sorted(found, key=lambda offer: (offer.levels[wanted], offer.hours or 0, offer.ref))


@dataclass(frozen=True, slots=True)
class Before:
    """What comes before training."""

    refs: tuple[str, ...]
    """Of training that is kept here."""
    conditions: tuple[str, ...]
    """Such as years of experience: whether they hold is for people to say."""


def before(every: Sequence[Offer]) -> dict[str, Before]:
    """By reference, what comes before each: training by its reference or title, else a condition in words.

    What a provider calls a course counts only for those without such a name, and not if it is a mere number.
    """
    coded = (offer for offer in every if any(letter.isalpha() for letter in offer.external_ref))
    known = {key(offer.external_ref): offer.ref for offer in coded}
    known |= {name: offer.ref for offer in every for name in (key(offer.title), offer.ref.lower())}
    return {offer.ref: _before(offer, known) for offer in every}


def _before(offer: Offer, known: Mapping[str, str]) -> Before:
    refs: list[str] = []
    conditions: list[str] = []
    for said in offer.prerequisites:
        named = [known[key(name)] for name in (said, *sorted(references(said))) if key(name) in known]
        refs += named
        conditions += [] if named else [said]
    return Before(tuple(ref for ref in dict.fromkeys(refs) if ref != offer.ref), tuple(conditions))


_COLUMNS = (
    Training.id,
    Training.ref,
    Training.title,
    Training.provider,
    Training.format,
    Training.level,
    Training.hours,
    Training.cost,
    Training.currency,
    Training.language,
    Training.competences,
    Training.prerequisites,
    Training.leads_to,
    Training.summary,
    Training.url,
    Training.cpd_hours,
    Training.renewal,
    Training.offered_from,
    Training.offered_until,
    Training.reviewed_on,
    Training.review_date,
    Training.external_ref,
)
"""What an offer is made of: whole items bring their texts with them, and take twice as long to read."""


def offer_of(row: Training | Row[*tuple[Any, ...]]) -> Offer:
    """What *row* says of it."""
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
        row.summary,
        row.url,
        row.cpd_hours,
        row.renewal,
        row.offered_from,
        row.offered_until,
        row.reviewed_on,
        row.review_date,
        row.external_ref,
    )
