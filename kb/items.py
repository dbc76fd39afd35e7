"""Reading items: one, many, their versions."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, func, select, union
from sqlalchemy.orm import Session, joinedload, selectinload, with_polymorphic
from sqlalchemy.sql.base import ExecutableOption

from kb import facets
from kb.access import READERS, Principal, readable, visible
from kb.database import among
from kb.errors import NotFoundError
from kb.models import Facet, Item, Lesson, Project, Source, Version
from kb.values import (
    KIND_FIELDS,
    Choices,
    Filters,
    Formula,
    ItemId,
    KindFields,
    Locator,
    Taught,
    TemplateFields,
    TrainingFields,
)
from kb.vocabulary import (
    Classification,
    DocumentKind,
    FacetName,
    Kind,
    Polarity,
    Priority,
    Status,
    TemplateForm,
    TrainingFormat,
    TrainingLevel,
)

_TERMS: dict[str, type[StrEnum]] = {
    "polarity": Polarity,
    "priority": Priority,
    "format": TrainingFormat,
    "level": TrainingLevel,
    "form": TemplateForm,
    "document_kind": DocumentKind,
}
"""Kinds' own fields that hold a term, stored as plain text."""
_REFERENCE = re.compile(r"(?<!\S)(?=\S*\d)(?=\S*[A-Za-z])[\w./-]*\w")
_NAMED = 20
"""Words of a text that may be references."""
_BATCH = 500


@dataclass(frozen=True, slots=True)
class ItemSummary:
    """An item as lists show it."""

    id: ItemId
    ref: str
    kind: Kind
    title: str
    summary: str
    status: Status
    classification: Classification
    project: str
    organisation: str
    dated: date | None
    file_name: str
    """Name of the original file, empty when there is none."""
    locator: Locator
    review_date: date | None = None
    """The day by which it is to be looked at again."""


@dataclass(frozen=True, slots=True)
class ItemDetail:
    """Everything about an item's present version."""

    head: ItemSummary
    body: str
    fields: KindFields
    facets: dict[FacetName, tuple[str, ...]]
    external_ref: str
    contributor: str
    owner: str
    url: str
    language: str
    citation: str
    version: int
    file_digest: str
    media_type: str
    created_at: datetime
    updated_at: datetime
    withdrawn_at: datetime | None

    @property
    def review_date(self) -> date | None:
        """The day by which it is to be looked at again."""
        return self.head.review_date


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """An earlier or present state of an item."""

    number: int
    title: str
    author: str
    created_at: datetime
    file_digest: str


@dataclass(frozen=True, slots=True)
class VersionDetail:
    """What an item said at one time."""

    summary: VersionSummary
    body: str
    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ItemText:
    """What an item says."""

    id: ItemId
    digest: str
    """Differs when anything of the item differs."""
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class ItemTitle:
    """An item by name."""

    id: ItemId
    ref: str
    kind: Kind
    title: str


def get(session: Session, principal: Principal, ref: str) -> ItemDetail:
    """The item with reference *ref*, its own or that of the system it came from.

    Withdrawn items can still be opened. Raises NotFoundError when there is none that *principal* may read.
    """
    every_kind = with_polymorphic(Item, "*")
    query = (
        select(every_kind)
        .where(every_kind.id.in_(_referred_to([ref])), readable(principal))
        .options(*_whole(every_kind))
        .order_by((every_kind.ref != ref), every_kind.id)
        .limit(1)
    )
    row = session.scalars(query).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no item {ref!r} here, or you may not read it.")
    return _detail(row)


def by_ref(ref: str) -> ColumnElement[bool]:
    """The condition on Item that *ref* is its reference here, in whichever case it is typed."""
    return func.lower(Item.ref) == ref.strip().lower()


def version_of(session: Session, principal: Principal, ref: str) -> tuple[ItemId, str, int]:
    """Id, reference and present version of what *principal* may see under *ref*. Raises NotFoundError."""
    query = select(Item.id, Item.ref, Item.version).where(visible(principal), by_ref(ref))
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFoundError(f"There is no item {ref.strip()[:100]!r} here, or you may not see it.")
    return ItemId(found.id), found.ref, found.version


def details(session: Session, principal: Principal, ids: Sequence[ItemId]) -> list[ItemDetail]:
    """Those of *ids* that *principal* may see, whole, in their order."""
    every_kind = with_polymorphic(Item, "*")
    found: dict[int, ItemDetail] = {}
    for start in range(0, len(ids), _BATCH):
        query = (
            select(every_kind)
            .where(every_kind.id.in_(ids[start : start + _BATCH]), visible(principal))
            .options(*_whole(every_kind))
        )
        found.update((row.id, _detail(row)) for row in session.scalars(query))
    return [found[id_] for id_ in ids if id_ in found]


def _whole(kind: Any) -> tuple[ExecutableOption, ...]:
    """What is loaded with an item that is shown whole."""
    return joinedload(kind.project), joinedload(kind.source), selectinload(kind.facets)


def known(session: Session, principal: Principal, refs: Collection[str]) -> dict[str, ItemId]:
    """The items that *principal* may see with any of *refs* as their own reference."""
    wanted = sorted(refs)
    found: dict[str, ItemId] = {}
    for start in range(0, len(wanted), _BATCH):
        query = select(Item.ref, Item.id).where(
            visible(principal), Item.ref.in_(wanted[start : start + _BATCH])
        )
        found.update((ref, ItemId(id_)) for ref, id_ in session.execute(query))
    return found


def summaries(session: Session, principal: Principal, ids: Sequence[ItemId]) -> dict[ItemId, ItemSummary]:
    """The items among *ids* that *principal* may see."""
    return _summaries(session, _summaries_query(principal), ids)


def kept(session: Session, principal: Principal, ids: Sequence[ItemId]) -> dict[ItemId, ItemSummary]:
    """The items among *ids* that *principal* may open, withdrawn or not."""
    return _summaries(session, _summary_query().where(readable(principal), among(Item.id, "ids")), ids)


def _summaries(
    session: Session, query: Select[*tuple[Any, ...]], ids: Sequence[ItemId]
) -> dict[ItemId, ItemSummary]:
    found = [_summary(*row) for row in session.execute(query, {"ids": ids})]
    return {item.id: item for item in found}


@lru_cache(maxsize=READERS)
def _summaries_query(principal: Principal) -> Select[*tuple[Any, ...]]:
    return _summary_query().where(visible(principal), among(Item.id, "ids"))


def labels(session: Session, principal: Principal, ids: Sequence[ItemId]) -> dict[ItemId, str]:
    """References, project and tags of the items among *ids* that *principal* may see, as one text each."""
    found: dict[ItemId, str] = {}
    for id_, *words in session.execute(_labels_query(principal), {"ids": ids}):
        found[ItemId(id_)] = " ".join(filter(None, (found.get(ItemId(id_), ""), *words)))
    return found


@lru_cache(maxsize=READERS)
def _labels_query(principal: Principal) -> Select[*tuple[Any, ...]]:
    labelled = and_(Facet.item_id == Item.id, Facet.name.in_((FacetName.PROJECT, FacetName.TAG)))
    return (
        select(Item.id, Item.ref, Item.external_ref, Facet.value)
        .outerjoin(Facet, labelled)
        .where(visible(principal), among(Item.id, "ids"))
    )


def named(session: Session, principal: Principal, text: str) -> set[ItemId]:
    """Items that *principal* may see whose reference, here or where they came from, *text* names.

    That is *text* whole, or a word in it of both letters and digits, as `L-12` is.
    """
    wanted = {text} if " " not in text else set(_REFERENCE.findall(text)[:_NAMED])
    spellings = {spelling for word in wanted if word for spelling in (word, word.upper())}
    if not spellings:
        return set()
    found = session.scalars(select(Item.id).where(visible(principal), Item.id.in_(_referred_to(spellings))))
    return {ItemId(id_) for id_ in found}


def _referred_to(references: Collection[str]) -> CompoundSelect[int]:
    """Ids of items under any of *references*, here or where they came from.

    Each is a read of an index: with OR in one condition, SQLite walks through all live items.
    """
    return union(*(select(Item.id).where(column.in_(references)) for column in (Item.ref, Item.external_ref)))


def referred(session: Session, principal: Principal, references: Collection[str]) -> dict[ItemId, str]:
    """The items that *principal* may see with any of *references*, where they came from or else here."""
    wanted = sorted(references)
    found: dict[ItemId, str] = {}
    for column in (Item.ref, Item.external_ref):
        for start in range(0, len(wanted), _BATCH):
            rows = session.execute(
                select(Item.id, column).where(visible(principal), column.in_(wanted[start : start + _BATCH]))
            )
            found.update((ItemId(id_), reference) for id_, reference in rows)
    return found


def polarities(session: Session, principal: Principal, ids: Collection[ItemId]) -> dict[ItemId, Polarity]:
    """Whether each lesson among *ids* that *principal* may see tells of good or ill, where it says so."""
    query = select(Lesson.id, Lesson.polarity).where(visible(principal), Lesson.id.in_(ids))
    return {ItemId(id_): Polarity(said) for id_, said in session.execute(query) if said}


def visible_among(session: Session, principal: Principal, ids: Collection[ItemId]) -> set[ItemId]:
    """Those of *ids* that *principal* may see."""
    found = session.execute(_visible_query(principal), {"ids": ids})
    return {ItemId(id_) for (id_,) in found}


@lru_cache(maxsize=READERS)
def _visible_query(principal: Principal) -> Select[int]:
    return select(Item.id).where(visible(principal), among(Item.id, "ids"))


def browse(
    session: Session, principal: Principal, filters: Filters, *, offset: int, limit: int
) -> list[ItemSummary]:
    """A page of what *principal* may see and *filters* match, newest first, undated last."""
    rows = session.execute(
        _summary_query()
        .where(visible(principal), facets.condition(filters))
        .order_by(Item.dated.desc().nulls_last(), Item.id)
        .offset(offset)
        .limit(limit)
    )
    return [_summary(*row) for row in rows]


def in_order(session: Session, principal: Principal, filters: Filters) -> list[ItemId]:
    """Every item that *principal* may see and *filters* match, newest first, undated last."""
    rows = session.execute(
        select(Item.id)
        .where(visible(principal), facets.condition(filters))
        .order_by(Item.dated.desc().nulls_last(), Item.id)
    )
    return [ItemId(id_) for (id_,) in rows]


def count(session: Session, principal: Principal, filters: Filters) -> int:
    """How many items *principal* may see and *filters* match."""
    query = select(func.count()).select_from(Item)
    return session.scalar(query.where(visible(principal), facets.condition(filters))) or 0


def digests(session: Session) -> dict[ItemId, str]:
    """The digest of every item that is not withdrawn, by rising id; whoever shows it must know to whom."""
    rows = session.execute(select(Item.id, Item.digest).where(Item.withdrawn_at.is_(None)).order_by(Item.id))
    return {ItemId(id_): digest for id_, digest in rows}


def texts(session: Session, ids: Sequence[ItemId]) -> Iterator[ItemText]:
    """What those of *ids* say that are not withdrawn; whoever shows it must know to whom."""
    rows = session.execute(
        select(Item.id, Item.digest, Item.title, Item.body).where(
            Item.id.in_(ids), Item.withdrawn_at.is_(None)
        )
    )
    return (ItemText(ItemId(id_), digest, title, body) for id_, digest, title, body in rows)


def titles(session: Session, principal: Principal, ids: Collection[ItemId]) -> list[ItemTitle]:
    """Those of *ids* that *principal* may see, by name, newest first."""
    rows = session.execute(_titles_query(principal), {"ids": ids})
    found = [ItemTitle(ItemId(id_), ref, Kind(kind), title) for id_, ref, kind, title in rows]
    return sorted(found, key=lambda item: -item.id)


@lru_cache(maxsize=READERS)
def _titles_query(principal: Principal) -> Select[*tuple[Any, ...]]:
    # Ordered here, SQLite would walk through all live items instead.
    return select(Item.id, Item.ref, Item.kind, Item.title).where(visible(principal), among(Item.id, "ids"))


def versions(session: Session, principal: Principal, ref: str) -> list[VersionSummary]:
    """All versions of an item, newest first."""
    item = get(session, principal, ref)
    rows = session.execute(
        select(Version.number, Version.title, Version.author, Version.created_at, Version.file_digest)
        .where(Version.item_id == item.head.id)
        .order_by(Version.number.desc())
    )
    return [VersionSummary(*row) for row in rows]


def version(session: Session, principal: Principal, ref: str, number: int) -> VersionDetail:
    """One version of an item. Raises NotFoundError when it never existed."""
    item = get(session, principal, ref)
    row = session.get(Version, (item.head.id, number))
    if row is None:
        raise NotFoundError(f"{ref} has no version {number}; it has {item.version}.")
    summary = VersionSummary(row.number, row.title, row.author, row.created_at, row.file_digest)
    return VersionDetail(summary, row.body, row.record)


def _summary_query() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Item.id,
            Item.ref,
            Item.kind,
            Item.title,
            Item.summary,
            Item.status,
            Item.classification,
            Project.name,
            Item.organisation,
            Item.dated,
            Source.name,
            Item.source_page,
            Item.source_slide,
            Item.source_sheet,
            Item.source_row,
            Item.review_date,
        )
        .outerjoin(Project, Project.id == Item.project_id)
        .outerjoin(Source, Source.id == Item.source_id)
    )


def _summary(  # noqa: PLR0913 - the columns of the query above, in its order
    id_: int,
    ref: str,
    kind: str,
    title: str,
    summary: str,
    status: str,
    classification: str,
    project: str | None,
    organisation: str,
    day: date | None,
    file_name: str | None,
    page: int | None,
    slide: int | None,
    sheet: str | None,
    row: int | None,
    review_date: date | None,
) -> ItemSummary:
    return ItemSummary(
        ItemId(id_),
        ref,
        Kind(kind),
        title,
        summary,
        Status(status),
        Classification(classification),
        project or "",
        organisation,
        day,
        file_name or "",
        Locator(page=page, slide=slide, sheet=sheet, row=row),
        review_date,
    )


def _detail(row: Item) -> ItemDetail:
    head = ItemSummary(
        ItemId(row.id),
        row.ref,
        Kind(row.kind),
        row.title,
        row.summary,
        Status(row.status),
        Classification(row.classification),
        row.project.name if row.project else "",
        row.organisation,
        row.dated,
        row.source.name if row.source else "",
        row.source_locator,
        row.review_date,
    )
    return ItemDetail(
        head=head,
        body=row.body,
        fields=_fields(row),
        facets=_facets(row.facets),
        external_ref=row.external_ref,
        contributor=row.contributor,
        owner=row.owner,
        url=row.url,
        language=row.language,
        citation=row.citation,
        version=row.version,
        file_digest=row.source.digest if row.source else "",
        media_type=row.source.media_type if row.source else "",
        created_at=row.created_at,
        updated_at=row.updated_at,
        withdrawn_at=row.withdrawn_at,
    )


def _fields(row: Item) -> KindFields:
    shape = KIND_FIELDS[Kind(row.kind)]
    values = {f.name: getattr(row, f.name) for f in fields(shape)}
    for name, vocabulary in _TERMS.items():
        if values.get(name):
            values[name] = vocabulary(values[name])
    if shape is TrainingFields:
        values["competences"] = tuple(Taught(**taught) for taught in values["competences"])
        values["prerequisites"] = tuple(values["prerequisites"])
    if shape is TemplateFields:
        values["choices"] = tuple(Choices(one["field"], tuple(one["values"])) for one in values["choices"])
        values["formulas"] = tuple(Formula(**one) for one in values["formulas"])
    return shape(**values)


def _facets(rows: Sequence[Facet]) -> dict[FacetName, tuple[str, ...]]:
    return {
        name: tuple(row.value for row in rows if row.name == name)
        for name in FacetName
        if any(row.name == name for row in rows)
    }
