"""Pure text helpers that ingestion and search both need."""

import hashlib
import re

_SPACE = re.compile(r"\s+")
REFERENCE = re.compile(r"(?<![\w-])(?:[A-Z]{2,10}-)?[LPTCD]-\d{1,9}(?![\w-])")
"""What looks like the reference of an item."""
_NUMBER_WORDS = "one two three four five six seven eight nine ten eleven twelve"
NUMBERS = {word: number for number, word in enumerate(_NUMBER_WORDS.split(" "), start=1)}
"""Numbers as words."""


def digest(*parts: str) -> str:
    """A 128-bit BLAKE2b digest, hexadecimal, of *parts* in order."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


def squash(text: str) -> str:
    """*text* on one line with single spaces."""
    return _SPACE.sub(" ", text).strip()


def shorten(text: str, length: int) -> str:
    """The first *length* characters of *text* on one line, cut at a word and marked with an ellipsis."""
    line = squash(text)
    if len(line) <= length:
        return line
    return line[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def references(text: str) -> set[str]:
    """What looks like the reference of an item in *text*."""
    return set(REFERENCE.findall(text))
