"""What can be typed: the words and titles of all items, in an SQLite file that follows the database.

It is derived like the index, but changed in place, item by item, so that it stays cheap however large the
base is. It knows what every item holds; whoever reads from it must show nothing that the reader may not see.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy.orm import Session

from kb import items
from kb.database import Sessions
from kb.items import ItemText
from kb.values import ItemId
from search import analysis

log = logging.getLogger(__name__)

_BATCH = 500
"""Items written in one transaction."""
_SHORTEST, _LONGEST = 3, 24
"""Letters of a word that is worth keeping."""
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS entry (item INTEGER PRIMARY KEY, digest TEXT NOT NULL);
    CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
        forms, columnsize = 0, tokenize = "unicode61 remove_diacritics 0"
    );
    CREATE VIRTUAL TABLE IF NOT EXISTS vocabulary USING fts5vocab(words, row);
    CREATE VIRTUAL TABLE IF NOT EXISTS titles USING fts5(
        title, columnsize = 0, prefix = '1 2 3', tokenize = "unicode61 remove_diacritics 2"
    );
"""


class Lexicon:
    """The file at *path*, made when it is missing or no database. Safe to share between threads.

    When another file takes its place, that is opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._connection = _made(path)
        self._inode = _inode(path)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def sync(
        self, sessions: Sessions, progress: Callable[[int, int], None] = lambda _done, _total: None
    ) -> int:
        """Take out what the database changed or lost, put in what it changed or gained; how many items.

        *progress* is told how many items are in, of how many. Kill it anywhere: the next sync goes on.
        A damaged file is begun anew.
        """
        try:
            return self._follow(sessions, progress)
        except sqlite3.DatabaseError as error:
            log.warning("%s is damaged (%s) and is made anew.", self._path, error)
            remove(self._path)
            return self._follow(sessions, progress)

    def _follow(self, sessions: Sessions, progress: Callable[[int, int], None]) -> int:
        with sessions() as session, closing(_made(self._path)) as writer:
            gone, new = _difference(items.digests(session), _held(writer))
            for batch in _batches(gone):
                _remove(writer, batch)
            done = 0
            for batch in _batches(new):
                _add(writer, items.texts(session, batch))
                done += len(batch)
                progress(done, len(new))
        return len({*gone, *new})

    def holding(self, word: str, limit: int, after: int = 0) -> list[ItemId]:
        """The first items, at most *limit*, with ids above *after* that hold exactly *word*, in any case."""
        rows = self._read(
            "SELECT rowid FROM words WHERE words MATCH ? AND rowid > ? ORDER BY rowid LIMIT ?",
            [f'"{word}"', after, limit],
        )
        return [ItemId(row[0]) for row in rows]

    def titled(self, beginnings: Sequence[str], limit: int, before: int | None = None) -> list[ItemId]:
        """The newest items, at most *limit*, with ids below *before*, whose titles hold words so begun."""
        expression = " AND ".join(f'"{beginning}"*' for beginning in beginnings)
        rows = self._read(
            "SELECT rowid FROM titles WHERE titles MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?",
            [expression, before or 2**62, limit],
        )
        return [ItemId(row[0]) for row in rows]

    def vocabulary(self) -> list[tuple[str, int]]:
        """Every word with the number of items that hold it."""
        return [(word, number) for word, number in self._read("SELECT term, doc FROM vocabulary")]

    def stamp(self) -> tuple[int, ...]:
        """Other numbers after each change."""
        return (*(row[0] for row in self._read("PRAGMA data_version")), self._inode)

    def identity(self) -> str:
        """Another text once another file took its place, or it was made anew, even under the same number."""
        entries = [str(row[0]) for row in self._read("SELECT count(*) FROM entry")]
        return "-".join([str(_inode(self._path)), *entries])

    def _read(self, query: str, parameters: Sequence[str | int] = ()) -> list[tuple[Any, ...]]:
        """The rows found; none when the file is damaged: search goes on, the log says why."""
        with self._lock:
            try:
                return self._reader().execute(query, parameters).fetchall()
            except sqlite3.DatabaseError as error:
                log.warning(
                    "%s is damaged (%s). Search goes on without it. Run: kb doctor", self._path, error
                )
                return []

    def _reader(self) -> sqlite3.Connection:
        if self._inode != _inode(self._path):
            self._connection.close()
            self._connection = _made(self._path)
            self._inode = _inode(self._path)
        return self._connection


@dataclass(frozen=True, slots=True)
class LexiconStatus:
    """How the file stands beside the database."""

    words: int
    items: int
    pending: int
    """Items to put in, to take out or to change at the next sync."""
    problem: str
    """What is wrong, as a sentence; empty when the file is fit for use."""


def status(session: Session, path: Path) -> LexiconStatus:
    """The state of the file at *path*, which is only looked at."""
    wanted = items.digests(session)
    if not path.exists():
        return LexiconStatus(0, 0, len(wanted), "There is no file of words and titles yet.")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            held = _held(connection)
            words = int(connection.execute("SELECT count(*) FROM vocabulary").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return LexiconStatus(0, 0, len(wanted), _damaged(error))
    gone, new = _difference(wanted, held)
    return LexiconStatus(words, len(held), len({*gone, *new}), "")


def damage(path: Path) -> str:
    """What is broken inside the file at *path*, as a sentence; empty when all of it agrees."""
    try:
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            faults = [row[0] for row in connection.execute("PRAGMA quick_check") if row[0] != "ok"]
            for table in ("words", "titles"):
                connection.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")  # noqa: S608 - constants only
    except sqlite3.DatabaseError as error:
        return _damaged(error)
    return _damaged(faults[0]) if faults else ""


def remove(path: Path) -> None:
    """Take the file at *path* away; whoever has it open goes on with the new one."""
    for part in path.parent.glob(f"{path.name}*"):
        part.unlink(missing_ok=True)


def _damaged(why: object) -> str:
    return f"The file of words and titles is damaged: {why}."


def _made(path: Path) -> sqlite3.Connection:
    """The file, begun anew when it is no database."""
    try:
        return _opened(path)
    except sqlite3.DatabaseError:
        remove(path)
        return _opened(path)


def _inode(path: Path) -> int:
    return path.stat().st_ino if path.exists() else 0


def _held(connection: sqlite3.Connection) -> dict[ItemId, str]:
    return {ItemId(item): digest for item, digest in connection.execute("SELECT item, digest FROM entry")}


def _difference(
    wanted: Mapping[ItemId, str], held: Mapping[ItemId, str]
) -> tuple[list[ItemId], list[ItemId]]:
    """What to take out, and what to put in; a changed item is in both."""
    gone = [item for item in held if wanted.get(item) != held[item]]
    return gone, [item for item in wanted if held.get(item) != wanted[item]]


def _remove(connection: sqlite3.Connection, ids: Sequence[ItemId]) -> None:
    with connection:
        for table, key in (("words", "rowid"), ("titles", "rowid"), ("entry", "item")):
            statement = f"DELETE FROM {table} WHERE {key} = ?"  # noqa: S608 - constants only
            connection.executemany(statement, [(item,) for item in ids])


def _add(connection: sqlite3.Connection, texts: Iterable[ItemText]) -> None:
    with connection:
        for one in texts:
            connection.execute("INSERT INTO words (rowid, forms) VALUES (?, ?)", (one.id, _forms(one)))
            connection.execute("INSERT INTO titles (rowid, title) VALUES (?, ?)", (one.id, one.title))
            connection.execute("INSERT INTO entry VALUES (?, ?)", (one.id, one.digest))


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, check_same_thread=False, timeout=30)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.executescript(_SCHEMA)
    return connection


def _forms(item: ItemText) -> str:
    """The words of an item, each once."""
    found = {part.lower() for part in analysis.parts(f"{item.title}\n{item.body}")}
    return " ".join(word for word in found if _SHORTEST <= len(word) <= _LONGEST and word.isalpha())


def _batches(ids: Sequence[ItemId]) -> Iterator[list[ItemId]]:
    iterator = iter(ids)
    while batch := list(islice(iterator, _BATCH)):
        yield batch
