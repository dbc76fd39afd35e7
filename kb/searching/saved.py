"""Searches that people keep under a name: each sees only their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb import audit
from kb.access import Principal
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.models import SavedSearch as Row
from kb.models import now
from kb.text import squash
from kb.values import Filters

MAX_NAME = 200
"""Characters of a name."""
MAX_SAVED = 200
"""Searches that one person may keep."""


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search with its name."""

    id: int
    name: str
    query: str
    """As typed."""
    filters: Filters
    """Chosen beside it."""
    created_at: datetime
    visited_at: datetime
    """When its owner last looked at the results."""


def save(session: Session, principal: Principal, name: str, query: str, filters: Filters) -> SavedSearch:
    """Keep a search; an empty *name* becomes the query itself.

    Raises InvalidError when nothing is searched for or too many are kept, ConflictError when the name is
    taken.
    """
    query = query.strip()
    if not query and not filters:
        raise InvalidError("Search for something first; then it can be saved.")
    if len(_rows(session, principal)) >= MAX_SAVED:
        raise InvalidError(f"{MAX_SAVED} searches are kept already; remove one first.")
    row = Row(owner=principal.name, query=query, filters=filters.as_json(), created_at=now())
    row.name, row.visited_at = _free_name(session, principal, name or query[:MAX_NAME]), row.created_at
    session.add(row)
    session.flush()
    audit.record(session, principal, "saved", f"search {row.id}", name=row.name, query=query)
    return _saved(row)


def listed(session: Session, principal: Principal) -> list[SavedSearch]:
    """All that *principal* keeps, by name."""
    return [_saved(row) for row in _rows(session, principal)]


def get(session: Session, principal: Principal, number: int) -> SavedSearch:
    """The saved search with that id. Raises NotFoundError, also for another's."""
    return _saved(_row(session, principal, number))


def named(session: Session, principal: Principal, name: str) -> SavedSearch:
    """The saved search of that name, in any case. Raises NotFoundError."""
    wanted = squash(name).casefold()
    for row in _rows(session, principal):
        if row.name.casefold() == wanted:
            return _saved(row)
    raise NotFoundError(f"No search is saved as {name!r}.")


def rename(session: Session, principal: Principal, number: int, name: str) -> SavedSearch:
    """Give a saved search another name. Raises as *get* and *save* do."""
    row = _row(session, principal, number)
    if squash(name) != row.name:
        row.name = _free_name(session, principal, name, but=row.id)
        audit.record(session, principal, "renamed", f"search {row.id}", name=row.name)
    return _saved(row)


def remove(session: Session, principal: Principal, number: int) -> None:
    """Forget a saved search. Raises NotFoundError."""
    row = _row(session, principal, number)
    audit.record(session, principal, "removed", f"search {row.id}", name=row.name)
    session.delete(row)


def visit(session: Session, principal: Principal, number: int) -> SavedSearch:
    """Note that its owner looks at the results now; what comes later is new. Raises NotFoundError."""
    row = _row(session, principal, number)
    row.visited_at = now()
    return _saved(row)


def _free_name(session: Session, principal: Principal, name: str, but: int | None = None) -> str:
    name = squash(name)
    if not name or len(name) > MAX_NAME:
        raise InvalidError(f"Give the search a name of at most {MAX_NAME} characters.")
    if any(row.name.casefold() == name.casefold() and row.id != but for row in _rows(session, principal)):
        raise ConflictError(f"A search is saved as {name!r} already; choose another name.")
    return name


def _rows(session: Session, principal: Principal) -> Sequence[Row]:
    query = select(Row).where(Row.owner == principal.name)
    return session.scalars(query.order_by(func.lower(Row.name), Row.id)).all()


def _row(session: Session, principal: Principal, number: int) -> Row:
    row = session.get(Row, number)
    if row is None or row.owner != principal.name:
        raise NotFoundError("There is no such saved search.")
    return row


def _saved(row: Row) -> SavedSearch:
    return SavedSearch(
        row.id, row.name, row.query, Filters.from_json(row.filters), row.created_at, row.visited_at
    )
