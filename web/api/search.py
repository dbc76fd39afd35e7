"""Search over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from kb.searching.searches import Through
from web.api.problems import PROBLEMS
from web.files.headers import attachment
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.searching import exporting, history
from web.searching.answers import SearchOut
from web.searching.choices import FiltersDep, PagingDep
from web.searching.exporting import FORMATS, Format
from web.searching.links import add_links

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


@router.get(
    "/search/export",
    operation_id="export_search",
    summary="Download the results of a search",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The file.",
            "content": {
                form.media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
                for form in FORMATS.values()
            },
        }
    },
)
def export(
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    filters: FiltersDep,
    wanted: Annotated[Format, Query(alias="format", description="The format of the file.")],
    q: Annotated[str, Query(description="As for search.", examples=["supplier delivered late"])] = "",
) -> StreamingResponse:
    """All results, up to the first thousand, in their order, each with its passage, place and source."""
    found = exporting.collect(services, session, principal, q, filters)
    form = FORMATS[wanted]
    headers = attachment(exporting.file_name(found, wanted))
    return StreamingResponse(form.write(found), media_type=form.media_type, headers=headers)
