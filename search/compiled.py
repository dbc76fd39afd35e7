"""A compiled transformer: from texts to rows of numbers, run by onnxruntime without torch."""

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

ENCODER_FILE = "encoder.onnx"
TOKENIZER_FILE = "tokenizer.json"
MANIFEST_FILE = "manifest.json"

_BATCH_TOKENS = 512
"""Tokens, padding included, in one run: what fits a core's cache (docs/decisions/0006)."""


class Manifest(NamedTuple):
    """What is known of a compiled model."""

    model: str
    dimension: int
    """Numbers given for one input."""
    max_tokens: int
    pad_id: int
    inputs: list[str]
    query_prompt: str = ""
    document_prompt: str = ""


class CompiledModel:
    """What `search.compile` wrote, safe to share between threads."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        """Open what is in *folder*; computes on *threads* threads."""
        self.manifest = Manifest(**json.loads((folder / MANIFEST_FILE).read_text()))
        self._tokenizer: Any = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self.manifest.max_tokens)
        options: Any = onnxruntime.SessionOptions()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # Threads wait for each other busily within a query, which takes a third off it, and rest between.
        options.add_session_config_entry("session.force_spinning_stop", "1")  # pyright: ignore[reportUnknownMemberType]
        self._session: Any = onnxruntime.InferenceSession(
            str(folder / ENCODER_FILE), options, providers=["CPUExecutionProvider"]
        )

    def run(self, inputs: Sequence[str] | Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """One row for each of *inputs*, texts or pairs of texts, the same whatever else is among them.

        Inputs of like length are computed together, so that little is padded.
        """
        rows = np.empty((len(inputs), self.manifest.dimension), np.float32)
        tokens: list[Encoding] = self._tokenizer.encode_batch(inputs)
        order = sorted(range(len(inputs)), key=lambda i: len(tokens[i]))
        for start, end in pairwise(batches([len(tokens[i]) for i in order])):
            chosen = order[start:end]
            rows[chosen] = self._run([tokens[i] for i in chosen])
        return rows

    def run_one(self, text: str) -> NDArray[np.float32]:
        """The row of one text."""
        return self._run([self._tokenizer.encode(text)])[0]

    def _run(self, tokens: Sequence[Encoding]) -> NDArray[np.float32]:
        ids = np.full((len(tokens), max(map(len, tokens))), self.manifest.pad_id, np.int64)
        mask, types = np.zeros_like(ids), np.zeros_like(ids)
        for row, found in enumerate(tokens):
            ids[row, : len(found)] = found.ids
            mask[row, : len(found)] = 1
            types[row, : len(found)] = found.type_ids
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        return self._session.run(None, {name: feed[name] for name in self.manifest.inputs})[0]


def batches(lengths: Sequence[int]) -> list[int]:
    """Borders of batches over rising *lengths*, each of at most _BATCH_TOKENS tokens after padding."""
    borders = [0]
    for position, length in enumerate(lengths):
        if (position + 1 - borders[-1]) * length > _BATCH_TOKENS and position > borders[-1]:
            borders.append(position)
    return [*borders, len(lengths)] if lengths else []
