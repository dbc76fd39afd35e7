"""Competences and roles as their texts tell them: in tables below headings.

Pure. The text is what people read and edit, so it is what counts; what it does not tell is left empty.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from kb.learning.values import HIGHEST, Competence, Level, Required, Role, Stage
from kb.text import squash

LEVELS = "Levels"
NAMES = "Names in other frameworks"
GROUP = "Group in this framework"
REQUIRED = "Required competences"
NEXT = "Next steps"
PLACE = ("Stage", "Years of experience", "Roles that may follow")
"""The table of a role's place in a career, below its next steps."""

Rows = list[tuple[str, ...]]

_HEADING = re.compile(r"^##[ \t]+(\S.*?)[ \t]*$", re.MULTILINE)
_CELL = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r":?-+:?")
_LEVEL = re.compile(r"([0-5])\b[\s:.–-]*(.*)")


def competence(ref: str, title: str, summary: str, body: str) -> Competence:
    """The competence that an item tells of."""
    names = {row[0]: tuple(parts(row[1])) for row in _rows(body, NAMES, 2)}
    group = " ".join(names.pop(GROUP, ()))
    levels = tuple(
        Level(int(found[1]), found[2], row[1])
        for row in _rows(body, LEVELS, 2)
        if (found := _LEVEL.fullmatch(row[0]))
    )
    return Competence(ref, title, summary, group, levels, names)


def role(ref: str, title: str, summary: str, body: str) -> Role:
    """The role that an item tells of."""
    required = tuple(
        Required(row[0], int(row[1]), row[2] if len(row) > 2 else "")
        for row in _rows(body, REQUIRED, 2)
        if row[1].isdecimal() and int(row[1]) <= HIGHEST
    )
    stage, experience, following = next((row[:3] for row in _rows(body, NEXT, 3)), ("", "", ""))
    known = next((one for one in Stage if one == stage.lower()), None)
    return Role(ref, title, summary, known, experience, required, tuple(parts(following)))


def parts(text: str) -> list[str]:
    """What semicolons keep apart."""
    return [part for raw in text.split(";") if (part := squash(raw))]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(squash(cell).replace("|", r"\|") for cell in line) + " |" for line in lines
    )


def with_sections(body: str, sections: Mapping[str, str]) -> str:
    """*body* with other content below those headings; what it does not have yet comes at the end."""
    left = dict(sections)
    pieces: list[str] = []
    starts = [*(found.start() for found in _HEADING.finditer(body)), len(body)]
    pieces.append(body[: starts[0]].strip())
    for start, end in pairwise(starts):
        heading = body[start:end].split("\n", maxsplit=1)[0].removeprefix("##").strip()
        pieces.append(f"## {heading}\n\n{left.pop(heading)}" if heading in left else body[start:end].strip())
    pieces += [f"## {heading}\n\n{content}" for heading, content in left.items()]
    return "\n\n".join(piece for piece in pieces if piece) + "\n"


def section(body: str, heading: str) -> str:
    """What stands below *heading*, up to the next of its rank."""
    found = next((one for one in _HEADING.finditer(body) if one[1].lower() == heading.lower()), None)
    if found is None:
        return ""
    after = _HEADING.search(body, found.end())
    return body[found.end() : after.start() if after else len(body)].strip()


def _rows(body: str, heading: str, width: int) -> Rows:
    """The rows of tables below *heading* that have *width* cells or more."""
    found: Rows = []
    for line in section(body, heading).splitlines():
        cells = tuple(squash(cell).replace(r"\|", "|") for cell in _CELL.split(line.strip().strip("|")))
        if all(_RULE.fullmatch(cell) for cell in cells):
            found = found[:-1]  # what stood above the rule was the table's head
        elif line.lstrip().startswith("|") and len(cells) >= width:
            found.append(cells)
    return found
