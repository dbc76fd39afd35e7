"""Words of the field that mean the same: acronyms, spellings, other names; from files that people edit."""

import csv
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from kb.errors import InvalidError
from search import analysis

log = logging.getLogger(__name__)

WEIGHT = 0.2
"""Of an alternative beside a typed word. nDCG@10 of NASA's development queries is 0.659 with and without;
with 0.3 it was 0.655 as long as broad rows such as late and delay were in. On four queries written with
acronyms, alternatives and spelling out raise it from 0.44 to 0.56."""

_SHIPPED = "synonyms.csv"
_LONGEST = 10
"""Word parts of one term at most."""
_BEGUN = 3
"""Letters from which on the beginning of a word stands for it when rows are looked for."""

_Key = tuple[str, ...]
"""Stems of a term."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Terms that mean the same, and the line of the file that says so."""

    terms: tuple[str, ...]
    line: int
    own: bool = False
    """From the organisation's own file."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a file can't be used, and where."""

    line: int | None
    """None when it is the file as a whole."""
    detail: str

    def __str__(self) -> str:
        return self.detail if self.line is None else f"line {self.line}: {self.detail}"


class SynonymsError(InvalidError):
    """A file of synonyms can't be used as it is."""

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        super().__init__(f"{name} can't be used as it is: {'; '.join(map(str, faults))}.")
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Expansion:
    """A query in other words."""

    alternatives: tuple[str, ...]
    """What might stand in a text instead of words of the query."""
    spelled_out: str
    """The query with what its acronyms stand for, to be understood by an encoder that may not know them."""


class Synonyms:
    """What is in force."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._others: dict[_Key, list[str]] = {}
        self._meanings: dict[_Key, str] = {}
        for entry in self.entries:
            for term in entry.terms:
                others = self._others.setdefault(_key(term), [])
                others.extend(other for other in entry.terms if other != term and other not in others)
            if is_acronym(entry.terms[0]):
                self._meanings.setdefault(_key(entry.terms[0]), entry.terms[1])
        self._longest = max(map(len, self._others), default=0)

    def __contains__(self, word: str) -> bool:
        """Whether *word* is one of the terms."""
        return _key(word) in self._others

    def holding(self, wanted: Iterable[str]) -> list[Entry]:
        """The rows with a term that holds all words of one of *wanted*, inflected or only begun."""
        sought = [_words(text) for text in wanted]
        return [entry for entry in self.entries if any(_like(entry, one) for one in sought)]

    def expand(self, text: str) -> Expansion:
        """*text* in other words. The longest terms count: `risk log` is one thing, not a risk and a log."""
        parts = analysis.parts(text)
        stems = tuple(map(analysis.stem, parts))
        alternatives: dict[str, None] = {}
        meanings: list[str] = []
        position = 0
        while position < len(parts):
            key = self._at(stems, position)
            typed = parts[position]
            if key and typed.lower() not in analysis.STOP_WORDS:
                alternatives.update(dict.fromkeys(self._others[key]))
                # `smart` in a sentence is no acronym.
                if key in self._meanings and (is_acronym(typed) or len(parts) == len(key)):
                    meanings.append(self._meanings[key])
            position += len(key) or 1
        new = [meaning for meaning in meanings if not _holds(stems, _key(meaning))]
        spelled_out = f"{text} ({'; '.join(new)})" if new else text
        return Expansion(tuple(a for a in alternatives if not _holds(stems, _key(a))), spelled_out)

    def _at(self, stems: _Key, position: int) -> _Key:
        """The longest term at *position*; empty when there is none."""
        for length in range(min(self._longest, len(stems) - position), 0, -1):
            if (key := stems[position : position + length]) in self._others:
                return key
        return ()


def is_acronym(term: str) -> bool:
    """Whether *term* is written as one: `EVM`, `MoSCoW`, `T&M`."""
    return " " not in term and sum(map(str.isupper, term)) >= 2


def _key(term: str) -> _Key:
    return tuple(map(analysis.stem, analysis.parts(term)))


def _words(text: str) -> list[str]:
    return [part.lower() for part in analysis.parts(text)]


def _like(entry: Entry, sought: Sequence[str]) -> bool:
    """Whether one of its terms holds each word *sought*: inflected, or begun with it."""

    def found(term: str) -> bool:
        words, stems = _words(term), _key(term)
        return all(
            analysis.stem(one) in stems
            or (len(one) >= _BEGUN and any(word.startswith(one) for word in words))
            for one in sought
        )

    return bool(sought) and any(map(found, entry.terms))


def _holds(stems: _Key, key: _Key) -> bool:
    return any(stems[start : start + len(key)] == key for start in range(len(stems) - len(key) + 1))


def read(text: str, name: str, *, own: bool = False) -> list[Entry]:
    """The rows of a file called *name*. Raises SynonymsError that names each faulty line."""
    entries: list[Entry] = []
    faults: list[Fault] = []
    for line, row in _rows(text):
        terms = tuple(term.strip() for term in row)
        if fault := _fault(terms):
            faults.append(Fault(line, fault))
        else:
            entries.append(Entry(terms, line, own))
    if faults:
        raise SynonymsError(name, faults)
    return entries


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each row that is neither empty nor a remark."""
    for line, written in enumerate(text.splitlines(), 1):
        if written.strip() and not written.lstrip().startswith("#"):
            yield line, next(csv.reader([written], skipinitialspace=True))


def _fault(terms: tuple[str, ...]) -> str:
    keys = [_key(term) for term in terms]
    if any(";" in term for term in terms):
        return "terms are separated by commas, not by semicolons"
    if empty := next((term for term, key in zip(terms, keys, strict=True) if not key), None):
        return f"{empty!r} is no word"
    if not all(keys):
        return "there is nothing between two commas"
    if any(len(key) > _LONGEST for key in keys):
        return f"a term has more than {_LONGEST} words"
    twice = next((term for number, term in enumerate(terms) if term in terms[:number]), None)
    return f"{twice!r} stands there twice" if twice else ""


def merged(shipped: Iterable[Entry], own: Iterable[Entry]) -> Synonyms:
    """*own* rows, and the *shipped* rows that begin with another term; a row of one term only takes away."""
    own = list(own)
    replaced = {_key(entry.terms[0]) for entry in own}
    kept = [entry for entry in shipped if _key(entry.terms[0]) not in replaced]
    return Synonyms([*(entry for entry in own if len(entry.terms) > 1), *kept])


@cache
def shipped() -> tuple[Entry, ...]:
    """The rows that come with the product."""
    return tuple(read((files("search") / _SHIPPED).read_text(encoding="utf-8"), _SHIPPED))


def load(own: Path | None) -> Synonyms:
    """What comes with the product, and the file *own* if it is there; SynonymsError when that is faulty."""
    if own is None or not own.exists():
        return merged(shipped(), ())
    try:
        text = own.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SynonymsError(str(own), [Fault(None, error.strerror or str(error))]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SynonymsError(str(own), [Fault(line, "this is not UTF-8; save the file as UTF-8")]) from error
    return merged(shipped(), read(text, str(own), own=True))


class SynonymFile:
    """The synonyms in force, read again when the organisation's file changes. Threads may share it."""

    def __init__(self, own: Path | None) -> None:
        """*own* is the organisation's file, which need not be there; None = only what is shipped."""
        self._own = own
        self._held: tuple[int, Synonyms] | None = None

    def current(self) -> Synonyms:
        """What is in force now. A faulty file is left out: search goes on, the log says why."""
        try:
            stamp = self._own.stat().st_mtime_ns if self._own else 0
        except OSError:
            stamp = 0
        held = self._held
        if held is None or held[0] != stamp:
            held = self._held = (stamp, self._load())
        return held[1]

    def _load(self) -> Synonyms:
        try:
            return load(self._own)
        except InvalidError as error:
            log.warning("%s Search goes on without it.", error)
            return merged(shipped(), ())
