"""What lessons tell, in words and in vectors: what themes are found in."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from kb.access import Principal, visible
from kb.database import among
from kb.models import Embedding, Facet, Lesson, Passage
from kb.values import ItemId
from kb.vocabulary import FacetName, Polarity

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Telling:
    """The words a lesson is known by."""

    id: ItemId
    title: str
    summary: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """Some lessons in numbers."""

    lessons: int
    positive: int
    negative: int
    years: dict[int, int]
    """Lessons by year, rising; undated ones are left out."""

    @property
    def share_negative(self) -> float | None:
        """Of those that say whether they tell of good or ill."""
        said = self.positive + self.negative
        return self.negative / said if said else None


def read(session: Session, principal: Principal) -> list[Telling]:
    """The lessons that *principal* may see, by rising id."""
    tags: dict[int, list[str]] = {}
    for item, tag in session.execute(
        select(Facet.item_id, Facet.value)
        .join(Lesson, Lesson.id == Facet.item_id)
        .where(Facet.name == FacetName.TAG, visible(principal, Lesson))
        .order_by(Facet.item_id, Facet.value)
    ):
        tags.setdefault(item, []).append(tag)
    rows = session.execute(
        select(Lesson.id, Lesson.title, Lesson.summary).where(visible(principal, Lesson)).order_by(Lesson.id)
    )
    return [Telling(ItemId(id_), title, summary, tuple(tags.get(id_, ()))) for id_, title, summary in rows]


def vectors(session: Session, principal: Principal, model: str) -> Iterator[tuple[ItemId, bytes]]:
    """The vector under *model* of each passage of the lessons that *principal* may see, lesson by lesson."""
    rows = session.execute(
        select(Passage.item_id, Embedding.vector)
        .join(Lesson, Lesson.id == Passage.item_id)
        .join(Embedding, (Embedding.digest == Passage.digest) & (Embedding.model == model))
        .where(visible(principal, Lesson))
        .order_by(Passage.item_id, Passage.ordinal)
        .execution_options(yield_per=_BATCH)
    )
    yield from ((ItemId(item), vector) for item, vector in rows)


def tallies(session: Session, principal: Principal, groups: Sequence[Sequence[ItemId]]) -> list[Tally]:
    """Each of *groups* in numbers, as far as *principal* may see its lessons."""
    year = func.coalesce(extract("year", Lesson.dated), 0)
    rows = session.execute(
        select(Lesson.id, year, Lesson.polarity).where(visible(principal, Lesson), among(Lesson.id, "ids")),
        {"ids": [item for group in groups for item in group]},
    )
    said = {item: (when, polarity) for item, when, polarity in rows}
    return [_tally([said[item] for item in group if item in said]) for group in groups]


def _tally(said: Sequence[tuple[int, str | None]]) -> Tally:
    years = Counter(year for year, _ in said if year)
    polarities = Counter(polarity for _, polarity in said)
    return Tally(
        len(said), polarities[Polarity.POSITIVE], polarities[Polarity.NEGATIVE], dict(sorted(years.items()))
    )
