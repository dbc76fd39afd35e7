"""Words as the lexical index sees them: split, folded, stemmed."""

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import Any, NamedTuple

import Stemmer  # pyright: ignore[reportMissingTypeStubs]

_WORD = re.compile(r"\w+(?:[-'’./]\w+)*")
_PART = re.compile(r"\w+")
_PORTER: Any = Stemmer.Stemmer("porter")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
"""The stemmer that FTS5 uses too."""

STOP_WORDS = frozenset(
    """
    a about all am an and any are as at be because been but by can could did do does doing for from had
    has have having he her his how i if in into is it its just me more most my no nor not of off on once
    only or other our out over own same she should so some such than that the their them then there these
    they this those to too under until up very was we were what when where which while who whom why will
    with would you your
    """.split()  # noqa: SIM905 - a list of 120 strings would be harder to read
)
"""Words too common to tell passages apart."""


def words(text: str) -> list[str]:
    """The words of *text* in order, as typed; `e-mail` and `9.1` are one word each."""
    return _WORD.findall(text)


def content_words(text: str) -> list[str]:
    """The words of *text* that carry meaning, each once; all of them when none does."""
    found = list(dict.fromkeys(words(text)))
    return [word for word in found if word.lower() not in STOP_WORDS] or found


def parts(word: str) -> list[str]:
    """The parts of a word such as `e-mail`."""
    return _PART.findall(word)


@lru_cache(maxsize=65_536)
def stem(part: str) -> str:
    """*part* without case, accents and inflection."""
    plain = "".join(c for c in unicodedata.normalize("NFD", part) if not unicodedata.combining(c))
    return _PORTER.stemWord(plain.lower())


class Token(NamedTuple):
    """A word part in a text."""

    start: int
    end: int
    stem: str


def stems(text: str) -> set[str]:
    """Stems of all word parts of *text*."""
    return set(map(stem, _PART.findall(text)))


@lru_cache(maxsize=4096)
def content_stems(text: str) -> frozenset[str]:
    """Stems of the words of *text* that carry meaning."""
    return frozenset(stems(" ".join(content_words(text))))


def find(text: str, wanted: Collection[str]) -> list[Token]:
    """The word parts of *text*, in order, whose stem is among *wanted*."""
    if not wanted:
        return []
    pattern = _beginnings(frozenset(wanted)) if text.isascii() else _PART
    return [
        Token(*match.span(), found) for match in pattern.finditer(text) if (found := stem(match[0])) in wanted
    ]


@lru_cache(maxsize=256)
def _beginnings(wanted: frozenset[str]) -> re.Pattern[str]:
    """Word parts that begin like any of *wanted*: most words need not be stemmed to be ruled out.

    Porter's stemmer changes at most the last letter of a short stem (`hoping` → `hope`, `supply` → `suppli`)
    and the last three of a long one (`sensibility` → `sensibl`); four letters are safe.
    """
    starts = {re.escape(found[: max(1, min(4, len(found) - 1))]) for found in wanted}
    return re.compile(rf"\b(?=\w)(?:{'|'.join(sorted(starts))})\w*", re.IGNORECASE | re.ASCII)
