"""Putting what was read from files into the base, and taking it out again."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple, cast
from uuid import uuid4

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, with_polymorphic

from kb import audit, facet_codes, facets, passages
from kb.access import Permission, Principal, require, require_write, visible
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.life import steps
from kb.life.lifecycle import RULES, Move
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
from kb.values import ItemDraft, ItemId, SourceDraft, Tally, TrainingFields
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
_BATCH = 500

_RECORDED = tuple(f.name for f in fields(ItemDraft) if f.name not in ("title", "body", "passages"))


class _Incoming(NamedTuple):
    """A draft, what it says besides title and body, and the digest of all of it."""

    draft: ItemDraft
    record: dict[str, Any]
    digest: str


Pair = tuple[_Incoming, Item]


def store(session: Session, principal: Principal, source: SourceDraft, drafts: Sequence[ItemDraft]) -> Tally:
    """Make the items of one file equal to *drafts*; what changed gets a new version.

    Keys of *drafts* are unique. Items of that file without a draft are withdrawn, not deleted. A course that
    another file gave, or that was written here, is changed where it is; see *_held_elsewhere*.
    Raises InvalidError when a reference is already taken by an item of another file.
    """
    require_write(principal)
    row, read_anew = _store_source(session, source)
    present = {item.source_key: item for item in _items_of(session, row)}
    elsewhere = _held_elsewhere(session, principal, [draft for draft in drafts if draft.key not in present])
    _check_references(session, drafts, {item.id for item in (*present.values(), *elsewhere.values())})
    projects = _projects(session, {draft.project for draft in drafts if draft.project})
    added: list[Pair] = []
    changed: list[Pair] = []
    restored: list[Pair] = []
    kept: list[Pair] = []
    for incoming in map(_incoming, (draft for draft in drafts if draft.key not in elsewhere)):
        draft = incoming.draft
        item = present.pop(draft.key, None)
        if item is not None and item.kind != draft.kind:
            session.delete(item)
            session.flush()
            item = None
        if item is None:
            item = _ROWS[draft.kind](
                ref=uuid4().hex, author=principal.name, source_id=row.id, source_key=draft.key
            )
            added.append((incoming, item))
        elif (item.source_digest or item.digest) != incoming.digest:
            item.version += 1
            changed.append((incoming, item))
        else:
            (restored if item.withdrawn_at else kept).append((incoming, item))
    for incoming, item in [*added, *changed]:
        status = item.status
        _fill(item, incoming, projects)
        _restate(session, principal, item, status, incoming.draft.status)
    taken = [pair for pair in _held(drafts, elsewhere) if pair[0].digest != pair[1].digest]
    for incoming, item in taken:
        _rewrite(session, principal, item, incoming, projects)
    changed += taken
    for _, item in restored:
        item.withdrawn_at, item.updated_at = None, now()
    session.add_all(item for _, item in added)
    session.flush()
    _refer(session, added)
    _add_versions(session, [*added, *changed], principal, source.digest)
    _replace_facets(session, [*added, *changed])
    read_again = [pair for pair in (*kept, *restored) if read_anew and not pair[1].source_digest]
    _replace_passages(session, [*added, *changed, *read_again])
    vanished = [item for item in present.values() if item.withdrawn_at is None]
    for item in vanished:
        item.withdrawn_at = now()
    same = len(kept) + len(elsewhere) - len(taken)
    tally = Tally(len(added), len(changed) + len(restored), same, len(vanished))
    audit.record(session, principal, "store", source.location, **asdict(tally))
    session.flush()
    return tally


def _held_elsewhere(
    session: Session, principal: Principal, drafts: Sequence[ItemDraft]
) -> dict[str, Training]:
    """By key, the courses of *drafts* that *principal* may see and that other files gave.

    They are told by their reference here, or by the id that their provider gave them; ids that are mere
    numbers count rows as often as courses.
    """
    wanted = {_identity(d.ref or "", d.external_ref, d.fields.provider): d.key
              for d in drafts if isinstance(d.fields, TrainingFields)}  # fmt: skip
    wanted.pop(None, None)
    names = sorted({name for name, _ in filter(None, wanted)})
    found: dict[str, Training] = {}
    given: set[int] = set()
    for row in _named(session, principal, names):
        codes = (row.external_ref, row.ref)
        for one in (_identity(row.ref, "", ""), *(_identity("", code, row.provider) for code in codes)):
            if one in wanted and row.id not in given and wanted[one] not in found:
                found[wanted[one]] = row
                given.add(row.id)
    return found


def _named(session: Session, principal: Principal, names: Sequence[str]) -> Iterator[Training]:
    """Courses with one of *names* as their reference, here or where they came from; reads indexes only."""
    for start in range(0, len(names), _BATCH):
        some = names[start : start + _BATCH]
        for column in (Training.ref, Training.external_ref):
            yield from session.scalars(select(Training).where(visible(principal, Training), column.in_(some)))


def _identity(ref: str, external_ref: str, provider: str) -> tuple[str, str] | None:
    if ref:
        return ref, ""
    told = any(character.isalpha() for character in external_ref) and (provider or "://" in external_ref)
    return (external_ref, provider.lower() or "url") if told else None


def _held(drafts: Sequence[ItemDraft], elsewhere: Mapping[str, Training]) -> list[Pair]:
    """The courses *elsewhere* as *drafts* tell them; a row says less than a document of its own does."""
    pairs = [(draft, elsewhere[draft.key]) for draft in drafts if draft.key in elsewhere]
    return [
        (_incoming(replace(draft, key=item.source_key, locator=item.source_locator)), item)
        for draft, item in pairs
        if item.source_row is not None
    ]


def _rewrite(
    session: Session, principal: Principal, item: Item, incoming: "_Incoming", projects: dict[str, int]
) -> None:
    """Fill *item* anew with what its own file does not say; reading that again does not undo it."""
    from_file = item.source_digest or (item.digest if item.source_id else "")
    status, item.version = item.status, item.version + 1
    _fill(item, incoming, projects)
    item.source_digest = from_file
    _restate(session, principal, item, status, incoming.draft.status or Status(status))


class Standing(StrEnum):
    """How a draft stands to what its file gave before."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


def compare(
    session: Session, principal: Principal, location: str, drafts: Sequence[ItemDraft]
) -> list[tuple[Standing, str]]:
    """What storing *drafts* of the file at *location* would do with each, and the reference it has by now.

    Raises InvalidError as *store*.
    """
    rows = session.execute(
        select(
            Item.id, Item.source_key, Item.ref, Item.kind, Item.digest, Item.source_digest, Item.withdrawn_at
        )
        .join(Source, Source.id == Item.source_id)
        .where(Source.location == location)
    ).all()
    present = {row.source_key: row for row in rows}
    elsewhere = _held_elsewhere(session, principal, [draft for draft in drafts if draft.key not in present])
    _check_references(session, drafts, {row.id for row in (*rows, *elsewhere.values())})
    found: list[tuple[Standing, str]] = []
    for draft in drafts:
        row = present.get(draft.key)
        if draft.key in elsewhere:
            differs = any(said.digest != item.digest for said, item in _held([draft], elsewhere))
            standing = Standing.CHANGED if differs else Standing.UNCHANGED
            found.append((standing, elsewhere[draft.key].ref))
        elif row is None or row.kind != draft.kind:
            found.append((Standing.NEW, draft.ref or ""))
        elif row.withdrawn_at or (row.source_digest or row.digest) != _incoming(draft).digest:
            found.append((Standing.CHANGED, row.ref))
        else:
            found.append((Standing.UNCHANGED, row.ref))
    return found


def write(
    session: Session,
    principal: Principal,
    draft: ItemDraft,
    ref: str | None = None,
    *,
    version: int | None = None,
) -> ItemId:
    """Keep *draft* as a new item, or as a new version of the item *ref*; nothing happens if it says the same.

    A lesson that was reviewed already goes back to review. A new item keeps its key, for *begun*.
    Raises NotFoundError for no such item, or none that *principal* may change, ConflictError when *ref* is of
    another kind, or is not at *version* any more, InvalidError when a new item's reference is taken.
    """
    require(principal, Permission.CONTRIBUTE)
    incoming = _incoming(draft)
    projects = _projects(session, {draft.project} - {""})
    if ref is None:
        _check_references(session, [draft], set())
        item = _ROWS[draft.kind](ref=uuid4().hex, author=principal.name, source_key=draft.key)
        _fill(item, incoming, projects)
        _restate(session, principal, item, None, draft.status)
        session.add(item)
        session.flush()
        _refer(session, [(incoming, item)])
    else:
        item = _writable(session, principal, ref, draft.kind)
        if version is not None and item.version != version:
            raise _overtaken(item)
        if item.digest == incoming.digest:
            return ItemId(item.id)
        kept = incoming._replace(draft=replace(draft, ref=None, locator=item.source_locator))
        _rewrite(session, principal, item, kept, projects)
    try:
        _add_versions(session, [(incoming, item)], principal, "")
    except IntegrityError as error:  # two at the same moment: both saw the version before
        raise _overtaken(item) from error
    _replace_facets(session, [(incoming, item)])
    _replace_passages(session, [(incoming, item)])
    audit.record(session, principal, "write", item.ref, version=item.version)
    session.flush()
    return ItemId(item.id)


def begun(session: Session, principal: Principal, keys: Collection[str]) -> dict[str, str]:
    """Key → reference of the items that *principal* may see and that were written here with one of *keys*."""
    wanted = sorted(keys)
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _BATCH):
        query = select(Item.source_key, Item.ref).where(
            visible(principal), Item.source_id.is_(None), Item.source_key.in_(wanted[start : start + _BATCH])
        )
        found.update((key, ref) for key, ref in session.execute(query))
    return found


def _overtaken(item: Item) -> ConflictError:
    return ConflictError(
        f"{item.ref} was changed while you were writing: it is at version {item.version} now."
    )


def _writable(session: Session, principal: Principal, ref: str, kind: Kind) -> Item:
    every_kind = with_polymorphic(Item, "*")
    item = session.scalars(select(every_kind).where(every_kind.ref == ref, visible(principal))).one_or_none()
    if item is None:
        raise NotFoundError(f"There is no item {ref!r} here that you may change.")
    if item.kind != kind:
        raise ConflictError(f"{ref} is a {item.kind}, not a {kind}.")
    return item


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
    return session.scalars(select(every_kind).where(every_kind.source_id == source.id)).all()


def _check_references(session: Session, drafts: Sequence[ItemDraft], own: set[int]) -> None:
    wanted = [draft.ref for draft in drafts if draft.ref]
    twice = [ref for ref, times in Counter(wanted).items() if times > 1]
    if twice:
        raise InvalidError(f"The reference {twice[0]} is given to two items of the same file.")
    for start in range(0, len(wanted), _BATCH):
        taken = session.execute(select(Item.id, Item.ref).where(Item.ref.in_(wanted[start : start + _BATCH])))
        for id_, ref in taken:
            if id_ not in own:
                raise InvalidError(
                    f"The reference {ref} belongs to another item already; give this one another."
                )


def _refer(session: Session, pairs: Sequence[Pair]) -> None:
    """Give new items their references; a number that came with a reference of another base is passed over."""
    own = {
        f"{REFERENCE_PREFIX[Kind(item.kind)]}-{item.id}": item.id
        for incoming, item in pairs
        if not incoming.draft.ref
    }
    taken: set[str] = set()
    for start in range(0, len(own), _BATCH):
        some = sorted(own)[start : start + _BATCH]
        taken.update(session.scalars(select(Item.ref).where(Item.ref.in_(some))))
    for incoming, item in pairs:
        plain = f"{REFERENCE_PREFIX[Kind(item.kind)]}-{item.id}"
        item.ref = incoming.draft.ref or (f"{plain}-{uuid4().hex[:6]}" if plain in taken else plain)


def _projects(session: Session, names: set[str]) -> dict[str, int]:
    known = {row.name: row.id for row in session.scalars(select(Project)) if row.name in names}
    new = [Project(name=name) for name in sorted(names - known.keys())]
    session.add_all(new)
    session.flush()
    return known | {row.name: row.id for row in new}


def _fill(item: Item, incoming: _Incoming, projects: dict[str, int]) -> None:
    draft = incoming.draft
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
    item.source_page, item.source_slide = draft.locator.page, draft.locator.slide
    item.source_sheet, item.source_row = draft.locator.sheet, draft.locator.row
    item.digest = incoming.digest
    item.source_digest = ""
    item.version = item.version or 1
    item.updated_at = now()
    item.withdrawn_at = None


def _restate(
    session: Session, principal: Principal, item: Item, present: str | None, wanted: Status | None
) -> None:
    """The status after *item* was written: stated, or the first; a reviewed lesson goes back to review."""
    if present is not None and item.kind == Kind.LESSON and present in RULES[Move.EDIT].origins:
        item.status = Status(present)
        steps.take(session, principal, item, Move.EDIT)
    else:
        item.status = wanted or first_status(Kind(item.kind))


def first_status(kind: Kind) -> Status:
    """Where an item of *kind* starts: a lesson still has to be endorsed by somebody."""
    return Status.SUBMITTED if kind is Kind.LESSON else Status.PUBLISHED


def _add_versions(session: Session, pairs: Sequence[Pair], principal: Principal, file_digest: str) -> None:
    rows = [
        {
            "item_id": item.id,
            "number": item.version,
            "title": item.title,
            "body": incoming.draft.body,
            "record": incoming.record,
            "file_digest": file_digest,
            "author": principal.name,
        }
        for incoming, item in pairs
    ]
    if rows:
        session.execute(insert(Version), rows)


def _replace_facets(session: Session, pairs: Sequence[Pair]) -> None:
    found = [(item, sorted(facets.values(incoming.draft))) for incoming, item in pairs]
    rows = [
        {"item_id": item.id, "name": name, "value": value} for item, values in found for name, value in values
    ]
    _replace(session, Facet, pairs, rows)
    for item, values in found:
        item.facet_codes = facet_codes.coded(values)
    facet_codes.learn(session, {value for _, values in found for value in values})


def _replace_passages(session: Session, pairs: Sequence[Pair]) -> None:
    rows = [row for incoming, item in pairs for row in _passage_rows(incoming.draft, item)]
    _replace(session, Passage, pairs, rows)


def _replace(
    session: Session,
    table: type[Facet] | type[Passage],
    pairs: Sequence[Pair],
    rows: list[dict[str, Any]],
) -> None:
    """Put *rows* in the place of all that *table* holds of the items."""
    items = [item.id for _, item in pairs]
    for start in range(0, len(items), _BATCH):
        session.execute(delete(table).where(table.item_id.in_(items[start : start + _BATCH])))
    if rows:
        session.execute(insert(table), rows)


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
    plain = {name: _plain(getattr(draft, name)) for name in _RECORDED}
    return {name: value for name, value in plain.items() if value not in ("", None, [], {})}


def _incoming(draft: ItemDraft) -> "_Incoming":
    said = record(draft)
    return _Incoming(draft, said, digest(draft.title, draft.body, repr(said)))


def _plain(value: Any) -> Any:
    """*value* as JSON can hold it."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(inner) for inner in cast(tuple[Any, ...], value)]
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return value if isinstance(value, int | float | None) else str(value)
