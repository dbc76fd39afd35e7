"""Projects over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from kb import projects
from web.addresses import query_string
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.schemas import Out, PageOut
from web.searching.choices import PagingDep
from web.searching.links import add_links

router = APIRouter(prefix="/projects", tags=["Projects"], responses=PROBLEMS)


class ProjectOut(Out):
    """A project that items tell of."""

    name: str
    items: int = Field(description="How many items of it you may see.")
    url: str = Field(description="A page with its items.")


class ProjectsOut(PageOut):
    """A page of projects, those with most items first."""

    projects: list[ProjectOut]


class SimilarProjectOut(ProjectOut):
    """A project that is like another one."""

    closeness: float = Field(description="How alike they are in meaning, -1 to 1.")


@router.get("", operation_id="list_projects", summary="List projects")
def listed(
    request: Request, response: Response, session: SessionDep, principal: PrincipalDep, wanted: PagingDep
) -> ProjectsOut:
    """A page of the projects that items tell of. `Link` headers lead to the other pages."""
    total = projects.count(session, principal)
    found = projects.listed(session, principal, offset=wanted.offset, limit=wanted.size)
    add_links(request, response, wanted.page, wanted.pages(total))
    return ProjectsOut(
        **wanted.figures(total),
        projects=[ProjectOut(name=one.value, items=one.count, url=_url(one.value)) for one in found],
    )


@router.get(
    "/{name:path}/similar",
    operation_id="list_similar_projects",
    summary="List similar projects",
    responses=problems(404),
)
def similar(
    name: Annotated[str, Path(description="The project's name, in any case.", examples=["Harbour bridge"])],
    session: SessionDep,
    principal: PrincipalDep,
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=50, description="At most so many.")] = 5,
) -> list[SimilarProjectOut]:
    """The projects whose items mean most nearly the same, most alike first."""
    return [
        SimilarProjectOut(name=one.name, items=one.items, url=_url(one.name), closeness=one.closeness)
        for one in services.projects().similar(session, principal, name, limit)
    ]


def _url(name: str) -> str:
    return "/" + query_string({"project": name})
