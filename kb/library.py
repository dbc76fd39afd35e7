"""Putting what was read from files into the base, and taking it out again."""

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session, selectinload, with_polymorphic

from kb import audit, facets, passages
from kb.access import Principal, require_write
from kb.errors import InvalidError
from kb.models import (
    Document,
    Facet,
    Item,
    Lesson,
    Passage,
    Practice,
    Project,
    Source,
    Template,
    Training,
    Version,
    now,
)
from kb.text import digest, shorten
from kb.values import ItemDraft, SourceDraft, Tally
from kb.vocabulary import REFERENCE_PREFIX, Kind, Status

_ROWS: dict[Kind, type[Item]] = {
    Kind.LESSON: Lesson,
    Kind.PRACTICE: Practice,
    Kind.TEMPLATE: Template,
    Kind.TRAINING: Training,
    Kind.DOCUMENT: Document,
}
_SAME_NAME = (
    "external_ref",
    "summary",
    "body",
    "organisation",
    "contributor",
    "owner",
    "url",
    "language",
    "citation",
    "classification",
    "dated",
    "review_date",
)
_TITLE_LENGTH = 500

Pair = tuple[ItemDraft, Item]


def store(session: Session, principal: Principal, source: SourceDraft, drafts: Sequence[ItemDraft]) -> Tally:
    """Make the items of one file equal to *drafts*; what changed gets a new version.

    Keys of *drafts* are unique. Items of that file without a draft are withdrawn, not deleted.
    Raises InvalidError when a reference is already taken by an item of another file.
    """
    require_write(principal)
    row, read_anew = _store_source(session, source)
    present = {item.source_key: item for item in _items_of(session, row)}
    _check_references(session, drafts, {item.id for item in present.values()})
    projects = _projects(session, {draft.project for draft in drafts if draft.project})
    added: list[Pair] = []
    changed: list[Pair] = []
    restored: list[Pair] = []
    kept: list[Pair] = []
    for draft in drafts:
        item = present.pop(draft.key, None)
        if item is not None and item.kind != draft.kind:
            session.delete(item)
            session.flush()
            item = None
        if item is None:
            item = _ROWS[draft.kind](ref=uuid4().hex, source_id=row.id, source_key=draft.key)
            added.append((draft, item))
        elif item.digest != _digest(draft):
            item.version += 1
            changed.append((draft, item))
        else:
            (restored if item.withdrawn_at else kept).append((draft, item))
    for draft, item in (*added, *changed, *restored):
        _fill(item, draft, projects)
    session.add_all(item for _, item in added)
    session.flush()
    for draft, item in added:
        item.ref = draft.ref or f"{REFERENCE_PREFIX[draft.kind]}-{item.id}"
    _add_versions(session, [*added, *changed], principal, source)
    _replace_passages(session, [*added, *changed, *restored, *(kept if read_anew else ())])
    vanished = [item for item in present.values() if item.withdrawn_at is None]
    for item in vanished:
        item.withdrawn_at = now()
    tally = Tally(len(added), len(changed) + len(restored), len(kept), len(vanished))
    audit.record(session, principal, "store", source.location, **asdict(tally))
    session.flush()
    return tally


def store_copy(session: Session, principal: Principal, source: SourceDraft, original: int) -> Tally:
    """Note that the file has the same bytes as source *original*, which holds the items."""
    require_write(principal)
    row, _ = _store_source(session, source)
    row.same_as_id = original
    items = [item for item in _items_of(session, row) if item.withdrawn_at is None]
    for item in items:
        item.withdrawn_at = now()
    audit.record(session, principal, "store_copy", source.location, original=original)
    return Tally(withdrawn=len(items))


def withdraw(session: Session, principal: Principal, location: str) -> Tally:
    """Take the items of a vanished file out of search; their history stays."""
    require_write(principal)
    row = session.scalars(select(Source).where(Source.location == location)).one()
    row.withdrawn_at = now()
    items = [item for item in _items_of(session, row) if item.withdrawn_at is None]
    for item in items:
        item.withdrawn_at = now()
    audit.record(session, principal, "withdraw", location, items=len(items))
    return Tally(withdrawn=len(items))


def _store_source(session: Session, draft: SourceDraft) -> tuple[Source, bool]:
    """The file's row, and whether other code read it than last time."""
    row = session.scalars(select(Source).where(Source.location == draft.location)).one_or_none()
    values = {f.name: getattr(draft, f.name) for f in fields(draft)}
    if row is None:
        row = Source(**values)
        session.add(row)
        session.flush()
        return row, False
    read_anew = row.reader != draft.reader
    for name, value in values.items():
        setattr(row, name, value)
    row.read_at, row.withdrawn_at, row.same_as_id = now(), None, None
    return row, read_anew


def _items_of(session: Session, source: Source) -> Sequence[Item]:
    every_kind = with_polymorphic(Item, "*")
    query = select(every_kind).where(every_kind.source_id == source.id)
    return session.scalars(query.options(selectinload(every_kind.facets))).all()


def _check_references(session: Session, drafts: Sequence[ItemDraft], own: set[int]) -> None:
    wanted = [draft.ref for draft in drafts if draft.ref]
    twice = next((ref for ref in wanted if wanted.count(ref) > 1), None)
    if twice:
        raise InvalidError(f"The reference {twice} is given to two items of the same file.")
    for start in range(0, len(wanted), 500):
        taken = session.execute(select(Item.id, Item.ref).where(Item.ref.in_(wanted[start : start + 500])))
        for id_, ref in taken:
            if id_ not in own:
                raise InvalidError(
                    f"The reference {ref} belongs to another item already; give this one another."
                )


def _projects(session: Session, names: set[str]) -> dict[str, int]:
    known = {row.name: row.id for row in session.scalars(select(Project)) if row.name in names}
    new = [Project(name=name) for name in sorted(names - known.keys())]
    session.add_all(new)
    session.flush()
    return known | {row.name: row.id for row in new}


def _fill(item: Item, draft: ItemDraft, projects: dict[str, int]) -> None:
    for name in _SAME_NAME:
        setattr(item, name, getattr(draft, name))
    own = fields(draft.fields)
    for f in own:
        value = getattr(draft.fields, f.name)
        setattr(item, f.name, _plain(value) if isinstance(value, tuple) else value)
    item.kind = draft.kind
    item.title = shorten(draft.title, _TITLE_LENGTH)
    if draft.ref:
        item.ref = draft.ref
    item.project_id = projects.get(draft.project)
    item.status = draft.status or first_status(draft.kind)
    item.source_page, item.source_slide = draft.locator.page, draft.locator.slide
    item.source_sheet, item.source_row = draft.locator.sheet, draft.locator.row
    item.digest = _digest(draft)
    item.version = item.version or 1
    item.updated_at = now()
    item.withdrawn_at = None
    item.facets = [Facet(name=name, value=value) for name, value in sorted(facets.values(draft))]


def first_status(kind: Kind) -> Status:
    """Where an item of *kind* starts: a lesson still has to be endorsed by somebody."""
    return Status.SUBMITTED if kind is Kind.LESSON else Status.PUBLISHED


def _add_versions(session: Session, pairs: Sequence[Pair], principal: Principal, source: SourceDraft) -> None:
    rows = [
        {
            "item_id": item.id,
            "number": item.version,
            "title": item.title,
            "body": draft.body,
            "record": record(draft),
            "file_digest": source.digest,
            "author": principal.name,
        }
        for draft, item in pairs
    ]
    if rows:
        session.execute(insert(Version), rows)


def _replace_passages(session: Session, pairs: Sequence[Pair]) -> None:
    old = [item.id for _, item in pairs]
    for start in range(0, len(old), 500):
        session.execute(delete(Passage).where(Passage.item_id.in_(old[start : start + 500])))
    rows = [row for draft, item in pairs for row in _passage_rows(draft, item)]
    if rows:
        session.execute(insert(Passage), rows)


def _passage_rows(draft: ItemDraft, item: Item) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for ordinal, passage in enumerate(draft.passages):
        headings = passages.HEADING_SEPARATOR.join(passage.headings)[:1000]
        place = passage.locator
        rows.append(
            {
                "item_id": item.id,
                "version": item.version,
                "ordinal": ordinal,
                "headings": headings,
                "text": passage.text,
                "digest": passages.embedded_digest(item.title, headings, passage.text),
                "start": place.start,
                "end": place.end,
                "page": place.page,
                "slide": place.slide,
                "sheet": place.sheet,
                "row": place.row,
            }
        )
    return rows


def record(draft: ItemDraft) -> dict[str, Any]:
    """All that *draft* says besides title, body and passages, as JSON can hold it."""
    bare = replace(draft, title="", body="", passages=())
    plain: dict[str, Any] = _plain(asdict(bare))
    return {name: value for name, value in plain.items() if value not in ("", None, [], {})}


def _digest(draft: ItemDraft) -> str:
    return digest(draft.title, draft.body, repr(record(draft)))


def _plain(value: Any) -> Any:
    """*value* as JSON can hold it."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]  # pyright: ignore[reportUnknownVariableType]
    if hasattr(value, "__dataclass_fields__"):
        return _plain(asdict(value))
    return value if isinstance(value, str | int | float | bool | None) else str(value)
