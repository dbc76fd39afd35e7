"""The catalogue of training over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from kb.models import now
from web.api.problems import PROBLEMS, problems
from web.files.headers import attachment
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.learning import course_data, courses
from web.learning.course_schemas import (
    CatalogueOut,
    CataloguePageQuery,
    CatalogueQuery,
    CourseDetailOut,
    PrerequisitesOut,
)
from web.searching.links import add_links

router = APIRouter(prefix="/training", tags=["Learning"], responses=PROBLEMS)

Ref = Annotated[str, Path(max_length=300, description="Its reference, here or at its provider.")]


def site(request: Request) -> str:
    """What begins the addresses of pages."""
    return str(request.base_url).rstrip("/")


@router.get("", operation_id="list_training", summary="List training", responses=problems(503))
def listed(
    request: Request,
    response: Response,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: Annotated[CataloguePageQuery, Query()],
) -> CatalogueOut:
    """A page of the catalogue by title, or by how well it answers `q`, with counts of what can be chosen."""
    found = courses.find(services, session, principal, wanted.q, wanted.asked(), wanted.paging)
    add_links(request, response, wanted.page, wanted.paging.pages(found.total))
    return CatalogueOut.of(found, wanted.paging)


@router.get(
    "/export",
    operation_id="export_training",
    summary="Export training as JSON-LD",
    response_class=Response,
    responses={200: {"description": "The file.", "content": {course_data.MEDIA_TYPE: {}}}, **problems(503)},
)
def export(
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: Annotated[CatalogueQuery, Query()],
) -> Response:
    """All that is wanted, up to 5,000, as courses of schema.org; the import takes such a file."""
    offers = courses.every(services, session, principal, wanted.q, wanted.asked())
    return Response(
        course_data.written(course_data.catalogue(offers, site(request))),
        media_type=course_data.MEDIA_TYPE,
        headers=attachment("training.jsonld"),
    )


@router.get(
    "/{ref:path}/prerequisites",
    operation_id="list_prerequisites",
    summary="List what comes before training",
    responses=problems(404),
)
def before(ref: Ref, session: SessionDep, principal: PrincipalDep) -> PrerequisitesOut:
    """A course with all that comes before it, in layers; courses that wait for each other are named."""
    return PrerequisitesOut.of(courses.before(session, principal, ref))


@router.get("/{ref:path}", operation_id="get_training", summary="Read training", responses=problems(404))
def one(ref: Ref, request: Request, session: SessionDep, principal: PrincipalDep) -> CourseDetailOut:
    """What the catalogue knows of a course, and the same as schema.org describes courses."""
    return CourseDetailOut.of_offer(courses.one(session, principal, ref), now().date(), site(request))
