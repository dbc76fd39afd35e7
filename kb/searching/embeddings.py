"""Vectors beside the texts they stand for, so that an index can be rebuilt without embedding again."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from kb.access import Principal, visible
from kb.database import among
from kb.models import Embedding, Item, Passage, Project
from kb.values import ItemId

_BATCH = 500


def known(session: Session, model: str, digests: Sequence[str]) -> set[str]:
    """Those of *digests* that have a vector of *model*."""
    found: set[str] = set()
    for start in range(0, len(digests), _BATCH):
        batch = digests[start : start + _BATCH]
        found.update(
            session.scalars(
                select(Embedding.digest).where(Embedding.model == model, Embedding.digest.in_(batch))
            )
        )
    return found


def load(session: Session, model: str, digests: Sequence[str]) -> dict[str, bytes]:
    """Vectors of *model* by digest, float32 little-endian; unknown digests are left out."""
    found: dict[str, bytes] = {}
    for start in range(0, len(digests), _BATCH):
        batch = digests[start : start + _BATCH]
        rows = session.execute(
            select(Embedding.digest, Embedding.vector).where(
                Embedding.model == model, Embedding.digest.in_(batch)
            )
        )
        found.update((digest, vector) for digest, vector in rows)
    return found


def save(session: Session, model: str, vectors: Iterable[tuple[str, bytes]]) -> None:
    """Store (digest, vector) pairs of *model*; those already stored are left as they are."""
    pairs = dict(vectors)
    for digest in known(session, model, list(pairs)):
        del pairs[digest]
    if pairs:
        session.execute(
            insert(Embedding),
            [{"digest": d, "model": model, "vector": vector} for d, vector in pairs.items()],
        )


def of_item(session: Session, principal: Principal, model: str, item: ItemId) -> dict[int, bytes]:
    """The vectors of an item's passages by their ordinals, as far as *principal* may see it."""
    rows = session.execute(
        select(Passage.ordinal, Embedding.vector)
        .join(Item)
        .join(Embedding, (Embedding.digest == Passage.digest) & (Embedding.model == model))
        .where(visible(principal), Item.id == item)
    )
    return {ordinal: vector for ordinal, vector in rows}  # noqa: C416 - rows are no plain pairs to a type checker


def of_projects(session: Session, principal: Principal, model: str) -> Iterator[tuple[str, bytes]]:
    """Project and vector of the first passage of each item of a project that *principal* may see."""
    rows = session.execute(
        select(Project.name, Embedding.vector)
        .select_from(Item)
        .join(Project, Project.id == Item.project_id)
        .join(Passage, (Passage.item_id == Item.id) & (Passage.ordinal == 0))
        .join(Embedding, (Embedding.digest == Passage.digest) & (Embedding.model == model))
        .where(visible(principal))
        .execution_options(yield_per=_BATCH)
    )
    yield from ((name, vector) for name, vector in rows)


def of_items(
    session: Session, principal: Principal, model: str, ids: Collection[ItemId]
) -> dict[ItemId, bytes]:
    """The vector of the first passage of each of *ids* that *principal* may see."""
    rows = session.execute(
        select(Item.id, Embedding.vector)
        .join(Passage, (Passage.item_id == Item.id) & (Passage.ordinal == 0))
        .join(Embedding, (Embedding.digest == Passage.digest) & (Embedding.model == model))
        .where(visible(principal), among(Item.id, "ids")),
        {"ids": ids},
    )
    return {ItemId(id_): vector for id_, vector in rows}


def of_passages(
    session: Session, principal: Principal, model: str, ids: Collection[ItemId]
) -> dict[ItemId, list[bytes]]:
    """The vectors of all passages of each of *ids* that *principal* may see, in their order."""
    rows = session.execute(
        select(Item.id, Embedding.vector)
        .join(Passage, Passage.item_id == Item.id)
        .join(Embedding, (Embedding.digest == Passage.digest) & (Embedding.model == model))
        .where(visible(principal), among(Item.id, "ids"))
        .order_by(Item.id, Passage.ordinal),
        {"ids": ids},
    )
    found: dict[ItemId, list[bytes]] = {}
    for id_, vector in rows:
        found.setdefault(ItemId(id_), []).append(vector)
    return found


def remove_orphans(session: Session) -> int:
    """Delete vectors that no passage needs; how many there were."""
    orphan = Embedding.digest.not_in(select(Passage.digest))
    number = session.scalar(select(func.count()).select_from(Embedding).where(orphan)) or 0
    session.execute(delete(Embedding).where(orphan))
    return number
