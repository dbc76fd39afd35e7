"""Learning units over HTTP."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query, Request, Response

from kb.learning import units
from web.addresses import item_url
from web.api.items import Ref
from web.api.problems import PROBLEMS, problems
from web.files.headers import attachment
from web.http.deps import PrincipalDep, RunnerDep, ServicesDep, SessionDep
from web.learning import learning_units
from web.learning.learning_units import Format, UnitOut
from web.schemas import PageOut
from web.searching.choices import PagingDep
from web.searching.links import add_links

router = APIRouter(tags=["Learning"], responses=PROBLEMS)


class UnitsOut(PageOut):
    """A page of learning units."""

    units: list[UnitOut]


@router.get("/learning-units", operation_id="list_learning_units", summary="List learning units")
def listed(
    request: Request, response: Response, session: SessionDep, principal: PrincipalDep, wanted: PagingDep
) -> UnitsOut:
    """A page of units: those whose lessons are out of use first, then those that changed, then the newest."""
    total = units.count(session, principal)
    add_links(request, response, wanted.page, wanted.pages(total))
    found = units.listed(session, principal, offset=wanted.offset, limit=wanted.size)
    return UnitsOut(**wanted.figures(total), units=[UnitOut.of(one) for one in found])


@router.post(
    "/items/{ref:path}/learning-units",
    status_code=201,
    operation_id="draw_learning_unit",
    summary="Draw a learning unit from a lesson",
    responses=problems(403, 404, 409),
)
def draw(
    ref: Ref,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    runner: RunnerDep,
    later: BackgroundTasks,
    response: Response,
) -> UnitOut:
    """Make a draft of training of 5 to 10 minutes in the lesson's own words; edit it, then publish it."""
    made = learning_units.draw(services, session, principal, ref)
    later.add_task(runner.refresh)
    response.headers["Location"] = f"/api/v1{item_url(made.item.ref)}"
    return made


@router.get(
    "/items/{ref:path}/learning-units",
    operation_id="list_units_of_lesson",
    summary="List the learning units of a lesson",
    responses=problems(404),
)
def of_lesson(ref: Ref, session: SessionDep, principal: PrincipalDep) -> list[UnitOut]:
    """The units that were drawn from a lesson, and how it stands since."""
    return learning_units.of_lesson(session, principal, ref)


@router.post(
    "/items/{ref:path}/publication",
    operation_id="publish_learning_unit",
    summary="Publish a learning unit",
    responses=problems(403, 404, 409),
)
def publish(ref: Ref, session: SessionDep, principal: PrincipalDep) -> UnitOut:
    """Let everybody see a unit that is a draft."""
    units.publish(session, principal, ref)
    return UnitOut.of(units.get(session, principal, ref))


@router.get(
    "/items/{ref:path}/learning-unit",
    operation_id="export_learning_unit",
    summary="Export a learning unit",
    response_class=Response,
    responses={
        200: {
            "description": "The file.",
            "content": {media: {} for media in learning_units.MEDIA_TYPES.values()},
        },
        **problems(404),
    },
)
def export(
    ref: Ref,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: Annotated[Format, Query(description="md, or gift: its questions for Moodle.")] = Format.MARKDOWN,
) -> Response:
    """A unit as Markdown, or its questions as Moodle takes them in (GIFT)."""
    return Response(
        learning_units.write(session, principal, ref, wanted),
        media_type=learning_units.MEDIA_TYPES[wanted],
        headers=attachment(f"learning-unit.{'gift.txt' if wanted is Format.GIFT else 'md'}"),
    )
