"""Which two items a reviewer should see side by side: their advice disagrees, or one replaces the other.

On labelled pairs not used to choose its limits (tests/search/disagreements.csv): of 15 contradictions
11 were found, and 11 of 15 flags were right; of 12 replacements all were found, and no flag was wrong. Real
lessons seldom contradict each other: all but 2 of the contradictions are pairs written for this.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from kb.text import NUMBERS
from kb.vocabulary import Link
from search import analysis, doubles, opposing
from search.doubles import Likeness
from search.opposing import Cue, Opposition

NEAR = 0.55
"""Cosine from which two texts are about the same: below, sentences that look opposed seldom are."""
_NEAR_AMOUNTS = 0.6
"""The same for amounts, of which any two plans have some."""
_AGAIN, _TITLED = 0.8, 0.6
"""Cosine and share of title words from which the later of two tells the same again."""
_LATER = timedelta(days=30)
"""For so long what is told twice is told of the same state."""
_SAME_SERIES = 0.4
"""Share of title words from which the later of two opposed items of one organisation updates the earlier."""
_NUMERAL = re.compile(rf"\d+|[ivx]+|{'|'.join(NUMBERS)}")
_SHOWS = {
    Cue.OPPOSITE: "advise the opposite",
    Cue.NEGATION: "disagree: what one asks for, the other advises against",
    Cue.AMOUNT: "name different amounts",
}


@dataclass(frozen=True, slots=True)
class Advice:
    """What is compared of an item."""

    title: str
    text: str
    """What it recommends."""
    dated: date | None = None
    origin: str = ""
    """The organisation or project that it comes from."""


@dataclass(frozen=True, slots=True)
class Flag:
    """What a reviewer should look at."""

    link: Link
    """CONTRADICTS or SUPERSEDES."""
    newer: bool
    """Whether the first of the two is the one that supersedes."""
    reason: str
    """A sentence."""


def compare(one: Advice, other: Advice, cosine: float) -> Flag | None:
    """What is to be said of two items whose texts lie *cosine* apart, if anything."""
    if cosine < NEAR:
        return None
    opposition = opposing.oppose(one.text, other.text)
    if opposition and opposition.cue is Cue.AMOUNT and cosine < _NEAR_AMOUNTS:
        opposition = None
    if _apart(one, other):
        newer = _day(one) > _day(other)
        first, second = (one, other) if newer else (other, one)
        reason = _replacement(first, second, opposition, cosine)
        if reason:
            return Flag(Link.SUPERSEDES, newer, reason)
    return Flag(Link.CONTRADICTS, False, _disagreement(one, other, opposition)) if opposition else None


def _replacement(newer: Advice, older: Advice, opposition: Opposition | None, cosine: float) -> str:
    """Why *newer* takes the place of *older*; empty when it does not."""
    years = _when(_day(older), _day(newer))
    if said := opposing.replaces(newer.text, older.text):
        return f"The newer replaces what the older says ({years}): {opposing.quoted(said[0])}."
    shared = doubles.shared_words(newer.title, older.title)
    if not opposition and _again(cosine, shared) and not _numbered(newer.title, older.title):
        return f"The newer says almost the same again ({years}), so the older may be superfluous."
    same_origin = newer.origin.casefold() == older.origin.casefold() != ""
    if opposition and same_origin and shared >= _SAME_SERIES:
        return f"The newer says otherwise on the same subject ({years}): {_against(opposition)}."
    return ""


def _disagreement(one: Advice, other: Advice, opposition: Opposition) -> str:
    days = sorted(advice.dated for advice in (one, other) if advice.dated)
    when = f" ({_when(*days)})" if len(days) == len((one, other)) else ""
    return f"These two {_SHOWS[opposition.cue]}{when}: {_against(opposition)}."


def _against(opposition: Opposition) -> str:
    return f"{opposing.quoted(opposition.one)} against {opposing.quoted(opposition.other)}"


def _when(earlier: date, later: date) -> str:
    if earlier.year == later.year:
        return f"{earlier}, {later}"
    return f"{earlier.year}, {later.year}"


def _apart(one: Advice, other: Advice) -> bool:
    return one.dated is not None and other.dated is not None and abs(one.dated - other.dated) >= _LATER


def _day(advice: Advice) -> date:
    return advice.dated or date.min


def _again(cosine: float, shared: float) -> bool:
    said_twice = cosine >= _AGAIN and shared >= _TITLED
    return said_twice or doubles.likeness(cosine, shared) is Likeness.SAME


def _numbered(title: str, other: str) -> bool:
    """Whether the titles differ in a number alone, as those of two volumes."""
    one, two = (set(map(str.lower, analysis.words(text))) for text in (title, other))
    differing = (one - two, two - one)
    return all(differing) and all(_NUMERAL.fullmatch(word) for words in differing for word in words)
