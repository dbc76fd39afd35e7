"""Search over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from kb.searches import Through
from web import history
from web.answers import SearchOut
from web.api.problems import PROBLEMS
from web.choices import FiltersDep, PagingDep
from web.deps import PrincipalDep, ServicesDep, SessionDep
from web.links import add_links

router = APIRouter(tags=["Search"], responses=PROBLEMS)


@router.get("/search", operation_id="search", summary="Search")
def search(  # noqa: PLR0913 - each is one thing FastAPI brings in
    request: Request,
    response: Response,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    filters: FiltersDep,
    wanted: PagingDep,
    q: Annotated[
        str,
        Query(
            description='Words, "exact phrases", this OR that, -unwanted words, and filters such as '
            "`kind:lesson`, or `-kind:lesson` for all others; "
            "empty lists everything, newest first.",
            examples=["supplier delivered late"],
        ),
    ] = "",
) -> SearchOut:
    """One result per item with its best passages, best first; each says why it is there.

    Filters are applied before ranking. `total`, `facets` and pages are of one and the same set. When nothing
    answers well, `nearest_only` is true and the hits are merely the nearest there is.
    """
    results = history.search(services, session, principal, q, filters, wanted, Through.API)
    add_links(request, response, wanted.page, wanted.pages(results.total))
    return SearchOut.of(results, q, wanted)
