"""What projects made of lessons and practices: on an item's page, and in the ledger of all."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from kb.life import applications
from kb.life.applications import ApplicationDraft
from kb.vocabulary import Outcome
from web.addresses import here, item_url, query_string
from web.http.deps import PrincipalDep, SessionDep
from web.layout import page
from web.searching.choices import PagingDep
from web.writing import form_values

router = APIRouter()

_LEDGER = "/lessons/applications"
_LINES = 50
"""Of the ledger, shown at once; the file has all."""


@router.get(_LEDGER)
def ledger(
    session: SessionDep,
    principal: PrincipalDep,
    wanted: PagingDep,
    waiting: Annotated[bool, Query()] = False,
) -> HTMLResponse:
    """What lessons and practices were worth, and the records behind it."""
    total = applications.count(session, principal, waiting=waiting)
    found = applications.listed(session, principal, waiting=waiting, offset=wanted.offset, limit=wanted.size)
    return page(
        "applications.html",
        section="lesson",
        totals=applications.totals(session, principal),
        lines=applications.ledger(session, principal, offset=0, limit=_LINES),
        lines_total=applications.ledger_lines(session, principal),
        records=[(one, applications.may_approve(principal, one)) for one in found],
        total=total,
        waiting=waiting,
        number_of_all=applications.count(session, principal),
        number_waiting=applications.count(session, principal, waiting=True),
        page=wanted.page,
        pages=wanted.pages(total),
        page_url=partial(_url, waiting),
    )


@router.post("/items/{ref:path}/applications")
def record(  # noqa: PLR0913 - the fields of the form
    ref: str,
    session: SessionDep,
    principal: PrincipalDep,
    project: Annotated[str, Form(max_length=300)] = "",
    applied: Annotated[str, Form()] = "yes",
    reason: Annotated[str, Form(max_length=10_000)] = "",
    outcome: Annotated[Outcome, Form()] = Outcome.NOT_YET_KNOWN,
    saved: Annotated[str, Form()] = "",
    currency: Annotated[str, Form()] = "",
    days: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Keep what a project says of a lesson or practice."""
    said = ApplicationDraft(
        project,
        applied == "yes",
        reason,
        outcome,
        form_values.number(saved),
        currency,
        form_values.number(days),
    )
    number = applications.record(session, principal, ref, said)
    return RedirectResponse(f"{item_url(ref)}#application-{number}", status_code=303)


@router.post(f"{_LEDGER}/{{number}}/approval")
def approve(
    number: int, session: SessionDep, principal: PrincipalDep, back: Annotated[str, Form()] = _LEDGER
) -> RedirectResponse:
    """Confirm what a record says, and lead back."""
    applications.approve(session, principal, number)
    return RedirectResponse(f"{here(back)}#application-{number}", status_code=303)


@router.post(f"{_LEDGER}/{{number}}/outcome")
def change(
    number: int,
    session: SessionDep,
    principal: PrincipalDep,
    outcome: Annotated[Outcome, Form()],
    reason: Annotated[str, Form(max_length=10_000)] = "",
    back: Annotated[str, Form()] = _LEDGER,
) -> RedirectResponse:
    """Say how it turned out after all, and lead back."""
    applications.change_outcome(session, principal, number, outcome, reason)
    return RedirectResponse(f"{here(back)}#application-{number}", status_code=303)


def _url(waiting: bool, number: int) -> str:
    given = {"waiting": "true" if waiting else None, "page": number if number > 1 else None}
    return _LEDGER + query_string(given)
