"""Making the index agree with the database: pull what differs, embed what is new, swap generations."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import numpy as np
from sqlalchemy.orm import Session

from kb import passages
from kb.database import Sessions, transaction
from kb.passages import Indexable, PassageKey
from kb.searching import embeddings
from kb.values import ItemId, PassageId
from search import generation, meanings, words
from search.generation import DamagedError, Generation
from search.ports import Encoder, Ids, Matrix
from search.vectors import FaissIndex

_CHUNK = 512
"""Passages embedded and stored in one transaction: what a kill can cost at most."""
_WINDOW = 8 * _CHUNK
"""Passages read together, to put texts of like length side by side."""
_LITTLE, _SHARE = 2_000, 0.05
"""Passages, and share of the base, up to which what differs from it is kept beside it."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Plan:
    """What must change for the index to agree with the database; items change as a whole."""

    add: tuple[PassageId, ...]
    """Passages, rising, of the items that are new or differ."""
    remove: frozenset[ItemId]
    """Items that are in the index but differ or are gone."""
    passages_removed: int
    """How many passages the index holds of the items in *remove*."""


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a sync is."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, counted in passages."""

    added: int
    removed: int
    embedded: int
    total: int
    seconds: float
    rebuilt: str
    """Why the index was built anew; empty when it was not."""


Keys = Mapping[PassageId, PassageKey]
Listener = Callable[[SyncProgress], None]


def plan(stored: Keys, indexed: Keys) -> Plan:
    """Compare by passage id and digest. A digest alone would not do: two passages may say the same."""
    touched = {key.item for id_, key in stored.items() if indexed.get(id_) != key}
    touched |= {key.item for id_, key in indexed.items() if stored.get(id_) != key}
    gone = [key.item for key in indexed.values() if key.item in touched]
    return Plan(
        tuple(sorted(id_ for id_, key in stored.items() if key.item in touched)),
        frozenset(gone),
        len(gone),
    )


def sync(
    sessions: Sessions, encoder: Encoder, folder: Path, *, progress: Listener = lambda _: None
) -> SyncReport:
    """Bring the index in *folder* into step with the database.

    Kill it anywhere: embeddings stored so far are kept, the old generation stays until the new one is whole.
    """
    started = perf_counter()
    present, rebuilt = _present(folder, encoder)
    indexed = present.words.keys() if present else {}
    with sessions() as session:
        stored = passages.keys(session)
    wanted = plan(stored, indexed)
    embedded = 0
    if wanted.add or wanted.remove or not present:
        digests = {id_: stored[id_].digest for id_ in wanted.add}
        embedded = _embed(sessions, encoder, digests, progress)
        _build(sessions, encoder, folder, present, progress)
    return SyncReport(
        len(wanted.add),
        wanted.passages_removed,
        embedded,
        len(stored),
        perf_counter() - started,
        rebuilt,
    )


def _present(folder: Path, encoder: Encoder) -> tuple[Generation | None, str]:
    """The present generation if it can be built upon, else None and the reason in a sentence."""
    try:
        present = generation.open_current(folder)
    except DamagedError as error:
        return None, f"The search index was damaged and is built anew: {error}."
    if present and present.manifest.model != encoder.model:
        return None, (
            f"The search index is built anew: it was made with the model {present.manifest.model}, "
            f"now {encoder.model} is used."
        )
    return present, ""


def _embed(sessions: Sessions, encoder: Encoder, wanted: Mapping[PassageId, str], progress: Listener) -> int:
    """Embed and store what has no vector yet of the digests *wanted*; how many texts that were."""
    with sessions() as session:
        known = embeddings.known(session, encoder.model, list(wanted.values()))
    missing = {digest: id_ for id_, digest in wanted.items() if digest not in known}
    embedded = 0
    for done, window in _chunks(sorted(missing.values()), _WINDOW):
        progress(SyncProgress("Embedding passages", done, len(missing)))
        with sessions() as session:
            texts = passages.texts(session, window)
        # Texts of like length together need the least padding.
        in_order = sorted(texts.items(), key=lambda entry: len(entry[1]))
        for part, chunk in _chunks(in_order, _CHUNK):
            if part:
                progress(SyncProgress("Embedding passages", done + part, len(missing)))
            vectors = encoder.encode([text for _, text in chunk]).astype(meanings.FORMAT)
            with transaction(sessions) as session:
                rows = zip((digest for digest, _ in chunk), map(np.ndarray.tobytes, vectors), strict=True)
                embeddings.save(session, encoder.model, rows)
            embedded += len(chunk)
    progress(SyncProgress("Embedding passages", len(missing), len(missing)))
    return embedded


def _build(
    sessions: Sessions, encoder: Encoder, folder: Path, present: Generation | None, progress: Listener
) -> None:
    """Write the next generation: upon the present one's base when little differs from that, else anew."""
    with sessions() as session:
        stored = passages.keys(session)
    base = generation.base_keys(folder, present.name) if present else {}
    wanted = plan(stored, base)
    anew = len(wanted.add) + wanted.passages_removed > max(_LITTLE, _SHARE * len(base))
    with generation.building(folder) as aside:
        if anew or not present:
            written = _write(sessions, encoder, aside / generation.BASE, tuple(stored), progress)
        else:
            generation.take_over(folder, present.name, aside, wanted.remove)
            written = len(base) - wanted.passages_removed
            if wanted.add:
                written += _write(sessions, encoder, aside / generation.RECENT, wanted.add, progress)
        generation.publish(folder, aside, encoder.model, written)


def _write(
    sessions: Sessions, encoder: Encoder, segment: Path, ids: Sequence[PassageId], progress: Listener
) -> int:
    """Write a segment of the passages *ids*; how many there still were."""
    segment.mkdir()
    collected = _Collected(len(ids), encoder.dimension)
    with sessions() as session:
        words.write(segment, _incoming(session, encoder, ids, progress, collected))
    index = FaissIndex.build(*collected.arrays())
    index.save(segment)
    progress(SyncProgress("Writing the index", len(ids), len(ids)))
    return len(index)


class _Collected:
    """Vectors on their way from the database to FAISS, gathered while the words are written."""

    def __init__(self, most: int, dimension: int) -> None:
        self._vectors = np.empty((most, dimension), np.float32)
        self._ids = np.empty((2, most), np.int64)
        self._number = 0

    def take(self, passage: Indexable, raw: bytes) -> None:
        """Note a passage and its vector."""
        self._vectors[self._number] = np.frombuffer(raw, meanings.FORMAT)
        self._ids[:, self._number] = passage.id, passage.item_id
        self._number += 1

    def arrays(self) -> tuple[Matrix, Ids, Ids]:
        """Vectors, passages, items."""
        passages_, items = self._ids[:, : self._number]
        return self._vectors[: self._number], passages_, items


def _incoming(
    session: Session,
    encoder: Encoder,
    ids: Sequence[PassageId],
    progress: Listener,
    collected: _Collected,
) -> Iterator[Indexable]:
    for done, chunk in _chunks(ids, _CHUNK):
        progress(SyncProgress("Writing the index", done, len(ids)))
        found = list(passages.load(session, chunk))
        vectors = embeddings.load(session, encoder.model, [p.digest for p in found])
        for passage in found:
            # A passage replaced since the plan was made may lack a vector; the next sync takes it.
            if passage.digest in vectors:
                collected.take(passage, vectors[passage.digest])
                yield passage


def _chunks(values: Iterable[T], size: int) -> Iterator[tuple[int, tuple[T, ...]]]:
    """Pieces of *values*, each with the number of values before it."""
    iterator, done = iter(values), 0
    while chunk := tuple(islice(iterator, size)):
        yield done, chunk
        done += len(chunk)
