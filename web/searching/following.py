"""What searches that somebody follows give now."""

from sqlalchemy.orm import Session

from kb.access import Principal
from kb.errors import InvalidError, UnavailableError
from kb.life import records
from kb.life.records import Wanted
from kb.searching.saved import SavedSearch
from kb.values import Filters
from search.query import parse
from web.wiring import Services


def matching(
    services: Services, session: Session, principal: Principal, text: str, filters: Filters
) -> Wanted:
    """All items that answer *text* and match *filters*; none when nothing answers well."""
    query = parse(text, filters)
    if not query.text:
        return query.filters
    return services.search().matching(session, principal, query)


def news(services: Services, session: Session, principal: Principal, search: SavedSearch) -> int | None:
    """How many items of *search* came or changed since its owner looked; None when that can't be told now."""
    since = search.visited_at
    if not records.changed_since(session, principal, Filters(), since):
        return 0
    try:
        wanted = matching(services, session, principal, search.query, search.filters)
    except (UnavailableError, InvalidError):
        return None
    return records.changed_since(session, principal, wanted, since)
