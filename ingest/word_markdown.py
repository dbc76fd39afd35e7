"""A Markdown text as the headings, paragraphs, lists and tables of a Word document."""

# pyright: reportPrivateUsage=false
# python-docx gives its XML only through names like these

from collections.abc import Sequence
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest import word_parts
from ingest.converted import Cells
from kb.text import squash

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
_DEEPEST_HEADING = 4
_DEEPEST_LIST = 3
_WEIGHTS = (8, 60)


def add(document: Document, text: str) -> None:
    """Append *text*."""
    _Writer(document).write(_PARSER.parse(text))


class _Writer:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._lists: list[str] = []
        """The styles of the lists that are open, outermost first."""
        self._numbers: list[int | None] = []
        self._fresh = False
        self._quoted = 0

    def write(self, tokens: Sequence[Token]) -> None:
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token.type == "table_open":
                end = next(i for i in range(index, len(tokens)) if tokens[i].type == "table_close")
                self._table(tokens[index:end])
                index = end
            elif token.type == "heading_open":
                level = min(int(token.tag[1]), _DEEPEST_HEADING)
                _inline(self._document.add_heading(level=max(level - 1, 1)), tokens[index + 1])
                index += 1
            else:
                self._other(token)
            index += 1

    def _other(self, token: Token) -> None:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            self._open_list(token)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
            self._numbers.pop()
        elif token.type == "list_item_open":
            self._fresh = True
        elif token.type in ("blockquote_open", "blockquote_close"):
            self._quoted += token.nesting
        elif token.type in ("fence", "code_block"):
            for line in token.content.rstrip("\n").split("\n"):
                self._document.add_paragraph(style="No Spacing").add_run(line).font.name = "Consolas"
        elif token.type == "inline":
            _inline(self._paragraph(), token)

    def _open_list(self, token: Token) -> None:
        base = "List Bullet" if token.type.startswith("bullet") else "List Number"
        depth = min(len(self._lists) + 1, _DEEPEST_LIST)
        style = f"{base} {depth}" if depth > 1 else base
        self._lists.append(style)
        self._numbers.append(_restarted(self._document, style) if base == "List Number" else None)

    def _paragraph(self) -> Paragraph:
        """A paragraph in the style of where it stands."""
        if self._lists and self._fresh:
            self._fresh = False
            made = self._document.add_paragraph(style=self._lists[-1])
            if self._numbers[-1] is not None:
                _number(made, self._numbers[-1])
            return made
        if self._lists:
            return self._document.add_paragraph(style="List Continue")
        return self._document.add_paragraph(style="Quote" if self._quoted else None)

    def _table(self, tokens: Sequence[Token]) -> None:
        rows: list[list[Token]] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(token)
        plain = [tuple(squash(cell.content) for cell in row) for row in rows]
        made = word_parts.table(self._document, plain[0], len(rows) - 1, weights(plain))
        for row, cells in zip(list(made.rows)[1:], rows[1:], strict=True):
            for cell, token in zip(row.cells, cells, strict=False):
                _inline(cell.paragraphs[0], token)
        self._document.add_paragraph(style="No Spacing")


def weights(rows: Sequence[Cells]) -> list[float]:
    """How wide the columns of *rows* should be beside each other: by their longest text and longest word."""
    found: list[float] = []
    for column in zip(*rows, strict=False):
        longest = max(len(text) for text in column)
        word = max((len(word) for text in column for word in text.split()), default=0)
        found.append(min(max(longest**0.7, word, _WEIGHTS[0]), _WEIGHTS[1]))
    return found


def _inline(paragraph: Paragraph, token: Token) -> None:
    """Append the runs of a paragraph, a heading or a cell."""
    bold = italic = 0
    for inner in token.children or ():
        if inner.type.startswith("strong"):
            bold += inner.nesting
        elif inner.type.startswith("em_"):
            italic += inner.nesting
        elif inner.type in ("softbreak", "hardbreak"):
            paragraph.add_run(" " if inner.type == "softbreak" else "\n")
        elif inner.content:
            run = paragraph.add_run(inner.content)
            run.bold, run.italic = bool(bold) or None, bool(italic) or None
            if inner.type == "code_inline":
                run.font.name = "Consolas"


def _restarted(document: Document, style: str) -> int | None:
    """A numbering like that of *style* that begins at 1 again."""
    numbering: Any = document.part.numbering_part.element
    found = document.styles[style].element.find(f".//{qn('w:numId')}")
    if found is None:
        return None
    like = next(num for num in numbering.num_lst if str(num.numId) == found.get(qn("w:val")))
    made = numbering.add_num(like.abstractNumId.val)
    made.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(made.numId)


def _number(paragraph: Paragraph, number: int | None) -> None:
    properties: Any = paragraph._p.get_or_add_pPr()
    numbering = properties.get_or_add_numPr()
    numbering.get_or_add_ilvl().val = 0
    numbering.get_or_add_numId().val = number
