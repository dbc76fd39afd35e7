"""Learning paths over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from kb.models import now
from web.api.problems import PROBLEMS, problems
from web.files.headers import attachment
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.learning import learning_paths, path_files
from web.learning.path_files import Format
from web.learning.path_schemas import PathQuery, PathsOut

router = APIRouter(prefix="/learning-paths", tags=["Learning"], responses=PROBLEMS)


class ExportQuery(PathQuery):
    """Which option, and as what."""

    option: Annotated[int, Query(ge=1, le=3, description="Its number, from 1.")] = 1
    wanted: Annotated[Format, Query(description="md, docx, or jsonld with schema.org's Course.")] = (
        Format.MARKDOWN
    )


@router.get("", operation_id="find_learning_paths", summary="Find learning paths", responses=problems(404))
def find(
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: Annotated[PathQuery, Query()],
) -> PathsOut:
    """Up to three ways to what roles ask for: training in order, each step with its gap, source and lessons.

    Solved to the optimum of what is to be least; when nothing fits, says what to give up.
    """
    return PathsOut.of(learning_paths.find(services, session, principal, wanted.asked()))


@router.get(
    "/export",
    operation_id="export_learning_path",
    summary="Export a learning path",
    response_class=Response,
    responses={
        200: {
            "description": "The file.",
            "content": {media: {} for media in path_files.MEDIA_TYPES.values()},
        },
        **problems(404),
    },
)
def export(
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: Annotated[ExportQuery, Query()],
) -> Response:
    """One of the ways as Markdown, as a Word document, or as JSON-LD."""
    found = learning_paths.find(services, session, principal, wanted.asked())
    return Response(
        path_files.write(found.title, found.option(wanted.option), wanted.wanted, now().date()),
        media_type=path_files.MEDIA_TYPES[wanted.wanted],
        headers=attachment(f"learning-path.{wanted.wanted}"),
    )
