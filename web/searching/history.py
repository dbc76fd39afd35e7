"""Searches as people make them: answered, and recorded where that is wanted."""

from time import perf_counter

from sqlalchemy.orm import Session

from kb.access import Principal
from kb.searching.searches import Opened, Searched, Through
from kb.values import Filters, ItemId
from search.results import Results
from web.searching import finding
from web.searching.finding import Paging
from web.wiring import Services


def search(
    services: Services,
    session: Session,
    principal: Principal,
    text: str,
    filters: Filters,
    paging: Paging,
    through: Through,
) -> Results:
    """As *finding.search*; recorded once, with its first page, when something was typed."""
    began = perf_counter()
    results = finding.search(services, session, principal, text, filters, paging)
    if services.settings.search_log and text.strip() and paging.page == 1:
        searched = Searched(
            principal.name,
            text.strip(),
            results.query.text,
            filters,
            results.total,
            bool(results.total) and not results.nearest_only,
            round(1000 * (perf_counter() - began)),
            through,
        )
        services.recorder.note(searched)
    return results


def opened(services: Services, principal: Principal, words: str, item: ItemId, rank: int | None) -> None:
    """Record that *principal* opened *item* from the results for *words*."""
    if services.settings.search_log and words.strip():
        services.recorder.note(Opened(principal.name, words.strip(), item, rank))
