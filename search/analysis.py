"""Words as the lexical index sees them: split, folded, stemmed."""

import re
import unicodedata
from collections.abc import Collection, Mapping
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


def forms(text: str, wanted: Collection[str]) -> dict[str, str]:
    """The word parts of *text*, as written, whose stem is among *wanted*, with that stem."""
    return {part: found for part in set(_PART.findall(text)) if (found := stem(part)) in wanted}


def find(text: str, wanted: Mapping[str, str]) -> list[Token]:
    """Where the *wanted* forms stand in *text*, in order."""
    if not wanted:
        return []
    return [Token(*m.span(), wanted[m[0]]) for m in _PART.finditer(text) if m[0] in wanted]
