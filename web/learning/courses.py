"""The catalogue of training for pages, API and command line: found, filtered, counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from kb import facets
from kb.access import Principal
from kb.errors import NotFoundError
from kb.facets import FacetCount
from kb.learning import listing, prerequisites
from kb.learning.catalogue import Offer
from kb.learning.listing import NOT_STATED, Asked, Aspect
from kb.learning.prerequisites import Graph
from kb.life import reviews
from kb.values import Filters, ItemId
from kb.vocabulary import FacetName, Kind, OfferState, ReviewState, label
from search.query import parse
from web.searching.finding import Paging
from web.wiring import Services

TITLES = {
    Aspect.LEVEL: "Level",
    Aspect.HOURS: "Hours",
    Aspect.COST: "Cost",
    Aspect.FORMAT: "Format",
    Aspect.OFFER: "On offer",
    Aspect.COMPETENCE: "Competence",
    Aspect.CERTIFICATION: "Leads to",
    Aspect.PROVIDER: "Provider",
    Aspect.LANGUAGE: "Language",
    Aspect.REVIEW: "Review",
}
"""Names of the aspects for people, in the order in which pages show them."""
MOST = 5_000
"""Courses in one export."""

_BANDS = {
    "to_2": "Up to 2 hours",
    "to_8": "Over 2, up to 8 hours",
    "to_40": "Over 8, up to 40 hours",
    "over_40": "Over 40 hours",
    "free": "Free",
    "to_100": "Up to 100",
    "to_500": "Over 100, up to 500",
    "to_1000": "Over 500, up to 1,000",
    "over_1000": "Over 1,000",
    "overdue": "Overdue for review",
    "current": "Not overdue",
}
_AS_WRITTEN = (Aspect.PROVIDER, Aspect.CERTIFICATION, Aspect.LANGUAGE)


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the catalogue."""

    total: int
    offers: tuple[Offer, ...]
    counts: dict[Aspect, list[FacetCount]]
    today: date


def find(
    services: Services, session: Session, principal: Principal, text: str, asked: Asked, paging: Paging
) -> Found:
    """A page of what answers *text* and the filters of *asked*; without text all, by title.

    Raises QueryError when *text* can't be read, UnavailableError when it has words and there is no index.
    """
    wanted = _among(services, session, principal, text, asked)
    return Found(
        listing.count(session, principal, wanted),
        tuple(listing.page(session, principal, wanted, offset=paging.offset, limit=paging.size)),
        listing.counts(session, principal, wanted),
        asked.today,
    )


def every(
    services: Services, session: Session, principal: Principal, text: str, asked: Asked
) -> Sequence[Offer]:
    """All that *find* would give page by page, at most MOST of them. Raises as *find*."""
    wanted = _among(services, session, principal, text, asked)
    return listing.page(session, principal, wanted, offset=0, limit=MOST)


def one(session: Session, principal: Principal, ref: str) -> Offer:
    """The training with that reference, here or at its provider. Raises NotFoundError."""
    found = listing.named(session, principal, ref)
    if found is None:
        raise NotFoundError(f"There is no training {ref[:100]!r} here, or you may not see it.")
    return found


def before(session: Session, principal: Principal, ref: str) -> Graph:
    """Training with all that comes before it. Raises NotFoundError."""
    return prerequisites.leading_to(session, principal, [one(session, principal, ref)])


def value_text(aspect: Aspect, value: str) -> str:
    """A value as people read it."""
    if value == NOT_STATED:
        return "No review date" if aspect is Aspect.REVIEW else "Not stated"
    return value if aspect in _AS_WRITTEN else _BANDS.get(value) or label(value)


def warnings(offer: Offer, today: date) -> list[str]:
    """What somebody should know before choosing it."""
    state = offer.state(today)
    found = [label(state)] if state is not OfferState.ON_OFFER else []
    overdue = review(offer, today) is ReviewState.OVERDUE
    return [*found, *(["Overdue for review"] if overdue else [])]


def review(offer: Offer, today: date) -> ReviewState:
    """How it stands beside its review date."""
    return reviews.state(offer.review_date, today)


def _among(services: Services, session: Session, principal: Principal, text: str, asked: Asked) -> Asked:
    if not text.strip():
        return asked
    query = parse(text, Filters({FacetName.KIND: (str(Kind.TRAINING),)}))
    found: list[ItemId]
    if query.text:
        found = services.search().matching(session, principal, query)
    else:
        found = facets.matching(session, principal, query.filters)
    return Asked(asked.today, asked.chosen, found)
