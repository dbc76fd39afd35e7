"""The piece of text to show, and the words to mark in it."""

from collections.abc import Collection, Sequence

from search import analysis
from search.analysis import Token
from search.results import Snippet

_LENGTH = 260
"""Characters of a snippet: about three lines."""


def stems_of(query_text: str) -> frozenset[str]:
    """Stems of the words in *query_text* that are worth marking."""
    return frozenset(
        analysis.stem(part) for word in analysis.content_words(query_text) for part in analysis.parts(word)
    )


def mark(text: str, stems: Collection[str]) -> Snippet:
    """*text* whole, with the words marked whose stem is among *stems*."""
    return _marked(text, analysis.find(text, stems))


def cut(text: str, wanted: Sequence[Token]) -> Snippet:
    """The part of *text* that holds the most different words, at most 260 characters long.

    *wanted* are the words to mark, in order.
    """
    if len(text) <= _LENGTH:
        return _marked(text, wanted)
    start = _best_start(text, wanted)
    start, end = _at_words(text, start, min(len(text), start + _LENGTH))
    before, after = "…" if start else "", "…" if end < len(text) else ""
    shift = start - len(before)
    marks = tuple((t.start - shift, t.end - shift) for t in wanted if t.start >= start and t.end <= end)
    return Snippet(f"{before}{text[start:end]}{after}", marks)


def _marked(text: str, wanted: Sequence[Token]) -> Snippet:
    return Snippet(text, tuple((token.start, token.end) for token in wanted))


def _best_start(text: str, wanted: Sequence[Token]) -> int:
    """Where the window begins that shows most: different words first, then words in all."""
    best, best_worth = 0, (0, 0)
    for first, token in enumerate(wanted):
        inside = [t.stem for t in wanted[first : first + 60] if t.end <= token.start + _LENGTH - 40]
        worth = (len(set(inside)), len(inside))
        if worth > best_worth:
            best, best_worth = token.start, worth
    sentence = max(text.rfind(mark, 0, best) for mark in (". ", "\n", "? ", "! "))
    if 0 <= best - sentence <= 80:
        return sentence + 1
    return max(0, best - 40)


def _at_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The range moved inwards so that it cuts no word."""
    if start:
        gap = text.find(" ", start)
        start = gap + 1 if 0 <= gap < start + 30 else start
    if end < len(text):
        gap = text.rfind(" ", start, end)
        end = gap if gap > end - 30 else end
    return start, end
