"""A Markdown body as blocks, sections and tables, each with its exact range of characters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.utils import EnvType

from ingest.converted import Cells
from kb.text import squash

_MARKUP = frozenset("\\`*_[]<>&!~")
_CHECKBOXES = ("[ ] ", "[x] ", "[X] ")
CELL_SEPARATOR = " · "


def _text_of_html(html: str) -> str:
    from bs4 import BeautifulSoup  # not at start-up: few documents have any

    return squash(BeautifulSoup(html, "lxml").get_text(" "))


class BlockKind(Enum):
    """What a block is."""

    HEADING = auto()
    TEXT = auto()
    HEADER = auto()
    ROW = auto()


@dataclass(frozen=True, slots=True)
class Block:
    """The smallest thing that is cut out whole: a heading, paragraph, list entry, table row, code."""

    kind: BlockKind
    start: int
    end: int
    text: str
    """Plain: no markup, links as their text."""
    headings: tuple[str, ...]
    """Open above it, outermost first; a heading's own text is not among them."""
    level: int = 0
    """Of a heading, 1 to 6."""
    header: str = ""
    """The header row above a table's row."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with all that stands under it, subsections included."""

    level: int
    heading: str
    start: int
    content: int
    """Where the text after the heading begins."""
    end: int


@dataclass(frozen=True, slots=True)
class InnerTable:
    """A table within a text."""

    start: int
    end: int
    rows: tuple[Cells, ...]
    """Header first."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """All that is known of a body."""

    body: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]
    tables: tuple[InnerTable, ...]

    def after_first(self) -> "Parsed":
        """The same without its first block."""
        gap = self.body[self.blocks[0].end :]
        by = len(self.body) - len(gap.lstrip("\n"))
        return Parsed(
            self.body[by:],
            tuple(replace(b, start=b.start - by, end=b.end - by) for b in self.blocks[1:]),
            tuple(
                replace(s, start=s.start - by, content=s.content - by, end=s.end - by)
                for s in self.sections
                if s.start >= by
            ),
            tuple(replace(t, start=t.start - by, end=t.end - by) for t in self.tables),
        )


def parse(body: str) -> Parsed:
    """*body*, whose lines end in line feeds, parsed."""
    return _Reader(body).read()


def plain(markdown: str) -> str:
    """The words of a short piece of Markdown on one line."""
    if markdown[:1].isalpha() and "\n" not in markdown and _MARKUP.isdisjoint(markdown):
        return squash(markdown)
    return squash(" ".join(block.text for block in parse(markdown).blocks))


_PARSER = MarkdownIt("commonmark").enable("table").disable("inline")


class _Reader:
    def __init__(self, body: str) -> None:
        self._body = body
        self._lines = _line_starts(body)
        self._env: EnvType = {}
        self._open: list[tuple[int, str]] = []
        self._tables: list[InnerTable] = []

    def read(self) -> Parsed:
        tokens = _PARSER.parse(self._body, self._env)
        blocks = tuple(self._blocks(tokens))
        return Parsed(self._body, blocks, _sections(blocks, len(self._body)), tuple(self._tables))

    def _blocks(self, tokens: Sequence[Token]) -> Iterator[Block]:
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token.type == "table_open":
                end = next(i for i in range(index, len(tokens)) if tokens[i].type == "table_close")
                yield from self._table(tokens[index : end + 1])
                index = end
            elif token.type == "heading_open":
                yield from self._heading(token, tokens[index + 1].content)
                index += 1
            elif token.type in ("inline", "fence", "code_block", "html_block"):
                yield from self._text(token)
            index += 1

    def _heading(self, token: Token, content: str) -> Iterator[Block]:
        level, text = int(token.tag[1]), self._plain(content)
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
        if text:
            start, end = self._range(token)
            yield Block(BlockKind.HEADING, start, end, text, self._path(), level)
            self._open.append((level, text))

    def _text(self, token: Token) -> Iterator[Block]:
        if token.type == "inline":
            text = self._plain(token.content)
        elif token.type == "html_block":
            text = _text_of_html(token.content)
        else:
            text = token.content.strip()
        if text:
            start, end = self._range(token)
            yield Block(BlockKind.TEXT, start, end, text, self._path())

    def _table(self, tokens: Sequence[Token]) -> Iterator[Block]:
        rows: list[Cells] = []
        header = ""
        cells: list[str] = []
        for token in tokens:
            if token.type == "tr_open":
                cells = []
            elif token.type == "inline":
                cells.append(self._plain(token.content))
            elif token.type in ("th_close", "td_close") and len(cells) < 1:
                cells.append("")
            elif token.type == "tr_close":
                rows.append(tuple(cells))
        opened = [token for token in tokens if token.type == "tr_open"]
        for number, (token, row) in enumerate(zip(opened, rows, strict=True)):
            text = CELL_SEPARATOR.join(cell for cell in row if cell)
            start, end = self._range(token)
            if text:
                kind = BlockKind.ROW if number else BlockKind.HEADER
                yield Block(kind, start, end, text, self._path(), header=header)
            header = header if number else text
        start, end = self._range(tokens[0])
        self._tables.append(InnerTable(start, end, tuple(rows)))

    def _path(self) -> tuple[str, ...]:
        return tuple(text for _, text in self._open)

    def _range(self, token: Token) -> tuple[int, int]:
        first, last = token.map or (0, 0)
        start, end = self._lines[first], self._lines[min(last, len(self._lines) - 1)]
        while end > start and self._body[end - 1] in "\n ":
            end -= 1
        return start, end

    def _plain(self, content: str) -> str:
        """The words of inline Markdown; text without a character of markup needs no parsing."""
        if content.startswith(_CHECKBOXES):
            content = content[4:]
        if _MARKUP.isdisjoint(content):
            return squash(content)
        tokens: list[Token] = []
        _PARSER.inline.parse(content, _PARSER, self._env, tokens)
        return squash("".join(_words(tokens)))


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            yield " "
        elif token.type == "image":
            yield token.content
        elif token.type == "html_inline":
            yield " " if token.content.startswith("<br") else ""
        else:
            yield token.content


def _line_starts(body: str) -> list[int]:
    starts = [0]
    for line in body.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    starts[-1] = len(body)
    return starts


def _sections(blocks: Sequence[Block], length: int) -> tuple[Section, ...]:
    heads = [block for block in blocks if block.kind is BlockKind.HEADING]
    ends = [length] * len(heads)
    waiting: list[int] = []
    for index, head in enumerate(heads):
        while waiting and heads[waiting[-1]].level >= head.level:
            ends[waiting.pop()] = head.start
        waiting.append(index)
    return tuple(
        Section(head.level, head.text, head.start, head.end, end)
        for head, end in zip(heads, ends, strict=True)
    )
