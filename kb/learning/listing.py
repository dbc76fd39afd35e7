"""The catalogue of training, listed and counted by what people choose courses by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select, true
from sqlalchemy.orm import Session

from kb.access import Principal
from kb.database import among
from kb.facets import FacetCount
from kb.learning import catalogue
from kb.learning.catalogue import Offer
from kb.models import Facet, Item, Training
from kb.values import ItemId
from kb.vocabulary import FacetName, OfferState, ReviewState

NOT_STATED = "none"
"""The value of what an item does not tell."""
MOST_VALUES = 60
"""Values of one aspect that are counted, the most frequent first."""


class Aspect(StrEnum):
    """What training is chosen by."""

    LEVEL = "level"
    FORMAT = "format"
    HOURS = "hours"
    COST = "cost"
    LANGUAGE = "language"
    PROVIDER = "provider"
    COMPETENCE = "competence"
    CERTIFICATION = "certification"
    OFFER = "offer"
    REVIEW = "review"


class HoursBand(StrEnum):
    """How long training takes, roughly."""

    TO_2 = "to_2"
    TO_8 = "to_8"
    TO_40 = "to_40"
    OVER_40 = "over_40"


class CostBand(StrEnum):
    """What training costs, roughly, of whatever currency: rates change, and prices in catalogues age."""

    FREE = "free"
    TO_100 = "to_100"
    TO_500 = "to_500"
    TO_1000 = "to_1000"
    OVER_1000 = "over_1000"


_HOURS: dict[str, float] = {HoursBand.TO_2: 2, HoursBand.TO_8: 8, HoursBand.TO_40: 40}
_COST: dict[str, float] = {
    CostBand.FREE: 0,
    CostBand.TO_100: 100,
    CostBand.TO_500: 500,
    CostBand.TO_1000: 1000,
}
"""The most of each band, rising; what is more is in the band that is left."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which training is wanted, as seen on one day."""

    today: date
    chosen: Mapping[Aspect, tuple[str, ...]] = field(default_factory=dict[Aspect, tuple[str, ...]])
    """All aspects named, any value within one; in any case."""
    among: Sequence[ItemId] | None = None
    """Only these, in their order; None for all, by title."""


def count(session: Session, principal: Principal, asked: Asked) -> int:
    """How many courses that *principal* may see are wanted."""
    query = select(func.count()).select_from(Training).where(_condition(principal, asked))
    return session.scalar(query, _parameters(asked)) or 0


def page(session: Session, principal: Principal, asked: Asked, *, offset: int, limit: int) -> list[Offer]:
    """Some of the courses that *principal* may see and that are wanted."""
    query = select(Training).where(_condition(principal, asked))
    if asked.among is None:
        query = query.order_by(func.lower(Training.title), Training.id).offset(offset).limit(limit)
        return [catalogue.offer_of(row) for row in session.scalars(query)]
    wanted = set(session.scalars(query.with_only_columns(Training.id), _parameters(asked)))
    ids = [id_ for id_ in asked.among if id_ in wanted][offset : offset + limit]
    rows = session.scalars(select(Training).where(catalogue.in_force(principal), Training.id.in_(ids)))
    found = {row.id: catalogue.offer_of(row) for row in rows}
    return [found[id_] for id_ in ids if id_ in found]


def named(session: Session, principal: Principal, ref: str) -> Offer | None:
    """The course with that reference, here or else at its provider, if *principal* may see it."""
    for column in (Training.ref, Training.external_ref):
        query = select(Training).where(catalogue.in_force(principal), column == ref).order_by(Training.id)
        if row := session.scalars(query.limit(1)).first():
            return catalogue.offer_of(row)
    return None


def counts(session: Session, principal: Principal, asked: Asked) -> dict[Aspect, list[FacetCount]]:
    """The values of each aspect among what is wanted, if nothing were chosen of that aspect itself."""
    return {aspect: _counted(session, principal, aspect, asked) for aspect in Aspect}


def _counted(session: Session, principal: Principal, aspect: Aspect, asked: Asked) -> list[FacetCount]:
    others = {one: values for one, values in asked.chosen.items() if one is not aspect}
    free = replace(asked, chosen=others)
    number = func.count()
    query: Select[Any, int]
    if aspect is Aspect.COMPETENCE:
        value: ColumnElement[Any] = Facet.value.expression
        query = select(value, number).join(Training, Training.id == Facet.item_id)
        query = query.where(Facet.name == FacetName.COMPETENCE)
    else:
        value = _value(aspect, asked.today)
        query = select(value, number).select_from(Training)
    rows = session.execute(
        query.where(_condition(principal, free))
        .group_by(value)
        .order_by(number.desc(), value)
        .limit(MOST_VALUES),
        _parameters(asked),
    )
    return [FacetCount(str(found), times) for found, times in rows]


def _condition(principal: Principal, asked: Asked) -> ColumnElement[bool]:
    wanted = [_carries(aspect, values, asked.today) for aspect, values in asked.chosen.items() if values]
    if asked.among is not None:
        wanted.append(among(Item.id, "ids"))
    return and_(true(), catalogue.in_force(principal), *wanted)


def _parameters(asked: Asked) -> dict[str, Any]:
    return {} if asked.among is None else {"ids": asked.among}


def _carries(aspect: Aspect, values: Sequence[str], today: date) -> ColumnElement[bool]:
    lowered = [value.lower() for value in values]
    if aspect is Aspect.COMPETENCE:
        carrying = select(Facet.item_id).where(Facet.name == FacetName.COMPETENCE, Facet.value.in_(lowered))
        return Training.id.in_(carrying)
    return func.lower(_value(aspect, today)).in_(lowered)


def _value(aspect: Aspect, today: date) -> ColumnElement[Any]:
    """What each course has of an aspect, as text."""
    plain = {
        Aspect.LEVEL: Training.level,
        Aspect.FORMAT: Training.format,
        Aspect.LANGUAGE: Training.language,
        Aspect.PROVIDER: Training.provider,
        Aspect.CERTIFICATION: Training.leads_to,
    }
    match aspect:
        case Aspect.HOURS:
            return _band(Training.hours.expression, _HOURS, HoursBand.OVER_40)
        case Aspect.COST:
            return _band(Training.cost.expression, _COST, CostBand.OVER_1000)
        case Aspect.OFFER:
            return case(
                (Training.offered_until < today, OfferState.EXPIRED.value),
                (Training.offered_from > today, OfferState.UPCOMING.value),
                else_=OfferState.ON_OFFER.value,
            )
        case Aspect.REVIEW:
            return case(
                (Training.review_date.is_(None), NOT_STATED),
                (Training.review_date < today, ReviewState.OVERDUE.value),
                else_=ReviewState.CURRENT.value,
            )
        case _:
            return func.coalesce(func.nullif(plain[aspect], ""), NOT_STATED)


def _band(number: ColumnElement[Any], most: Mapping[str, float], beyond: str) -> ColumnElement[Any]:
    bounded = [(number <= limit, str(band)) for band, limit in most.items()]
    return case((number.is_(None), NOT_STATED), *bounded, else_=str(beyond))
