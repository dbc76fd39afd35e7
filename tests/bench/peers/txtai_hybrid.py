"""txtai: words and meaning joined, as `hybrid` does by default."""

from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Any

from tests.bench.peers import protocol
from tests.bench.peers.protocol import Document, Task


class Txtai:
    """See System."""

    def __init__(self, task: Task) -> None:
        self.version = version("txtai")
        self._index: Any = import_module("txtai").Embeddings(
            path=str(task.model), hybrid=True, maxlength=protocol.MAX_TOKENS
        )

    def index(self, documents: Sequence[Document]) -> None:
        self._index.index([(document.id, document.whole, None) for document in documents])

    def search(self, query: str, limit: int) -> list[str]:
        return [id_ for id_, _ in self._index.search(query, limit)]


if __name__ == "__main__":
    protocol.run(Txtai)
