"""Items over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import FileResponse

from kb import items, sources
from kb.errors import NotFoundError
from web.api.problems import PROBLEMS, problems
from web.api.versions import tell
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.learning import answers
from web.learning.answers import AnsweringOut
from web.schemas import ItemDetailOut, ItemOut, ItemsOut, VersionDetailOut, VersionOut
from web.searching.answers import SimilarOut
from web.searching.choices import FiltersDep, PagingDep
from web.searching.links import add_links

router = APIRouter(prefix="/items", tags=["Items"], responses=PROBLEMS)

Ref = Annotated[
    str, Path(description="The item's reference, or that of the system it came from.", examples=["HS-L-001"])
]
# Most specific first: a reference may hold slashes.


@router.get("", operation_id="list_items", summary="List items")
def browse(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    filters: FiltersDep,
    wanted: PagingDep,
) -> ItemsOut:
    """A page of the items that match the filters, newest first. `Link` headers lead to the other pages."""
    total = items.count(session, principal, filters)
    found = items.browse(session, principal, filters, offset=wanted.offset, limit=wanted.size)
    add_links(request, response, wanted.page, wanted.pages(total))
    return ItemsOut(
        **wanted.figures(total),
        items=[ItemOut.of(item) for item in found],
    )


@router.get(
    "/{ref:path}/versions/{number}",
    operation_id="get_version",
    summary="Read an earlier version",
    responses=problems(404),
)
def version(
    ref: Ref,
    number: Annotated[int, Path(ge=1, le=1_000_000, description="Counted from 1.")],
    session: SessionDep,
    principal: PrincipalDep,
) -> VersionDetailOut:
    """What an item said at one time."""
    return VersionDetailOut.of_detail(items.version(session, principal, ref, number))


@router.get(
    "/{ref:path}/versions",
    operation_id="list_versions",
    summary="List an item's versions",
    responses=problems(404),
)
def versions(ref: Ref, session: SessionDep, principal: PrincipalDep) -> list[VersionOut]:
    """All versions of an item, newest first."""
    return [VersionOut.of(found) for found in items.versions(session, principal, ref)]


@router.get(
    "/{ref:path}/file",
    operation_id="get_file",
    summary="Download the original file",
    response_class=FileResponse,
    responses=problems(404) | {200: {"content": {"application/octet-stream": {}}}},
)
def file(ref: Ref, session: SessionDep, principal: PrincipalDep, services: ServicesDep) -> FileResponse:
    """The file that the item was read from, byte for byte, under the name it had.

    Only for those who may read all that came from it: a register holds many lessons.
    """
    item = items.get(session, principal, ref)
    if not sources.wholly_readable(session, principal, item.head.ref):
        raise NotFoundError("Its original file is not open to you.")
    return FileResponse(
        services.files.path(item.file_digest or "none"),
        media_type=item.media_type or "application/octet-stream",
        filename=item.head.file_name,
        headers={
            "Content-Security-Policy": "sandbox; default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
            "Cache-Control": "no-store",
        },
    )


@router.get(
    "/{ref:path}/similar",
    operation_id="list_similar",
    summary="List similar items",
    responses=problems(404),
)
def similar(
    ref: Ref,
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    services: ServicesDep,
    wanted: PagingDep,
) -> SimilarOut:
    """A page of the items nearest in meaning, nearest first. `Link` headers lead to the other pages."""
    found = services.search().similar(session, principal, ref, offset=wanted.offset, limit=wanted.size)
    add_links(request, response, wanted.page, wanted.pages(found.total))
    return SimilarOut.of(found, wanted)


@router.get(
    "/{ref:path}/teaching",
    operation_id="list_teaching",
    summary="List what teaches a lesson, or what training answers",
    responses=problems(404, 503),
)
def teaching(
    ref: Ref, session: SessionDep, principal: PrincipalDep, services: ServicesDep
) -> list[AnsweringOut]:
    """The training that answers a lesson, or the lessons that training answers, each with its reason."""
    return answers.of(services, session, principal, ref)


@router.get("/{ref:path}", operation_id="get_item", summary="Read an item", responses=problems(404))
def one(ref: Ref, session: SessionDep, principal: PrincipalDep, response: Response) -> ItemDetailOut:
    """Everything about an item's present version, which `ETag` tells; withdrawn items can still be read."""
    item = items.get(session, principal, ref)
    tell(response, item.version)
    return ItemDetailOut.of_detail(item)
