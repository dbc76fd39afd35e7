"""The page of all projects."""

from functools import partial

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from kb import projects
from web.addresses import query_string
from web.choices import PagingDep
from web.deps import PrincipalDep, SessionDep
from web.finding import DEFAULT_SIZE
from web.layout import page

router = APIRouter()


@router.get("/projects")
def overview(session: SessionDep, principal: PrincipalDep, wanted: PagingDep) -> HTMLResponse:
    """The projects that items tell of, those with most items first."""
    total = projects.count(session, principal)
    return page(
        "projects.html",
        section="search",
        projects=projects.listed(session, principal, offset=wanted.offset, limit=wanted.size),
        total=total,
        page=wanted.page,
        pages=wanted.pages(total),
        page_url=partial(_url, wanted.size),
    )


def _url(size: int, number: int) -> str:
    given = {"page": number if number > 1 else None, "page_size": size if size != DEFAULT_SIZE else None}
    return "/projects" + query_string(given)
