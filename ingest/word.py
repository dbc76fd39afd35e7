# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# mammoth has no types
"""Word documents: text, tables, text boxes and content controls in order; headers and footers once each."""

import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import mammoth
from bs4 import BeautifulSoup, Tag
from lxml import etree

from ingest import cleaning, hypertext, office
from ingest.converted import NO_TEXT, Converted, Part
from kb.errors import InvalidError
from kb.settings import Limits
from kb.text import squash

_STYLES = "p[style-name='Title'] => p.title:fresh\np[style-name='Subtitle'] => p:fresh\nbr[type='page'] => hr"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_EDGE = re.compile(r"word/(?:header|footer)\d*\.xml$")
_LONGEST_HEADING = 80
_FIELD_CODE = re.compile(r"^(?:page)?\s*\d*\s*(?:of|/)?\s*\d*$", re.IGNORECASE)


def read(path: Path, limits: Limits) -> Converted:
    """The document at *path*. Raises InvalidError when it is damaged or unpacks beyond the limits."""
    with office.opened(path, limits) as package:
        facts = office.properties(package)
        edges = _edges(package)
    tree = hypertext.soup(_html(path))
    title = _take_title(tree)
    if not tree.find(["h1", "h2", "h3"]):
        _promote_bold(tree)
    text = hypertext.to_markdown(tree)
    if edges:
        text += "\n\n" + "\n\n".join(cleaning.literal(line) for line in edges if line not in text)
    text = cleaning.tidy(text)
    return Converted(
        parts=(Part(text),),
        title=title,
        property_title=facts.title,
        author=facts.author,
        dated=facts.dated,
        language=facts.language,
        summary=facts.subject if len(facts.subject) > 40 else "",
        keywords=tuple(word.strip() for word in re.split("[,;]", facts.keywords) if word.strip()),
        office=True,
        note="" if text else NO_TEXT,
    )


def _html(path: Path) -> str:
    def drop(_image: object) -> dict[str, str]:
        return {"src": ""}

    try:
        with path.open("rb") as stream:
            pictures = mammoth.images.img_element(drop)
            result = mammoth.convert_to_html(stream, style_map=_STYLES, convert_image=pictures)
    except (BadZipFile, KeyError, ValueError, OSError, AttributeError, IndexError) as error:
        raise InvalidError(f"The Word file is damaged and can't be read ({error}).") from error
    return str(result.value)


def _take_title(tree: BeautifulSoup) -> str:
    """The first text in the Title style, taken out of the body."""
    for tag in tree.select("p.title"):
        if title := squash(tag.get_text()):
            tag.decompose()
            return title
    return ""


def _promote_bold(tree: BeautifulSoup) -> None:
    """Most Word files have no heading styles: a short bold paragraph on its own stands for one."""
    for paragraph in tree.find_all("p"):
        text = squash(paragraph.get_text())
        parts = [part for part in paragraph.contents if squash(part.get_text())]
        bold = len(parts) == 1 and isinstance(parts[0], Tag) and parts[0].name in {"strong", "b"}
        short = 2 < len(text) <= _LONGEST_HEADING and not text.endswith((".", ",", ";", "!", "?"))
        standing = paragraph.parent is not None and paragraph.parent.name in {"body", "div"}
        if bold and short and standing and any(c.isalpha() for c in text) and _has_text_after(paragraph):
            paragraph.name = "h2"
            paragraph.string = text


def _has_text_after(paragraph: Tag) -> bool:
    """A heading heads something: what follows is not bold as a whole, too."""
    following = paragraph.find_next_sibling()
    if not isinstance(following, Tag):
        return False
    first = following.find(["strong", "b"])
    return not (first and squash(first.get_text()) == squash(following.get_text()))


def _edges(package: ZipFile) -> list[str]:
    """What headers and footers say, each line once, without page numbers."""
    lines: dict[str, None] = {}
    for name in sorted(package.namelist()):
        if _EDGE.match(name):
            root = office.xml(package, name)
            for paragraph in root.iter(f"{_W}p"):
                line = squash(cleaning.clean("".join(_runs(paragraph))))
                if line and not _FIELD_CODE.match(line):
                    lines[line] = None
    return list(lines)


def _runs(
    paragraph: etree._Element,  # pyright: ignore[reportPrivateUsage] - lxml names its type so
) -> Iterator[str]:
    for node in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br"):
        yield (node.text or "") if node.tag == f"{_W}t" else " "
