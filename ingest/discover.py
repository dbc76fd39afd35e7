"""Finding files: folders walked in order, archives opened safely, everything left aside said aloud."""

import os
import stat
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingest import archives, formats
from ingest.archives import Member
from ingest.recognise import Names
from kb.errors import InvalidError
from kb.settings import Limits

MEMBER = "!/"
"""Stands between an archive's location and the name within it."""
_LONGEST_LOCATION = 1_900
_NEVER = {"thumbs.db", "desktop.ini", "__macosx", "node_modules", "__pycache__", "__init__.py"}


@dataclass(frozen=True, slots=True)
class Found:
    """A file worth reading."""

    location: str
    names: Names
    path: Path
    """Of the file, or of the archive that holds it."""
    member: Member | None = None

    def opened(self, limits: Limits) -> AbstractContextManager[Path]:
        """The file as a path, as long as the block lasts. Raises InvalidError when it can't be unpacked."""
        return _here(self.path) if self.member is None else archives.unpacked(self.path, self.member, limits)


@dataclass(frozen=True, slots=True)
class LeftAside:
    """A file or folder that is not read, and why."""

    location: str
    name: str
    reason: str
    failed: bool
    """Whether that is a failure: something that might hold knowledge could not be opened."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """All that was found below some paths."""

    found: tuple[Found, ...]
    aside: tuple[LeftAside, ...]
    roots: tuple[str, ...]
    """Prefixes of locations below which whatever is not found any more has vanished."""


def discover(paths: Sequence[Path], label: str | None, limits: Limits) -> Discovery:
    """Every file below *paths*, each once. *label*, when given, begins each location instead of the path.

    Raises InvalidError when one of *paths* does not exist.
    """
    for path in paths:
        if not os.path.lexists(path):
            raise InvalidError(f"There is nothing at {path}.")
    walk = _Walk(label, limits)
    for path in paths:
        walk.enter(Path(os.path.abspath(path)))  # noqa: PTH100 - links stay as they are named
    return Discovery(tuple(walk.found.values()), tuple(walk.aside.values()), tuple(walk.roots))


@contextmanager
def _here(path: Path) -> Generator[Path]:
    yield path


def _written(path: str) -> str:
    """*path* as text that any database takes, however the file system encodes names."""
    return os.fsencode(path).decode(errors="backslashreplace")


class _Walk:
    def __init__(self, label: str | None, limits: Limits) -> None:
        self.found: dict[str, Found] = {}
        self.aside: dict[str, LeftAside] = {}
        self.roots: list[str] = []
        self._label = label
        self._limits = limits

    def enter(self, path: Path) -> None:
        if path.is_dir():
            self.roots.append(
                f"{self._label}:" if self._label is not None else f"{_written(str(path)).rstrip('/')}/"
            )
            self._folder(path, path)
        else:
            self._file(path, path.parent, given=True)
            if path.suffix.lower() == formats.ARCHIVE_SUFFIX:
                self.roots.append(self._location(path, path.parent) + MEMBER)

    def _location(self, path: Path, root: Path) -> str:
        if self._label is None:
            return _written(str(path))
        return f"{self._label}:{_written(path.relative_to(root).as_posix())}"

    def _leave(self, path: Path, root: Path, reason: str, *, failed: bool) -> None:
        location = self._location(path, root)
        self.aside[location] = LeftAside(location, _written(path.name), reason, failed)

    def _folder(self, folder: Path, root: Path) -> None:
        """Depth first, in the order of names; no recursion, so that no depth is too deep."""
        waiting = [folder]
        while waiting:
            current = waiting.pop()
            try:
                entries = sorted(os.scandir(current), key=lambda entry: entry.name)
            except OSError as error:
                self._leave(current, root, f"The folder can't be opened: {error.strerror}.", failed=True)
                continue
            folders: list[Path] = []
            for entry in entries:
                if _hidden(entry.name):
                    continue
                path = Path(entry.path)
                if entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                elif entry.is_symlink() and path.is_dir():
                    reason = "This is a link to a folder; give the folder itself to have it read."
                    self._leave(path, root, reason, failed=False)
                else:
                    self._file(path, root)
            waiting.extend(reversed(folders))

    def _file(self, path: Path, root: Path, *, given: bool = False) -> None:
        try:
            status = path.stat()
        except OSError as error:
            self._leave(path, root, f"The file can't be opened: {error.strerror}.", failed=True)
            return
        if not stat.S_ISREG(status.st_mode):
            self._leave(path, root, "This is no ordinary file.", failed=False)
            return
        if reason := formats.unread(path.name):
            self._leave(path, root, reason, failed=given)
            return
        location = self._location(path, root)
        if len(location) > _LONGEST_LOCATION:
            self._leave(path, root, "Its path is too long.", failed=True)
        elif path.suffix.lower() == formats.ARCHIVE_SUFFIX:
            self._archive(path, root, location)
        else:
            self.found[location] = Found(location, self._names(path, root), path)

    def _names(self, path: Path, root: Path) -> Names:
        folders = [root.name, *path.relative_to(root).parts[:-1]] if self._label != "upload" else []
        return Names(_written(path.name), tuple(_written(folder) for folder in folders))

    def _archive(self, path: Path, root: Path, location: str) -> None:
        try:
            members = archives.members(path, self._limits)
        except InvalidError as error:
            self._leave(path, root, str(error), failed=True)
            return
        outer = self._names(path, root)
        for member in members:
            name = PurePosixPath(member.name)
            inner = f"{location}{MEMBER}{member.name}"
            if not member.refused and any(_hidden(part) for part in name.parts):
                continue
            reason = member.refused or formats.unread(name.name)
            if not reason and name.suffix.lower() == formats.ARCHIVE_SUFFIX:
                reason = "An archive within an archive is not opened; unpack it first."
                member = Member(member.name, member.index, reason)
            if not reason and len(inner) > _LONGEST_LOCATION:
                member = Member(member.name, member.index, reason := "Its path is too long.")
            if reason:
                self.aside[inner] = LeftAside(inner, name.name, reason, failed=bool(member.refused))
            elif inner not in self.found:
                folders = (*outer.folders, PurePosixPath(outer.file).stem, *name.parts[:-1])
                self.found[inner] = Found(inner, Names(name.name, folders), path, member)


def _hidden(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower() in _NEVER
