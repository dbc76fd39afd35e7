"""Searching and listing for pages, API and command line alike."""

from dataclasses import dataclass, replace
from math import ceil

from sqlalchemy.orm import Session

from kb.access import Principal
from kb.values import Filters
from kb.vocabulary import FacetName
from search.query import parse
from search.results import Results
from web.wiring import Services

DEFAULT_SIZE = 20
"""Results on one page unless something else is asked for."""


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page is wanted, counted from 1."""

    page: int
    size: int

    @property
    def offset(self) -> int:
        """Results before the page."""
        return (self.page - 1) * self.size

    def pages(self, total: int) -> int:
        """Pages that *total* results fill; at least 1."""
        return max(1, ceil(total / self.size))

    def figures(self, total: int) -> dict[str, int]:
        """What an answer says of its page of *total* results; see web.schemas.PageOut."""
        return {"total": total, "page": self.page, "page_size": self.size, "pages": self.pages(total)}


def search(
    services: Services, session: Session, principal: Principal, text: str, filters: Filters, paging: Paging
) -> Results:
    """One page of what answers *text*, which may hold filters of its own; see search.query.parse."""
    query = parse(text, filters)
    found = services.search().search(session, principal, query, offset=paging.offset, limit=paging.size)
    if not query.text or paging.offset:
        return found
    return replace(found, suggestion=services.speller().corrected(session, principal, text))


FACET_TITLE = {
    FacetName.KIND: "Kind",
    FacetName.PHASE: "Project phase",
    FacetName.AREA: "Knowledge area",
    FacetName.SECTOR: "Sector",
    FacetName.APPROACH: "Approach",
    FacetName.YEAR: "Year",
    FacetName.PROJECT: "Project",
    FacetName.TAG: "Tag",
    FacetName.COMPETENCE: "Competence",
    FacetName.OWNER: "Owner",
}
"""Names of the facets for people, in the order in which pages show them."""
