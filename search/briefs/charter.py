"""A charter read into needs: what the project wants, depends on or fears."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import log
from typing import NamedTuple

from kb.briefs.values import Need, NeedKind
from kb.values import Locator
from search import analysis
from search.briefs import kinds, languages, pieces
from search.briefs.pieces import Piece

MOST = 40
"""Needs of one charter."""
_FEW = 4
_READ = 2_000_000
"""Characters that are read of a text; a thousand pages."""
_FEWEST_WORDS = 2
"""Content words without which a piece says too little to look anything up."""
_VAGUE = (NeedKind.STAKEHOLDER, NeedKind.PHASE, NeedKind.CONSTRAINT)
"""Kinds that need one more: a role, a stage or a sum alone is looked up in vain."""
_ALIKE = 0.6
"""Share of the words that two needs have in common, of the shorter one's, from which one is enough."""
_TELLING = {
    NeedKind.RISK: 1.3,
    NeedKind.CONSTRAINT: 1.1,
    NeedKind.SUPPLIER: 1.1,
    NeedKind.TECHNOLOGY: 1.0,
    NeedKind.OBJECTIVE: 1.0,
    NeedKind.DELIVERABLE: 1.0,
    NeedKind.STAKEHOLDER: 0.9,
    NeedKind.PHASE: 0.9,
    NeedKind.LOCATION: 0.8,
}
"""How much a kind of need decides what goes wrong."""
_FADING = 0.85
"""What each further need of a section counts for, of the one before: every section is to be heard."""
_CONTACT = re.compile(r"\S+@\S+|https?://\S+|\+?\d[\d ()/-]{7,}\d")
_FIGURES = re.compile(r"[$€£]?\d[\d.,:/%-]*\w{0,2}")
_DATES = re.compile(
    r"(?i)(?:january|february|march|april|may|june|july|august|september|october|november|december|(?:mon|tues|wednes|"
    r"thurs|fri|satur|sun)day|month|week|year|day|quarter|spring|summer|autumn|winter)s?"
)
_LINE = re.compile(r"(?m)^[ \t>#*+\d.)-]*(.+)$")
_SOURCES = re.compile(r"(?i)\b(?:page \d+ of|^confidential\b.{0,40}$|©|all rights reserved)")


class _Candidate(NamedTuple):
    need: Need
    stems: frozenset[str]
    value: float


def read(markdown: str, title: str = "") -> tuple[Need, ...]:
    """The needs of a charter, at most MOST, in the order in which it says them.

    *markdown* is its text, whose ranges of characters the needs' locators refer to; *title* is the project's
    or the document's, and no need by itself. What a charter says to a machine is no need either. There are
    none when it says nothing about a project: an empty text, a form nobody filled in.
    """
    candidates = _candidates(pieces.read(markdown[:_READ]), title)
    chosen = sorted(_chosen(candidates), key=lambda one: one.need.locator.start)
    return tuple(one.need for one in chosen)


def doubts(markdown: str, needs: Sequence[Need]) -> tuple[str, ...]:
    """What a reader should know of how a charter was read, in sentences."""
    said: list[str] = []
    if language := languages.other_than_english(markdown):
        said.append(f"It reads as {language}; only English is understood well, so needs may be missed.")
    if len(markdown) > _READ:
        said.append(f"Only the first {_READ:,} of its {len(markdown):,} characters were read.")
    if any(kinds.to_a_machine(line) for line in _LINE.findall(markdown[:_READ])):
        said.append("It gives orders to a machine that would read it; they do nothing here and are left out.")
    if not needs:
        said.append(
            "Nothing in it says what a project wants, depends on or fears: it may be a form nobody filled "
            "in, or no charter. Add needs by hand, or give another text."
        )
    elif len(needs) == MOST:
        said.append(f"It says more than a brief can follow; the {MOST} most telling needs were taken.")
    elif len(needs) < _FEW:
        said.append("It says little; a longer charter gives a better brief.")
    return tuple(said)


def _candidates(found: Iterable[Piece], title: str) -> list[_Candidate]:
    read: list[tuple[Piece, NeedKind, frozenset[str]]] = []
    own = analysis.stems(title)
    for piece in _without_title(list(found)):
        if _says_nothing(piece):
            continue
        said = _CONTACT.sub(" ", piece.text)
        stems = frozenset(analysis.stems(" ".join(_content(said))))
        kind = _kind(piece)
        if len(stems - own) >= _FEWEST_WORDS + (kind in _VAGUE):
            read.append((piece, kind, stems))
    spread = Counter(stem for _, _, stems in read for stem in stems)
    return [
        _Candidate(Need(kind, piece.text, piece.headings, Locator(piece.start, piece.end)), stems, value)
        for place, (piece, kind, stems) in enumerate(read)
        for value in (_value(piece, kind, stems, spread, place / len(read)),)
    ]


def _says_nothing(piece: Piece) -> bool:
    boilerplate = kinds.left_out(piece.headings) or _SOURCES.search(piece.text)
    return bool(boilerplate) or kinds.to_a_machine(piece.text)


def _without_title(found: Sequence[Piece]) -> Sequence[Piece]:
    """*found* without the document's title and subtitle above them: they say nothing of a part."""
    above = Counter(piece.headings[0] for piece in found if len(piece.headings) > 1)
    title, often = above.most_common(1)[0] if above else ("", 0)
    if not found or 2 * often < len(found):
        return found
    return _without_title(
        [
            replace(piece, headings=piece.headings[1:]) if piece.headings[:1] == (title,) else piece
            for piece in found
        ]
    )


def _content(text: str) -> list[str]:
    return [
        word
        for word in analysis.content_words(_FIGURES.sub(" ", text))
        if len(word) > 1 and not _DATES.fullmatch(word)
    ]


def _kind(piece: Piece) -> NeedKind:
    """By the section; under one that could hold anything, by what the sentence itself announces."""
    section, own = kinds.of_section(piece.headings), kinds.of_words(piece.text)
    if section is None or kinds.narrates(piece.headings[-1]):
        return own or section or NeedKind.OBJECTIVE
    return section


def _value(piece: Piece, kind: NeedKind, stems: frozenset[str], spread: Counter[str], place: float) -> float:
    """How telling a piece is: its kind, how much it says, how central its words are, how early it stands."""
    says = min(len(stems), 12) / 12
    central = sum(log(1 + spread[stem]) for stem in stems) / len(stems)
    known = 1.0 if kinds.of_section(piece.headings) else 0.6
    return _TELLING[kind] * known * (0.5 + 0.5 * says) * (1 + 0.2 * central) * (1 - 0.3 * place)


def _chosen(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """At most MOST that differ; of each section and kind fewer, the more there are of it already."""
    left: list[_Candidate] = _best_of_each_kind(candidates)
    chosen: list[_Candidate] = []
    sections: Counter[tuple[str, ...]] = Counter()
    of_kinds: Counter[NeedKind] = Counter()
    while left and len(chosen) < MOST:
        best = max(
            left,
            key=lambda one: (
                one.value * _FADING ** (sections[one.need.headings] + of_kinds[one.need.kind] / 2)
            ),
        )
        chosen.append(best)
        sections[best.need.headings] += 1
        of_kinds[best.need.kind] += 1
        left = [one for one in left if one is not best and not _alike(one.stems, best.stems)]
    return chosen


def _best_of_each_kind(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Enough of each kind to choose from, however many there are."""
    found: list[_Candidate] = []
    of_kinds: Counter[NeedKind] = Counter()
    for one in sorted(candidates, key=lambda one: -one.value):
        of_kinds[one.need.kind] += 1
        if of_kinds[one.need.kind] <= 4 * MOST:
            found.append(one)
    return found


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    shorter = min(len(one), len(other))
    return len(one & other) > _ALIKE * shorter if shorter > _FEWEST_WORDS else one == other
