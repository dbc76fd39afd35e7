"""What changed between two texts, line by line and within lines word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, cast

from kb.items import VersionDetail
from kb.vocabulary import label

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_ALIKE = 0.4
"""Share of words in common below which lines were replaced rather than changed."""
_WORDS = 4_000
"""Longer stretches are compared by lines alone: comparing words takes time that grows with their square."""
_UNSAID = frozenset({"fields", "ref", "key", "kind", "status", "locator"})
"""What is no fact about the content, or is told elsewhere."""
_CONTEXT = 3
"""Lines that are shown around what changed."""


class Change(StrEnum):
    """What became of a stretch of text."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of text and what became of it."""

    change: Change
    text: str
    skipped: int = 0
    """Kept lines that are left out after it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is said of an item beside its text, in both versions."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs between two versions of an item."""

    title: tuple[Stretch, ...]
    """Empty when it is the same."""
    body: tuple[Stretch, ...]
    """Empty when it is the same."""
    facts: tuple[Fact, ...]


def between(before: VersionDetail, after: VersionDetail) -> Comparison:
    """What differs from one version to the other."""
    return Comparison(
        title=differences(before.summary.title, after.summary.title),
        body=differences(before.body, after.body),
        facts=tuple(_facts(before, after)),
    )


def differences(before: str, after: str) -> tuple[Stretch, ...]:
    """The way from *before* to *after*; empty when they are the same.

    What is kept or removed gives *before* when joined, what is kept or added gives *after*.
    """
    if before == after:
        return ()
    found: list[Stretch] = []
    for stretch in _by_lines(before.splitlines(keepends=True), after.splitlines(keepends=True)):
        if found and found[-1].change is stretch.change:
            found[-1] = Stretch(stretch.change, found[-1].text + stretch.text)
        elif stretch.text:
            found.append(stretch)
    return tuple(found)


def shortened(stretches: Sequence[Stretch], context: int = _CONTEXT) -> tuple[Stretch, ...]:
    """*stretches* with only *context* kept lines before and after what changed."""
    return tuple(
        piece
        for place, stretch in enumerate(stretches)
        for piece in _shortened(stretch, place == 0, place == len(stretches) - 1, context)
    )


def _shortened(stretch: Stretch, first: bool, last: bool, context: int) -> Iterator[Stretch]:
    lines = stretch.text.splitlines(keepends=True)
    head, tail = (0 if first else context), (0 if last else context)
    skipped = len(lines) - head - tail
    if stretch.change is not Change.KEPT or skipped < 2:
        yield stretch
        return
    yield Stretch(Change.KEPT, "".join(lines[:head]), skipped)
    if tail:
        yield Stretch(Change.KEPT, "".join(lines[-tail:]))


def _by_lines(before: list[str], after: list[str]) -> Iterator[Stretch]:
    for same, old, new in _steps(before, after):
        yield from [Stretch(Change.KEPT, old)] if same else _by_words(old, new)


def _by_words(old: str, new: str) -> Iterator[Stretch]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    short = 0 < len(before) <= _WORDS and 0 < len(after) <= _WORDS
    if short and SequenceMatcher(None, before, after, autojunk=False).ratio() >= _ALIKE:
        for same, gone, come in _steps(before, after):
            yield from [Stretch(Change.KEPT, gone)] if same else _replaced(gone, come)
    else:
        yield from _replaced(old, new)


def _replaced(old: str, new: str) -> Iterator[Stretch]:
    yield Stretch(Change.REMOVED, old)
    yield Stretch(Change.ADDED, new)


def _steps(before: list[str], after: list[str]) -> Iterator[tuple[bool, str, str]]:
    """Whether a run is the same in both, and what it is in each."""
    for name, i, j, k, m in SequenceMatcher(None, before, after, autojunk=len(before) > _WORDS).get_opcodes():
        yield name == "equal", "".join(before[i:j]), "".join(after[k:m])


def _facts(before: VersionDetail, after: VersionDetail) -> Iterator[Fact]:
    old, new = _said(before), _said(after)
    for name in sorted({*old, *new}):
        was, is_ = old.get(name, ""), new.get(name, "")
        if was != is_ and not (was in before.body and is_ in after.body):
            yield Fact(label(name), was, is_)


def _said(version: VersionDetail) -> dict[str, str]:
    """What is said beside title and body, each as one text."""
    fields: dict[str, Any] = version.record.get("fields", {})
    said = {**fields, **version.record}
    return {name: _text(value) for name, value in said.items() if name not in _UNSAID}


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return _text([*cast(dict[str, Any], value).values()])
    if isinstance(value, list):
        return ", ".join(text for inner in cast(list[Any], value) if (text := _text(inner)))
    return "" if value is None else str(value)
