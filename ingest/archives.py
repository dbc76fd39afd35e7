"""Zip archives: listed, and unpacked one file at a time, never to a path of their choosing."""

import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kb.errors import InvalidError
from kb.settings import MEGABYTE, Limits

_RATIO = 500
"""Documents shrink to a fiftieth at best; tenfold more is made to hurt."""
_RATIO_FROM = 4 * MEGABYTE
_ENCRYPTED = 1


@dataclass(frozen=True, slots=True)
class Member:
    """A file within an archive."""

    name: str
    """With slashes; safe to show, never used as a path."""
    index: int
    refused: str = ""
    """Why it is not unpacked; empty when it may be."""


def members(path: Path, limits: Limits) -> Sequence[Member]:
    """The files in the archive at *path*.

    Raises InvalidError when it is damaged, or holds more files or bytes than the limits allow.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InvalidError(f"The archive is damaged: {error}.") from error
    if len(entries) > limits.archive_files:
        raise InvalidError(
            f"It holds {len(entries):,} files, more than {limits.archive_files:,} (KB_LIMIT_ARCHIVE_FILES)."
        )
    size = sum(entry.file_size for entry in entries)
    if size > limits.archive_mb * MEGABYTE:
        raise InvalidError(
            f"It unpacks to {size // MEGABYTE:,} MB, more than {limits.archive_mb:,} (KB_LIMIT_ARCHIVE_MB)."
        )
    seen: set[str] = set()
    found: list[Member] = []
    for index, entry in enumerate(entries):
        if entry.is_dir():
            continue
        name = entry.filename.encode(errors="backslashreplace").decode()
        refused = _refused(entry)
        if name in seen:
            name, refused = f"{name}#{index}", "The archive holds two files of this name."
        seen.add(name)
        found.append(Member(name, index, refused))
    return found


def _refused(entry: zipfile.ZipInfo) -> str:
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    if not parts or ".." in parts or parts[0] == "/" or (len(parts[0]) == 2 and parts[0][1] == ":"):
        return "Its path leads out of the archive, so it is not unpacked."
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "It is a link, so it is not unpacked."
    if entry.flag_bits & _ENCRYPTED:
        return "It is password-protected; pack it without a password."
    if entry.file_size > _RATIO_FROM and entry.file_size > _RATIO * max(entry.compress_size, 1):
        return "It unpacks to far more than it should: a zip bomb."
    return ""


@contextmanager
def unpacked(path: Path, member: Member, limits: Limits) -> Generator[Path]:
    """*member* as a file of its own, as long as the block lasts.

    Raises InvalidError when it is damaged or larger than one file may be.
    """
    with tempfile.TemporaryDirectory(prefix="hindsight-") as folder:
        target = Path(folder) / "member"
        try:
            with zipfile.ZipFile(path) as archive:
                entry = archive.infolist()[member.index]
                if entry.file_size > limits.file_mb * MEGABYTE:
                    size = entry.file_size // MEGABYTE
                    raise InvalidError(f"It is {size:,} MB, more than {limits.file_mb:,} (KB_LIMIT_FILE_MB).")
                with archive.open(entry) as source, target.open("wb") as sink:
                    shutil.copyfileobj(source, sink, MEGABYTE)
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            EOFError,
            IndexError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise InvalidError(f"It can't be unpacked: {error}.") from error
        yield target
