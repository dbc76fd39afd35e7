"""How many lessons come from each year, by what they are about and whether they tell of good or ill."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, extract, func, select
from sqlalchemy.orm import Session

from kb.access import Principal, visible
from kb.insight.slices import NONE
from kb.models import Facet, Lesson
from kb.vocabulary import By, FacetName, KnowledgeArea, Phase, Polarity

_ORDER: dict[By, tuple[str, ...]] = {
    By.POLARITY: (*Polarity, NONE),
    By.AREA: (*KnowledgeArea, NONE),
    By.PHASE: (*Phase, NONE),
}


@dataclass(frozen=True, slots=True)
class Trend:
    """The lessons of one area, phase or polarity."""

    value: str
    """A term, or NONE for lessons that do not say."""
    total: int
    positive: int
    negative: int
    years: dict[int, int]
    """Lessons by year, 0 standing for the undated."""

    @property
    def share_negative(self) -> float | None:
        """Of those that say whether they tell of good or ill."""
        said = self.positive + self.negative
        return self.negative / said if said else None


@dataclass(frozen=True, slots=True)
class Trends:
    """Lessons by year; one of several areas or phases counts in each of them."""

    by: By
    years: tuple[int, ...]
    """Every year from the first to the last; 0 at the end when there are undated lessons."""
    rows: tuple[Trend, ...]
    """Those with lessons, in the order of the vocabulary."""


def read(session: Session, principal: Principal, by: By) -> Trends:
    """The trends of the lessons that *principal* may see."""
    counted: dict[str, list[tuple[int, str | None, int]]] = {}
    for value, year, polarity, number in session.execute(_query(principal, by)):
        counted.setdefault(value or NONE, []).append((year or 0, polarity, number))
    rows = tuple(_trend(value, counted[value]) for value in _ORDER[by] if value in counted)
    return Trends(by, _span({year for row in rows for year in row.years}), rows)


def _query(principal: Principal, by: By) -> Select[*tuple[Any, ...]]:
    year = extract("year", Lesson.dated)
    if by is By.POLARITY:
        return (
            select(Lesson.polarity, year, Lesson.polarity, func.count())
            .where(visible(principal, Lesson))
            .group_by(Lesson.polarity, year)
        )
    name = FacetName.AREA if by is By.AREA else FacetName.PHASE
    return (
        select(Facet.value, year, Lesson.polarity, func.count())
        .select_from(Lesson)
        .outerjoin(Facet, and_(Facet.item_id == Lesson.id, Facet.name == name))
        .where(visible(principal, Lesson))
        .group_by(Facet.value, year, Lesson.polarity)
    )


def _trend(value: str, counted: list[tuple[int, str | None, int]]) -> Trend:
    years: Counter[int] = Counter()
    polarities: Counter[str | None] = Counter()
    for year, polarity, number in counted:
        years[year] += number
        polarities[polarity] += number
    return Trend(
        value,
        years.total(),
        polarities[Polarity.POSITIVE],
        polarities[Polarity.NEGATIVE],
        dict(sorted(years.items())),
    )


def _span(years: set[int]) -> tuple[int, ...]:
    dated = years - {0}
    span = range(min(dated), max(dated) + 1) if dated else ()
    return (*span, *((0,) if 0 in years else ()))
