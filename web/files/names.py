"""File names from outside."""

import re
import unicodedata
from collections.abc import Collection
from pathlib import PurePosixPath

_MAX_LENGTH = 150


def safe_name(given: str) -> str:
    """The bare name of a file: no folder, no control characters, nothing a file system refuses."""
    bare = re.split(r"[\\/]", unicodedata.normalize("NFC", given))[-1]
    clean = re.sub(r'[\x00-\x1f\x7f<>:"|?*]', "_", bare).strip(". ")
    path = PurePosixPath(clean or "file")
    suffix = path.suffix[:20]
    stem = path.name.removesuffix(path.suffix)
    return stem[: _MAX_LENGTH - len(suffix)] + suffix


def words_of(text: str) -> list[str]:
    """The words of *text* in plain lower-case letters and digits."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z0-9]+", plain)


def distinct(name: str, taken: Collection[str]) -> str:
    """*name*, numbered when it is among *taken*."""
    path, number, found = PurePosixPath(name), 1, name
    while found.lower() in {other.lower() for other in taken}:
        number += 1
        found = f"{path.stem} ({number}){path.suffix}"
    return found
