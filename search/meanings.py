"""Vectors as the database keeps them, and several of them taken together."""

from collections.abc import Sequence

import numpy as np

from search.ports import Vector

FORMAT = np.dtype("<f4")
"""Of each number of a stored vector: the same on every machine."""


def read(raw: bytes) -> Vector:
    """The vector whose bytes are *raw*."""
    return np.frombuffer(raw, FORMAT).astype(np.float32)


def raw(vector: Vector) -> bytes:
    """The bytes that *vector* is kept as."""
    return vector.astype(FORMAT).tobytes()


def together(vectors: Sequence[Vector]) -> Vector:
    """What *vectors* mean together: the direction of their sum, of unit length."""
    whole = np.sum(vectors, axis=0)
    return (whole / max(float(np.linalg.norm(whole)), 1e-9)).astype(np.float32)
