"""A document's title: what its author called it, unless that is what a program put there."""

import re
from pathlib import PurePath

from ingest import markdown, terms
from ingest.converted import Converted
from ingest.markdown import BlockKind, Parsed
from ingest.recognise import Names
from kb.text import shorten, squash

_JUNK = re.compile(
    r"(?ix) ^(?: microsoft\ (?:word|powerpoint|excel) | untitled | powerpoint\ presentation | power\ point |"
    r" (?:document|presentation|book|sheet|slide)\ ?\d* | word\ document | template | normal |"
    r" fixme | title |"
    r" test | todo | [^ ]*\.(?:docx?|dotx?|xlsx?|pptx?|pdf|indd|ai|odt|rtf|tmp) | [\W_]+ )$"
    r" | ^microsoft\ (?:word|powerpoint|excel)\ - | \.(?:docx?|pptx?|xlsx?|indd|ai|graffle)$"
    r" | \{\{ | ^<.*>$ | ^\[.*\]$"
)
_GENERIC = re.compile(
    r"(?i)^(?:\d+(?:\.\d+)*\.?\s+)?(?:introduction|overview|contents?|table of contents|summary|notes|"
    r"(?:revision|version|document) history|(?:version|document) control|purpose|background|instructions|"
    r"approvals?|agenda|scope|description|to do|executive summary|signatures?|team members|project team)\W*$"
)
_FOLDER_NAMED = {"readme", "index"}
_LONGEST = 200
_WITHIN = 3
_MOSTLY = 0.6
_SAY_LITTLE = {"template", "document", "sample", "with", "from", "that", "this", "final", "draft", "version"}


def of(converted: Converted, parsed: Parsed, names: Names, told: str) -> str:
    """The best title at hand: front matter, first heading, the file's own properties, else its name."""
    heading = _first_heading(parsed) if converted.parts and not str(converted.parts[0].place) else ""
    if converted.office and _shared(heading, names) < _MOSTLY:
        heading = ""
    property_title = converted.property_title
    if _significant(names.stem) and not _shared(property_title, names):
        property_title = ""
    for candidate in (told, converted.title, property_title, heading):
        title = _readable(candidate)
        if title and not _JUNK.search(title) and (candidate is told or not _GENERIC.match(title)):
            return title
    return from_name(names)


def _readable(candidate: str) -> str:
    """*candidate* as plain words; underscores that stand for spaces become them."""
    title = shorten(markdown.plain(candidate), _LONGEST) if candidate else ""
    return title if " " in title else title.replace("_", " ")


def _shared(candidate: str, names: Names) -> float:
    """The share of the file name's significant words that *candidate* says, too."""
    named = _significant(names.stem)
    return len(named & _significant(terms.normal(candidate))) / len(named) if named else 0.0


def _significant(words: str) -> set[str]:
    """The beginnings of words that tell something."""
    return {word[:5] for word in words.split() if len(word) > 3 and word not in _SAY_LITTLE}


def _first_heading(parsed: Parsed) -> str:
    """The heading close to the top that is of the first level, or the only one of its own."""
    levels = [section.level for section in parsed.sections]
    for block in parsed.blocks[:_WITHIN]:
        if block.kind is BlockKind.HEADING and (block.level == 1 or levels.count(block.level) == 1):
            return parsed.body[block.start : block.end].lstrip("# ").split("\n")[0]
    return ""


def without_title(parsed: Parsed, title: str) -> Parsed:
    """The text without its first heading when that is the title, which is shown above it anyway."""
    first = parsed.blocks[0] if parsed.blocks else None
    if first is None or first.kind is not BlockKind.HEADING:
        return parsed
    if squash(first.text).casefold() != title.casefold():
        return parsed
    alone = sum(1 for section in parsed.sections if section.level <= first.level) == 1
    return parsed.after_first() if alone or first.level == 1 else parsed


def from_name(names: Names) -> str:
    """A file's name as people read it: `01_risk-log.xlsx` → `Risk log`."""
    stem = PurePath(names.file).stem
    if stem.lower() in _FOLDER_NAMED and names.folders:
        stem = names.folders[-1]
    words = squash(re.sub(r"[_+]|(?<=\w)-(?=\w)|%20", " ", stem))
    words = re.sub(r"^\d{1,3}[.)]?\s+(?=[^\W\d])", "", words)
    return (words[:1].upper() + words[1:]) or PurePath(names.file).name
