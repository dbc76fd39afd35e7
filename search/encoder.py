"""The encoder: a compiled model run by onnxruntime, without torch."""

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime  # pyright: ignore[reportMissingTypeStubs]
from tokenizers import Tokenizer

from search.ports import Matrix, Vector

ENCODER_FILE = "encoder.onnx"
TOKENIZER_FILE = "tokenizer.json"
MANIFEST_FILE = "manifest.json"

_BATCH_TOKENS = 512
"""Tokens, padding included, in one run: what fits a core's cache (docs/decisions/0006)."""


class Manifest(NamedTuple):
    """What is known of a compiled encoder."""

    model: str
    dimension: int
    max_tokens: int
    pad_id: int
    inputs: list[str]
    query_prompt: str
    document_prompt: str


class OnnxEncoder:
    """A compiled encoder, safe to share between threads."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        """Open what `search.compile` wrote into *folder*; computes on *threads* threads."""
        self._manifest = Manifest(**json.loads((folder / MANIFEST_FILE).read_text()))
        self._tokenizer: Any = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self._manifest.max_tokens)
        options: Any = onnxruntime.SessionOptions()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # Threads that wait for work busily are fast alone, and take the cores from each other when many ask.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # pyright: ignore[reportUnknownMemberType]
        self._session: Any = onnxruntime.InferenceSession(
            str(folder / ENCODER_FILE), options, providers=["CPUExecutionProvider"]
        )

    @property
    def model(self) -> str:
        """See Encoder."""
        return self._manifest.model

    @property
    def dimension(self) -> int:
        """See Encoder."""
        return self._manifest.dimension

    def encode(self, texts: Sequence[str]) -> Matrix:
        """See Encoder. Texts of like length are computed together, so that little is padded."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        prompt = self._manifest.document_prompt
        tokens = [e.ids for e in self._tokenizer.encode_batch([prompt + text for text in texts])]
        order = sorted(range(len(texts)), key=lambda i: len(tokens[i]))
        for start, end in pairwise(batches([len(tokens[i]) for i in order])):
            chosen = order[start:end]
            vectors[chosen] = self._run([tokens[i] for i in chosen])
        return vectors

    def encode_query(self, text: str) -> Vector:
        """See Encoder."""
        return self._run([self._tokenizer.encode(self._manifest.query_prompt + text).ids])[0]

    def _run(self, tokens: Sequence[Sequence[int]]) -> Matrix:
        ids = np.full((len(tokens), max(map(len, tokens))), self._manifest.pad_id, np.int64)
        mask = np.zeros_like(ids)
        for row, found in enumerate(tokens):
            ids[row, : len(found)] = found
            mask[row, : len(found)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        return self._session.run(None, {name: feed[name] for name in self._manifest.inputs})[0]


def batches(lengths: Sequence[int]) -> list[int]:
    """Borders of batches over rising *lengths*, each of at most _BATCH_TOKENS tokens after padding."""
    borders = [0]
    for position, length in enumerate(lengths):
        if (position + 1 - borders[-1]) * length > _BATCH_TOKENS and position > borders[-1]:
            borders.append(position)
    return [*borders, len(lengths)] if lengths else []
