"""The page that finds learning paths."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from kb.access import Permission
from kb.learning import frameworks, people
from kb.learning.kept import MAX_TITLE
from kb.vocabulary import TrainingFormat
from search.paths.values import Measure
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.layout import page
from web.learning import learning_paths
from web.learning.path_schemas import PathQuery, PathsOut

router = APIRouter()


@router.get("/paths")
def find(
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: Annotated[PathQuery, Query()],
) -> HTMLResponse:
    """A form, and up to three ways to what it asks for."""
    found = (
        learning_paths.find(services, session, principal, wanted.asked())
        if wanted.role or wanted.competence
        else None
    )
    return page(
        "paths.html",
        section="training",
        wanted=wanted,
        found=PathsOut.of(found) if found else None,
        roles=frameworks.roles(session, principal),
        learners=people.people(session, principal),
        teams=people.teams(session, principal) if principal.may(Permission.DEVELOP) else [],
        measures=list(Measure),
        formats=list(TrainingFormat),
        may_keep=principal.may(Permission.CONTRIBUTE),
        longest=MAX_TITLE,
    )
