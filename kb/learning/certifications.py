"""Certifications: what leads to each, what it requires, how it is kept, and what may follow."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.access import Principal
from kb.errors import NotFoundError
from kb.learning import catalogue, prerequisites
from kb.learning.catalogue import Offer
from kb.learning.prerequisites import Graph
from kb.learning.values import key
from kb.models import Training
from kb.vocabulary import TrainingFormat

_PARENTHESES = re.compile(r"\s*\(([^)]*)\)")
_ACRONYM = re.compile(r"(?=[^a-z]*[A-Z][^a-z]*[A-Z])[A-Za-z0-9&-]{3,12}(?: [IVX]+)?")
"""Short and with capitals, such as `PMP` or `PSM II`; `version 7` is none."""


@dataclass(frozen=True, slots=True)
class Certification:
    """A certification among the training that is kept here."""

    offer: Offer
    courses: tuple[Offer, ...]
    """Training that says it leads to it."""
    before: tuple[Offer, ...]
    """What has to be held or taken first."""
    conditions: tuple[str, ...]
    """What else is asked, in words."""
    after: tuple[Offer, ...]
    """Certifications that ask for it, or that it says it leads to."""
    graph: Graph
    """It with all that comes before it."""


def listed(session: Session, principal: Principal) -> list[Offer]:
    """All certifications that *principal* may see, by who gives them and title."""
    rows = session.scalars(
        select(Training)
        .where(catalogue.in_force(principal), Training.format == TrainingFormat.CERTIFICATION)
        .order_by(Training.provider, Training.title)
    )
    return [catalogue.offer_of(row) for row in rows]


def certification(session: Session, principal: Principal, ref: str) -> Certification:
    """The certification with that reference or name. Raises NotFoundError."""
    every = listed(session, principal)
    offer = next((one for one in every if one.ref == ref or key(ref) in names(one)), None)
    if offer is None:
        raise NotFoundError(f"There is no certification {ref[:100]!r} here, or you may not see it.")
    graph = prerequisites.leading_to(session, principal, [offer])
    asking = [one for one in every if offer.ref in catalogue.before([offer, one])[one.ref].refs]
    named = [one for one in every if one.ref != offer.ref and _names(offer.leads_to, one)]
    return Certification(
        offer,
        tuple(one for one in _leading(session, principal) if _names(one.leads_to, offer)),
        tuple(graph.before(offer.ref)),
        graph.conditions.get(offer.ref, ()),
        tuple({one.ref: one for one in (*asking, *named)}.values()),
        graph,
    )


def names(offer: Offer) -> set[str]:
    """What a certification is called: its title with and without what stands in parentheses, its acronym."""
    title = offer.title
    bare = _PARENTHESES.sub("", title)
    acronyms = [found for found in _PARENTHESES.findall(title) if _ACRONYM.fullmatch(found)]
    return {key(one) for one in (title, bare, *acronyms, *bare.split(":")[:1])}


def _leading(session: Session, principal: Principal) -> Sequence[Offer]:
    """Training that says it leads to something and is no certification itself."""
    rows = session.scalars(
        select(Training)
        .where(catalogue.in_force(principal), Training.leads_to != "")
        .where((Training.format != TrainingFormat.CERTIFICATION) | Training.format.is_(None))
        .order_by(Training.title)
    )
    return [catalogue.offer_of(row) for row in rows]


def _names(text: str, certification: Offer) -> bool:
    """Whether *text* names the certification as whole words."""
    said = f" {re.sub(r'[^a-z0-9]+', ' ', text.lower())} "
    return any(f" {re.sub(r'[^a-z0-9]+', ' ', name).strip()} " in said for name in names(certification))
