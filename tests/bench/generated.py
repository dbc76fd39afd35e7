"""Collections of any size made of real text, to measure how search grows with them.

The seed is real: NASA's lessons and the public handbooks beside the checkout, read, cut and embedded by the
product itself, once. A collection recombines it:

- a passage is most of the sentences of one real passage (each stays with a probability of 0.7) and up to two
  of another, so word statistics stay those of real text; its title joins the halves of two real titles;
- its vector is the real passage's, moved: normalise(original + noise) with Gaussian noise so long that the
  cosine to the original lies between 0.90 and 0.95, uniformly;
- an item has 1 to 8 passages that come from neighbouring real ones;
- facets follow what bases look like: 70 % lessons, projects and tags by Zipf's law, ever more in a year.

Rows are written in bulk through the tables of `kb`, embeddings too, so that a sync builds the index for real
without embedding. The same size gives the same collection.
"""

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Table, insert, select, text
from sqlalchemy.orm import Session

from ingest import pipeline
from kb import facet_codes, passages
from kb.access import LOCAL_USER
from kb.database import transaction
from kb.models import (
    Document,
    Embedding,
    Facet,
    Item,
    Lesson,
    Passage,
    Practice,
    Project,
    Source,
    Template,
    Training,
)
from kb.settings import Settings
from kb.text import digest
from kb.values import ItemId
from kb.vocabulary import REFERENCE_PREFIX, Approach, FacetName, Kind, KnowledgeArea, Phase, Sector
from search.ports import Matrix
from tests.bench import judged
from web import wiring
from web.base import work

HANDBOOKS = judged.SHARED / "corpora" / "handbooks"
COSINES = (0.90, 0.95)
"""Between which the cosine of a passage's vector to the real one's lies."""
_ITEMS_AT_ONCE = 2_000
_PASSAGES = (0.30, 0.28, 0.17, 0.10, 0.06, 0.04, 0.03, 0.02)
"""Shares of items with 1 to 8 passages."""
_KINDS = {
    Kind.LESSON: 0.70,
    Kind.DOCUMENT: 0.15,
    Kind.TRAINING: 0.07,
    Kind.PRACTICE: 0.05,
    Kind.TEMPLATE: 0.03,
}
_KIND_TABLES: dict[Kind, type[Item]] = {
    Kind.LESSON: Lesson,
    Kind.DOCUMENT: Document,
    Kind.TRAINING: Training,
    Kind.PRACTICE: Practice,
    Kind.TEMPLATE: Template,
}
_PHASES, _SECTORS, _AREAS, _APPROACHES = list(Phase), list(Sector), list(KnowledgeArea), list(Approach)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_FIRST_DAY = date(1990, 1, 1)
_DAYS = 13_000

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Seed:
    """Real passages in the order of their items, and what belongs to them."""

    titles: tuple[str, ...]
    """Of the item of each passage."""
    headings: tuple[str, ...]
    sentences: tuple[tuple[str, ...], ...]
    tags: tuple[str, ...]
    """All tags that real items have, most frequent first."""
    vectors: Matrix
    model: str


def folder_of(base: Path, size: int) -> Path:
    """The data folder of the collection of *size* passages below *base*."""
    return base / f"collection-{size}"


def settings_of(base: Path, size: int) -> Settings:
    """Settings of the collection of *size* passages, made at first use."""
    folder = folder_of(base, size)
    if not folder.exists():
        aside = folder.with_suffix(".making")
        shutil.rmtree(aside, ignore_errors=True)
        _write(Settings(data=aside), base / "models", seed(base), size)
        aside.rename(folder)
    settings = Settings(data=folder)
    services = wiring.build(settings)
    work.prepare(services)  # it may have been made before the schema changed
    services.close()
    return settings


def seed(base: Path) -> Seed:
    """The real passages, read and embedded below *base* at first use."""
    settings = Settings(data=base / "seed")
    services = wiring.build(settings)
    work.prepare(services)
    _share_models(settings, base / "models")
    for paths in ([judged.LESSONS], [HANDBOOKS]):
        work.ingest(services, LOCAL_USER, paths, pipeline.Options())
    work.sync(services)
    with services.sessions() as session:
        found = _read_seed(session, services.encoder().model)
    services.close()
    return found


def queries(found: Seed, number: int) -> list[str]:
    """*number* queries: those that people judged, then titles and first sentences of real passages."""
    asked = [query.text for query in judged.queries()]
    rng = np.random.default_rng(7)
    places: list[int] = rng.permutation(len(found.titles)).tolist()
    for place in places:
        sentence = max(found.sentences[place], key=len)
        asked.append(found.titles[place] if place % 2 else sentence[:200])
    return [query for query in asked if query.strip()][:number]


def _share_models(settings: Settings, models: Path) -> None:
    """Every collection uses one compiled encoder."""
    models.mkdir(parents=True, exist_ok=True)
    if not settings.models.exists():
        settings.models.symlink_to(models.absolute())


def _read_seed(session: Session, model: str) -> Seed:
    rows = session.execute(
        select(Item.title, Passage.headings, Passage.text, Embedding.vector)
        .join(Passage, Passage.item_id == Item.id)
        .join(Embedding, Embedding.digest == Passage.digest)
        .where(Embedding.model == model, Item.withdrawn_at.is_(None))
        .order_by(Passage.id)
    ).all()
    tags = session.scalars(select(Facet.value).where(Facet.name == FacetName.TAG).distinct()).all()
    return Seed(
        tuple(row.title for row in rows),
        tuple(row.headings for row in rows),
        tuple(_sentences(row.text) for row in rows),
        tuple(tags) or ("untagged",),
        np.frombuffer(b"".join(row.vector for row in rows), "<f4").reshape(len(rows), -1),
        model,
    )


def _sentences(said: str) -> tuple[str, ...]:
    found: list[str] = _SENTENCE.split(said)
    return tuple(filter(None, found)) or (said,)


def _write(settings: Settings, models: Path, found: Seed, size: int) -> None:
    services = wiring.build(settings)
    work.prepare(services)
    _share_models(settings, models)
    maker = _Maker(found, size)
    with transaction(services.sessions) as session:
        _insert(session, Project, [{"id": i + 1, "name": name} for i, name in enumerate(maker.projects)])
    for tables in maker.chunks():
        with transaction(services.sessions) as session:
            for table, rows in tables:
                _insert(session, table, rows)
                if table is Facet:
                    facet_codes.learn(session, {(row["name"], row["value"]) for row in rows})
    with services.database.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    services.close()


def _insert(session: Session, model: type[Any], rows: Rows) -> None:
    table: Table = model.__table__
    if rows:
        # Two passages may say the same; their vector is stored once.
        session.execute(insert(table).prefix_with("OR IGNORE"), rows)


class _Maker:
    """Makes the rows of a collection."""

    def __init__(self, found: Seed, size: int) -> None:
        self._seed = found
        self._size = size
        self._rng = np.random.default_rng(20)
        self._random = Random(20)  # noqa: S311 - for scalars, where NumPy's is slow
        self._words = [found.titles[i].split() for i in range(len(found.titles))]
        number = max(20, size // 400)
        places: list[int] = self._rng.integers(0, len(found.titles), number).tolist()
        self.projects = [f"{' '.join(self._words[p][:3])} {i}"[:300] for i, p in enumerate(places)]
        self._item = self._passage = 0

    def chunks(self) -> Iterator[list[tuple[type[Any], Rows]]]:
        """Rows of some items at a time, in the order in which they must be inserted."""
        while self._passage < self._size:
            yield self._chunk()

    def _chunk(self) -> list[tuple[type[Any], Rows]]:
        first = self._item + 1
        source = {
            "id": first,
            "location": f"/generated/{first}.csv",
            "name": f"{first}.csv",
            "digest": digest(str(first)),
            "size": 1,
            "media_type": "text/csv",
            "reader": "generated",
        }
        rows: dict[type[Any], Rows] = {Source: [source], Item: [], Facet: [], Passage: [], Embedding: []}
        rows |= {table: [] for table in _KIND_TABLES.values()}
        origins: list[int] = []
        for _ in range(_ITEMS_AT_ONCE):
            if self._passage < self._size:
                origins += self._add_item(rows, first)
        vectors = self._moved(self._seed.vectors[origins])
        rows[Embedding] = [
            {"digest": row["digest"], "model": self._seed.model, "vector": vector.tobytes()}
            for row, vector in zip(rows[Passage], vectors, strict=True)
        ]
        return list(rows.items())

    def _add_item(self, rows: dict[type[Any], Rows], source: int) -> list[int]:
        """Add one item to *rows*; the real passages that its vectors come from."""
        rng, found = self._random, self._seed
        number = min(rng.choices(range(1, 9), _PASSAGES)[0], self._size - self._passage)
        start = rng.randrange(len(found.titles))
        origins = [(start + i) % len(found.titles) for i in range(number)]
        self._item += 1
        [kind] = rng.choices(list(_KINDS), list(_KINDS.values()))
        title = self._title(start, rng.randrange(len(found.titles)))
        day = _FIRST_DAY + timedelta(days=int(_DAYS * rng.random() ** 0.5))
        project = self._zipf(len(self.projects))
        texts = [self._text(origin) for origin in origins]
        facets = self._facets(kind, project, day)
        rows[Item].append(
            {
                "id": self._item,
                "kind": kind,
                "ref": f"{REFERENCE_PREFIX[kind]}-{self._item}",
                "title": title,
                "summary": texts[0][:200],
                "body": "\n\n".join(texts),
                "digest": digest(title),
                "project_id": project + 1,
                "classification": rng.choices(["public", "internal", "confidential"], [3, 6, 1])[0],
                "status": "submitted" if kind is Kind.LESSON else "published",
                "dated": day,
                "source_id": source,
                "source_key": str(self._item),
                "facet_codes": facet_codes.coded(facets),
            }
        )
        rows[_KIND_TABLES[kind]].append({"id": self._item} | _own(kind, texts))
        rows[Facet] += [{"item_id": self._item, "name": name, "value": value} for name, value in facets]
        rows[Passage] += self._passages(title, origins, texts)
        return origins

    def _passages(self, title: str, origins: Sequence[int], texts: Sequence[str]) -> Iterator[dict[str, Any]]:
        place = 0
        for ordinal, (origin, said) in enumerate(zip(origins, texts, strict=True)):
            self._passage += 1
            headings = self._seed.headings[origin]
            yield {
                "id": self._passage,
                "item_id": ItemId(self._item),
                "version": 1,
                "ordinal": ordinal,
                "headings": headings,
                "text": said,
                "digest": passages.embedded_digest(title, headings, said),
                "start": place,
                "end": place + len(said),
            }
            place += len(said) + 2

    def _facets(self, kind: Kind, project: int, day: date) -> list[tuple[str, str]]:
        rng = self._random
        values = {
            (FacetName.KIND, str(kind)),
            (FacetName.PROJECT, self.projects[project]),
            (FacetName.YEAR, str(day.year)),
            (FacetName.PHASE, str(rng.choice(_PHASES))),
            (FacetName.SECTOR, str(rng.choice(_SECTORS))),
        }
        values |= {(FacetName.AREA, str(area)) for area in rng.choices(_AREAS, k=rng.randint(1, 2))}
        if rng.random() < 0.4:
            values.add((FacetName.APPROACH, str(rng.choice(_APPROACHES))))
        for _ in range(rng.randint(0, 4)):
            values.add((FacetName.TAG, self._seed.tags[self._zipf(len(self._seed.tags))]))
        return sorted((str(name), value) for name, value in values)

    def _title(self, one: int, other: int) -> str:
        first, last = self._words[one], self._words[other]
        return " ".join([*first[: max(2, len(first) * 2 // 3)], *last[len(last) // 2 :]])[:500]

    def _text(self, origin: int) -> str:
        rng, found = self._random, self._seed
        own: tuple[str, ...] = found.sentences[origin]
        kept = [sentence for sentence in own if rng.random() < 0.7] or [own[0]]
        other: tuple[str, ...] = rng.choice(found.sentences)
        return " ".join([*kept, *other[: rng.randint(0, 2)]])

    def _zipf(self, number: int) -> int:
        """A place among *number* by Zipf's law: the second is half as frequent as the first."""
        return int(min(number - 1, (number + 1) ** self._random.random() - 1))

    def _moved(self, vectors: Matrix) -> NDArray[np.float32]:
        noise = self._rng.standard_normal(vectors.shape, np.float32)
        noise -= np.sum(noise * vectors, axis=1, keepdims=True) * vectors
        noise /= np.linalg.norm(noise, axis=1, keepdims=True)
        cosine = self._rng.uniform(*COSINES, (len(vectors), 1)).astype(np.float32)
        return cosine * vectors + np.sqrt(1 - cosine**2) * noise


def _own(kind: Kind, texts: Sequence[str]) -> dict[str, str]:
    """The fields that a kind must have, or is read by."""
    if kind is Kind.LESSON:
        return {"event": texts[0], "recommendation": texts[-1]}
    return {"document_kind": "other"} if kind is Kind.DOCUMENT else {}
