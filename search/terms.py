"""The terms of a query, with their places in what was typed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.errors import InvalidError
from kb.vocabulary import FacetName

FACETS = {str(name): name for name in FacetName} | {
    "knowledge_area": FacetName.AREA,
    "tags": FacetName.TAG,
    "competences": FacetName.COMPETENCE,
}
"""Facets by the names that filters on them may have."""
DAYS = ("before", "after")
"""Names of the filters on an item's day."""
_TERM = re.compile(
    r"""(?P<minus>-?)
        (?:(?P<name>[A-Za-z_]+):(?=[^\s:]))?
        (?:["“”„](?P<quoted>[^"“”„]*)["“”„]?|(?P<plain>\S+))""",
    re.VERBOSE,
)


class QueryError(InvalidError):
    """A query that can't be understood, and where."""

    def __init__(self, sentence: str, text: str, place: "Term", correction: str = "") -> None:
        super().__init__(sentence)
        self.text = text
        """The query as typed."""
        self.start, self.end = place.start, place.end
        """Characters [start, end) of *text* that are meant."""
        self.corrected = text[: place.start] + correction + text[place.end :] if correction else ""
        """The query as it was probably meant; empty when there is no saying."""


@dataclass(frozen=True, slots=True)
class Term:
    """A piece of a query as typed: characters [start, end) of it."""

    start: int
    end: int
    value: str
    """Without minus, name and quotation marks."""
    name: str = ""
    """Of the filter, in lower case; empty when it is none."""
    unwanted: bool = False
    quoted: bool = False

    @property
    def joins(self) -> bool:
        """Whether it is the OR between two others."""
        return self.value == "OR" and not (self.name or self.unwanted or self.quoted)

    @property
    def wanted(self) -> bool:
        """Whether it is a word or phrase that is looked for."""
        return not (self.name or self.unwanted or self.joins)


def terms(text: str) -> Iterator[Term]:
    """The terms of *text* in order. What looks like a filter but has no filter's name is a word."""
    for match in _TERM.finditer(text):
        unwanted = bool(match["minus"])
        name, quoted = (match["name"] or "").lower(), match["quoted"]
        if name and name not in FACETS and name not in DAYS:
            whole = text[match.start() + unwanted : match.end()]
            yield Term(*match.span(), whole, unwanted=unwanted)
        else:
            value = match["plain"] if quoted is None else quoted
            yield Term(*match.span(), value, name, unwanted, quoted is not None)
