"""The lessons of an office: what waits for whom, and the actions."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from kb.life import actions, changes, disagreements, lessons
from kb.life.lessons import WAITING
from kb.proposals import records
from kb.vocabulary import ActionState, Status
from web.addresses import item_url, paged
from web.http.deps import PrincipalDep, SessionDep
from web.layout import page
from web.life import standing
from web.searching.choices import PageNumber
from web.searching.finding import DEFAULT_SIZE, Paging
from web.wording import age

router = APIRouter()

_MINE = 10


@router.get("/lessons")
def overview(
    session: SessionDep, principal: PrincipalDep, status: Status | None = None, at: PageNumber = 1
) -> HTMLResponse:
    """Lessons by status, the queue, and what waits for the reader."""
    wanted = Paging(at, DEFAULT_SIZE)
    statuses = (status,) if status else WAITING
    counts = lessons.counts(session, principal)
    total = sum(counts.get(one, 0) for one in statuses)
    found = lessons.queue(session, principal, statuses, offset=wanted.offset, limit=wanted.size)
    mine = actions.unfinished(session, principal, principal.name, limit=_MINE)
    waiting = changes.waiting_for(session, principal)
    now = datetime.now(UTC)
    return page(
        "lessons.html",
        section="lesson",
        counts=[(one, counts[one]) for one in Status if one in counts],
        chosen=status,
        waiting=[(one, age(one.since, now)) for one in found],
        total=total,
        number=at,
        pages=wanted.pages(total),
        page_url=paged("/lessons", status=status),
        mine=standing.offered(principal, mine),
        mine_total=actions.count_unfinished(session, principal, principal.name),
        changes=waiting[:_MINE],
        changes_total=len(waiting),
        flags=disagreements.count(session, principal),
        proposals=records.count(session, principal),
        person=principal.name,
    )


@router.get("/lessons/actions")
def unfinished(
    session: SessionDep,
    principal: PrincipalDep,
    owner: Annotated[str, Query(max_length=200)] = "",
    at: PageNumber = 1,
) -> HTMLResponse:
    """Remedial actions that are still to be done or validated."""
    wanted = Paging(at, DEFAULT_SIZE)
    whose = owner.strip()
    total = actions.count_unfinished(session, principal, whose)
    found = actions.unfinished(session, principal, whose, offset=wanted.offset, limit=wanted.size)
    return page(
        "actions.html",
        section="lesson",
        actions=standing.offered(principal, found),
        owner=whose,
        person=principal.name,
        total=total,
        number=at,
        pages=wanted.pages(total),
        page_url=paged("/lessons/actions", owner=whose),
    )


@router.post("/lessons/actions/{number}")
def act(
    number: int,
    session: SessionDep,
    principal: PrincipalDep,
    state: Annotated[ActionState, Form()],
    text: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Finish, validate, reopen or cancel an action, and lead back to its lesson."""
    actions.change(session, principal, number, state, text)
    lesson = actions.get(session, principal, number).lesson
    return RedirectResponse(f"{item_url(lesson)}#action-{number}", status_code=303)
