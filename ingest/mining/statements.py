"""A body as statements, each with what stands above it: headings, labels, columns."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from ingest.markdown import Block, BlockKind, InnerTable, Parsed
from ingest.mining import cues
from kb.text import squash

LONGEST = 1_000
"""Characters of a statement; what is longer is cut at a space."""
_SENTENCE = re.compile(
    r"(?<=[.!?])(?<!\bNo\.)(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!e\.g\.)(?<!i\.e\.)(?<!etc\.)"
    r"[\"”’)]*\s+(?=[\"“‘(*]*[A-ZÀ-Þ0-9])"
)
_LABEL = re.compile(rf"(?:^|(?<=[.;!?]\s))({cues.label_words()})\s*[:–—]\s+", re.IGNORECASE)
_OPEN_LABEL = re.compile(r"(?<=[.;!?]\s)(Applies when|Early signs?(?: of [\w ]{1,30})?:?)\s+(?=\S)")
"""Begins a sentence, and says itself what the sentence is."""
_LIST_ITEM = re.compile(r"\s*(?:[-*+•▪]|\(?(?:\d{1,3}|[a-z])[.)])\s+")
_BOLD = re.compile(r"\s*(?:\*\*|__)[^*_\n]{2,80}(?:\*\*|__):?\s*")
_NO_TEXT = ("```", "~~~", "![")
_HEADING_WORDS = 8


class Place(NamedTuple):
    """The smallest thing of the body that a statement is part of: paragraph, list entry, cell of a table."""

    block: int
    column: int = -1
    """-1 outside of tables."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, or what stands for one in a list or a cell."""

    text: str
    """Plain, on one line."""
    place: Place
    headings: tuple[str, ...]
    """Outermost first; lines that act as headings, such as `What went well:`, included."""
    column: str
    """The name of its column."""
    label: str
    """The field of a lesson that words before it announce; empty when none do."""
    indent: int
    """How far its entry of a list is indented, in characters; -1 outside of lists."""
    start: int
    end: int
    """Character range [start, end) of its block in the body."""


def read(parsed: Parsed, title: str = "") -> list[Statement]:
    """The statements of a body in order; *title* is no heading above any."""
    return list(_Reader(parsed, title).statements())


class _Reader:
    def __init__(self, parsed: Parsed, title: str) -> None:
        self._parsed = parsed
        self._title = squash(title).casefold()
        self._tables = {table.start: table for table in parsed.tables}
        self._above = ""
        """A line that acts as a heading until the next one."""
        self._real: tuple[str, ...] = ()

    def statements(self) -> Iterator[Statement]:
        blocks = list(enumerate(self._parsed.blocks))
        for in_table, group in groupby(blocks, lambda one: one[1].kind in (BlockKind.HEADER, BlockKind.ROW)):
            if in_table:
                yield from self._rows(list(group))
            else:
                for number, block in group:
                    yield from self._text(number, block)

    def _text(self, number: int, block: Block) -> Iterator[Statement]:
        if block.kind is BlockKind.HEADING:
            return
        if block.headings != self._real:
            self._real, self._above = block.headings, ""
        source = self._parsed.body[block.start : block.end]
        if source.lstrip().startswith(_NO_TEXT):
            return
        item = _LIST_ITEM.match(source)
        if not item and _acts_as_heading(block.text, source):
            self._above = cues.unnumbered(block.text).rstrip(" :")
            return
        indent = len(source) - len(source.lstrip()) if item else -1
        yield from self._said(block, Place(number), block.text, "", indent)

    def _rows(self, blocks: Sequence[tuple[int, Block]]) -> Iterator[Statement]:
        table = InnerTable(0, 0, ())
        row = 0
        for number, block in blocks:
            if found := self._tables.get(block.start):
                table, row = found, 0
            while row < len(table.rows) and not any(table.rows[row]):
                row += 1
            cells = table.rows[row] if row < len(table.rows) else ()
            row += 1
            if block.kind is BlockKind.HEADER:
                continue
            names = table.rows[0]
            for column, cell in enumerate(cells):
                name = names[column] if column < len(names) else ""
                yield from self._said(block, Place(number, column), cell, name, -1)

    def _said(self, block: Block, place: Place, text: str, column: str, indent: int) -> Iterator[Statement]:
        above = (*block.headings, self._above) if self._above else block.headings
        headings = tuple(heading for heading in above if squash(heading).casefold() != self._title)
        for label, part in _labelled(text if column else cues.unnumbered(text)):
            for sentence in _SENTENCE.split(part):
                if said := squash(sentence)[:LONGEST].strip():
                    yield Statement(said, place, headings, column, label, indent, block.start, block.end)


def _acts_as_heading(text: str, source: str) -> bool:
    """Whether a paragraph is only bold, ends in a colon, or is the name of a section."""
    if len(text.split()) > _HEADING_WORDS or text[-1:] in ".,;!?":
        return False
    return bool(_BOLD.fullmatch(source)) or text.endswith(":") or cues.is_section(text)


def _labelled(text: str) -> Iterator[tuple[str, str]]:
    """Field and text of each part of *text*; the field is empty before the first label."""
    found = sorted((*_LABEL.finditer(text), *_OPEN_LABEL.finditer(text)), key=lambda match: match.start())
    yield "", text[: found[0].start() if found else None]
    for number, match in enumerate(found):
        end = found[number + 1].start() if number + 1 < len(found) else None
        yield cues.label(match[1]), text[match.end() : end]
