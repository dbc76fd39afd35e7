"""What to teach a topic with, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from kb.models import now
from web.api.problems import PROBLEMS, problems
from web.files.headers import attachment
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.learning import teaching, teaching_files
from web.learning.teaching_files import Format
from web.learning.teaching_schemas import TeachingPlanOut, TeachQuery

router = APIRouter(prefix="/teaching-plans", tags=["Learning"], responses=PROBLEMS)


class HandoutQuery(TeachQuery):
    """As what kind of file."""

    wanted: Annotated[Format, Query(description="md or docx.")] = Format.MARKDOWN


@router.get(
    "",
    operation_id="plan_teaching",
    summary="Plan a session on a topic",
    responses=problems(503),
)
def plan(
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: Annotated[TeachQuery, Query()],
) -> TeachingPlanOut:
    """Lessons, practices, training and templates on a topic or a situation, in the order of a session.

    A case to open with, the principle, how it is done, questions with the answers of the case, further
    reading; each item with its passage and why it is there. What there is nothing for says so.
    """
    found = teaching.plan(services, session, principal, wanted.q, wanted.audience())
    return TeachingPlanOut.of(found)


@router.get(
    "/export",
    operation_id="export_teaching_plan",
    summary="Export the plan of a session",
    response_class=Response,
    responses={
        200: {
            "description": "The handout.",
            "content": {media: {} for media in teaching_files.MEDIA_TYPES.values()},
        },
        **problems(503),
    },
)
def export(
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: Annotated[HandoutQuery, Query()],
) -> Response:
    """The same as a handout with citations, as Markdown or as a Word document."""
    found = teaching.plan(services, session, principal, wanted.q, wanted.audience())
    return Response(
        teaching_files.write(TeachingPlanOut.of(found), wanted.wanted, now().date()),
        media_type=teaching_files.MEDIA_TYPES[wanted.wanted],
        headers=attachment(f"session-plan.{wanted.wanted}"),
    )
