"""The pages of recent and saved searches, and what people say of results."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from kb.errors import InvalidError
from kb.searching import feedback, saved, searches
from search.query import parse
from web.addresses import here, search_url
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.layout import page
from web.searching import following
from web.searching.choices import FiltersDep

router = APIRouter()

_RECENT = 50
_SETTLE_SECONDS = 3.0
_OVERVIEW = "/searches"


@router.get("/searches")
def overview(services: ServicesDep, session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """Saved searches with what is new in them, and recent ones."""
    kept = saved.listed(session, principal)
    return page(
        "searches.html",
        section="search",
        saved=[(search, following.news(services, session, principal, search)) for search in kept],
        recent=searches.recent(session, principal, _RECENT),
        recording=services.settings.search_log,
        days=services.settings.search_log_days,
    )


@router.post("/searches")
def save(
    session: SessionDep,
    principal: PrincipalDep,
    filters: FiltersDep,
    q: Annotated[str, Query()] = "",
    name: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Keep the search that the address tells, under the *name* in the form."""
    parse(q, filters)
    saved.save(session, principal, name, q, filters)
    return RedirectResponse(_OVERVIEW, status_code=303)


@router.post("/searches/forget")
def forget(services: ServicesDep, session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Remove the record of this person's searches."""
    services.recorder.settle(_SETTLE_SECONDS)
    searches.forget(session, principal)
    return RedirectResponse(_OVERVIEW, status_code=303)


@router.get("/searches/{number}")
def visit(number: int, session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Lead to the results of a saved search; what comes later is new."""
    search = saved.visit(session, principal, number)
    return RedirectResponse(search_url(search.query, search.filters), status_code=303)


@router.post("/searches/{number}/rename")
def rename(
    number: int, session: SessionDep, principal: PrincipalDep, name: Annotated[str, Form()] = ""
) -> RedirectResponse:
    """Give a saved search another name."""
    saved.rename(session, principal, number, name)
    return RedirectResponse(_OVERVIEW, status_code=303)


@router.post("/searches/{number}/remove")
def remove(number: int, session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Forget a saved search."""
    saved.remove(session, principal, number)
    return RedirectResponse(_OVERVIEW, status_code=303)


@router.post("/feedback")
def judge(
    session: SessionDep,
    principal: PrincipalDep,
    q: Annotated[str, Form()],
    back: Annotated[str, Form()] = "/",
    yes: Annotated[str, Form()] = "",
    no: Annotated[str, Form()] = "",
    undo: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Note whether the item that a button names helped with *q*, and lead back."""
    answers = {True: yes, False: no, None: undo}
    chosen = [(helpful, ref) for helpful, ref in answers.items() if ref]
    if len(chosen) != 1:
        raise InvalidError("Say of one item whether it helped.")
    helpful, ref = chosen[0]
    feedback.judge(session, principal, q, ref, helpful)
    return RedirectResponse(f"{here(back)}#hit-{quote(ref, safe='')}", status_code=303)
