"""Generations of the index on disk: built aside, swapped in by one rename, dropped when outdated."""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from search import words
from search.vectors import FaissIndex

FORMAT = 1
"""Raise it when the files' content means something else; older generations are then rebuilt."""
WORDS_FILE = "words.db"
_CURRENT = "CURRENT"
_MANIFEST = "manifest.json"
_BUILDING = ".building-"


class DamagedError(Exception):
    """The present generation can't be used; the text says why."""


@dataclass(frozen=True, slots=True)
class IndexManifest:
    """What a generation holds."""

    format: int
    model: str
    passages: int
    built_at: str
    """ISO 8601, UTC."""
    digests: dict[str, str]
    """BLAKE2b of each file."""
    sizes: dict[str, int]
    """Bytes of each file."""


@dataclass(frozen=True, slots=True)
class Generation:
    """An opened index."""

    name: str
    manifest: IndexManifest
    words: words.WordIndex
    vectors: FaissIndex


def current(folder: Path) -> str:
    """Name of the present generation; empty when there is none."""
    try:
        return (folder / _CURRENT).read_text().strip()
    except FileNotFoundError:
        return ""


def model(folder: Path) -> str:
    """The model whose vectors the present generation holds; empty when that can't be told."""
    try:
        return read_manifest(folder, current(folder)).model
    except DamagedError:
        return ""


def read_manifest(folder: Path, name: str) -> IndexManifest:
    """The manifest of generation *name*. Raises DamagedError."""
    try:
        manifest = IndexManifest(**json.loads((folder / name / _MANIFEST).read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise DamagedError(f"its manifest can't be read ({error})") from error
    if manifest.format != FORMAT:
        raise DamagedError("it was written by another release")
    for file, size in manifest.sizes.items():
        path = folder / name / file
        if not path.is_file() or path.stat().st_size != size:
            raise DamagedError(f"its file {file} is missing or incomplete")
    return manifest


def open_current(folder: Path) -> Generation | None:
    """The present generation, or None when there is none yet. Raises DamagedError."""
    name = current(folder)
    if not name:
        return None
    try:
        return _open(folder, name)
    except DamagedError:
        if current(folder) != name:
            # Another process published the next one, and dropped this, while it was being opened.
            return open_current(folder)
        raise


def _open(folder: Path, name: str) -> Generation:
    manifest = read_manifest(folder, name)
    try:
        lexical = words.WordIndex(folder / name / WORDS_FILE)
        vectors = FaissIndex.open(folder / name)
    except (sqlite3.DatabaseError, RuntimeError, ValueError, OSError) as error:
        raise DamagedError(f"it can't be opened ({error})") from error
    if not len(lexical) == len(vectors) == manifest.passages:
        raise DamagedError("its words and vectors differ in number")
    return Generation(name, manifest, lexical, vectors)


def verify(folder: Path, name: str) -> None:
    """Compare every byte with what was written. Raises DamagedError."""
    manifest = read_manifest(folder, name)
    for file, digest in manifest.digests.items():
        if _digest(folder / name / file) != digest:
            raise DamagedError(f"its file {file} was changed after it was written")


@contextmanager
def building(folder: Path) -> Generator[Path]:
    """A folder to build the next generation in; removed when it was not published."""
    aside = folder / f"{_BUILDING}{uuid4().hex}"
    aside.mkdir(parents=True)
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def publish(folder: Path, aside: Path, model: str, passages: int) -> str:
    """Make what was built in *aside* the present generation, durably, and drop the others."""
    files = [path for path in aside.iterdir() if path.is_file()]
    manifest = IndexManifest(
        FORMAT,
        model,
        passages,
        datetime.now(UTC).isoformat(timespec="seconds"),
        {path.name: _digest(path) for path in files},
        {path.name: path.stat().st_size for path in files},
    )
    (aside / _MANIFEST).write_text(json.dumps(asdict(manifest), indent=2))
    for path in aside.iterdir():
        _flush(path)
    name = f"g{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid4().hex[:6]}"
    aside.rename(folder / name)
    _flush(folder)
    pointer = folder / f"{_BUILDING}{uuid4().hex}"
    pointer.write_text(name)
    _flush(pointer)
    pointer.replace(folder / _CURRENT)
    _flush(folder)
    _drop_others(folder, name)
    return name


def _drop_others(folder: Path, name: str) -> None:
    """Readers keep the files they have open; nobody else needs them."""
    for path in folder.iterdir():
        if path.name not in (name, _CURRENT):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "blake2b").hexdigest()


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
