"""What items can be filtered and counted by: writing the values, matching and counting them."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import ColumnElement, Row, Select, and_, func, not_, select
from sqlalchemy.orm import Session, aliased

from kb import facet_codes
from kb.access import READERS, Principal, visible
from kb.database import among
from kb.models import Facet, Item
from kb.values import Filters, ItemDraft, ItemId, TrainingFields
from kb.vocabulary import FacetName


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many items carry a value."""

    value: str
    count: int


FacetCounts = dict[FacetName, list[FacetCount]]


def values(draft: ItemDraft) -> set[tuple[str, str]]:
    """All (name, value) pairs of *draft*."""
    many: dict[FacetName, Iterable[str]] = {
        FacetName.KIND: (draft.kind,),
        FacetName.PHASE: draft.phases,
        FacetName.AREA: draft.knowledge_areas,
        FacetName.PROJECT: (draft.project,),
        FacetName.SECTOR: draft.sectors,
        FacetName.APPROACH: draft.approaches,
        FacetName.TAG: (tag.lower() for tag in draft.tags),
        FacetName.COMPETENCE: (name.lower() for name in _competences(draft)),
        FacetName.YEAR: (str(draft.dated.year),) if draft.dated else (),
        FacetName.OWNER: (draft.owner,),
    }
    return {(str(name), value[:300]) for name, found in many.items() for value in found if value}


def _competences(draft: ItemDraft) -> Iterable[str]:
    taught = draft.fields.competences if isinstance(draft.fields, TrainingFields) else ()
    return (*draft.competences, *(one.name for one in taught))


def condition(filters: Filters) -> ColumnElement[bool]:
    """The condition on Item that *filters* ask for; values match in any case."""
    wanted = [_carries(name, chosen) for name, chosen in filters.facets.items() if chosen]
    wanted += [not_(_carries(name, barred)) for name, barred in filters.without.items() if barred]
    if filters.before:
        wanted.append(Item.dated < filters.before)
    if filters.after:
        wanted.append(Item.dated >= filters.after)
    return and_(*wanted) if wanted else Item.id.is_not(None)


def _carries(name: FacetName, values: Collection[str]) -> ColumnElement[bool]:
    """The condition on Item that it carries any of *values*."""
    lowered = [value.lower() for value in values]
    carrying = select(Facet.item_id).where(Facet.name == name, func.lower(Facet.value).in_(lowered))
    return Item.id.in_(carrying)


def matching(session: Session, principal: Principal, filters: Filters) -> list[ItemId]:
    """Ids, rising, of the items that *principal* may see and that match *filters*."""
    found = session.scalars(select(Item.id).where(visible(principal), condition(filters)).order_by(Item.id))
    return [ItemId(id_) for id_ in found]


def count(session: Session, principal: Principal, ids: Collection[ItemId]) -> FacetCounts:
    """Values of the items among *ids* that *principal* may see, most frequent first."""
    coded = session.execute(_codes_query(principal), {"ids": ids})
    times = facet_codes.tally(session, (codes for (codes,) in coded))
    return _counts(_most_frequent((name, value, number) for (name, value), number in times.items()))


def count_all(session: Session, principal: Principal, filters: Filters) -> FacetCounts:
    """Values of all items that *principal* may see and that match *filters*, most frequent first."""
    if filters:
        return _counts(session.execute(_counting(and_(visible(principal), condition(filters)))))
    # All there are but the few of hidden items: an index counts those, where a join would look at every item.
    shown = Counter({(name, value): times for name, value, times in session.execute(_COUNT_EVERYTHING)})
    hidden = session.execute(_counting(not_(visible(principal))))
    shown.subtract({(name, value): times for name, value, times in hidden})
    return _counts(_most_frequent((*pair, times) for pair, times in shown.items() if times > 0))


def _most_frequent(rows: Iterable[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    return sorted(rows, key=lambda row: (-row[2], row[1]))


_COUNT_EVERYTHING = select(Facet.name, Facet.value, func.count()).group_by(Facet.name, Facet.value)


def starting(
    session: Session, principal: Principal, name: FacetName, beginning: str, limit: int
) -> list[str]:
    """Values of *name* that begin with *beginning* and that an item carries which *principal* may see.

    The most frequent of the base come first.
    """
    seen = (
        select(_other.item_id)
        .join(Item, Item.id == _other.item_id)
        .where(_other.name == name, _other.value == Facet.value, visible(principal))
        .exists()
    )
    query = (
        select(Facet.value)
        .where(Facet.name == name, Facet.value >= beginning, Facet.value < f"{beginning}\U0010ffff")
        .group_by(Facet.value)
        .having(seen)
        .order_by(func.count().desc(), Facet.value)
        .limit(limit)
    )
    return list(session.scalars(query))


_other = aliased(Facet)


def of_items(
    session: Session, principal: Principal, ids: Collection[ItemId]
) -> dict[ItemId, dict[FacetName, list[str]]]:
    """The values of each of the items among *ids* that *principal* may see."""
    rows = session.execute(_values_query(principal), {"ids": ids})
    found: dict[ItemId, dict[FacetName, list[str]]] = {}
    for id_, name, value in rows:
        found.setdefault(ItemId(id_), {}).setdefault(FacetName(name), []).append(value)
    return found


@lru_cache(maxsize=READERS)
def _values_query(principal: Principal) -> Select[int, str, str]:
    carried = select(Facet.item_id, Facet.name, Facet.value).join(Item, Item.id == Facet.item_id)
    return carried.where(visible(principal), among(Facet.item_id, "ids")).order_by(Facet.value)


def total(counts: FacetCounts) -> int:
    """How many items were counted: each is of exactly one kind."""
    return sum(found.count for found in counts[FacetName.KIND])


@lru_cache(maxsize=READERS)
def _codes_query(principal: Principal) -> Select[bytes]:
    return select(Item.facet_codes).where(visible(principal), among(Item.id, "ids"))


def _counting(wanted: ColumnElement[bool]) -> Select[str, str, int]:
    number = func.count()
    return (
        select(Facet.name, Facet.value, number)
        .join(Item, Item.id == Facet.item_id)
        .where(wanted)
        .group_by(Facet.name, Facet.value)
        .order_by(number.desc(), Facet.value)
    )


def _counts(rows: Iterable[Row[str, str, int] | tuple[str, str, int]]) -> FacetCounts:
    counts: FacetCounts = {name: [] for name in FacetName}
    by_name = {str(name): found for name, found in counts.items()}
    for name, value, times in rows:
        by_name[name].append(FacetCount(value, times))
    return counts
