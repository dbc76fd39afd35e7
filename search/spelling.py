"""Did you mean: words that nothing here holds, and near ones that something does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import log
from threading import Lock
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy.orm import Session

from kb import items
from kb.access import Principal
from kb.values import ItemId
from search import analysis
from search.lexicon import Lexicon
from search.synonyms import SynonymFile
from search.terms import terms

_MOST = 3
"""Words of one query that are corrected: with more, it is in another language."""
_LARGEST = 200_000
"""Words, the most frequent ones, among which near ones are looked for."""
_RARE, _FREQUENT = 2, 100
"""Up to so few items a word may be a slip that is in the base itself, if a near one is in so many."""
_TRIED = 5
"""Near words."""
_FIRST, _CHUNK, _CHUNKS = 20, 500, 20
"""Items looked at first, then, and how often, until some are found that the reader may see."""
_LETTERS = re.compile(r"(?<![\w-])[^\W\d_]{3,24}(?![\w-])")


class _Near(NamedTuple):
    word: str
    distance: int
    items: int

    @property
    def cost(self) -> float:
        """Less is likelier: each slip costs as much as being some fifty times rarer."""
        return 4.0 * self.distance - log(self.items)


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """Words by their length, and the number of items that hold each."""

    stamp: tuple[int, ...]
    by_length: dict[int, list[str]]
    items: dict[str, int]

    def near(self, word: str) -> list[_Near]:
        """Words at most one slip away, two from six letters on, likeliest first.

        A slip is a letter too many, too few, wrong, or swapped with the next (Damerau 1964). In short words,
        and for the second slip, the first letter must be right.
        """
        most = 1 if len(word) < 6 else 2
        found: list[_Near] = []
        for length in range(len(word) - most, len(word) + most + 1):
            words = self.by_length.get(length, [])
            for other, distance, _ in process.extract(
                word, words, scorer=OSA.distance, score_cutoff=most, limit=50
            ):
                sure = distance < 2 and len(word) > 4
                if sure or other[0] == word[0]:
                    found.append(_Near(other, int(distance), self.items[other]))
        return sorted(found, key=lambda near: (near.cost, near.word))


class Speller:
    """Corrects queries by what the base holds. Safe to share between threads."""

    def __init__(self, lexicon: Lexicon, synonyms: SynonymFile) -> None:
        self._lexicon = lexicon
        self._synonyms = synonyms
        self._lock = Lock()
        self._held: _Vocabulary | None = None

    def corrected(self, session: Session, principal: Principal, typed: str) -> str:
        """The query *typed* with near words for those that *principal* finds nowhere; empty if all is well.

        Filters, unwanted words, quotation marks and synonyms stay as they are. No word is offered that does
        not stand in an item that *principal* may see.
        """
        synonyms = self._synonyms.current()
        pieces: list[str] = []
        position = changes = 0
        for start, end in _candidates(typed):
            word = typed[start:end]
            if changes == _MOST or word in synonyms:
                continue
            if better := self._better(session, principal, word.lower()):
                pieces += (typed[position:start], _cased(better, word))
                position, changes = end, changes + 1
        return "".join((*pieces, typed[position:])) if changes else ""

    def _better(self, session: Session, principal: Principal, word: str) -> str:
        seen = self._seen(session, principal, word, _RARE + 1)
        if seen > _RARE:
            return ""
        near = [
            one
            for one in self._vocabulary().near(word)
            if one.word != word and one.word not in analysis.STOP_WORDS
        ]
        inflected = (one.word for one in near if analysis.stem(one.word) == analysis.stem(word))
        if any(self._seen(session, principal, other, 1) for other in inflected):
            return ""
        if seen:
            near = [one for one in near if one.items >= _FREQUENT]
        return next((one.word for one in near[:_TRIED] if self._seen(session, principal, one.word, 1)), "")

    def _seen(self, session: Session, principal: Principal, word: str, enough: int) -> int:
        """How many items that *principal* may see hold *word*; counted up to *enough*."""
        seen, last = 0, ItemId(0)
        for _ in range(_CHUNKS):
            found = self._lexicon.holding(word, _CHUNK if last else _FIRST, last)
            seen += len(items.visible_among(session, principal, found))
            if seen >= enough or not found:
                break
            last = found[-1]
        return seen

    def _vocabulary(self) -> _Vocabulary:
        stamp = self._lexicon.stamp()
        with self._lock:
            if self._held is None or self._held.stamp != stamp:
                self._held = _loaded(stamp, self._lexicon.vocabulary())
            return self._held


def _loaded(stamp: tuple[int, ...], words: list[tuple[str, int]]) -> _Vocabulary:
    kept = sorted(words, key=lambda entry: -entry[1])[:_LARGEST]
    by_length: dict[int, list[str]] = {}
    for word, _ in kept:
        by_length.setdefault(len(word), []).append(word)
    return _Vocabulary(stamp, by_length, dict(kept))


def _candidates(typed: str) -> Iterator[tuple[int, int]]:
    """Where the words of letters alone stand that are looked for."""
    for one in terms(typed):
        if one.wanted:
            for match in _LETTERS.finditer(typed, one.start, one.end):
                if match[0].lower() not in analysis.STOP_WORDS:
                    yield match.span()


def _cased(word: str, like: str) -> str:
    if like.isupper():
        return word.upper()
    return word.capitalize() if like[0].isupper() else word
