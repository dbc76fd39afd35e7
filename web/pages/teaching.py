"""The page that plans a session on a topic."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from kb.errors import UnavailableError
from kb.vocabulary import TrainingLevel
from search.query import MAX_LENGTH
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.layout import page
from web.learning import teaching
from web.learning.teaching_schemas import TeachingPlanOut, TeachQuery
from web.rendering import render

router = APIRouter()


@router.get("/teach")
def plan(
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: Annotated[TeachQuery, Query()],
) -> HTMLResponse:
    """A form, and the session that it asks for."""
    found, problem = None, ""
    if wanted.q.strip():
        try:
            drawn = teaching.plan(services, session, principal, wanted.q, wanted.audience())
            found = TeachingPlanOut.of(drawn)
        except UnavailableError as error:
            problem = str(error)
    return page(
        "teach.html",
        section="training",
        wanted=wanted,
        plan=found,
        problem=problem,
        levels=list(TrainingLevel),
        longest=MAX_LENGTH,
        text=_html,
    )


def _html(markdown: str) -> Markup:
    return render(markdown).html
