"""Original files, stored under the SHA-256 of their bytes: written once, never changed."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kb.errors import NotFoundError


def digest_of(path: Path) -> str:
    """SHA-256 of the file at *path*, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class FileStore:
    """A folder of files named by content."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, path: Path, digest: str) -> None:
        """Keep the file at *path*, whose digest is *digest*; durable on return, harmless twice."""
        kept = self._place(digest)
        if kept.exists():
            return
        kept.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=kept.parent, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as target, path.open("rb") as stream:
                shutil.copyfileobj(stream, target, 1024 * 1024)
                target.flush()
                os.fsync(target.fileno())
            Path(name).replace(kept)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def path(self, digest: str) -> Path:
        """Where the file with *digest* is kept. Raises NotFoundError when it is not."""
        kept = self._place(digest)
        if not kept.is_file():
            raise NotFoundError("The original file is no longer kept here.")
        return kept

    def digests(self) -> Iterator[str]:
        """Digests of all that is kept."""
        if self._folder.is_dir():
            for kept in self._folder.glob("??/*"):
                if kept.suffix != ".tmp":
                    yield kept.name

    def remove(self, digest: str) -> None:
        """Forget the file with *digest*."""
        self._place(digest).unlink(missing_ok=True)

    def _place(self, digest: str) -> Path:
        if not digest.isalnum():
            raise NotFoundError("The original file is no longer kept here.")
        return self._folder / digest[:2] / digest
