"""The reranker: a compiled cross-encoder run by onnxruntime, without torch."""

from collections.abc import Sequence
from pathlib import Path

from search.compiled import CompiledModel
from search.ports import Scores


class OnnxReranker:
    """A compiled cross-encoder, safe to share between threads."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        """Open what `search.compile` wrote into *folder*; computes on *threads* threads."""
        self._compiled = CompiledModel(folder, threads=threads)

    @property
    def model(self) -> str:
        """See Reranker."""
        return self._compiled.manifest.model

    def score(self, query: str, texts: Sequence[str]) -> Scores:
        """See Reranker."""
        return self._compiled.run([(query, text) for text in texts])[:, 0]
