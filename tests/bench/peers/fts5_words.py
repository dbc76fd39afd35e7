"""SQLite FTS5 alone: BM25 over title and text, any word of the query."""

import re
import sqlite3
from collections.abc import Sequence

from tests.bench.peers import protocol
from tests.bench.peers.protocol import Document, Task


class Fts5:
    """See System."""

    def __init__(self, task: Task) -> None:
        self.version = sqlite3.sqlite_version
        self._connection = sqlite3.connect(task.folder / "fts5.db")
        self._connection.execute(
            "CREATE VIRTUAL TABLE documents "
            "USING fts5(id UNINDEXED, title, text, tokenize = 'porter unicode61')"
        )

    def index(self, documents: Sequence[Document]) -> None:
        rows = ((document.id, document.title, document.text) for document in documents)
        with self._connection:
            self._connection.executemany("INSERT INTO documents VALUES (?, ?, ?)", rows)

    def search(self, query: str, limit: int) -> list[str]:
        expression = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", query))
        rows = self._connection.execute(
            "SELECT id FROM documents WHERE documents MATCH ? ORDER BY rank LIMIT ?", (expression, limit)
        )
        return [id_ for (id_,) in rows]


if __name__ == "__main__":
    protocol.run(Fts5)
