"""An encoder for tests: signed feature hashing of words. Shared words mean nearness; nothing to load."""

import hashlib
from collections.abc import Sequence

import numpy as np

from search import analysis
from search.ports import Matrix, Vector


class HashingEncoder:
    """Deterministic vectors of unit length."""

    def __init__(self, model: str = "hashing", dimension: int = 256) -> None:
        self._model = model
        self._dimension = dimension
        self.encoded = 0

    @property
    def model(self) -> str:
        return self._model

    @property
    def dimension(self) -> int:
        return self._dimension

    def encode(self, texts: Sequence[str]) -> Matrix:
        self.encoded += len(texts)
        return np.stack([self._vector(text) for text in texts]) if texts else np.empty((0, 256), np.float32)

    def encode_query(self, text: str) -> Vector:
        return self._vector(text)

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> Vector:
        vector = np.full(self._dimension, 1e-6, np.float32)
        for word in analysis.content_words(text):
            for part in analysis.parts(word):
                digest = hashlib.blake2b(analysis.stem(part).encode(), digest_size=8).digest()
                number = int.from_bytes(digest)
                vector[number % self._dimension] += 1.0 if number >> 63 else -1.0
        return (vector / np.linalg.norm(vector)).astype(np.float32)
