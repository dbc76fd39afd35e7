"""Generations of the index on disk: built aside, swapped in by one rename, dropped when outdated.

A generation has one or two segments, each a folder of files that are never changed: *base*, and *recent* for
what came or changed since the base was written. Items of the base that changed or went are listed as gone. A
new generation takes the base over by linking its files, so a few new items cost little however large it is.
"""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import numpy as np

from kb.passages import PassageKey
from kb.values import ItemId, PassageId
from search.ports import VectorIndex
from search.vectors import FaissIndex, JoinedIndex
from search.words import WordIndex, WordSegment

FORMAT = 2
"""Raise it when the files' content means something else; older generations are then rebuilt."""
BASE, RECENT = "base", "recent"
_GONE = "gone.npy"
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
    """BLAKE2b of each file, by its path in the generation."""
    sizes: dict[str, int]
    """Bytes of each file."""


@dataclass(frozen=True, slots=True)
class Generation:
    """An opened index."""

    name: str
    manifest: IndexManifest
    words: WordIndex
    vectors: VectorIndex


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


def passages(folder: Path) -> int:
    """How many passages the present generation holds; 0 when that can't be told."""
    try:
        return read_manifest(folder, current(folder)).passages
    except DamagedError:
        return 0


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
        gone = _gone(folder / name)
        segments = [WordSegment(folder / name / BASE, gone)]
        vectors = [FaissIndex.open(folder / name / BASE, gone)]
        if (folder / name / RECENT).is_dir():
            segments.append(WordSegment(folder / name / RECENT))
            vectors.append(FaissIndex.open(folder / name / RECENT))
    except (sqlite3.DatabaseError, RuntimeError, ValueError, OSError) as error:
        raise DamagedError(f"it can't be opened ({error})") from error
    lexical = WordIndex(segments)
    meaning = vectors[0] if len(vectors) == 1 else JoinedIndex(vectors)
    if not len(lexical) == len(meaning) == manifest.passages:
        raise DamagedError("its words and vectors differ in number")
    return Generation(name, manifest, lexical, meaning)


def base_keys(folder: Path, name: str) -> dict[PassageId, PassageKey]:
    """Item and digest of each passage in the base of generation *name*, those of items that are gone too."""
    segment = WordSegment(folder / name / BASE)
    found = dict(segment.keys())
    segment.close()
    return found


def take_over(folder: Path, name: str, aside: Path, gone: Collection[ItemId]) -> None:
    """Begin the next generation in *aside* with the base of generation *name*, without *gone* items."""
    shutil.copytree(folder / name / BASE, aside / BASE, copy_function=_link)
    np.save(aside / _GONE, np.fromiter(gone, np.int64, len(gone)))


def _link(source: str, target: str) -> None:
    """The same file under a second name; a copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _gone(generation: Path) -> list[ItemId]:
    path = generation / _GONE
    return [ItemId(item) for item in np.load(path).tolist()] if path.is_file() else []


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
    files = {str(path.relative_to(aside)): path for path in aside.rglob("*") if path.is_file()}
    known = _known_digests(folder, files)
    manifest = IndexManifest(
        FORMAT,
        model,
        passages,
        datetime.now(UTC).isoformat(timespec="seconds"),
        {file: known.get(file) or _digest(path) for file, path in files.items()},
        {file: path.stat().st_size for file, path in files.items()},
    )
    (aside / _MANIFEST).write_text(json.dumps(asdict(manifest), indent=2))
    for path in [aside, *aside.rglob("*")]:
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


def _known_digests(folder: Path, files: Mapping[str, Path]) -> dict[str, str]:
    """Digests of those *files* that the present generation has too: the same, under a second name."""
    name = current(folder)
    if not name:
        return {}
    try:
        digests = read_manifest(folder, name).digests
    except DamagedError:
        return {}
    shared = [file for file in digests if file in files and files[file].samefile(folder / name / file)]
    return {file: digests[file] for file in shared}


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
