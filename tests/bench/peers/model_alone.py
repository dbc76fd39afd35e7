"""The model alone: sentence-transformers embeds whole documents, NumPy compares them all."""

from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Any

import numpy as np

from tests.bench.peers import protocol
from tests.bench.peers.protocol import Document, Task


class ModelAlone:
    """See System."""

    def __init__(self, task: Task) -> None:
        self.version = version("sentence-transformers")
        self._model: Any = import_module("sentence_transformers").SentenceTransformer(
            str(task.model), device="cpu"
        )
        self._ids: list[str] = []
        self._vectors = np.empty((0, 0), np.float32)

    def index(self, documents: Sequence[Document]) -> None:
        self._ids = [document.id for document in documents]
        texts = [document.whole for document in documents]
        self._vectors = self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)

    def search(self, query: str, limit: int) -> list[str]:
        vector = self._model.encode(query, normalize_embeddings=True, show_progress_bar=False)
        nearest = np.argsort(-(self._vectors @ vector), kind="stable")[:limit]
        return [self._ids[place] for place in nearest]


if __name__ == "__main__":
    protocol.run(ModelAlone)
