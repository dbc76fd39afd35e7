"""The whole base in one file, and back: the database of one moment, the originals, what was set by hand.

What is derived (index, words, compiled encoders) is left out: it is made anew from the rest.
"""

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Engine, delete, func, select

from kb import database, sources
from kb.errors import ConflictError, InvalidError, UnavailableError
from kb.models import Item, SignIn
from kb.settings import Settings

FORMAT = 1
"""Of the file; a reader refuses a higher one."""
_MANIFEST = "manifest.json"
_DATABASE = "hindsight.db"
_KEPT = ("adapted", "uploads", "waiting", "synonyms.csv")
"""What the data folder holds beside database and originals that nothing else could bring back."""
_COMPILED = "models"
"""Compiled encoders: they depend on no base, and compiling takes long."""
_CHUNK = 1024 * 1024

Told = Callable[[str, int, int], None]
"""Called with a stage, how many of its files are done and how many there are."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    format: int
    release: str
    schema: str
    """The newest migration that its database has."""
    created_at: str
    """UTC, ISO 8601."""
    items: int
    """Live items."""
    missing: list[str]
    """Digests of originals that the database names and the folder did not have."""
    members: dict[str, str]
    """SHA-256 of each file in it."""


def write(settings: Settings, engine: Engine, release: str, target: Path, told: Told) -> Manifest:
    """Write the base to the file *target*, readable by its owner only; nobody who writes has to wait.

    The file appears whole or not at all. Raises InvalidError when it is there already or can't be written,
    UnavailableError for a database that is not SQLite: it has its own ways.
    """
    if engine.dialect.name != "sqlite":
        raise UnavailableError(
            "Only a base on SQLite is backed up by this command; use your database's own tool (pg_dump), and "
            f"copy the folder {settings.data}."
        )
    if target.exists():
        raise InvalidError(f"{target} is there already; choose another name, so that no backup is lost.")
    try:
        with _appearing(target) as part, tempfile.TemporaryDirectory(dir=part.parent) as folder:
            copy = Path(folder) / _DATABASE
            told("Copying the database", 0, 1)
            database.copy(engine, copy)
            _sign_everybody_out(copy)
            return _pack(settings, copy, release, part, told)
    except OSError as error:
        raise InvalidError(f"{target} can't be written: {error.strerror}.") from error


@contextmanager
def _appearing(target: Path) -> Generator[Path]:
    """A file beside *target* that takes its name when the block ends well."""
    handle, name = tempfile.mkstemp(dir=target.absolute().parent, prefix=f".{target.name}-")
    os.close(handle)
    part = Path(name)
    try:
        yield part
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _pack(settings: Settings, copy: Path, release: str, part: Path, told: Told) -> Manifest:
    items, wanted = _read(copy)
    # An original is on disk before the database names it: all that the copy names can be there.
    originals = {digest: f"files/{digest[:2]}/{digest}" for digest in sorted(wanted)}
    names = [*originals.values(), *_by_hand(settings.data)]
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        members = {_DATABASE: _add(archive, copy, _DATABASE)}
        for done, name in enumerate(names):
            told("Packing files", done, len(names))
            # What is gone meanwhile was taken out by somebody, as an upload is when it has been read.
            with suppress(FileNotFoundError):
                members[name] = _add(archive, settings.data / name, name)
        manifest = Manifest(
            FORMAT,
            release,
            database.newest_revision(),
            datetime.now(UTC).isoformat(timespec="seconds"),
            items,
            [digest for digest, name in originals.items() if name not in members],
            members,
        )
        archive.writestr(_MANIFEST, json.dumps(asdict(manifest), indent=1))
    return manifest


def _sign_everybody_out(copy: Path) -> None:
    """Who signed out after the backup must not be signed in again when it is restored."""
    engine = database.connect(f"sqlite:///{copy}")
    with database.transaction(database.sessions(engine)) as session:
        session.execute(delete(SignIn))
    engine.dispose()


def _read(copy: Path) -> tuple[int, set[str]]:
    """How many live items the database in *copy* holds, and the digests of the originals it names."""
    engine = database.connect(f"sqlite:///{copy}")
    with database.sessions(engine)() as session:
        items = session.scalar(select(func.count()).select_from(Item).where(Item.withdrawn_at.is_(None))) or 0
        wanted = sources.digests(session)
    engine.dispose()
    return items, wanted


def _by_hand(data: Path) -> Iterator[str]:
    for name in _KEPT:
        path = data / name
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (one.relative_to(data).as_posix() for one in inside if one.is_file())


def _add(archive: zipfile.ZipFile, path: Path, name: str) -> str:
    """Put the file at *path* in as *name*; its SHA-256."""
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as kept:
        return _poured(source, kept)


def _poured(source: IO[bytes], target: IO[bytes] | None) -> str:
    """SHA-256 of what *source* holds, which goes to *target* on the way."""
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        if target is not None:
            target.write(chunk)
    return digest.hexdigest()


def check(file: Path, told: Told) -> Manifest:
    """Read the whole of the backup *file* and compare it with what it says of itself.

    Raises InvalidError when it is no backup or is damaged, UnavailableError when a newer release wrote it.
    """
    with _opened(file) as (archive, manifest):
        for done, name in enumerate(manifest.members):
            told("Checking files", done, len(manifest.members))
            with archive.open(name) as source:
                _compare(file, name, _poured(source, None), manifest)
    return manifest


def restore(file: Path, data: Path, told: Told, *, replace: bool = False) -> tuple[Manifest, Path | None]:
    """Make *data* the base that the backup *file* holds; and where the base is now that was there before.

    Everything is unpacked beside *data* and checked before it takes its name. Raises ConflictError when there
    is something in *data* already, unless it is a base and *replace* is set: then that folder gets another
    name and is kept. Between those two steps *data* does not exist, which a crash can leave so: the same
    command goes on from there. Raises as *check* does, too.
    """
    there = holds_base(data)
    if there and not replace:
        raise ConflictError(
            f"{data} holds a knowledge base. Choose another folder with --data, or say --replace: what is "
            "there then gets another name and is kept."
        )
    if not there and data.exists() and any(data.iterdir()):
        raise ConflictError(f"{data} holds other files. Choose another folder with --data.")
    with _opened(file) as (archive, manifest):
        data.absolute().parent.mkdir(parents=True, exist_ok=True)
        unpacked = Path(tempfile.mkdtemp(dir=data.absolute().parent, prefix=f".{data.name}-"))
        try:
            _unpack(file, archive, manifest, unpacked, told)
            before = _moved_aside(data, unpacked) if there else None
            unpacked.replace(data)
        except OSError as error:
            raise UnavailableError(f"{data} can't be written: {error.strerror}.") from error
        finally:
            shutil.rmtree(unpacked, ignore_errors=True)
    return manifest, before


def holds_base(data: Path) -> bool:
    """Whether there is a knowledge base in the folder *data*."""
    return (data / _DATABASE).exists()


def _unpack(file: Path, archive: zipfile.ZipFile, manifest: Manifest, folder: Path, told: Told) -> None:
    for done, name in enumerate(manifest.members):
        told("Unpacking files", done, len(manifest.members))
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(name) as source, path.open("wb") as target:
            _compare(file, name, _poured(source, target), manifest)
            target.flush()
            os.fsync(target.fileno())
    engine = database.connect(f"sqlite:///{folder / _DATABASE}")
    faults = database.check_integrity(engine)
    engine.dispose()
    if faults:
        raise InvalidError(f"The database in {file} is damaged: {faults[0]}.")


def _moved_aside(data: Path, heir: Path) -> Path:
    """Give the folder *data* a name that tells when it was replaced by *heir*."""
    stem = f"{data.absolute().name}-until-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    names = chain((stem,), (f"{stem}-{number}" for number in count(2)))
    aside = next(path for path in (data.with_name(name) for name in names) if not path.exists())
    data.rename(aside)
    if (aside / _COMPILED).exists():
        (aside / _COMPILED).rename(heir / _COMPILED)
    return aside


@contextmanager
def _opened(file: Path) -> Generator[tuple[zipfile.ZipFile, Manifest]]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive, _manifest(archive)
    except FileNotFoundError as error:
        raise InvalidError(f"There is no file {file}.") from error
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError, zlib.error) as error:
        raise InvalidError(f"{file} is no whole backup of Hindsight: {error}.") from error


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    said: dict[str, Any] = json.loads(archive.read(_MANIFEST))
    if said["format"] > FORMAT or said["schema"] > database.newest_revision():
        raise UnavailableError(
            f"This backup was written by release {said['release']}, which is newer than this one; "
            "install that release or a newer one."
        )
    manifest = Manifest(**{name: said[name] for name in Manifest.__dataclass_fields__})
    for name in manifest.members:
        parts = Path(name).parts
        if parts[0] not in (_DATABASE, "files", *_KEPT) or ".." in parts:
            raise ValueError(f"it holds {name}")
    return manifest


def _compare(file: Path, name: str, digest: str, manifest: Manifest) -> None:
    if digest != manifest.members[name]:
        raise InvalidError(f"{file} is damaged: {name} is not as it was packed.")
