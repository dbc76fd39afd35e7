"""Knowledge gaps: what people searched for and did not find, and what is done about it."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from kb.insight import gaps
from kb.insight.gaps import PENDING, PERSISTENT
from kb.vocabulary import GapState
from web.addresses import query_string
from web.files import sheets
from web.http.deps import PrincipalDep, SessionDep, StudiesDep
from web.insight import insight
from web.insight.insight import GapChange
from web.layout import page
from web.searching.choices import PagingDep

router = APIRouter(prefix="/insight")

Number = Annotated[int, Path(ge=1, le=2**53)]
StateQuery = Annotated[GapState | None, Query()]


@router.get("/gaps")
def listed(
    session: SessionDep,
    principal: PrincipalDep,
    studies: StudiesDep,
    wanted: PagingDep,
    state: StateQuery = None,
) -> HTMLResponse:
    """The gaps that wait for an answer, or those in one state."""
    study = studies.gaps(session)
    counted = gaps.counts(session, principal)
    states = (state,) if state else PENDING
    total = sum(counted[one] for one in states)
    return page(
        "gaps.html",
        study=study,
        counts=counted,
        state=state,
        gaps=gaps.listed(session, principal, states, offset=wanted.offset, limit=wanted.size),
        total=total,
        page=wanted.page,
        pages=wanted.pages(total),
        page_url=partial(_page, state),
    )


@router.get("/gaps.csv")
def file(session: SessionDep, principal: PrincipalDep, state: StateQuery = None) -> Response:
    """The same as a file, gaps in every state unless one is asked for."""
    states = (state,) if state else tuple(GapState)
    found = gaps.listed(session, principal, states, offset=0, limit=insight.LIMIT)
    return sheets.download(insight.gaps_sheet(found))


@router.get("/gaps/{number}")
def one(number: Number, session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """A gap with what people typed, and what can be done about it."""
    return page(
        "gap.html",
        gap=gaps.get(session, principal, number),
        queries=gaps.queries(session, principal, number),
        pending=PENDING,
        persistent=PERSISTENT,
    )


@router.post("/gaps/{number}")
def change(
    number: Number,
    session: SessionDep,
    principal: PrincipalDep,
    state: Annotated[GapState, Form()],
    owner: Annotated[str, Form(max_length=200)] = "",
    item: Annotated[str, Form(max_length=200)] = "",
    note: Annotated[str, Form(max_length=20_000)] = "",
) -> RedirectResponse:
    """Assign, resolve, dismiss or reopen it."""
    insight.change_gap(session, principal, number, GapChange(state, owner, item, note))
    return RedirectResponse(f"/insight/gaps/{number}", status_code=303)


def _page(state: GapState | None, number: int) -> str:
    return "/insight/gaps" + query_string({"state": state, "page": number if number > 1 else None})
