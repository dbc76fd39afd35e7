"""Names for groups of texts, out of the words that set each group apart.

Class-based TF-IDF (Grootendorst 2022, "BERTopic"): how many texts of a group hold a phrase, weighed by how
rare the phrase is over all groups. Phrases are compared by their stems and shown as they were written.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

from search.analysis import STOP_WORDS, stem

PHRASES = 3
"""Phrases in a name at most."""
_LONGEST = 3
"""Words of a phrase."""
_FEWEST = 2
"""Texts of a group that must hold a phrase of its name."""
_NAMED_BY = 0.08
"""Share of a group's texts that must hold it."""
_SECOND, _THIRD = 0.15, 0.4
"""Of the best phrase's weight, what the second and the third must have."""
_WORDY = 1.25
"""What a phrase of several words counts beside one word: it says more."""
_LONGER = 0.45
"""Share of the texts with a word that must hold a phrase around it, for that to stand in its place."""
_TAG = 0.5
"""What a tag counts beside a title: tags are coarser, and one stands on many texts."""

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*|[^\w\s]")
_GENERAL = frozenset(
    """
    lesson lessons learned learnt learning practice practices project projects programme programmes program
    programs problem problems issue issues case cases study new use used using uses due via within during
    without against after before between need needs needed must may should ensure make made best good poor
    improper proper properly inadequate adequate effective lack failure failures failed fails result results
    resulting caused causes cause affect affects effect effects one two three first early late non per etc
    report reports event events part parts provide provides consider include including regarding across
    multiple various many several different potential possible common general overview process processes
    work works export version see project's nasa's
    """.split()  # noqa: SIM905 - a list of a hundred strings would be harder to read
)
"""Words of lessons that say nothing of what a lesson is about."""

Key = tuple[str, ...]
"""The stems of a phrase."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text by the words that can name it."""

    title: str
    tags: tuple[str, ...]
    running: str
    """Plain sentences, which show how words are written."""


def names(groups: Sequence[Sequence[Text]]) -> list[tuple[str, ...]]:
    """The phrases that name each of *groups*, the most telling first; none where texts have no words."""
    written = _Written(text for group in groups for text in group)
    counted = [_count(group, written) for group in groups]
    everywhere: Counter[Key] = Counter()
    for counts in counted:
        everywhere.update(counts)
    average = sum(everywhere.values()) / max(1, len(groups))
    return [
        tuple(map(written.shown, _telling(counts, everywhere, average, len(group))))
        for counts, group in zip(counted, groups, strict=True)
    ]


def _telling(
    counts: Mapping[Key, float], everywhere: Mapping[Key, float], average: float, texts: int
) -> list[Key]:
    """The phrases that set a group apart, none sharing a word with another."""
    least = max(_FEWEST, _NAMED_BY * texts) if texts >= _FEWEST else 1
    frequent = [key for key, number in counts.items() if number >= least]
    weights = {
        key: counts[key] * log(1 + average / everywhere[key]) * (_WORDY if len(key) > 1 else 1.0)
        for key in frequent or counts
    }
    chosen: list[Key] = []
    for key in sorted(weights, key=lambda key: (-weights[key], -len(key), key)):
        share = (0.0, _SECOND, _THIRD)[len(chosen)]
        if chosen and weights[key] < share * weights[chosen[0]]:
            break
        longer = _around(key, counts, weights)
        if not any(_same(longer, other) or _same(other, longer) for other in chosen):
            chosen.append(longer)
        if len(chosen) == PHRASES:
            break
    return chosen


def _same(one: Key, other: Key) -> bool:
    """Whether they share a word, or the one is short for the other."""
    return bool(set(one) & set(other)) or (len(one) == 1 and _short_for(one[0], other))


def _short_for(word: str, phrase: Key) -> bool:
    """Whether *word* holds the initials of *phrase* in order, and at most one letter more."""
    letters, initials = iter(word), [part[0] for part in phrase]
    few = len(word) <= len(initials) + 1 and len(initials) > 1
    return few and all(initial in letters for initial in initials)


def _around(key: Key, counts: Mapping[Key, float], weights: Mapping[Key, float]) -> Key:
    """The longest phrase around *key* that mostly stands where *key* does."""
    longer = [
        other
        for other in weights
        if len(other) > len(key) and set(key) < set(other) and counts[other] >= _LONGER * counts[key]
    ]
    return max(longer, key=lambda other: (counts[other], len(other), other), default=key)


def _count(group: Sequence[Text], written: "_Written") -> Counter[Key]:
    """How many texts of *group* hold each phrase, those with it in a tag alone for less."""
    counts: Counter[Key] = Counter()
    for text in group:
        titled = set(written.keys(text.title))
        tagged = {key for tag in text.tags for key in written.keys(tag)} - titled
        counts.update(dict.fromkeys(titled, 1.0))
        counts.update(dict.fromkeys(tagged, _TAG))
    return counts


class _Written:
    """How phrases are written where they stand."""

    def __init__(self, texts: Iterable[Text]) -> None:
        self._forms: dict[Key, Counter[tuple[str, ...]]] = {}
        self._running: dict[str, Counter[str]] = {}
        self._titled: dict[str, Counter[str]] = {}
        for text in texts:
            for title in (text.title, *text.tags):
                for words in _phrases(title):
                    lowered = tuple(word.lower() for word in words)
                    self._forms.setdefault(_key(words), Counter())[lowered] += 1
                    if len(words) == 1:
                        self._titled.setdefault(lowered[0], Counter())[words[0]] += 1
            for before, word in _following(text.running):
                if before not in (".", "!", "?", ":", ""):
                    self._running.setdefault(word.lower(), Counter())[word] += 1

    def keys(self, text: str) -> Iterator[Key]:
        """The phrases in *text*."""
        return map(_key, _phrases(text))

    def shown(self, key: Key) -> str:
        """The phrase as it is mostly written."""
        (words, _), *_ = sorted(self._forms[key].items(), key=lambda form: (-form[1], form[0]))
        cased = list(map(self._cased, words))
        capitals = sum(word[0].isupper() for word in cased)
        if 2 * capitals > len(cased):
            cased = [word[0].upper() + word[1:] for word in cased]
        return " ".join(cased)

    def _cased(self, word: str) -> str:
        """As running text writes it; else as titles do, where that is in capitals throughout."""
        forms = self._running.get(word)
        if forms:
            return min(forms, key=lambda form: (-forms[form], form))
        forms = self._titled.get(word, Counter())
        capitals = sum(number for form, number in forms.items() if form.isupper())
        return word.upper() if 2 * capitals > forms.total() else word


def _following(text: str) -> Iterator[tuple[str, str]]:
    """Each word of *text* with what stands before it."""
    before = ""
    for token in _WORD.findall(text):
        if token[0].isalnum():
            yield before, token
        before = token


def _phrases(text: str) -> Iterator[tuple[str, ...]]:
    """Runs of up to three meaningful words of *text* that nothing else parts."""
    run: list[str] = []
    for token in (*_WORD.findall(text), "."):
        if _means(token):
            run.append(token)
            continue
        for start in range(len(run)):
            for end in range(start + 1, min(len(run), start + _LONGEST) + 1):
                yield tuple(run[start:end])
        run = []


def _means(token: str) -> bool:
    lowered = token.lower()
    letters = sum(character.isalpha() for character in token)
    return letters >= 3 and lowered not in STOP_WORDS and lowered not in _GENERAL


def _key(words: Sequence[str]) -> Key:
    return tuple(map(_stem, words))


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    return "-".join(stem(part) for part in re.findall(r"\w+", word))
