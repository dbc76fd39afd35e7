# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# pypdfium2 has no types
"""PDF files, page by page: lines joined to paragraphs, words to what they were before the line broke."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pypdfium2

from ingest import cleaning, dates
from ingest.converted import NO_TEXT, Converted, Part
from kb.errors import InvalidError
from kb.settings import Limits
from kb.text import squash
from kb.values import Locator

_HYPHEN_AT_END = re.compile(r"(?<=\w)[\ufffe\u00ad]\s*\n?\s*")
_BULLET = re.compile(r"^\s*(?:[•●▪‣◦·○■□➢✓*–-]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+")
_MARK = re.compile(r"^\s*[•●▪‣◦·○■□➢✓]\s*")
_DIGITS = re.compile(r"\d+")
_FULL_LINE = 0.7
"""A line this much shorter than the page's full ones ends a paragraph."""
_EDGE_LINES = 2
_REPEATED = 0.25
"""Headers of left and right pages, and of chapters, differ."""


def read(path: Path, limits: Limits) -> Converted:
    """The document at *path*. Raises InvalidError when it is damaged, encrypted or too long."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise InvalidError("The PDF is password-protected; save it without a password.") from error
        raise InvalidError("The PDF is damaged and can't be opened.") from error
    try:
        if len(document) > limits.pages:
            raise InvalidError(
                f"It has {len(document):,} pages, more than {limits.pages:,} (KB_LIMIT_PAGES)."
            )
        pages = _without_repeats([_lines(document, index, limits) for index in range(len(document))])
        outline = _outline(document)
        facts = document.get_metadata_dict()
    except pypdfium2.PdfiumError as error:
        raise InvalidError(f"The PDF is damaged and can't be read ({error}).") from error
    finally:
        document.close()
    parts = tuple(
        Part(_markdown(lines, outline.get(index, ())), Locator(page=index + 1))
        for index, lines in enumerate(pages)
    )
    return Converted(
        parts=parts,
        property_title=squash(cleaning.clean(facts.get("Title", ""))),
        author=squash(cleaning.clean(facts.get("Author", ""))),
        dated=dates.parse(facts.get("CreationDate", "").removeprefix("D:")[:8]),
        note="" if any(part.text for part in parts) else NO_TEXT,
    )


def _lines(document: pypdfium2.PdfDocument, index: int, limits: Limits) -> list[str]:
    page = document[index]
    text_page = page.get_textpage()
    try:
        if text_page.count_chars() > limits.characters:
            raise InvalidError(f"It has more than {limits.characters:,} characters (KB_LIMIT_CHARACTERS).")
        text = text_page.get_text_range()
    finally:
        text_page.close()
        page.close()
    joined = _HYPHEN_AT_END.sub("", text.replace("\r\n", "\n"))
    return [squash(line) for line in cleaning.clean(joined).split("\n")]


def _outline(document: pypdfium2.PdfDocument) -> dict[int, list[tuple[str, int]]]:
    """Bookmarks by page: (title, level from 0)."""
    found: dict[int, list[tuple[str, int]]] = {}
    for mark in document.get_toc(max_depth=4):
        target = mark.get_dest()
        index = target.get_index() if target else None
        if index is not None:
            found.setdefault(index, []).append((squash(cleaning.clean(mark.get_title())), mark.level))
    return found


def _without_repeats(pages: list[list[str]]) -> list[list[str]]:
    """The pages with headers and footers kept only where they stand first."""
    if len(pages) < 4:
        return pages
    counted = Counter(edge for lines in pages for edge in {_shape(lines[i]) for i in _edges(lines)})
    repeated = {
        shape for shape, times in counted.items() if shape and times >= max(3, len(pages) * _REPEATED)
    }
    seen: set[str] = set()
    kept: list[list[str]] = []
    for lines in pages:
        drop = {i for i in _edges(lines) if _shape(lines[i]) in repeated & seen}
        seen |= {_shape(lines[i]) for i in _edges(lines)}
        kept.append([line for i, line in enumerate(lines) if i not in drop])
    return kept


def _edges(lines: Sequence[str]) -> list[int]:
    filled = [i for i, line in enumerate(lines) if line]
    return sorted({*filled[:_EDGE_LINES], *filled[-_EDGE_LINES:]})


def _shape(line: str) -> str:
    """A line with its numbers masked: page numbers make footers differ."""
    return _DIGITS.sub("#", line)


def _markdown(lines: Sequence[str], outline: Sequence[tuple[str, int]]) -> str:
    full = _full_length(lines)
    headings = {title.casefold(): level for title, level in outline}
    blocks: list[str] = []
    open_ = False
    for line in lines:
        if not line:
            open_ = False
            continue
        level = headings.pop(line.casefold(), None)
        if level is not None:
            blocks.append(f"{'#' * min(level + 2, 6)} {cleaning.literal(line)}")
            open_ = False
            continue
        if open_ and not _BULLET.match(line):
            blocks[-1] = _glued(blocks[-1], cleaning.literal(line))
        elif _MARK.match(line):
            blocks.append("- " + cleaning.literal(_MARK.sub("", line)))
        else:
            blocks.append(cleaning.literal(line))
        open_ = len(line) >= full * _FULL_LINE and not (
            line.endswith((".", ":", "!", "?")) and len(line) < full * 0.9
        )
    return "\n\n".join(block for block in blocks if block)


def _full_length(lines: Sequence[str]) -> int:
    """The length of a line that fills its column; a running head across two pages may be longer."""
    lengths = sorted(len(line) for line in lines if line)
    return lengths[len(lengths) * 17 // 20] if lengths else 0


def _glued(text: str, line: str) -> str:
    """Two lines of one paragraph; a word divided at the end of the first is whole again."""
    if re.search(r"[a-z]-$", text) and line[:1].islower():
        return text[:-1] + line
    return f"{text} {line}"
