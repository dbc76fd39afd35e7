"""The lexical index: BM25 over postings held in arrays, phrases by SQLite FTS5 beside them.

A row holds neighbouring passages of an item, up to some 8,000 characters: a whole lesson, a chapter of a
handbook. Words that belong together often stand in different passages, and BM25 over single passages cannot
add them up: on NASA's judged queries it gave nDCG@10 0.53, over such rows 0.57.

What a word adds to a row's score, but for the word's rarity, is computed when the index is written (Lù,
"BM25S", 2024): a query adds up a few arrays, where FTS5 would score row after row (docs/decisions/0005).
"""

import json
import re
import sqlite3
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from math import log
from pathlib import Path
from threading import Lock, local
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.passages import Indexable, PassageKey
from kb.values import ItemId, PassageId
from search import analysis
from search.ports import Ids, Term, WordMatch

_K1, _B = 1.2, 0.75
"""Of BM25, as customary: how soon more of the same word adds nothing, how much long rows are held back."""
_TITLE, _HEADINGS, _TEXT, _LABELS = 4.0, 1.0, 1.0, 0.5
"""What a word weighs there; chosen on judged queries (docs/decisions/0004)."""
_STRETCH = 8_000
"""Characters of text that one row holds at most, unless a single passage is longer."""
_PART = re.compile(r"[^\W_]+")
_SCHEMA = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE passage (id INTEGER PRIMARY KEY, item INTEGER NOT NULL, digest TEXT NOT NULL);
    CREATE TABLE stem (name TEXT PRIMARY KEY, first INTEGER NOT NULL, rows INTEGER NOT NULL) WITHOUT ROWID;
    CREATE VIRTUAL TABLE words USING fts5(
        title, headings, text, labels, content = "", tokenize = "porter unicode61 remove_diacritics 2"
    );
"""
_FILE, _ROWS, _WEIGHTS, _STRETCHES = "words.db", "rows.npy", "weights.npy", "stretches.npy"

Rows = NDArray[np.int32]
Weights = NDArray[np.float32]


class _Postings(NamedTuple):
    """The rows that hold a word, rising, and what it adds to the score of each, but for its rarity."""

    rows: Rows
    weights: Weights


class WordSegment:
    """Files that `write` wrote, opened to be read. Safe to share between threads."""

    def __init__(self, folder: Path, gone: Collection[ItemId] = ()) -> None:
        """Items in *gone* are as if they were not there.

        Raises sqlite3.DatabaseError, ValueError or OSError when a file is damaged.
        """
        self._uri = f"{(folder / _FILE).absolute().as_uri()}?mode=ro&immutable=1"
        self._connections: list[sqlite3.Connection] = []
        self._of_thread = local()
        self._lock = Lock()
        # A word of several parts is looked up more than once in a search, and on each of its pages.
        self._rows_of_phrase = lru_cache(maxsize=64)(self._phrase)
        self._stretch_of_stem = lru_cache(maxsize=16_384)(self._stretch)
        self._all_rows: Rows = np.load(folder / _ROWS, mmap_mode="r")
        self._weights: Weights = np.load(folder / _WEIGHTS, mmap_mode="r")
        self.passages, self.items = np.load(folder / _STRETCHES)
        self._gone = np.fromiter(gone, np.int64, len(gone))
        self._shown = np.isin(self.items, self._gone, invert=True) if gone else None
        [(self._passages_in_file,)] = self._read("SELECT count(*) FROM passage")
        if self._read("SELECT coalesce(sum(rows), 0) FROM stem") != [(len(self._all_rows),)]:
            raise ValueError("words and their rows differ in number")

    def __len__(self) -> int:
        """How many rows it has, those of items that are gone too."""
        return len(self.items)

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            for connection in self._connections:
                connection.close()

    def postings(self, word: str) -> _Postings:
        """Where *word* stands; where all of its parts stand side by side when it has several."""
        parts = _PART.findall(word)
        found = [self._of_stem(analysis.stem(part)) for part in parts]
        if len(found) == 1:
            return found[0]
        if not found or not all(len(one.rows) for one in found):
            return _Postings(np.empty(0, np.int32), np.empty(0, np.float32))
        rows = self._rows_of_phrase(" ".join(parts))
        weights = [one.weights[np.searchsorted(one.rows, rows).clip(max=len(one.rows) - 1)] for one in found]
        return _Postings(rows, np.minimum.reduce(weights))

    def _phrase(self, parts: str) -> Rows:
        found = self._read("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid", f'"{parts}"')
        return np.fromiter((row for (row,) in found), np.int32, len(found))

    def allowed(self, among: Ids | None) -> NDArray[np.bool_] | None:
        """For each row, whether its item is *among* those permitted, and not gone; None = every one."""
        if among is None:
            return self._shown
        table = np.zeros(int(self.items.max(initial=0)) + 1, np.bool_)
        table[among[among < len(table)]] = True
        found = table[self.items]
        return found if self._shown is None else found & self._shown

    def items_in(self, rows: Rows, among: Ids | None) -> Ids:
        """The items that *rows* are of, if permitted and not gone."""
        items: Ids = self.items[rows if self._shown is None else rows[self._shown[rows]]]
        if among is None or not len(among):
            return items if among is None else items[:0]
        places = np.minimum(np.searchsorted(among, items), len(among) - 1)
        return items[among[places] == items]

    def keys(self) -> Iterator[tuple[PassageId, PassageKey]]:
        """Item and digest of each passage it holds, by rising id."""
        gone = set(self._gone.tolist())
        for id_, item, digest in self._read("SELECT id, item, digest FROM passage ORDER BY id"):
            if item not in gone:
                yield PassageId(id_), PassageKey(ItemId(item), digest)

    def passages_held(self) -> int:
        """How many passages it holds."""
        if not len(self._gone):
            return self._passages_in_file
        [(gone,)] = self._read(
            "SELECT count(*) FROM passage WHERE item IN (SELECT value FROM json_each(?))",
            json.dumps(self._gone.tolist()),
        )
        return self._passages_in_file - gone

    def _of_stem(self, stem: str) -> _Postings:
        first, number = self._stretch_of_stem(stem)
        return _Postings(self._all_rows[first : first + number], self._weights[first : first + number])

    def _stretch(self, stem: str) -> tuple[int, int]:
        """Where its rows begin in the file of rows, and how many there are."""
        found = self._read("SELECT first, rows FROM stem WHERE name = ?", stem)
        return found[0] if found else (0, 0)

    def _read(self, query: str, *parameters: str) -> list[tuple[Any, ...]]:
        connection: sqlite3.Connection | None = getattr(self._of_thread, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._uri, uri=True, check_same_thread=False)
            self._of_thread.connection = connection
            with self._lock:
                self._connections.append(connection)
        return connection.execute(query, parameters).fetchall()


class WordIndex:
    """Segments as one index."""

    def __init__(self, segments: Sequence[WordSegment]) -> None:
        self._segments = segments
        self._rows = sum(map(len, segments))
        self._length = sum(segment.passages_held() for segment in segments)

    def __len__(self) -> int:
        """How many passages it holds."""
        return self._length

    def close(self) -> None:
        """Let go of the files."""
        for segment in self._segments:
            segment.close()

    def keys(self) -> dict[PassageId, PassageKey]:
        """Item and digest of each passage it holds."""
        return dict(chain.from_iterable(segment.keys() for segment in self._segments))

    def matching(self, terms: Sequence[Term], limit: int, among: Ids | None = None) -> list[WordMatch]:
        """See LexicalIndex. The best row of an item counts.

        Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009; the weighted
        frequencies of a word in a row's fields are added up before they are dampened.
        """
        weighed = [_Weighed(term, *self._look_up(term.text)) for term in terms if _PART.search(term.text)]
        if not weighed:
            return []
        typed = [one for one in weighed if one.term.typed]
        most = sum(one.term.weight * one.rarity for one in typed) * (_K1 + 1)
        held_by_all = sum(one.rarity for one in typed)
        best: list[WordMatch] = []
        for place, segment in enumerate(self._segments):
            scores = np.zeros(len(segment), np.float32)
            held = np.zeros(len(segment), np.float32)
            for one in weighed:
                rows, weights = one.postings[place]
                scores[rows] += np.float32(one.term.weight * one.rarity) * weights
                if one.term.typed:
                    held[rows] += np.float32(one.rarity)
            found = _best(segment, scores, segment.allowed(among), limit)
            best += _matches(segment, found, scores[found] / most, held[found] / held_by_all)
        return sorted(best, key=lambda match: (-match.share, match.item))[:limit]

    def _look_up(self, word: str) -> tuple[list["_Postings"], float]:
        """Where *word* stands in each segment, and its rarity as Lucene computes it."""
        postings = [segment.postings(word) for segment in self._segments]
        rows = sum(len(one.rows) for one in postings)
        return postings, log(1 + (self._rows - rows + 0.5) / (rows + 0.5))

    def scarce(self, words: Sequence[str], most: int, among: Ids | None = None) -> Ids:
        """See LexicalIndex."""
        found = [np.empty(0, np.int64)]
        for word in dict.fromkeys(words):
            postings = [segment.postings(word) for segment in self._segments]
            # A long item may hold its word in many rows, but not in that many.
            if sum(len(one.rows) for one in postings) > 10 * most:
                continue
            pairs = zip(self._segments, postings, strict=True)
            items = np.unique(np.concatenate([segment.items_in(one.rows, among) for segment, one in pairs]))
            if len(items) <= most:
                found.append(items)
        return np.unique(np.concatenate(found))

    def holding(self, phrases: Sequence[str]) -> Ids:
        """See LexicalIndex."""
        wanted = [phrase for phrase in dict.fromkeys(phrases) if _PART.search(phrase)]
        if not wanted:
            return np.empty(0, np.int64)
        items: list[Ids] = []
        for segment in self._segments:
            rows = np.zeros(len(segment), np.bool_)
            for phrase in wanted:
                rows[segment.postings(phrase).rows] = True
            shown = segment.allowed(None)
            items.append(segment.items[rows if shown is None else rows & shown])
        return np.unique(np.concatenate(items))


class _Weighed(NamedTuple):
    """A word that is looked for, and where it stands."""

    term: Term
    postings: list[_Postings]
    """In each segment."""
    rarity: float


def _best(segment: WordSegment, scores: Weights, allowed: NDArray[np.bool_] | None, limit: int) -> Ids:
    """The best row of each of the *limit* best items, best first."""
    rows = np.flatnonzero(scores if allowed is None else scores * allowed)
    for enough in (4 * limit, len(rows)):
        chosen = rows
        if enough < len(rows):
            least = np.partition(scores[rows], len(rows) - enough)[len(rows) - enough]
            chosen = rows[scores[rows] >= least]
        order = chosen[np.lexsort((chosen, segment.items[chosen], -scores[chosen]))]
        _, first = np.unique(segment.items[order], return_index=True)
        if len(first) >= limit or len(chosen) == len(rows):
            break
    return order[np.sort(first)][:limit]


def _matches(segment: WordSegment, rows: Ids, shares: Weights, held: Weights) -> list[WordMatch]:
    values = zip(
        segment.items[rows].tolist(),
        shares.tolist(),
        held.tolist(),
        segment.passages[rows].tolist(),
        strict=True,
    )
    return [
        WordMatch(ItemId(item), min(1.0, share), min(1.0, part), PassageId(passage))
        for item, share, part, passage in values
    ]


def write(folder: Path, passages: Iterable[Indexable]) -> None:
    """Write a segment into *folder*; *passages* are whole items, those of each together and in order."""
    connection = sqlite3.connect(folder / _FILE)
    connection.executescript(_SCHEMA)
    postings = _Collected()
    for row, stretch in enumerate(_stretches(passages)):
        fields = _fields(stretch)
        connection.execute(
            "INSERT INTO words (rowid, title, headings, text, labels) VALUES (?, ?, ?, ?, ?)", (row, *fields)
        )
        connection.executemany(
            "INSERT INTO passage VALUES (?, ?, ?)", ((p.id, p.item_id, p.digest) for p in stretch)
        )
        postings.take(stretch[0], fields)
    connection.executemany("INSERT INTO stem VALUES (?, ?, ?)", postings.save(folder))
    connection.commit()
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


def _fields(stretch: Sequence[Indexable]) -> tuple[str, str, str, str]:
    first = stretch[0]
    headings = " ".join(dict.fromkeys(passage.headings for passage in stretch))
    return first.title, headings, "\n".join(passage.text for passage in stretch), first.labels


class _Collected:
    """Postings row by row, on their way to files in which they stand word by word."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        """Of each stem."""
        self._parts: dict[str, int] = {}
        """The number of the stem of each word part met so far."""
        self._words = array("i")
        self._weights = array("f")
        self._held = array("i")
        """How many different words each row has."""
        self._lengths = array("i")
        self._places: list[tuple[int, int]] = []

    def take(self, first: Indexable, fields: tuple[str, str, str, str]) -> None:
        """Note the words of a row that begins with the passage *first*."""
        weights: dict[int, float] = {}
        length = 0
        for weight, text in zip((_TITLE, _HEADINGS, _TEXT, _LABELS), fields, strict=True):
            for part, times in Counter(_PART.findall(text)).items():
                number = self._parts.get(part)
                if number is None:
                    number = self._numbers.setdefault(analysis.stem(part), len(self._numbers))
                    self._parts[part] = number
                weights[number] = weights.get(number, 0.0) + weight * times
                length += times
        self._words.extend(weights)
        self._weights.extend(weights.values())
        self._held.append(len(weights))
        self._lengths.append(length)
        self._places.append((first.id, first.item_id))

    def save(self, folder: Path) -> Iterator[tuple[str, int, int]]:
        """Write the arrays into *folder*; each stem with the place and number of its rows."""
        words = np.frombuffer(self._words, np.int32)
        held = np.frombuffer(self._held, np.int32)
        lengths = np.frombuffer(self._lengths, np.int32)
        order = np.argsort(words, kind="stable")
        rows = np.repeat(np.arange(len(held), dtype=np.int32), held)[order]
        mean = lengths.mean() if len(lengths) else 1.0
        dampened = (_K1 * (1 - _B + _B * lengths / mean)).astype(np.float32)[rows]
        weights = np.frombuffer(self._weights, np.float32)[order]
        np.save(folder / _ROWS, rows)
        np.save(folder / _WEIGHTS, weights * np.float32(_K1 + 1) / (weights + dampened))
        np.save(folder / _STRETCHES, np.array(self._places, np.int64).reshape(-1, 2).T)
        numbers = np.bincount(words, minlength=len(self._numbers))
        firsts = np.cumsum(numbers) - numbers
        return zip(self._numbers, firsts.tolist(), numbers.tolist(), strict=True)
