"""The register of lessons over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from web.api.problems import PROBLEMS
from web.files.headers import attachment
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.life import registers
from web.life.registers import RegisterFormat
from web.searching.choices import FiltersDep

router = APIRouter(prefix="/lessons", tags=["Lessons"], responses=PROBLEMS)


@router.get(
    "/register",
    operation_id="export_register",
    summary="Download lessons as a register",
    response_class=Response,
    responses={
        200: {
            "description": "The file.",
            "content": {
                registers.media_type(form).partition(";")[0]: {
                    "schema": {"type": "string", "format": "binary"}
                }
                for form in RegisterFormat
            },
        }
    },
)
def export(
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    filters: FiltersDep,
    wanted: Annotated[RegisterFormat, Query(alias="format", description="The format of the file.")],
    q: Annotated[
        str, Query(description="As for search; without it, all lessons that match the filters.")
    ] = "",
) -> Response:
    """A row for each lesson with all that it says. Changed in a spreadsheet, it can be imported again.

    An edited row becomes a version of its lesson; a row without reference becomes a lesson.
    """
    ids = registers.chosen(services, session, principal, q, filters)
    body = registers.write(session, principal, ids, wanted)
    headers = attachment(f"lessons-register.{wanted}")
    return Response(body, media_type=registers.media_type(wanted), headers=headers)
