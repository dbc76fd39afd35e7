"""Judged collections: the documents once as Hindsight reads them and once for its peers."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import jsonl
from kb.models import Item
from search import querysets
from search.querysets import QuerySet
from tests.bench import judged

NASA = "nasa-dev"
_PUBLIC = ("cranfield", "cisi")
_EVAL = judged.SHARED / "eval"


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents and judged queries."""

    queryset: QuerySet
    queries: Path
    source: Path
    """The documents as a register that Hindsight reads."""
    documents: Path
    """The same documents as JSON Lines."""
    size: int

    @property
    def name(self) -> str:
        """As its folder is called."""
        return self.queryset.name


def nasa(session: Session, folder: Path) -> Collection:
    """NASA's lessons; peers get the very texts that Hindsight holds in *session*."""
    rows = session.execute(
        select(Item.external_ref, Item.title, Item.body).where(Item.external_ref != "").order_by(Item.id)
    )
    documents = folder / f"{NASA}.jsonl"
    lines = [json.dumps({"_id": ref, "title": title, "text": body}) + "\n" for ref, title, body in rows]
    documents.write_text("".join(lines))
    return _collection(NASA, judged.LESSONS, documents, len(lines))


def public(folder: Path, tell: Callable[[str], None]) -> Iterator[Collection]:
    """The public collections that are there, as far as their documents say anything."""
    for name in _PUBLIC:
        documents = _EVAL / name / querysets.CORPUS_FILE
        if not documents.is_file():
            tell(f"{name} is left out: there is no {documents}.")
            continue
        # Cranfield has two documents without a word, which no register would hold as lessons.
        rows = [row for _, row in jsonl.rows(documents) if row.get("title") or row["text"].strip()]
        source, spoken = folder / f"{name}.csv", folder / f"{name}.jsonl"
        _write_register(source, rows)
        spoken.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        yield _collection(name, source, spoken, len(rows))


def _collection(name: str, source: Path, documents: Path, size: int) -> Collection:
    queries = _EVAL / name / querysets.QUERIES_FILE
    return Collection(querysets.read(_EVAL / name), queries, source, documents, size)


def _write_register(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """A lessons register with a row for each document."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("Lesson ID", "Title", "Description"))
        writer.writerows((row["_id"], row.get("title", ""), row["text"]) for row in rows)
