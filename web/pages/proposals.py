"""Observations that were mined out of documents, for a person to make lessons of."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from kb import items
from kb.access import Permission
from kb.proposals import records
from kb.vocabulary import ProposalState
from web.addresses import item_url, paged, query_string
from web.http.deps import PrincipalDep, RunnerDep, ServicesDep, SessionDep, StudiesDep
from web.layout import page
from web.life import mining
from web.searching.choices import PageNumber
from web.searching.finding import Paging

router = APIRouter()

_ADDRESS = "/lessons/proposals"
_DOCUMENTS = 200
Number = Annotated[int, Path(ge=1, le=2**53)]
Reference = Annotated[str, Form(max_length=300)]


@router.get(_ADDRESS)
def listed(
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    studies: StudiesDep,
    state: ProposalState = ProposalState.OPEN,
    document: Annotated[str, Query(max_length=300)] = "",
    at: PageNumber = 1,
) -> HTMLResponse:
    """The proposals that wait for a decision, or those that were decided; all, or out of one document."""
    wanted = Paging(at, mining.PAGE)
    counts = [(one, records.count(session, principal, one, document)) for one in ProposalState]
    total = dict(counts)[state]
    found = records.listed(session, principal, state, document, offset=wanted.offset, limit=wanted.size)
    shown = None if state is ProposalState.OPEN else state

    def address(**changes: str | int | None) -> str:
        return _ADDRESS + query_string({"document": document, "state": shown, **changes})

    return page(
        "proposals.html",
        study=studies.mining(principal),
        counts=counts,
        state=state,
        document=items.get(session, principal, document).head if document else None,
        documents=records.documents(session, principal, state, _DOCUMENTS),
        proposals=found,
        alike=mining.alike(services, session, principal, found) if state is ProposalState.OPEN else {},
        may_decide=principal.may(Permission.CONTRIBUTE),
        unmined=len(records.unmined(session, principal, _DOCUMENTS)),
        page=at,
        pages=wanted.pages(total),
        address=address,
        page_url=paged(_ADDRESS, document=document, state=shown),
        longest=records.MAX_NOTE,
    )


@router.post(_ADDRESS)
def mine(
    session: SessionDep, principal: PrincipalDep, studies: StudiesDep, document: Reference = ""
) -> RedirectResponse:
    """Mine a document, or all reports and minutes that were not mined yet, and lead to what was found."""
    if document:
        mining.mine(session, principal, [document])
    else:
        studies.mine(principal)
    return _back(document)


@router.post(_ADDRESS + "/{number}/accept")
def accept(
    number: Number, session: SessionDep, principal: PrincipalDep, runner: RunnerDep
) -> RedirectResponse:
    """Make the draft of a lesson of a proposal, and lead to its form."""
    made = mining.accept(session, principal, number)
    runner.refresh()
    return RedirectResponse(f"{item_url(made.lesson)}/edit", status_code=303)


@router.post(_ADDRESS + "/{number}/dismiss")
def dismiss(
    number: Number,
    session: SessionDep,
    principal: PrincipalDep,
    note: Annotated[str, Form()] = "",
    document: Reference = "",
) -> RedirectResponse:
    """Dismiss a proposal, so that it is not made again."""
    records.dismiss(session, principal, number, note)
    return _back(document)


@router.post(_ADDRESS + "/{number}/reopen")
def reopen(
    number: Number, session: SessionDep, principal: PrincipalDep, document: Reference = ""
) -> RedirectResponse:
    """Let a dismissed proposal wait again."""
    records.reopen(session, principal, number)
    return _back(document)


def _back(document: str) -> RedirectResponse:
    return RedirectResponse(_ADDRESS + query_string({"document": document}), status_code=303)
