"""A body cut into pieces small enough to be one answer each; no word is lost, none crosses a page."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest import markdown
from ingest.converted import Mark
from ingest.markdown import Block, BlockKind
from kb.values import Locator, PassageDraft

MAX_CHARS = 1_000
"""What the encoder still reads whole, in characters."""
TARGET_CHARS = 300
"""Shorter pieces say too little; they are joined where the text allows."""
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+(?=[\"'“‘(\[]?[A-Z0-9])|\n+")
_WORD = re.compile(r"[^\W_]+")
_PIECE_CHARS = MAX_CHARS - 120
"""Longer blocks are split, so that a heading still fits above each piece."""
_SHORT_TEXT = 3 * MAX_CHARS
"""In a text up to this long a tiny section may join a larger one."""


@dataclass(frozen=True, slots=True)
class _Piece:
    block: Block
    start: int
    end: int
    text: str
    place: Locator

    @property
    def is_heading(self) -> bool:
        return self.block.kind is BlockKind.HEADING


_Group = list[_Piece]


def cut(parsed: markdown.Parsed, title: str, marks: Sequence[Mark] = ()) -> tuple[PassageDraft, ...]:
    """The passages of a body in order; one that holds the title when the body holds no words.

    *marks* say where pages, slides, sheets and rows begin. Takes time in proportion to the body's length.
    """
    pieces = list(_pieces(parsed, marks))
    if not pieces:
        return (PassageDraft((), title, Locator(0, len(parsed.body))),) if title else ()
    groups = [group for run in _runs(pieces) for group in _pack(run)]
    return tuple(_passage(group, title) for group in groups)


def _pieces(parsed: markdown.Parsed, marks: Sequence[Mark]) -> Iterator[_Piece]:
    """Blocks with their places, those too long for a passage split at the ends of sentences."""
    current = 0
    place = Locator()
    for block in parsed.blocks:
        while current < len(marks) and marks[current].start <= block.start:
            place = marks[current].place
            current += 1
        if len(block.text) <= _PIECE_CHARS:
            yield _Piece(block, block.start, block.end, block.text, place)
            continue
        parts = list(_split(block.text))
        for text, (start, end) in zip(parts, _ranges(parsed.body, block, parts), strict=True):
            yield _Piece(block, start, end, text, place)


def _split(text: str) -> Iterator[str]:
    """*text* in parts of at most _PIECE_CHARS, at ends of sentences, else at spaces, else anywhere."""
    gathered = ""
    for sentence in _SENTENCE_END.split(text):
        if gathered and len(gathered) + len(sentence) + 1 > _PIECE_CHARS:
            yield gathered
            gathered = ""
        while len(sentence) > _PIECE_CHARS:
            at = sentence.rfind(" ", _PIECE_CHARS // 2, _PIECE_CHARS)
            at = at if at > 0 else _PIECE_CHARS
            yield sentence[:at].strip()
            sentence = sentence[at:].strip()
        gathered = f"{gathered} {sentence}".strip()
    if gathered:
        yield gathered


def _ranges(body: str, block: Block, parts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where each part's source stands in *body*: at least that, at most the whole block.

    Words are matched in order from the front for the starts (never too late) and from the back for the
    ends (never too early); markup between them can only widen a range.
    """
    source = body[block.start : block.end]
    starts = _found(source, parts)
    ends = _found(source[::-1], [part[::-1] for part in reversed(parts)])
    ends = None if ends is None else [len(source) - end for end in reversed(ends)]
    if starts is None or ends is None:
        yield from [(block.start, block.end)] * len(parts)
        return
    for start, end in zip(starts, ends, strict=True):
        yield _widened(body, block, block.start + start, block.start + max(start, end))


def _widened(body: str, block: Block, start: int, end: int) -> tuple[int, int]:
    """The range with the marks that cling to its first and last word."""
    while start > block.start and not body[start - 1].isspace():
        start -= 1
    while end < block.end and not body[end].isspace():
        end += 1
    return start, end


def _found(source: str, parts: Sequence[str]) -> list[int] | None:
    """The earliest offsets at which the parts' words can stand in order; None when they do not."""
    cursor = 0
    starts: list[int] = []
    for part in parts:
        first = True
        for word in _WORD.findall(part):
            at = source.find(word, cursor)
            if at < 0:
                return None
            if first:
                starts.append(at)
            first = False
            cursor = at + len(word)
        if first:
            starts.append(cursor)
    return starts


def _runs(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """Pieces of one page, slide or sheet."""
    run: list[_Piece] = []
    for piece in pieces:
        if run and _page(run[-1]) != _page(piece):
            yield run
            run = []
        run.append(piece)
    if run:
        yield run


def _page(piece: _Piece) -> tuple[int | None, int | None, str | None]:
    return piece.place.page, piece.place.slide, piece.place.sheet


def _pack(pieces: Sequence[_Piece]) -> list[_Group]:
    """Consecutive pieces joined up to MAX_CHARS, sections kept apart unless they are tiny."""
    if _length(pieces) <= MAX_CHARS:
        return [list(pieces)]
    top = min((piece.block.level for piece in pieces if piece.is_heading), default=0)
    short = _length(pieces) <= _SHORT_TEXT
    groups: list[_Group] = []
    for section in _sections(pieces, top):
        tiny = [_length(part) < TARGET_CHARS for part in (section, *groups[-1:])]
        if groups and (all(tiny) or (short and any(tiny))) and _length([*groups[-1], *section]) <= MAX_CHARS:
            groups[-1].extend(section)
        else:
            groups.extend(_fill(section))
    return groups


def _sections(pieces: Sequence[_Piece], top: int) -> Iterator[_Group]:
    section: _Group = []
    for piece in pieces:
        if section and piece.is_heading and piece.block.level == top:
            yield section
            section = []
        section.append(piece)
    yield section


def _fill(section: Sequence[_Piece]) -> list[_Group]:
    groups: list[_Group] = []
    current: _Group = []
    size = 0
    for piece in section:
        added = len(piece.text) + 1
        breaks = piece.is_heading and size >= TARGET_CHARS
        if current and (breaks or size + added > MAX_CHARS):
            carried = _trailing_headings(current)
            groups.append(current[: len(current) - len(carried)])
            current = carried
            size = _length(current)
            if current and size + added > MAX_CHARS:
                groups.append(current)
                current, size = [], 0
        if not current and piece.block.kind is BlockKind.ROW:
            size += _header_length(piece)
        current.append(piece)
        size += added
    groups.append(current)
    if len(groups) > 1 and _length(groups[-1]) < TARGET_CHARS:
        joined = [*groups[-2], *groups[-1]]
        if _length(joined) <= MAX_CHARS:
            groups[-2:] = [joined]
    return [group for group in groups if group]


def _trailing_headings(group: _Group) -> _Group:
    """Headings at the end belong to what follows, unless there is nothing else."""
    count = 0
    while count < len(group) - 1 and group[-1 - count].is_heading:
        count += 1
    return group[len(group) - count :]


def _length(pieces: Sequence[_Piece]) -> int:
    extra = _header_length(pieces[0]) if pieces else 0
    return extra + sum(len(piece.text) + 1 for piece in pieces) - 1


def _header_length(piece: _Piece) -> int:
    header = _repeated_header(piece)
    return len(header) + 1 if header else 0


def _repeated_header(piece: _Piece) -> str:
    """The header to say again before *piece*, when it is a row that still fits under it."""
    header = piece.block.header if piece.block.kind is BlockKind.ROW else ""
    return header if len(header) + len(piece.text) < MAX_CHARS and len(header) <= TARGET_CHARS else ""


def _passage(group: _Group, title: str) -> PassageDraft:
    first = group[0]
    header = _repeated_header(first)
    lines = [header, *(piece.text for piece in group)] if header else [piece.text for piece in group]
    rows = [piece.place.row for piece in group if piece.place.row is not None]
    place = replace(
        first.place,
        start=min(piece.start for piece in group),
        end=max(piece.end for piece in group),
        row=rows[0] if rows else None,
    )
    headings = tuple(heading for heading in first.block.headings if heading != title)
    return PassageDraft(headings, "\n".join(lines), place)
