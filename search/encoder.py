"""The encoder: a compiled model run by onnxruntime, without torch."""

from collections.abc import Sequence
from pathlib import Path

from search.compiled import CompiledModel
from search.ports import Matrix, Vector


class OnnxEncoder:
    """A compiled encoder, safe to share between threads."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        """Open what `search.compile` wrote into *folder*; computes on *threads* threads."""
        self._compiled = CompiledModel(folder, threads=threads)

    @property
    def model(self) -> str:
        """See Encoder."""
        return self._compiled.manifest.model

    @property
    def dimension(self) -> int:
        """See Encoder."""
        return self._compiled.manifest.dimension

    def encode(self, texts: Sequence[str]) -> Matrix:
        """See Encoder."""
        prompt = self._compiled.manifest.document_prompt
        return self._compiled.run([prompt + text for text in texts])

    def encode_query(self, text: str) -> Vector:
        """See Encoder."""
        return self._compiled.run_one(self._compiled.manifest.query_prompt + text)

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        """See Encoder."""
        prompt = self._compiled.manifest.query_prompt
        return self._compiled.run([prompt + text for text in texts])
