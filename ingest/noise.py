"""Markdown of site generators made plain: components, scripts, directives and raw HTML become text."""

import re
from collections.abc import Iterator

from ingest import cleaning, hypertext

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_SILENT = re.compile(r"(?is)<(script|style)\b[^>]*>.*?</\1\s*>")
_COMMENT = re.compile(r"(?s)<!--.*?-->|\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}|\{/\*.*?\*/\}")
LIQUID = re.compile(r"\{%.*?%\}")
"""Tags of the template language that Jekyll pages are written in."""
_LIQUID_LINK = re.compile(r"\{\{-?\s*['\"]([^'\"{}]*)['\"]\s*\|[^{}]*\}\}")
_ATTRIBUTES = re.compile(r"(?m)[ \t]*\{(?:#|\.|:)[^{}\n]*\}[ \t]*$")
_LABEL = re.compile(r"(?m)^\([\w\-]+\)=[ \t]*$")
_IMPORT = re.compile(
    r"""(?m)^(?:import\s.+\sfrom\s+['"].*|import\s+['"].*['"];?|export\s+(?:const|default|function)\s.*)$"""
)
_COLONS = re.compile(r"^[ \t]*:{3,}[ \t]*(?:\{?([\w\-]+)[^}\n]*?\}?)?[ \t]*(.*?)[ \t]*:*$")
_ALERT = re.compile(r"(?m)^((?:>[ \t]?)+)\[!(\w+)\][ \t]*$")
_TABLE = re.compile(r"(?is)<table\b.*?</table\s*>")
_TAG = re.compile(r"<(/?)([A-Za-z][\w.\-]*)((?:\s+[^<>]*?|\s*)?)(/?)>")
_SPOKEN = re.compile(
    r"""(?s)\b(title|front|back|question|answer|label|summary|alt|caption|term|definition|description)="([^"]*)\""""
)
_COMPONENT = re.compile(r"<(/?)[A-Z][\w.]*(?:\s[^<>]*?)?(/?)>")
_ENTRY = re.compile(r"\s+(?:[-*+]|\d+[.)])\s")
_BREAK = {"br", "hr", "p", "div", "li", "summary", "tr", "details", "section"}
_HEADING = re.compile(r"(?is)<h([1-6])\b[^>]*>(.*?)</h\1\s*>")
_AUTOLINK = re.compile(r"^(?:https?|mailto|ftp):", re.IGNORECASE)
_NAMELESS = {"class", "center", "columns", "column", "panel", "div"}
_MYST = re.compile(r"^(`{3,}|~{3,})\{(toctree|contents|include|literalinclude|figure|image)\}")


def remove(text: str) -> str:
    """*text* without what only a site generator understands; code stays untouched, words stay."""
    text = _COMMENT.sub("", text) if "<!--" in text or "{%" in text or "{/*" in text else text
    pieces = ["".join(_prose(piece) if prose else piece) for prose, piece in _pieces(text)]
    return cleaning.tidy("".join(pieces))


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    """Runs of prose and of fenced code, in order; directives that hold no text are left out."""
    gathered: list[str] = []
    fence = ""
    silent = False
    for line in text.splitlines(keepends=True):
        mark = _FENCE.match(line)
        if not fence and mark:
            yield True, "".join(gathered)
            gathered = [line]
            fence, silent = mark[1], bool(_MYST.match(line.strip()))
        elif fence and mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
            if not silent:
                yield False, "".join([*gathered, line])
            gathered, fence = [], ""
        else:
            gathered.append(line)
    yield not fence, "".join(gathered)


def _prose(text: str) -> str:
    if "{" in text:
        text = _LIQUID_LINK.sub(r"\1", LIQUID.sub("", text))
        text = _ATTRIBUTES.sub("", text)
    if ")=" in text:
        text = _LABEL.sub("", text)
    if "import " in text or "export " in text:
        text = _IMPORT.sub("", text)
    if ":::" in text:
        text = "".join(_container(line) for line in text.splitlines(keepends=True))
    if "[!" in text:
        text = _ALERT.sub(lambda found: f"{found[1]}**{found[2].capitalize()}**", text)
    return _tags(text) if "<" in text else text


def _container(line: str) -> str:
    """`::: tip Title` as a bold line; its closing mark as nothing."""
    found = _COLONS.match(line.rstrip("\n"))
    if found is None:
        return line
    name, title = found[1] or "", found[2].strip(" {}:")
    words = title or ("" if name.lower() in _NAMELESS else name.replace("-", " ").capitalize())
    return f"\n**{words}**\n\n" if words else "\n"


def _tags(text: str) -> str:
    text = _outdented(_SILENT.sub("", text))
    text = _TABLE.sub(lambda found: _table(found[0]), text)
    text = _HEADING.sub(lambda found: f"\n\n{'#' * int(found[1])} {_inline(found[2])}\n\n", text)
    spans = re.split(r"(`+[^`\n]*`+)", text)
    spans[::2] = [_TAG.sub(_tag, span) for span in spans[::2]]
    return "".join(spans)


def _outdented(text: str) -> str:
    """*text* with what stands inside components moved to the margin, where it is not taken for code."""
    if not _COMPONENT.search(text):
        return text
    depth = 0
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        inside = depth > 0 or _COMPONENT.match(line.lstrip())
        lines.append(line.lstrip(" \t") if inside and not _ENTRY.match(line) else line)
        depth += sum(-1 if closing else 0 if alone else 1 for closing, alone in _COMPONENT.findall(line))
        depth = max(depth, 0)
    return "".join(lines)


def _table(html: str) -> str:
    return f"\n\n{hypertext.to_markdown(hypertext.soup(html))}\n\n"


def _inline(html: str) -> str:
    return " ".join(_TAG.sub(" ", html).split())


def _tag(found: re.Match[str]) -> str:
    """What a tag says: its spoken attributes, a break, or nothing."""
    closing, name, attributes = found[1], found[2], found[3] or ""
    if _AUTOLINK.match(name) or "@" in attributes or not (name[0].isupper() or _is_html(name)):
        return found[0]
    if closing:
        return "\n" if name.lower() in _BREAK or name[0].isupper() else ""
    said = [
        cleaning.literal(" ".join(value.split())) for _, value in _SPOKEN.findall(attributes) if value.strip()
    ]
    if name[0].isupper():
        return "\n\n" + "".join(f"**{words}**\n\n" for words in said)
    if said:
        return f" {' '.join(said)} "
    if name == "br":
        return " "
    return "\n" if name in _BREAK else ""


_HTML = frozenset(
    [
        "a",
        "abbr",
        "address",
        "article",
        "aside",
        "b",
        "big",
        "blockquote",
        "body",
        "br",
        "button",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "dialog",
        "div",
        "dl",
        "dt",
        "em",
        "embed",
        "figcaption",
        "figure",
        "font",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hr",
        "html",
        "i",
        "iframe",
        "img",
        "input",
        "ins",
        "kbd",
        "label",
        "li",
        "link",
        "main",
        "map",
        "mark",
        "meta",
        "nav",
        "noscript",
        "object",
        "ol",
        "optgroup",
        "option",
        "p",
        "param",
        "picture",
        "pre",
        "q",
        "s",
        "samp",
        "section",
        "select",
        "small",
        "source",
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "svg",
        "path",
        "table",
        "tbody",
        "td",
        "textarea",
        "tfoot",
        "th",
        "thead",
        "time",
        "title",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
        "video",
        "wbr",
    ]
)


def _is_html(name: str) -> bool:
    """A placeholder such as `<project name>` is no tag: its words stay."""
    return name.lower() in _HTML or "-" in name
