"""The page of all projects."""

from functools import partial

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from kb import projects
from web.addresses import query_string
from web.http.deps import PrincipalDep, SessionDep
from web.layout import page
from web.searching.choices import PagingDep
from web.searching.finding import DEFAULT_SIZE

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
