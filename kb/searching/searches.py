"""Who searched for what, how it went, and what they opened: each person sees only their own."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from kb import audit
from kb.access import Principal
from kb.models import Feedback, Item, SearchEvent, SearchOpening, now
from kb.text import squash
from kb.values import Filters, ItemId

_LOOKED_AT = 500
"""Newest searches of a person that are looked at for distinct ones."""
_FOLDED = 200
"""Characters by which a search is found again; the column's length."""


class Through(StrEnum):
    """Where a search came in."""

    PAGE = "page"
    API = "api"
    CLI = "cli"


@dataclass(frozen=True, slots=True)
class Searched:
    """A search that was made, and how it went."""

    person: str
    query: str
    """As typed."""
    words: str
    """What was ranked by: the query without its filters."""
    filters: Filters
    """Chosen beside it."""
    found: int
    answered: bool
    """False when only the nearest were shown, or nothing."""
    milliseconds: int
    through: Through
    at: datetime = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class Opened:
    """An item that was opened from the results of a search."""

    person: str
    words: str
    item: ItemId
    rank: int | None
    """Its place among the results, counted from 1; None when it isn't known."""
    at: datetime = field(default_factory=now)


Note = Searched | Opened


@dataclass(frozen=True, slots=True)
class RecentSearch:
    """A search as whoever made it sees it again."""

    query: str
    filters: Filters
    found: int
    answered: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """What people made of an item that a search gave them."""

    words: str
    item: ItemId
    opened: int
    """People who opened it from the results."""
    helpful: int
    """People whom it helped."""
    unhelpful: int
    """People whom it didn't."""


def fold(text: str) -> str:
    """*text* as searches are compared: in lower case with single spaces."""
    return squash(text).casefold()


def record(session: Session, notes: Sequence[Note]) -> None:
    """Store *notes* as they come."""
    searched = [_event(note) for note in notes if isinstance(note, Searched)]
    opened = [_opening(note) for note in notes if isinstance(note, Opened)]
    if searched:
        session.execute(insert(SearchEvent), searched)
    if opened:
        session.execute(insert(SearchOpening), opened)


def _event(note: Searched) -> dict[str, object]:
    return {
        "at": note.at,
        "person": note.person,
        "query": note.query,
        "folded": fold(note.query)[:_FOLDED],
        "words": note.words,
        "filters": note.filters.as_json(),
        "found": note.found,
        "answered": note.answered,
        "milliseconds": note.milliseconds,
        "through": note.through,
    }


def _opening(note: Opened) -> dict[str, object]:
    return {
        "at": note.at,
        "person": note.person,
        "words": note.words,
        "item_id": note.item,
        "rank": note.rank,
    }


def recent(session: Session, principal: Principal, limit: int = 20) -> list[RecentSearch]:
    """The newest searches of *principal*, each once, newest first."""
    rows = session.execute(
        select(
            SearchEvent.query, SearchEvent.filters, SearchEvent.found, SearchEvent.answered, SearchEvent.at
        )
        .where(SearchEvent.person == principal.name)
        .order_by(SearchEvent.at.desc(), SearchEvent.id.desc())
        .limit(_LOOKED_AT)
    )
    distinct: dict[tuple[str, str], RecentSearch] = {}
    for query, filters, found, answered, at in rows:
        key = (fold(query), json.dumps(filters, sort_keys=True))
        distinct.setdefault(key, RecentSearch(query, Filters.from_json(filters), found, answered, at))
    return list(distinct.values())[:limit]


def matching(session: Session, principal: Principal, prefix: str, limit: int = 10) -> list[str]:
    """Past queries of *principal* that begin with *prefix* and were answered, as typed, newest first."""
    begin = fold(prefix)[:_FOLDED]
    rows = session.scalars(
        select(func.max(SearchEvent.query))
        .where(
            SearchEvent.person == principal.name,
            SearchEvent.folded.startswith(begin, autoescape=True),
            SearchEvent.answered,
        )
        .group_by(SearchEvent.folded)
        .order_by(func.max(SearchEvent.at).desc())
        .limit(limit)
    )
    return list(rows)


def forget(session: Session, principal: Principal) -> int:
    """Remove what *principal* searched for and opened; how many searches there were."""
    mine = SearchEvent.person == principal.name
    number = session.scalar(select(func.count()).select_from(SearchEvent).where(mine)) or 0
    session.execute(delete(SearchEvent).where(mine))
    session.execute(delete(SearchOpening).where(SearchOpening.person == principal.name))
    audit.record(session, principal, "forgot", "recent searches", number=number)
    return number


def purge(session: Session, before: datetime) -> None:
    """Remove everybody's searches and openings from before that moment."""
    session.execute(delete(SearchEvent).where(SearchEvent.at < before))
    session.execute(delete(SearchOpening).where(SearchOpening.at < before))


def judged_pairs(session: Session) -> Iterator[JudgedPair]:
    """What all people opened, or judged helpful or not, for which words; items that are live.

    For training and evaluation: it names nobody. Words that differ in case or spacing only are one.
    """
    counts: dict[tuple[str, int], list[int]] = {}
    for words, item, people in session.execute(
        select(SearchOpening.words, SearchOpening.item_id, func.count(SearchOpening.person.distinct()))
        .join(Item, Item.id == SearchOpening.item_id)
        .where(Item.withdrawn_at.is_(None))
        .group_by(SearchOpening.words, SearchOpening.item_id)
    ):
        counts.setdefault((fold(words), item), [0, 0, 0])[0] += people
    for words, item, helpful, people in session.execute(
        select(Feedback.words, Feedback.item_id, Feedback.helpful, func.count())
        .join(Item, Item.id == Feedback.item_id)
        .where(Item.withdrawn_at.is_(None))
        .group_by(Feedback.words, Feedback.item_id, Feedback.helpful)
    ):
        counts.setdefault((fold(words), item), [0, 0, 0])[1 if helpful else 2] += people
    for (words, item), (opened, helpful, unhelpful) in sorted(counts.items()):
        yield JudgedPair(words, ItemId(item), opened, helpful, unhelpful)
