"""Markdown to safe HTML, with the cited passage and the words of a query marked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from kb.text import REFERENCE, squash

PART_LENGTH = 60_000
"""Characters of Markdown on one page; longer texts are shown in parts."""

Mark = Callable[[str], Sequence[tuple[int, int]]]
"""Gives the ranges of a text that are to be marked."""

_LEAVES = {"paragraph_open", "fence", "code_block", "tr_open"}
_SCHEMES = {"http", "https", "mailto"}
_ALIGNED = {
    "text-align:right": "right",
    "text-align:center": "centre",
    "text-align:left": "left",
}
_ALLOWED = {
    "*": {"class", "id"},
    "a": {"href", "title"},
    "ol": {"start"},
}
_TAGS = frozenset(
    "a blockquote br code del div em h2 h3 h4 h5 h6 hr li mark ol p pre s span strong "  # noqa: SIM905 - readable
    "table tbody td th thead tr ul".split()
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A section that a reader can jump to."""

    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text ready for the page."""

    html: Markup
    headings: tuple[Heading, ...]
    """Those of the highest rank that occurs."""
    cites: bool
    """Whether the cited passage stands in it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch [start, end) of a long text, cut between paragraphs."""

    start: int
    end: int


def parts(text: str, length: int = PART_LENGTH) -> list[Part]:
    """*text* in stretches of about *length* characters; one stretch for most."""
    found: list[Part] = []
    start = 0
    while len(text) - start > length * 1.25:
        cut = text.rfind("\n\n", start + length // 2, start + length)
        cut = cut + 2 if cut >= 0 else text.rfind("\n", start + length // 2, start + length) + 1
        end = cut if cut > start else start + length
        found.append(Part(start, end))
        start = end
    return [*found, Part(start, len(text))]


def render(
    text: str,
    *,
    title: str = "",
    cited: Part | None = None,
    mark: Mark | None = None,
    links: Mapping[str, str] | None = None,
) -> Rendered:
    """*text*, Markdown, as sanitised HTML whose headings start at h2.

    Blocks that overlap *cited* get the class `cited`, the first of them the id `cited`. A first heading that
    repeats *title* is left out. References in *links* lead to the addresses there. No HTML, script, picture
    or relative link of the text survives.
    """
    parser = _parser()
    environment: dict[str, object] = {}
    tokens = _without_title(parser.parse(text, environment), title)
    headings = _arrange_headings(tokens)
    found = cited is not None and _cite(tokens, text, cited)
    for token in tokens:
        _align(token)
        if token.children:
            linked = _linked(token.children, links) if links else token.children
            token.children = list(_inline(linked, mark))
    html = parser.renderer.render(tokens, parser.options, environment)
    clean = nh3.clean(
        html, tags=set(_TAGS), attributes=_ALLOWED, url_schemes=_SCHEMES, link_rel="noopener noreferrer"
    )
    wide = clean.replace("<table", '<div class="wide"><table').replace("</table>", "</table></div>")
    return Rendered(Markup(wide), headings, found)  # noqa: S704 - sanitised the line before


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def _without_title(tokens: list[Token], title: str) -> list[Token]:
    repeats = (
        len(tokens) > 2
        and tokens[0].type == "heading_open"
        and squash(tokens[1].content).casefold() == squash(title).casefold()
    )
    return tokens[3:] if repeats else tokens


def _arrange_headings(tokens: Sequence[Token]) -> tuple[Heading, ...]:
    """Shift headings so that the highest is an h2, and give those an anchor."""
    opened = [token for token in tokens if token.type == "heading_open"]
    if not opened:
        return ()
    shift = 2 - min(int(token.tag[1]) for token in opened)
    listed: list[Heading] = []
    for position, token in enumerate(tokens):
        if token.type not in ("heading_open", "heading_close"):
            continue
        token.tag = f"h{min(int(token.tag[1]) + shift, 6)}"
        if token.type == "heading_open" and token.tag == "h2":
            anchor = f"section-{len(listed) + 1}"
            token.attrSet("id", anchor)
            listed.append(Heading(anchor, _words(tokens[position + 1])))
    return tuple(listed)


def _words(inline: Token) -> str:
    return squash("".join(child.content for child in inline.children or () if child.type != "image"))


def _cite(tokens: Sequence[Token], text: str, cited: Part) -> bool:
    """Mark the smallest blocks that overlap *cited*, or else its headings; whether there were any."""
    first = text.count("\n", 0, cited.start)
    last = text.count("\n", 0, max(cited.start, cited.end - 1))
    for kinds in (_LEAVES, {"heading_open"}):
        bearers = list(_overlapping(tokens, kinds, first, last))
        for bearer in bearers:
            bearer.attrSet("class", "cited")
        if bearers:
            bearers[0].attrSet("id", "cited")
            return True
    return False


def _overlapping(tokens: Sequence[Token], kinds: set[str], first: int, last: int) -> Iterator[Token]:
    items: list[Token] = []
    for token in tokens:
        if token.type == "list_item_open":
            items.append(token)
        elif token.type == "list_item_close":
            items.pop()
        if token.type in kinds and token.map and token.map[0] <= last and token.map[1] > first:
            # A tight list hides its paragraphs: the mark goes to the list item instead.
            yield items[-1] if token.hidden and items else token


def _align(token: Token) -> None:
    """Column alignment as a class: the content-security policy forbids inline styles."""
    style = token.attrs.pop("style", None)
    if style:
        token.attrSet("class", _ALIGNED.get(str(style), "left"))


def _linked(children: Sequence[Token], links: Mapping[str, str]) -> list[Token]:
    """References outside of links as links."""
    found: list[Token] = []
    inside = 0
    for token in children:
        inside += token.nesting if token.type.startswith("link_") else 0
        if token.type == "text" and not inside:
            found += _with_links(token.content, links)
        else:
            found.append(token)
    return found


def _with_links(text: str, links: Mapping[str, str]) -> Iterator[Token]:
    position = 0
    for match in REFERENCE.finditer(text):
        if match[0] in links:
            yield Token("text", "", 0, content=text[position : match.start()])
            opening = Token("reference_open", "a", 1)
            opening.attrSet("href", links[match[0]])
            yield opening
            yield Token("text", "", 0, content=match[0])
            yield Token("reference_close", "a", -1)
            position = match.end()
    yield Token("text", "", 0, content=text[position:])


def _inline(children: Sequence[Token], mark: Mark | None) -> Iterator[Token]:
    dropped: list[bool] = []
    for token in children:
        if token.type == "link_open":
            dropped.append(_scheme(str(token.attrGet("href") or "")) not in _SCHEMES)
            if dropped[-1]:
                continue
        elif token.type == "link_close" and dropped.pop():
            continue
        if token.type == "image":
            yield from _picture(token)
        elif token.type == "text" and mark:
            yield from _marked(token, mark)
        else:
            yield token


def _scheme(address: str) -> str:
    """The scheme of *address*, empty when it is relative or no address at all."""
    try:
        return urlsplit(address).scheme.lower()
    except ValueError:
        return ""


def _picture(token: Token) -> Iterator[Token]:
    """Pictures are not kept; their description is."""
    said = squash(token.content)
    opening = Token("picture_open", "span", 1)
    opening.attrSet("class", "picture")
    yield opening
    yield Token("text", "", 0, content=f"Picture: {said}" if said else "Picture")
    yield Token("picture_close", "span", -1)


def _marked(token: Token, mark: Mark) -> Iterator[Token]:
    position = 0
    for start, end in mark(token.content):
        yield Token("text", "", 0, content=token.content[position:start])
        yield Token("mark_open", "mark", 1)
        yield Token("text", "", 0, content=token.content[start:end])
        yield Token("mark_close", "mark", -1)
        position = end
    yield Token("text", "", 0, content=token.content[position:])
