"""What somebody may be about to type: their own past queries, tags, titles."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from kb import facets, items
from kb.access import Principal
from kb.items import ItemTitle
from kb.vocabulary import FacetName, Kind
from search import analysis
from search.lexicon import Lexicon
from search.terms import terms

_PAST, _TAGS = 3, 2
"""Of each at most, so that there is room for titles."""
_CHUNK, _CHUNKS = 100, 10
"""Titles looked at, and how often, until enough are found that the reader may see."""
_BEGINNINGS = 8
"""Words of a title that are worth typing."""


class Source(StrEnum):
    """What a suggestion is."""

    QUERY = "query"
    TAG = "tag"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A way to go on."""

    source: Source
    text: str
    """A query, a tag or a title."""
    ref: str = ""
    """Of the item, if it is one."""
    kind: Kind | None = None
    """Of the item, if it is one."""


def suggestions(
    session: Session,
    principal: Principal,
    lexicon: Lexicon,
    typed: str,
    *,
    past: Sequence[str] = (),
    limit: int = 8,
) -> list[Suggestion]:
    """At most *limit* ways to go on from *typed*, for what *principal* may see.

    *past* are the reader's own queries that match, best first. Tags match from their beginning, titles by the
    beginnings of any of their words; filters in *typed* don't count.
    """
    words = " ".join(one.value for one in terms(typed) if one.wanted).lower()
    beginnings = analysis.parts(words)[:_BEGINNINGS]
    if not beginnings:
        return []
    found = [Suggestion(Source.QUERY, query) for query in past[:_PAST]]
    tags = facets.starting(session, principal, FacetName.TAG, words, _TAGS)
    found += [Suggestion(Source.TAG, tag) for tag in tags]
    titles = _titles(session, principal, lexicon, beginnings, limit)
    titles.sort(key=lambda one: not one.title.lower().startswith(words))
    found += [Suggestion(Source.ITEM, one.title, one.ref, one.kind) for one in titles]
    return found[:limit]


def _titles(
    session: Session, principal: Principal, lexicon: Lexicon, beginnings: Sequence[str], limit: int
) -> list[ItemTitle]:
    """Newest first."""
    found: list[ItemTitle] = []
    last: int | None = None
    for _ in range(_CHUNKS):
        ids = lexicon.titled(beginnings, _CHUNK, last)
        found += items.titles(session, principal, ids)
        if len(found) >= limit or len(ids) < _CHUNK:
            break
        last = ids[-1]
    return found
