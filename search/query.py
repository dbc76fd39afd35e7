"""The query language: words, "exact phrases", -unwanted words, and filters such as `kind:lesson`."""

import re
from dataclasses import dataclass, field
from datetime import date

from kb.errors import InvalidError
from kb.values import Filters
from kb.vocabulary import FacetName

MAX_LENGTH = 2_000
"""Characters of one query; a situation told in three paragraphs fits."""

_TOKEN = re.compile(
    r"""(?P<minus>-?)
        (?:(?P<name>[A-Za-z_]+):(?=[^\s:]))?
        (?:"(?P<quoted>[^"]*)"?|(?P<plain>\S+))""",
    re.VERBOSE,
)
_FACETS = {str(name): name for name in FacetName} | {
    "knowledge_area": FacetName.AREA,
    "tags": FacetName.TAG,
}


@dataclass(frozen=True, slots=True)
class Query:
    """A query as understood."""

    text: str = ""
    """The words to rank by, phrases included."""
    phrases: tuple[str, ...] = ()
    """Must stand in a result exactly so."""
    excluded: tuple[str, ...] = ()
    """Words and phrases that no result may hold."""
    filters: Filters = field(default_factory=Filters)

    @property
    def restricted(self) -> bool:
        """Whether words limit the set besides ranking it."""
        return bool(self.phrases or self.excluded)


def parse(text: str, filters: Filters | None = None) -> Query:
    """Read *text*; *filters* chosen elsewhere, on the page for instance, hold besides those in it.

    Anything that is no filter is words: `http://x` and `Note: y` stay what they are.
    Raises InvalidError for a text that is too long and for a date that is none.
    """
    if len(text) > MAX_LENGTH:
        raise InvalidError(
            f"The query has {len(text):,} characters; at most {MAX_LENGTH:,} can be searched for. "
            "Shorten it to what matters."
        )
    words: list[str] = []
    phrases: list[str] = []
    excluded: list[str] = []
    facets = {name: list(values) for name, values in (filters or Filters()).facets.items()}
    days = {"before": filters.before if filters else None, "after": filters.after if filters else None}
    for match in _TOKEN.finditer(text):
        name = (match["name"] or "").lower()
        value = match["quoted"] if match["quoted"] is not None else match["plain"]
        if name in days and not match["minus"]:
            days[name] = _day(name, value)
        elif name in _FACETS and not match["minus"]:
            facets.setdefault(_FACETS[name], []).append(_facet_value(_FACETS[name], value))
        elif match["minus"] and value:
            excluded.append(value)
        elif match["quoted"] is not None and not name:
            phrases.extend([value] if value.strip() else [])
            words.append(value)
        else:
            words.append(match[0].replace('"', " "))
    chosen = {name: tuple(dict.fromkeys(values)) for name, values in facets.items() if values}
    return Query(
        " ".join(" ".join(words).split()),
        tuple(phrases),
        tuple(excluded),
        Filters(chosen, days["before"], days["after"]),
    )


def _facet_value(name: FacetName, value: str) -> str:
    """Vocabulary terms may be written with spaces or hyphens; free values stay as typed."""
    if name in (FacetName.PROJECT, FacetName.TAG):
        return value
    return re.sub(r"[\s-]+", "_", value.strip()).lower()


def _day(name: str, value: str) -> date:
    """A day, or the first day of a month or year."""
    match = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", value)
    try:
        if match:
            return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        pass
    raise InvalidError(
        f"{name}:{value} is not a date; write {name}:2020, {name}:2020-06 or {name}:2020-06-30."
    )
