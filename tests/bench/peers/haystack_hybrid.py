"""Haystack: BM25 and embedding retrievers over its in-memory store, joined by reciprocal rank fusion."""

from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Any

from tests.bench.peers import protocol
from tests.bench.peers.protocol import Document, Task

_CANDIDATES = 50
"""What each retriever hands to the joiner."""
_EMBEDDERS = "haystack_integrations.components.embedders.sentence_transformers"


class Haystack:
    """See System."""

    def __init__(self, task: Task) -> None:
        self.version = version("haystack-ai")
        embedders = import_module(_EMBEDDERS)
        stores = import_module("haystack.document_stores.in_memory")
        self._document: Any = import_module("haystack").Document
        self._store: Any = stores.InMemoryDocumentStore(embedding_similarity_function="cosine")
        self._embedder: Any = embedders.SentenceTransformersDocumentEmbedder(
            model=str(task.model), progress_bar=False
        )
        self._embedder.warm_up()
        self._pipeline = self._joined(
            embedders.SentenceTransformersTextEmbedder(model=str(task.model), progress_bar=False)
        )

    def _joined(self, embedder: Any) -> Any:
        retrievers = import_module("haystack.components.retrievers.in_memory")
        joiner = import_module("haystack.components.joiners").DocumentJoiner
        pipeline = import_module("haystack").Pipeline()
        pipeline.add_component("embedder", embedder)
        pipeline.add_component("words", retrievers.InMemoryBM25Retriever(self._store, top_k=_CANDIDATES))
        pipeline.add_component(
            "meaning", retrievers.InMemoryEmbeddingRetriever(self._store, top_k=_CANDIDATES)
        )
        pipeline.add_component("joiner", joiner(join_mode="reciprocal_rank_fusion"))
        pipeline.connect("embedder.embedding", "meaning.query_embedding")
        pipeline.connect("words", "joiner")
        pipeline.connect("meaning", "joiner")
        pipeline.warm_up()
        return pipeline

    def index(self, documents: Sequence[Document]) -> None:
        rows = [self._document(id=document.id, content=document.whole) for document in documents]
        self._store.write_documents(self._embedder.run(rows)["documents"])

    def search(self, query: str, limit: int) -> list[str]:
        asked = {"embedder": {"text": query}, "words": {"query": query}, "joiner": {"top_k": limit}}
        return [document.id for document in self._pipeline.run(asked)["joiner"]["documents"]]


if __name__ == "__main__":
    protocol.run(Haystack)
