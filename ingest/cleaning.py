"""Text made fit to keep: no control characters, no mojibake, no accidental Markdown."""

import re

_CONTROL = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f\u0080-\u009f\ufeff\ufffe\uffff\u200b\u2060\u00ad\ud800-\udfff]"
)
_BREAKS = re.compile(r"\r\n?|\x0b|\x0c|\u2028|\u2029|\x85")
_MOJIBAKE = re.compile(r"[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u2122]{1,3}")
_SPECIAL = re.compile(r"([\\`*_<])")
_LINE_START = re.compile(r"(?m)^([ \t]*)(#{1,6}(?=\s|$)|>|[-=+~]{2,}[ \t]*$|:::|\|)")
_INDENT = re.compile(r"(?m)^[ \t]+")
_BLANKS = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")


def clean(text: str) -> str:
    """*text* with plain line ends, without control characters, mojibake repaired."""
    text = _CONTROL.sub("", _BREAKS.sub("\n", text))
    return _MOJIBAKE.sub(_repaired, text) if not text.isascii() else text


def _repaired(match: re.Match[str]) -> str:
    """UTF-8 that was read as Windows-1252 goes back; anything else stays."""
    try:
        return match[0].encode("cp1252").decode()
    except UnicodeError:
        return match[0]


def literal(text: str) -> str:
    """Markdown that shows plain *text* as it is, lines and all but its indentation."""
    text = _INDENT.sub("", _SPECIAL.sub(r"\\\1", text))
    return _LINE_START.sub(r"\1\\\2", text)


def cell(text: str) -> str:
    """Markdown for plain *text* in a table's cell: one line."""
    return " ".join(_SPECIAL.sub(r"\\\1", text).replace("|", "\\|").split())


def tidy(text: str) -> str:
    """*text* without blank lines at its ends or more than one in a row."""
    return _BLANKS.sub("\n\n", text).strip("\n")


def unguarded(text: str) -> str:
    """The *text* of a cell without the apostrophe that kept a spreadsheet from running it."""
    return text[1:] if _GUARDED.match(text) else text
