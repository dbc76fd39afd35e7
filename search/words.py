"""The lexical index: SQLite FTS5 in a file of its own.

A row holds neighbouring passages of an item, up to some 4,000 characters: a whole lesson, a chapter of a
handbook. Words that belong together often stand in different passages, and BM25 over single passages cannot
add them up: on NASA's judged queries it gave nDCG@10 0.53, over such rows 0.57.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from kb.passages import Indexable, PassageKey
from kb.values import ItemId, PassageId
from search import analysis
from search.ports import WordMatch

_WEIGHTS = (3.0, 1.5, 1.0, 2.0)
"""Of a word in title, headings, text and labels; chosen on judged queries (docs/decisions/0004)."""
_COMMON = 0.3
"""Share of rows from which a word is common. Scoring such words takes a third of the time, decides nothing:
without them nDCG@10 on judged queries stayed at 0.66; from a share of 0.2 it fell to 0.65."""
_MANY = 100
"""Rows from which it is worth the while."""
_STRETCH = 4_000
"""Characters of text that one row holds at most, unless a single passage is longer."""
_SCHEMA = """
    CREATE TABLE passage (id INTEGER PRIMARY KEY, item INTEGER NOT NULL, digest TEXT NOT NULL);
    CREATE TABLE stretch (id INTEGER PRIMARY KEY, item INTEGER NOT NULL);
    CREATE INDEX stretch_item ON stretch (item);
    CREATE VIRTUAL TABLE words USING fts5(
        title, headings, text, labels, tokenize = "porter unicode61 remove_diacritics 2"
    );
"""


class WordIndex:
    """A finished index, opened to be read. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        """Open the file at *path*; sqlite3.DatabaseError when it is damaged."""
        self._lock = Lock()
        self._connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._length = int(self._connection.execute("SELECT count(*) FROM passage").fetchone()[0])
        self._common = self._common_stems()

    def __len__(self) -> int:
        """How many passages it holds."""
        return self._length

    def _common_stems(self) -> frozenset[str]:
        """Stems that stand in so many rows that they tell them hardly apart, yet cost the most to score."""
        rows = int(self._connection.execute("SELECT count(*) FROM stretch").fetchone()[0])
        self._connection.execute("CREATE VIRTUAL TABLE temp.stems USING fts5vocab(main, words, row)")
        found = self._connection.execute("SELECT term FROM stems WHERE doc > ?", [max(rows * _COMMON, _MANY)])
        return frozenset(term for (term,) in found)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def matching(
        self, words: Sequence[str], limit: int, among: Collection[ItemId] | None = None
    ) -> list[WordMatch]:
        """See LexicalIndex. The best row of an item counts; common words only where there are no others.

        FTS5 gives BM25 with k1 = 1.2 and b = 0.75, negated so that smaller is better.
        """
        telling = [word for word in words if analysis.stem(word) not in self._common] or words
        expression = " OR ".join(filter(None, map(_phrase, telling)))
        if not expression:
            return []
        restriction, parameters = "", [expression, f"bm25({', '.join(map(str, _WEIGHTS))})"]
        if among is not None:
            restriction = (
                "AND rowid IN (SELECT id FROM stretch WHERE item IN (SELECT value FROM json_each(?)))"
            )
            parameters.append(json.dumps(list(among)))
        # Ordering by the hidden column rank lets FTS5 stop at the limit.
        rows = self._read(
            "SELECT item, -rank, stretch.id FROM (SELECT rowid, rank FROM words WHERE words MATCH ? "  # noqa: S608 - constants only
            f"AND rank MATCH ? {restriction} ORDER BY rank LIMIT ?) AS best "
            "JOIN stretch ON stretch.id = best.rowid ORDER BY rank, item",
            [*parameters, limit],
        )
        best: dict[ItemId, WordMatch] = {}
        for item, score, passage in rows:
            best.setdefault(ItemId(item), WordMatch(ItemId(item), score, PassageId(passage)))
        return list(best.values())

    def holding(self, phrases: Sequence[str], *, together: bool = False) -> set[ItemId]:
        """See LexicalIndex; close together means in one row."""
        expression = (" AND " if together else " OR ").join(filter(None, map(_phrase, phrases)))
        if not expression:
            return set()
        rows = self._read(
            "SELECT DISTINCT item FROM words JOIN stretch ON stretch.id = words.rowid WHERE words MATCH ?",
            [expression],
        )
        return {ItemId(row[0]) for row in rows}

    def keys(self) -> dict[PassageId, PassageKey]:
        """Item and digest of each passage it holds."""
        rows = self._connection.execute("SELECT id, item, digest FROM passage ORDER BY id")
        return {PassageId(id_): PassageKey(ItemId(item), digest) for id_, item, digest in rows}

    def _read(self, query: str, parameters: Sequence[str | int]) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, parameters).fetchall()


def _phrase(text: str) -> str:
    """*text* as an FTS5 string: quoted, so that no character of it is an operator."""
    parts = analysis.parts(text)
    return '"' + " ".join(parts) + '"' if parts else ""


def create(path: Path) -> None:
    """Make an empty index file."""
    with sqlite3.connect(path) as connection:
        connection.executescript(_SCHEMA)
    connection.close()


def change(path: Path, remove: Collection[ItemId], add: Iterable[Indexable]) -> None:
    """Take items out of the file at *path*, and put passages in, in one transaction.

    *add* gives whole items, the passages of each together and in order.
    """
    connection = sqlite3.connect(path)
    with connection:
        gone = [(item,) for item in remove]
        connection.executemany(
            "DELETE FROM words WHERE rowid IN (SELECT id FROM stretch WHERE item = ?)", gone
        )
        connection.executemany("DELETE FROM stretch WHERE item = ?", gone)
        connection.execute("CREATE TEMP TABLE gone (item INTEGER PRIMARY KEY)")
        connection.executemany("INSERT INTO gone VALUES (?)", gone)
        connection.execute("DELETE FROM passage WHERE item IN (SELECT item FROM gone)")
        for stretch in _stretches(add):
            _insert(connection, stretch)
    connection.close()


def _stretches(passages: Iterable[Indexable]) -> Iterator[list[Indexable]]:
    """Neighbouring passages of an item, as many as make one row."""
    stretch: list[Indexable] = []
    length = 0
    for passage in passages:
        other = stretch and stretch[0].item_id != passage.item_id
        if other or (stretch and length + len(passage.text) > _STRETCH):
            yield stretch
            stretch, length = [], 0
        stretch.append(passage)
        length += len(passage.text)
    if stretch:
        yield stretch


def _insert(connection: sqlite3.Connection, stretch: Sequence[Indexable]) -> None:
    first = stretch[0]
    headings = " ".join(dict.fromkeys(passage.headings for passage in stretch))
    text = "\n".join(passage.text for passage in stretch)
    connection.execute(
        "INSERT INTO words (rowid, title, headings, text, labels) VALUES (?, ?, ?, ?, ?)",
        (first.id, first.title, headings, text, first.labels),
    )
    connection.execute("INSERT INTO stretch VALUES (?, ?)", (first.id, first.item_id))
    connection.executemany(
        "INSERT INTO passage VALUES (?, ?, ?)", ((p.id, p.item_id, p.digest) for p in stretch)
    )
