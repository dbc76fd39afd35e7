"""Pairs of items that may disagree, for a reviewer to decide."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from kb.access import Permission
from kb.life import disagreements
from kb.vocabulary import FlagState
from web.addresses import item_url, paged
from web.http.deps import PrincipalDep, SessionDep, StudiesDep
from web.layout import page
from web.searching.choices import PagingDep

router = APIRouter()


@router.get("/lessons/disagreements")
def listed(
    session: SessionDep,
    principal: PrincipalDep,
    studies: StudiesDep,
    wanted: PagingDep,
    state: Annotated[FlagState, Query()] = FlagState.OPEN,
) -> HTMLResponse:
    """The pairs that wait for a decision, or those that were decided."""
    study = studies.disagreements(session)
    counts = [(one, disagreements.count(session, principal, one)) for one in FlagState]
    total = dict(counts)[state]
    return page(
        "disagreements.html",
        study=study,
        counts=counts,
        state=state,
        flags=disagreements.listed(session, principal, state, offset=wanted.offset, limit=wanted.size),
        may_decide=principal.may(Permission.REVIEW),
        page=wanted.page,
        pages=wanted.pages(total),
        page_url=paged("/lessons/disagreements", state=None if state is FlagState.OPEN else state),
    )


@router.post("/lessons/disagreements/{number}")
def decide(
    number: Annotated[int, Path(ge=1, le=2**53)],
    session: SessionDep,
    principal: PrincipalDep,
    state: Annotated[FlagState, Form()],
    back: Annotated[Literal["list", "one", "other"], Form()] = "list",
) -> RedirectResponse:
    """Confirm or dismiss a pair."""
    flag = disagreements.decide(session, principal, number, state)
    item = {"one": flag.one, "other": flag.other}.get(back)
    address = f"{item_url(item.ref)}#relations" if item else "/lessons/disagreements"
    return RedirectResponse(address, status_code=303)
