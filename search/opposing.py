"""Whether two pieces of advice disagree, or the later takes the place of the earlier.

Two sentences, one of each, that are about the same disagree by opposite words (opposites.txt), by a negation
or by different amounts. Nothing is learned from data, and each finding says in words what it rests upon.
How often it is right was measured on pairs judged by reading: tests/search/disagreements.csv.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

from kb.text import NUMBERS, shorten
from search import analysis

_NEGATION = re.compile(
    r"\b(?:do not|don[’']t|should not|shouldn[’']t|must not|mustn[’']t|shall not|never|avoid|"
    r"refrain from|stop|no longer)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:unless|until|without|only|except|other than|rather than|alone)\b", re.IGNORECASE
)
_FACT = re.compile(
    r"\b(?:was|were|had|did|has been|have been|there is|there are|may|might|could|would|can result|"
    r"can lead)\b",
    re.IGNORECASE,
)
_REPLACED = re.compile(
    r"\b(?:(?:replaces|supersedes|instead of|in place of|not) (?:the|our|this) "
    r"(?:earlier|former|previous|old)|"
    r"(?:earlier|former|previous|old) (?:rule|advice|practice|limit|guidance|lesson|threshold)|"
    r"no longer (?:appl\w+|need\w*|require[sd]?|necessary|valid|holds?|use[sd]?|recommend\w*|ask\w*|do|"
    r"have)|(?:has|have) been (?:replaced|superseded|withdrawn|abolished)|is obsolete|are obsolete)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_MARKUP = re.compile(r"[*_`#>]+|^\s*(?:[-+]|\d+[.)])\s+", re.MULTILINE)
_NUMBER = rf"\d+(?:[.,]\d+)?|{'|'.join(NUMBERS)}"
_AMOUNT = re.compile(
    rf"\b(?P<number>{_NUMBER})[ -]?(?P<unit>%|per ?cent|[a-z]+(?:[ -][a-z]+)?)(?!\w)", re.IGNORECASE
)
_UNITS = analysis.stems(
    "minute hour day week month year percent cent person people member reviewer supplier bid offer test "
    "iteration round euro metre degree volt signature item sponsor page"
)
_EMPTY = analysis.stems(
    "should must shall need needs ensure make sure project projects team teams manager programme program "
    "use used using lesson recommend recommended consider be given also each every all new take good well "
    "part way plan management process system systems provide may might let get put go keep"
)
"""What most advice says, whatever it is about."""
_LIGHT = analysis.stems("allow let be make have perform do try begin start use let get")
"""Verbs that leave it to the next word what is done."""
_SHARED_WORDS = 2
_SHARE = 0.4
_AROUND = 5
"""Words on each side of a cue in which the other sentence must have one too."""
_FEWEST_WORDS, _MOST_WORDS = 4, 45
_QUOTED = 200


class Cue(StrEnum):
    """What shows that two sentences disagree."""

    OPPOSITE = "opposite"
    NEGATION = "negation"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Opposition:
    """Two sentences that can hardly both be followed."""

    cue: Cue
    one: str
    other: str
    strength: float
    """The share of the words of the shorter sentence that both have, 0 to 1."""


class _Place(NamedTuple):
    """A cue in a sentence."""

    text: str
    around: frozenset[str]
    """Stems that stand close to it."""
    following: str
    """The first word after it that carries meaning, as its stem."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    words: frozenset[str]
    topic: frozenset[str]
    """Its words but for the cues."""
    denied: frozenset[str]
    """Stems of what it says must not be done; empty when it denies nothing."""
    fact: bool
    """It tells what was, not what to do."""
    sides: dict[tuple[int, int], _Place]
    """Where it takes a side of a pair of opposites."""
    amounts: dict[str, tuple[float, _Place]]
    """By what is counted."""


def oppose(one: str, other: str) -> Opposition | None:
    """The clearest opposition between two pieces of advice, plain text or Markdown, if there is any."""
    found = (_between(a, b) for a, b in product(_read(one), _read(other)))
    return max(filter(None, found), key=lambda opposition: opposition.strength, default=None)


def replaces(newer: str, older: str) -> tuple[str, str] | None:
    """A sentence of *newer* that says what is not so any more, and the one of *older* that it is about."""
    for a, b in product(_read(newer), _read(older)):
        if _REPLACED.search(a.text) and _strength(a, b):
            return a.text, b.text
    return None


def quoted(sentence: str) -> str:
    """*sentence* as it stands in a reason."""
    return f"“{shorten(sentence.rstrip('.;'), _QUOTED)}”"


def _strength(a: _Sentence, b: _Sentence) -> float:
    """The share of the words of the shorter sentence that both have; 0 when they are not about the same."""
    shared = len(a.topic & b.topic)
    share = shared / (min(len(a.topic), len(b.topic)) or 1)
    return share if shared >= _SHARED_WORDS and share >= _SHARE else 0.0


def _between(a: _Sentence, b: _Sentence) -> Opposition | None:
    strength = _strength(a, b)
    if not strength or a.fact or b.fact:
        return None
    for cue, holds in ((Cue.OPPOSITE, _opposite), (Cue.NEGATION, _negation), (Cue.AMOUNT, _amount)):
        if holds(a, b):
            return Opposition(cue, a.text, b.text, strength)
    return None


def _opposite(a: _Sentence, b: _Sentence) -> bool:
    if bool(a.denied) != bool(b.denied):
        return False
    return any(
        _of_the_same(pair, place, b.sides[pair, 1 - side])
        for (pair, side), place in a.sides.items()
        if (pair, 1 - side) in b.sides and (pair, side) not in b.sides and (pair, 1 - side) not in a.sides
    )


def _of_the_same(pair: int, one: _Place, other: _Place) -> bool:
    if _opposites()[pair].same_follows:
        return bool(one.following) and one.following == other.following
    return bool(one.around & other.around)


def _negation(a: _Sentence, b: _Sentence) -> bool:
    if bool(a.denied) == bool(b.denied):
        return False
    if any((pair, 1 - side) in b.sides for pair, side in a.sides):
        return False  # not late = early
    denied, said = (a.denied, b.words) if a.denied else (b.denied, a.words)
    return len(denied & said) >= max(_SHARED_WORDS, len(denied) * 2 / 3)


def _amount(a: _Sentence, b: _Sentence) -> bool:
    return any(
        first != second and len(one.around & other.around) >= _SHARED_WORDS
        for unit in a.amounts.keys() & b.amounts.keys()
        for (first, one), (second, other) in [(a.amounts[unit], b.amounts[unit])]
    )


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[_Sentence, ...]:
    plain = _MARKUP.sub("", text)
    return tuple(_sentences(" ".join(part.split()) for part in _SENTENCE.split(plain)))


def _sentences(parts: Iterator[str]) -> Iterator[_Sentence]:
    for part in parts:
        if "|" not in part and _FEWEST_WORDS <= len(analysis.words(part)) <= _MOST_WORDS:  # no row of a table
            sides = _sides(part)
            cues = analysis.stems(" ".join(place.text for place in sides.values()))
            words = _topic(part)
            yield _Sentence(
                part, words, words - cues, _denied(part), bool(_FACT.search(part)), sides, _amounts(part)
            )


def _topic(text: str) -> frozenset[str]:
    words = (word for word in analysis.words(text) if word.lower() not in analysis.STOP_WORDS)
    return frozenset(
        one for one in analysis.stems(" ".join(words)) - _EMPTY if not one.isdigit() and one not in NUMBERS
    )


def _denied(sentence: str) -> frozenset[str]:
    """What must not be done; nothing when a condition takes half of it back."""
    match = _NEGATION.search(sentence)
    if match is None or _CONDITION.search(sentence):
        return frozenset()
    ruled = re.split(r"[,:;]", sentence[match.end() :])[0].split()[:8]
    return _topic(" ".join(ruled)) - _LIGHT


def _sides(sentence: str) -> dict[tuple[int, int], _Place]:
    found: dict[tuple[int, int], _Place] = {}
    for number, pair in enumerate(_opposites()):
        for side, pattern in enumerate((pair.one, pair.other)):
            if match := pattern.search(sentence):
                found[number, side] = _place(sentence, match)
    return found


def _amounts(sentence: str) -> dict[str, tuple[float, _Place]]:
    found: dict[str, tuple[float, _Place]] = {}
    for match in _AMOUNT.finditer(sentence):
        units = analysis.stems(match["unit"]) & _UNITS or ({"cent"} if match["unit"] == "%" else set())
        for unit in units:
            number = match["number"].lower()
            value = NUMBERS.get(number) or float(number.replace(",", "."))
            found[unit] = (value, _place(sentence, match))
    return found


def _place(sentence: str, match: re.Match[str]) -> _Place:
    before, after = sentence[: match.start()].split()[-_AROUND:], sentence[match.end() :].split()[:_AROUND]
    following = next((stem for word in after for stem in _topic(word)), "")
    return _Place(match[0], _topic(" ".join([*before, *after])), following)


class _Opposites(NamedTuple):
    one: re.Pattern[str]
    other: re.Pattern[str]
    same_follows: bool
    """Whether they are opposites only before the same word."""


@cache
def _opposites() -> tuple[_Opposites, ...]:
    text = (Path(__file__).parent / "opposites.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return tuple(
        _Opposites(_any_of(one), _any_of(other), line.startswith("="))
        for line in lines
        for one, other in [line.removeprefix("= ").split(" | ")]
    )


def _any_of(side: str) -> re.Pattern[str]:
    words = "|".join(re.escape(word.strip()) for word in side.split(" / "))
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
