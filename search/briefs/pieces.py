"""A charter's Markdown in pieces that each say one thing, with headings and exact range of characters.

Charters are seldom well marked up: headings are bold lines or lines that end in a colon, tables have a label
in their first column, several labels follow one another in one paragraph. All of these count as headings.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kb.text import squash
from search.briefs import kinds

LONGEST = 300
"""Characters of a piece; longer sentences are cut at a word."""
_BOLD_LEVEL, _LABEL_LEVEL = 7, 8
"""Of headings that are not marked as such: below all that are."""
_LONGEST_HEADING = 60
_FEW = 4
"""Words, fewer of which in a table's second cell may name its column."""
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t#]*$")
_WORDY = re.compile(r"[^\W\d_]{3}")
_RATING = re.compile(
    r"(?i)(?:very |quite )?(?:high|medium|moderate|low|minor|major|severe|critical|likely|unlikely|rare|"
    r"possible|certain|yes|no|open|closed|done|tbd|tbc|to be (?:agreed|decided|defined|confirmed)|n/?a|none)"
)
_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2})*[.)]?[ \t]+")
_BOLD = re.compile(r"(?:\*\*|__)[\s\\]*(.{2,80}?)[\s\\]*(?:\*\*|__)[ \t:\\]*$", re.DOTALL)
_LABEL_LINE = re.compile(r"([^\W\d_][^:|.!?\n]{1,70}):[ \t\\]*$")
_ITEM = re.compile(r"[ \t]*(?:[-*+•▪◦‣☐☑■✓]|\[[ xX]\]|\(?(?:\d{1,3}|[a-z])[.)])[ \t]+")
_INLINE = re.compile(
    r"\*\*[\s\\]*([^*\n]{2,60}?)[\s\\:]*\*\*[\s\\:]*|(?<![\w-])([A-Z][\w/&-]*(?:[ -][\w/&-]+){0,4}):(?=\s)"
)
_RULE = re.compile(r"[ \t]*\|?[ \t:|-]*-{2,}[ \t:|-]*$")
_CELL = re.compile(r"(?<!\\)\|")
_SENTENCE = re.compile(
    r"(?<=[.!?;])(?<!\bNo\.)(?<!\bDr\.)(?<!e\.g\.)(?<!i\.e\.)[\"'”’)*]*\s+(?=[\"'“‘(*]*[A-ZÀ-Þ0-9])|<br\s*/?>|\\\n|\s[·•|]\s+"
)
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_MARKUP = re.compile(r"[*_`]{2,}|(?<!\w)[*_`]|[*_`](?!\w)|\\(?=\W)|<[^<>\n]{1,80}>")
_TO_FILL_IN = re.compile(
    r"!\[[^\]\n]*\]\([^)\n]*\)|\[[^\]\n]{2,400}\](?!\()|\{\{[^}\n]*\}\}|_{4,}|<[A-Z][^<>\n]{2,80}>"
)
"""Places in a form that nobody filled in; and pictures."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, a list entry or a table's row."""

    text: str
    """Plain: no markup, on one line."""
    headings: tuple[str, ...]
    """Above it, outermost first; a label before it is the last of them."""
    start: int
    end: int
    """Character range [start, end) of the Markdown."""


def read(markdown: str) -> Iterator[Piece]:
    """The pieces of *markdown* in order."""
    return _Reader(markdown).pieces()


def plain(markdown: str) -> str:
    """A short piece of Markdown without its markup."""
    return squash(_MARKUP.sub("", _LINK.sub(r"\1", markdown))).strip(" |:·•-–—")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int


class _Reader:
    def __init__(self, markdown: str) -> None:
        self._markdown = _TO_FILL_IN.sub(lambda found: " " * len(found[0]), markdown)
        self._open: list[tuple[int, str]] = []

    def pieces(self) -> Iterator[Piece]:
        for paragraph in _paragraphs(self._markdown):
            if paragraph[0].text.lstrip().startswith("|"):
                yield from self._table(paragraph)
            elif not self._opened_by(paragraph):
                yield from self._text(paragraph)

    def _opened_by(self, paragraph: list[_Line]) -> bool:
        """Whether *paragraph* is a heading, which is then the present one."""
        whole = "\n".join(line.text.strip() for line in paragraph)
        if found := _HEADING.match(whole):
            self._open_heading(len(found[1]), found[2])
        elif (found := _BOLD.fullmatch(whole)) and "**" not in found[1]:
            self._open_heading(_BOLD_LEVEL, found[1])
        elif (found := _LABEL_LINE.fullmatch(whole)) and not _ITEM.match(whole):
            self._open_heading(_LABEL_LEVEL, found[1])
        elif len(paragraph) == 1 and self._stands_alone(whole):
            self._open_heading(_BOLD_LEVEL, whole)
        else:
            return False
        return True

    def _stands_alone(self, line: str) -> bool:
        """Whether a line without any mark reads like a heading: short, a section's name or in capitals."""
        words = _NUMBER.sub("", line)
        if len(words) > _LONGEST_HEADING or words[-1:] in ".;,!?" or _ITEM.match(words):
            return False
        long = [word for word in words.split() if len(word) > 3]
        capitals = len(long) > 1 and all(word[0].isupper() for word in long)
        return capitals or (line == words and words[:1].isupper() and kinds.is_section(words))

    def _open_heading(self, level: int, text: str) -> None:
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
        if heading := _NUMBER.sub("", plain(text), count=1):
            self._open.append((level, heading))

    def _path(self, *more: str) -> tuple[str, ...]:
        return (*(text for _, text in self._open), *filter(None, more))

    def _text(self, paragraph: list[_Line]) -> Iterator[Piece]:
        first, last = paragraph[0], paragraph[-1]
        marker = _ITEM.match(first.text)
        start = first.start + (marker.end() if marker else 0)
        yield from self._labelled(start, last.start + len(last.text))

    def _labelled(self, start: int, end: int, *above: str) -> Iterator[Piece]:
        """The pieces of a range in which labels of known sections may stand, each before its text."""
        text = self._markdown[start:end]
        labels = [found for found in _INLINE.finditer(text) if kinds.is_section(found[1] or found[2])]
        last = labels.pop() if labels and not text[labels[-1].end() :].strip(" *\\:\n") else None
        text = text[: last.start()] if last else text
        borders = [0, *(found.start() for found in labels), len(text)]
        names = ["", *(plain(found[1] or found[2]) for found in labels)]
        after = [0, *(found.end() for found in labels)]
        for name, begin, until in zip(names, after, borders[1:], strict=True):
            yield from self._sentences(start + begin, start + until, *above, name)
        if last and not above:
            self._open_heading(_BOLD_LEVEL, last[1] or last[2])

    def _sentences(self, start: int, end: int, *above: str) -> Iterator[Piece]:
        text = self._markdown[start:end]
        begin = 0
        for until, after in [*(found.span() for found in _SENTENCE.finditer(text)), (len(text), len(text))]:
            yield from self._piece(start + begin, start + until, above)
            begin = after

    def _piece(self, start: int, end: int, above: tuple[str, ...]) -> Iterator[Piece]:
        raw = self._markdown[start:end]
        start, raw = start + len(raw) - len(raw.lstrip()), raw.strip()
        if len(raw) > LONGEST:
            raw = raw[:LONGEST].rsplit(None, 1)[0]
        if text := plain(raw):
            yield Piece(text, self._path(*above), start, start + len(raw))

    def _table(self, rows: list[_Line]) -> Iterator[Piece]:
        """What each row says: its cells together, or one by one when they are long, or beside a label."""
        header: tuple[str, ...] = ()
        for number, row in enumerate(rows):
            if _RULE.fullmatch(row.text):
                continue
            cells = list(_cells(row))
            names = tuple(plain(self._markdown[start:end]) for start, end in cells)
            is_header = number + 1 < len(rows) and bool(_RULE.fullmatch(rows[number + 1].text))
            if is_header and not self._labels(names):
                header = names
                continue
            if self._labels(names):
                for start, end in cells[1:]:
                    yield from self._labelled(start, end, names[0])
            else:
                yield from self._row(cells, names, header)

    def _row(
        self, cells: Sequence[tuple[int, int]], names: Sequence[str], header: Sequence[str]
    ) -> Iterator[Piece]:
        columns = [*header, *[""] * len(names)]
        said = [
            i
            for i, name in enumerate(names)
            if _WORDY.search(name) and not _RATING.fullmatch(name) and not _unsaid(columns[i])
        ]
        text = "; ".join(names[i] for i in said)
        if said and len(text) <= LONGEST:
            start, end = cells[said[0]][0], cells[said[-1]][1]
            yield Piece(text, self._path(columns[said[0]]), start, end)
            return
        for i in said:
            above = dict.fromkeys(
                (columns[said[0]], columns[i])
            )  # what the row is about says what its cells are
            yield from self._labelled(*cells[i], *above)

    def _labels(self, names: tuple[str, ...]) -> bool:
        """Whether a row is a known label and what it is the label of, rather than names of columns."""
        rest = [name for name in names[1:] if name]
        column = bool(rest) and len(rest[0].split()) < _FEW and kinds.is_section(rest[0])
        return bool(names) and kinds.is_section(names[0]) and len(rest) <= 1 and not column


def _unsaid(column: str) -> bool:
    return kinds.trivial(column) or kinds.left_out([column])


def _cells(row: _Line) -> Iterator[tuple[int, int]]:
    """The range of each cell."""
    text = row.text.rstrip()
    borders = [found.start() for found in _CELL.finditer(text)]
    if not borders or borders[-1] != len(text) - 1:
        borders.append(len(text))
    for before, after in pairwise(borders):
        yield row.start + before + 1, row.start + after


def _paragraphs(markdown: str) -> Iterator[list[_Line]]:
    """Lines that belong together: a paragraph, a list entry with its further lines, a table, a heading."""
    gathered: list[_Line] = []
    position = 0
    for line in markdown.splitlines(keepends=True):
        here = _Line(line.rstrip("\r\n"), position)
        position += len(line)
        if gathered and (not here.text.strip() or not _goes_on(gathered[-1], here)):
            yield gathered
            gathered = []
        if here.text.strip():
            gathered.append(here)
    if gathered:
        yield gathered


def _goes_on(above: _Line, line: _Line) -> bool:
    """Whether *line* belongs to what the line above it does."""
    in_table = above.text.lstrip().startswith("|")
    if in_table or line.text.lstrip().startswith("|"):
        return in_table and line.text.lstrip().startswith("|")
    if _HEADING.match(above.text) or _HEADING.match(line.text) or _ITEM.match(line.text):
        return False
    return not (_LABEL_LINE.fullmatch(above.text.strip()) or _LABEL_LINE.fullmatch(line.text.strip()))
