"""HTML to Markdown, for web pages, Word's converted text and mail."""

import re
from typing import Any

from bs4 import BeautifulSoup, Comment, Tag
from markdownify import MarkdownConverter

from ingest import cleaning
from kb.text import squash

_DEEPEST = 60
"""Beyond this depth elements only group; flattening them spares converters that recurse."""
_SILENT = (
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "iframe",
    "object",
    "head",
    "nav",
    "form[role=search]",
)
_CELLS = ["td", "th", "caption"]
_TABLE_PARTS = [*_CELLS, "tr", "thead", "tbody", "tfoot"]
_BLOCKS = ["p", "ul", "ol", "li", "br", "div", "table", *(f"h{n}" for n in range(1, 7)), "pre", "blockquote"]
"""What stands on lines of its own."""
_ENDED = re.compile(r"[.!?:;,]$|^$")


def soup(html: str) -> BeautifulSoup:
    """*html* as a tree no deeper than converters can stand, without scripts and styles."""
    tree = BeautifulSoup(html, "lxml")
    _flatten(tree)
    _unframe(tree)
    return tree


def silence(tree: BeautifulSoup) -> None:
    """Take out of *tree* what is not text to read: scripts, styles, navigation, comments."""
    for selector in _SILENT:
        for tag in tree.select(selector):
            tag.decompose()
    for comment in tree.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()


def to_markdown(tree: BeautifulSoup | Tag) -> str:
    """The text of *tree* as Markdown with ATX headings and dashed lists."""
    converter = _Converter(heading_style="ATX", bullets="-", newline_style="backslash")
    text: str = converter.convert_soup(tree)
    return cleaning.tidy(cleaning.clean(text))


def _flatten(tree: BeautifulSoup) -> None:
    """What is nested deeper than any author means becomes paragraphs side by side."""
    pending: list[tuple[Tag, int]] = [(tree, 0)]
    while pending:
        parent, depth = pending.pop()
        if depth == _DEEPEST:
            texts = [text for text in parent.stripped_strings if text]
            parent.clear()
            for text in texts:
                paragraph = tree.new_tag("p")
                paragraph.string = text
                parent.append(paragraph)
        else:
            pending.extend((child, depth + 1) for child in parent.children if isinstance(child, Tag))


def _unframe(tree: BeautifulSoup) -> None:
    """A table of one column is a frame around text: what stands in it is text like any other."""
    for table in reversed(tree.find_all("table")):
        own = [tag for tag in table.find_all(_TABLE_PARTS) if tag.find_parent("table") is table]
        rows = [tag for tag in own if tag.name == "tr"]
        if all(len(row.find_all(["td", "th"], recursive=False)) < 2 for row in rows):
            for tag in (*own, table):
                if tag.name in _CELLS and not tag.find(_BLOCKS):
                    tag.name = "p"
                else:
                    tag.unwrap()


class _Converter(MarkdownConverter):
    """markdownify with literal text kept literal and tables that keep every cell."""

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """Text that shows as it is."""
        escaped = re.sub(r"([\\`*_<])", r"\\\1", text)
        return re.sub(r"^(\s*)(#{1,6}(?=\s)|>)", r"\1\\\2", escaped)

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Pictures are not kept; what they are said to show is."""
        said = cleaning.clean(str(el.get("alt") or "")).strip()
        return self.escape(said, parent_tags) if said else ""

    def convert_table(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A pipe table."""
        rows = [_cells(row) for row in el.find_all("tr") if row.find_parent("table") is el]
        rows = [row for row in rows if any(row)]
        if not rows:
            return f"\n\n{text.strip()}\n\n" if text.strip() else ""
        width = max(map(len, rows))
        padded = [row + [""] * (width - len(row)) for row in rows]
        lines = [padded[0], ["---"] * width, *padded[1:]]
        return "\n\n" + "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n\n"


def _cells(row: Tag) -> list[str]:
    found: list[str] = []
    for cell in row.find_all(["td", "th"], recursive=False):
        found.append(cleaning.cell(cleaning.clean(_on_one_line(cell))))
        span = str(cell.get("colspan") or "1")
        found.extend([""] * (min(int(span), 50) - 1 if span.isdigit() else 0))
    return found


def _on_one_line(cell: Tag) -> str:
    """The text of a cell; what stands on lines of its own in it stays apart."""
    for block in cell.find_all(_BLOCKS):
        block.insert_before("\n")
        block.insert_after("\n")
    said = ""
    for line in cell.get_text().split("\n"):
        text = squash(line)
        said += (" " if _ENDED.search(said) else " · ") + text if text else ""
    return said.strip()


def meta(tree: BeautifulSoup, *names: str) -> str:
    """The content of the first `<meta>` with one of *names*; empty when there is none."""
    for name in names:
        tag: Any = tree.find("meta", attrs={"name": re.compile(f"^{re.escape(name)}$", re.IGNORECASE)})
        tag = tag or tree.find("meta", attrs={"property": name})
        if isinstance(tag, Tag) and tag.get("content"):
            return cleaning.clean(str(tag["content"])).strip()
    return ""
