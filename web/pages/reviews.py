"""The review clock: what is overdue, whose it is, and that it still holds."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from kb import items
from kb.access import Permission
from kb.life import reviews
from kb.vocabulary import ReviewState
from web.addresses import here, item_url, query_string
from web.http.deps import PrincipalDep, SessionDep
from web.layout import page
from web.searching.choices import PagingDep
from web.writing import form_values

router = APIRouter()

_CLOCK = "/lessons/reviews"


@router.get(_CLOCK)
def clock(
    session: SessionDep,
    principal: PrincipalDep,
    wanted: PagingDep,
    state: Annotated[ReviewState, Query()] = ReviewState.OVERDUE,
    owner: Annotated[str, Query(max_length=300)] = "",
) -> HTMLResponse:
    """The items in a state, the longest overdue first."""
    today = datetime.now(UTC).date()
    counts = reviews.counts(session, principal, today, owner=owner)
    return page(
        "reviews.html",
        section="lesson",
        counts=counts,
        state=state,
        owner=owner,
        owners=reviews.owners(session, principal),
        found=reviews.listed(
            session, principal, state, today, owner=owner, offset=wanted.offset, limit=wanted.size
        ),
        total=counts[state],
        next_day=next_review(today),
        may_confirm=principal.may(Permission.CONTRIBUTE),
        may_reassign=principal.may(Permission.REVIEW),
        page=wanted.page,
        pages=wanted.pages(counts[state]),
        here=_url(state, owner, wanted.page),
        state_url=partial(_url, owner=owner),
        page_url=partial(_url, state, owner),
    )


@router.post("/items/{ref:path}/reviews")
def confirm(
    ref: str,
    session: SessionDep,
    principal: PrincipalDep,
    until: Annotated[str, Form()] = "",
    note: Annotated[str, Form(max_length=2000)] = "",
    back: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Note that an item still holds, and lead back."""
    own = items.get(session, principal, ref).head.ref
    reviews.confirm(session, principal, own, form_values.day(until), datetime.now(UTC).date(), note)
    return RedirectResponse(here(back) if back else f"{item_url(own)}#keeping", status_code=303)


@router.post(f"{_CLOCK}/reassignments")
def reassign(
    session: SessionDep,
    principal: PrincipalDep,
    leaver: Annotated[str, Form(max_length=300)] = "",
    successor: Annotated[str, Form(max_length=300)] = "",
) -> RedirectResponse:
    """Give all that somebody looks after to somebody else, and lead to what that is."""
    reviews.reassign(session, principal, leaver, successor)
    return RedirectResponse(_CLOCK + query_string({"owner": successor.strip()}), status_code=303)


def next_review(today: date) -> date:
    """The day that forms propose: in a year."""
    return today + timedelta(days=365)


def _url(state: ReviewState, owner: str, number: int = 1) -> str:
    return _CLOCK + query_string({"state": state, "owner": owner, "page": number if number > 1 else None})
