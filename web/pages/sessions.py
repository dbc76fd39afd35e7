"""The pages on which lessons sessions are listed, opened and joined."""

from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from kb import gatherings, projects
from kb.access import cleared
from kb.agendas import AGENDAS
from kb.gatherings import GatheringDraft
from kb.vocabulary import Classification, SessionKind, SessionState
from web.addresses import query_string, session_url
from web.deps import PrincipalDep, SessionDep
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
        kind=kind,
        agendas=AGENDAS,
        usual=AGENDAS[kind],
        projects=projects.listed(session, principal, offset=0, limit=_KNOWN_PROJECTS),
        classifications=cleared(principal),
        limits=gatherings,
    )


@router.post("/lessons/sessions")
def arrange(  # noqa: PLR0913 - each is a field of the form
    session: SessionDep,
    principal: PrincipalDep,
    kind: Annotated[SessionKind, Form()],
    title: Annotated[str, Form()] = "",
    project: Annotated[str, Form()] = "",
    classification: Annotated[Classification, Form()] = Classification.INTERNAL,
    votes: Annotated[int, Form()] = 0,
    agenda: Annotated[str, Form()] = "",
    prompts: Annotated[str, Form()] = "",
    anonymous: Annotated[bool, Form()] = False,
    plan: Annotated[bool, Form()] = False,
) -> RedirectResponse:
    """Open the session, or plan it, and lead to it."""
    draft = GatheringDraft(
        kind=kind,
        title=title,
        project=project,
        classification=classification,
        anonymous=anonymous,
        votes=votes,
        agenda=tuple(agenda.splitlines()),
        prompts=tuple(prompts.splitlines()),
    )
    made = gatherings.arrange(session, principal, draft, SessionState.PLANNED if plan else SessionState.OPEN)
    return RedirectResponse(session_url(made.code), status_code=303)


@router.get("/s")
def join(session: SessionDep, principal: PrincipalDep, code: str = "") -> RedirectResponse:
    """Lead to the session with the code that was typed."""
    return RedirectResponse(session_url(gatherings.get(session, principal, code).code), status_code=303)
