"""Passages as the index sees them, and the text that is embedded for each."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from kb.access import READERS, Principal, visible
from kb.database import among
from kb.models import Facet, Item, Passage
from kb.text import digest
from kb.values import ItemId, Locator, PassageId
from kb.vocabulary import FacetName

HEADING_SEPARATOR = " › "
_BATCH = 500


class PassageKey(NamedTuple):
    """What tells whether the index holds a passage as it is now."""

    item: ItemId
    digest: str


@dataclass(frozen=True, slots=True)
class Indexable:
    """All that an index needs of a passage."""

    id: PassageId
    item_id: ItemId
    digest: str
    title: str
    headings: str
    text: str
    labels: str
    """References, project and tags of its item: words that must be found though the text lacks them."""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its place."""

    id: PassageId
    item_id: ItemId
    ordinal: int
    version: int
    headings: str
    text: str
    locator: Locator


def embedded_text(title: str, headings: str, text: str) -> str:
    """Exactly the text that is embedded: the title gives a passage the context it was cut from."""
    return "\n".join(part for part in (title, headings, text) if part)


def embedded_digest(title: str, headings: str, text: str) -> str:
    """The digest that an embedding is stored under."""
    return digest(embedded_text(title, headings, text))


def keys(session: Session) -> dict[PassageId, PassageKey]:
    """Item and digest of every passage that belongs in an index."""
    rows = session.execute(
        select(Passage.id, Passage.item_id, Passage.digest)
        .join(Item)
        .where(Item.withdrawn_at.is_(None))
        .order_by(Passage.id)
    )
    return {PassageId(id_): PassageKey(ItemId(item), digest_) for id_, item, digest_ in rows}


def texts(session: Session, ids: Sequence[PassageId]) -> dict[str, str]:
    """The embedded text of each of *ids* that belongs in an index, by digest."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), _BATCH):
        rows = session.execute(
            select(Passage.digest, Item.title, Passage.headings, Passage.text)
            .join(Item)
            .where(Passage.id.in_(ids[start : start + _BATCH]), Item.withdrawn_at.is_(None))
        )
        found.update((digest_, embedded_text(*said)) for digest_, *said in rows)
    return found


def load(session: Session, ids: Sequence[PassageId]) -> Iterator[Indexable]:
    """The passages among *ids* that belong in an index, in the order of *ids*, which must rise."""
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        rows = session.execute(
            select(
                Passage.id,
                Passage.item_id,
                Passage.digest,
                Item.title,
                Passage.headings,
                Passage.text,
                Item.ref,
                Item.external_ref,
            )
            .join(Item)
            .where(Passage.id.in_(batch), Item.withdrawn_at.is_(None))
            .order_by(Passage.id)
        ).all()
        words = _facet_words(session, {row.item_id for row in rows})
        for row in rows:
            labels = " ".join((row.ref, row.external_ref, words.get(row.item_id, ""))).strip()
            yield Indexable(
                PassageId(row.id),
                ItemId(row.item_id),
                row.digest,
                row.title,
                row.headings,
                row.text,
                labels,
            )


def _facet_words(session: Session, items: set[int]) -> dict[int, str]:
    named = (FacetName.PROJECT, FacetName.TAG)
    words: dict[int, list[str]] = {}
    for item_id, value in session.execute(
        select(Facet.item_id, Facet.value).where(Facet.item_id.in_(items), Facet.name.in_(named))
    ):
        words.setdefault(item_id, []).append(value)
    return {item_id: " ".join(found) for item_id, found in words.items()}


def read(
    session: Session, principal: Principal, ids: Collection[PassageId]
) -> dict[PassageId, StoredPassage]:
    """The passages among *ids* whose item *principal* may see."""
    rows = session.execute(_by_ids(principal), {"ids": ids})
    return {passage.id: passage for passage in map(_stored, rows)}


def read_embedded(session: Session, principal: Principal, ids: Collection[PassageId]) -> dict[PassageId, str]:
    """The embedded text of the passages among *ids* whose item *principal* may see."""
    rows = session.execute(
        select(Passage.id, Item.title, Passage.headings, Passage.text)
        .join(Item)
        .where(Passage.id.in_(ids), visible(principal))
    )
    return {PassageId(id_): embedded_text(*said) for id_, *said in rows}


def of_item(session: Session, principal: Principal, item_id: ItemId) -> list[StoredPassage]:
    """The passages of an item's present version in order; none when *principal* may not see it."""
    rows = session.execute(_query(principal).where(Passage.item_id == item_id).order_by(Passage.ordinal))
    return [_stored(row) for row in rows]


def first(session: Session, principal: Principal, item_id: ItemId) -> StoredPassage | None:
    """The passage an item begins with, if *principal* may see it."""
    query = _query(principal).where(Passage.item_id == item_id, Passage.ordinal == 0)
    row = session.execute(query).one_or_none()
    return None if row is None else _stored(row)


@lru_cache(maxsize=READERS)
def _by_ids(principal: Principal) -> Select[*tuple[Any, ...]]:
    return _query(principal).where(among(Passage.id, "ids"))


def _query(principal: Principal) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Passage.id,
            Passage.item_id,
            Passage.ordinal,
            Passage.version,
            Passage.headings,
            Passage.text,
            Passage.start,
            Passage.end,
            Passage.page,
            Passage.slide,
            Passage.sheet,
            Passage.row,
        )
        .join(Item)
        .where(visible(principal))
    )


def _stored(row: Row[*tuple[Any, ...]]) -> StoredPassage:
    id_, item, ordinal, version, headings, text, *place = row
    return StoredPassage(PassageId(id_), ItemId(item), ordinal, version, headings, text, Locator(*place))
