"""The pages on which lessons sessions are listed, opened and joined."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from kb import projects
from kb.access import Principal, cleared
from kb.sessions import gatherings
from kb.sessions.agendas import AGENDAS
from kb.sessions.gatherings import GatheringDraft
from kb.vocabulary import Classification, SessionKind, SessionState
from web.addresses import query_string, session_url
from web.http.deps import PrincipalDep, SessionDep
from web.layout import page

router = APIRouter()

_PAGE = 50
_KNOWN_PROJECTS = 500


@router.get("/lessons/sessions")
def overview(
    session: SessionDep,
    principal: PrincipalDep,
    state: SessionState | None = None,
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """The sessions, newest first, and where to join one."""
    total = gatherings.count(session, principal, state)

    def page_url(wanted: int) -> str:
        return "/lessons/sessions" + query_string({"state": state, "page": wanted})

    return page(
        "sessions.html",
        sessions=gatherings.listed(session, principal, state=state, offset=(number - 1) * _PAGE, limit=_PAGE),
        total=total,
        state=state,
        states=list(SessionState),
        page=number,
        pages=max(1, -(-total // _PAGE)),
        page_url=page_url,
    )


@router.get("/lessons/sessions/new")
def begin(
    session: SessionDep, principal: PrincipalDep, kind: SessionKind = SessionKind.AFTER_ACTION
) -> HTMLResponse:
    """A form that holds what is usual for *kind*."""
    return page(
        "session_new.html",
        **_choices(session, principal, kind),
        planned=None,
    )


@router.get("/s/{code}/plan")
def plan(
    code: str, session: SessionDep, principal: PrincipalDep, kind: SessionKind | None = None
) -> HTMLResponse:
    """The same form with what was planned."""
    planned = gatherings.get(session, principal, code)
    return page("session_new.html", **_choices(session, principal, kind or planned.kind), planned=planned)


def _choices(session: Session, principal: Principal, kind: SessionKind) -> dict[str, Any]:
    return {
        "kind": kind,
        "agendas": AGENDAS,
        "usual": AGENDAS[kind],
        "projects": projects.listed(session, principal, offset=0, limit=_KNOWN_PROJECTS),
        "classifications": cleared(principal),
        "limits": gatherings,
    }


def _draft(  # noqa: PLR0913 - each is a field of the form
    kind: Annotated[SessionKind, Form()],
    title: Annotated[str, Form()] = "",
    project: Annotated[str, Form()] = "",
    classification: Annotated[Classification, Form()] = Classification.INTERNAL,
    votes: Annotated[int, Form()] = 0,
    agenda: Annotated[str, Form()] = "",
    prompts: Annotated[str, Form()] = "",
    anonymous: Annotated[bool, Form()] = False,
) -> GatheringDraft:
    return GatheringDraft(
        kind=kind,
        title=title,
        project=project,
        classification=classification,
        anonymous=anonymous,
        votes=votes,
        agenda=tuple(agenda.splitlines()),
        prompts=tuple(prompts.splitlines()),
    )


_DraftDep = Annotated[GatheringDraft, Depends(_draft)]


@router.post("/lessons/sessions")
def arrange(
    session: SessionDep, principal: PrincipalDep, draft: _DraftDep, plan: Annotated[bool, Form()] = False
) -> RedirectResponse:
    """Open the session, or plan it, and lead to it."""
    made = gatherings.arrange(session, principal, draft, SessionState.PLANNED if plan else SessionState.OPEN)
    return RedirectResponse(session_url(made.code), status_code=303)


@router.post("/s/{code}/plan")
def edit(code: str, session: SessionDep, principal: PrincipalDep, draft: _DraftDep) -> RedirectResponse:
    """Change what was planned, and lead to it."""
    made = gatherings.edit(session, principal, code, draft)
    return RedirectResponse(session_url(made.code), status_code=303)


@router.get("/s")
def join(session: SessionDep, principal: PrincipalDep, code: str = "") -> RedirectResponse:
    """Lead to the session with the code that was typed."""
    return RedirectResponse(session_url(gatherings.get(session, principal, code).code), status_code=303)
