"""Evaluation runs over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from kb.searching import evaluations
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, SessionDep
from web.quality.scores import KnownSetOut, RunDetailOut, RunOut, RunsOut
from web.searching.choices import PagingDep
from web.searching.links import add_links

router = APIRouter(tags=["Evaluations"], responses=PROBLEMS)
MAX_ID = 2**31 - 1

RunId = Annotated[int, Path(ge=1, le=MAX_ID, description="The run's number.")]


@router.get("/evaluations", operation_id="list_evaluations", summary="List evaluation runs")
def recent(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: PagingDep,
    queryset: Annotated[str, Query(max_length=200, description="Only runs of this query set.")] = "",
) -> RunsOut:
    """A page of runs, newest first. `Link` headers lead to the other pages. `kb eval` makes runs."""
    total = evaluations.count(session, principal, queryset)
    found = evaluations.recent(session, principal, queryset, offset=wanted.offset, limit=wanted.size)
    add_links(request, response, wanted.page, wanted.pages(total))
    return RunsOut(
        **wanted.figures(total),
        runs=[RunOut.of(run) for run in found],
    )


@router.get(
    "/evaluations/{run_id}",
    operation_id="get_evaluation",
    summary="Read an evaluation run",
    responses=problems(404),
)
def one(run_id: RunId, session: SessionDep, principal: PrincipalDep) -> RunDetailOut:
    """A run with every query."""
    return RunDetailOut.of_run(evaluations.get(session, principal, run_id))


@router.get("/querysets", operation_id="list_querysets", summary="List query sets")
def querysets(session: SessionDep, principal: PrincipalDep) -> list[KnownSetOut]:
    """The judged query sets that were run, by name."""
    return [KnownSetOut.of(known) for known in evaluations.querysets(session, principal)]
