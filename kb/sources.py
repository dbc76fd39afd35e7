"""The files that were read: what is known of them before they are read again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, not_, or_, select
from sqlalchemy.orm import Session

from kb.access import Principal, readable
from kb.models import Item, Source, Version


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A file as it was last read."""

    id: int
    location: str
    digest: str
    reader: str
    items: int
    """How many live items it holds; a copy of another file holds none."""
    same_as: int | None


def find(session: Session, location: str) -> KnownSource | None:
    """The file last read at *location*, if any and not withdrawn."""
    row = session.scalars(
        select(Source).where(Source.location == location, Source.withdrawn_at.is_(None))
    ).one_or_none()
    return None if row is None else _known(session, row)


def same_bytes(session: Session, digest: str, besides: str) -> KnownSource | None:
    """A live file with *digest* at another location than *besides*, itself no copy."""
    row = session.scalars(
        select(Source)
        .where(
            Source.digest == digest,
            Source.location != besides,
            Source.withdrawn_at.is_(None),
            Source.same_as_id.is_(None),
        )
        .order_by(Source.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else _known(session, row)


def copies(session: Session, source_id: int) -> list[KnownSource]:
    """Live files that were the same bytes as source *source_id* when they were last read."""
    rows = session.scalars(
        select(Source)
        .where(Source.same_as_id == source_id, Source.withdrawn_at.is_(None))
        .order_by(Source.id)
    )
    return [_known(session, row) for row in rows]


def holders(session: Session, refs: Collection[str]) -> list[tuple[str, bool]]:
    """Locations of files whose items have any of *refs*, each with whether it is withdrawn."""
    rows = session.execute(
        select(Source.location, Source.withdrawn_at.is_not(None))
        .join(Item, Item.source_id == Source.id)
        .where(Item.ref.in_(list(refs)[:500]))
        .distinct()
    )
    return [(location, bool(withdrawn)) for location, withdrawn in rows]


def media_type(session: Session, source_id: int) -> str:
    """The media type of source *source_id*."""
    return session.scalars(select(Source.media_type).where(Source.id == source_id)).one()


def below(session: Session, roots: Sequence[str]) -> list[str]:
    """Locations, in order, of live files below any of *roots*, such as `/a/folder/` or `starter:`."""
    if not roots:
        return []
    inside = or_(*(Source.location.startswith(root, autoescape=True) for root in roots))
    return list(
        session.scalars(
            select(Source.location).where(Source.withdrawn_at.is_(None), inside).order_by(Source.location)
        )
    )


def move(session: Session, location: str, to: str, name: str) -> None:
    """Follow a file that was renamed: its items, references and history go along."""
    taken = session.scalars(select(Source).where(Source.location == to)).one_or_none()
    if taken is not None:
        taken.location = f"{to}#{taken.id}"
        session.flush()
    row = session.scalars(select(Source).where(Source.location == location)).one()
    row.location, row.name = to, name


def wholly_readable(session: Session, principal: Principal, ref: str) -> bool:
    """Whether *principal* may read every item of the file that the item *ref* is from, and so the file."""
    source = select(Item.source_id).where(Item.ref == ref).scalar_subquery()
    hidden = exists().where(Item.source_id == source, not_(readable(principal)))
    return not session.scalar(select(hidden))


def digests(session: Session) -> set[str]:
    """Digests of all files that any source, withdrawn or not, or any version refers to."""
    versions = session.scalars(select(Version.file_digest).where(Version.file_digest != "").distinct())
    return {*session.scalars(select(Source.digest)), *versions}


def _known(session: Session, row: Source) -> KnownSource:
    items = session.scalar(select(func.count()).where(Item.source_id == row.id, Item.withdrawn_at.is_(None)))
    return KnownSource(row.id, row.location, row.digest, row.reader, items or 0, row.same_as_id)
