"""The page of one lessons session: notes for all, sorting and lessons for its facilitator."""

import secrets
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Cookie, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from kb import codes
from kb.access import Principal
from kb.errors import InvalidError
from kb.sessions import gatherings, notes
from kb.sessions.notes import NoteDraft
from kb.vocabulary import SessionState, Status
from web.addresses import session_url
from web.http.deps import PrincipalDep, RunnerDep, ServicesDep, SessionDep
from web.layout import page
from web.sessions import gatherings as shared

router = APIRouter(prefix="/s/{code}")

VOTER_COOKIE = "voter"
"""A secret that tells one browser's votes from others' in anonymous sessions; no name is kept with it."""
_WEEK = 7 * 24 * 60 * 60

VoterDep = Annotated[str, Cookie(alias=VOTER_COOKIE, max_length=200)]
Number = Annotated[int, Form(ge=1, le=2**53)]


def _shown(session: Session, principal: Principal, code: str, voter: str) -> dict[str, Any]:
    gathering = gatherings.get(session, principal, code)
    return {
        "gathering": gathering,
        "board": notes.board(session, principal, code, voter),
        "leads": gatherings.may_lead(principal, gathering.facilitator),
        "me": principal.name,
        "longest": notes.MAX_TEXT,
    }


@router.get("")
def show(
    code: str, request: Request, session: SessionDep, principal: PrincipalDep, voter: VoterDep = ""
) -> HTMLResponse:
    """The session: what it asks, a form for a note, and all notes."""
    secret = voter if len(voter) >= 16 else secrets.token_urlsafe(24)
    shown = _shown(session, principal, code, secret)
    where = str(request.base_url).rstrip("/") + session_url(shown["gathering"].code)
    answer = page("session.html", **shown, key=secrets.token_urlsafe(12), where=where)
    if shown["gathering"].anonymous and secret != voter:
        answer.set_cookie(VOTER_COOKIE, secret, max_age=_WEEK, path="/s", httponly=True, samesite="lax")
    return answer


@router.get("/notes")
def all_notes(code: str, session: SessionDep, principal: PrincipalDep, voter: VoterDep = "") -> HTMLResponse:
    """Only the notes; without JavaScript it shows new ones by loading itself again."""
    return page("session_notes.html", **_shown(session, principal, code, voter))


@router.post("/notes")
def add(  # noqa: PLR0913 - each is a field of the form
    code: str,
    session: SessionDep,
    principal: PrincipalDep,
    key: Annotated[str, Form()],
    happened: Annotated[str, Form()] = "",
    differently: Annotated[str, Form()] = "",
    expected: Annotated[str, Form()] = "",
    why: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Put down a note; loading the answer again does not double it."""
    draft = NoteDraft(_typed(happened), _typed(differently), _typed(expected), _typed(why))
    number, _ = notes.add(session, principal, code, key, draft)
    return _back(code, f"note-{number}")


@router.post("/votes")
def vote(
    code: str,
    session: SessionDep,
    principal: PrincipalDep,
    give: Annotated[int | None, Form()] = None,
    take: Annotated[int | None, Form()] = None,
    voter: VoterDep = "",
) -> RedirectResponse:
    """Give the note that a button names a vote, or take it back."""
    number = give or take
    if number is None:
        raise InvalidError("Say which note gets the vote.")
    notes.vote(session, principal, code, number, given=give is not None, voter=voter)
    return _back(code, f"note-{number}")


@router.post("/state")
def change_state(
    code: str, session: SessionDep, principal: PrincipalDep, state: Annotated[SessionState, Form()]
) -> RedirectResponse:
    """Open or close the session."""
    gatherings.change_state(session, principal, code, state)
    return _back(code)


@router.post("/groups/suggested")
def group_all(
    code: str, services: ServicesDep, session: SessionDep, principal: PrincipalDep
) -> RedirectResponse:
    """Group what is in no group by what it means."""
    shared.group_all(services, session, principal, code)
    return _back(code, "board")


@router.post("/groups/name")
def rename(
    code: str,
    session: SessionDep,
    principal: PrincipalDep,
    group: Number,
    name: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Give a group another name."""
    notes.rename(session, principal, code, group, name)
    return _back(code, f"group-{group}")


@router.post("/notes/move")
def move(
    code: str,
    session: SessionDep,
    principal: PrincipalDep,
    note: Number,
    group: Annotated[str, Form(max_length=20)] = "",
    name: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Put a note into a new group, when a *name* is given, into another one, or into none."""
    if name.strip():
        notes.gather(session, principal, code, name, [note])
    else:
        notes.move(session, principal, code, note, int(group) if group.isdecimal() else None)
    return _back(code, f"note-{note}")


@router.post("/notes/remove")
def remove(code: str, session: SessionDep, principal: PrincipalDep, note: Number) -> RedirectResponse:
    """Take a note out."""
    notes.remove(session, principal, code, note)
    return _back(code, "board")


@router.post("/lessons")
def make_lesson(  # noqa: PLR0913 - each is one thing FastAPI brings in
    code: str,
    session: SessionDep,
    principal: PrincipalDep,
    runner: RunnerDep,
    background: BackgroundTasks,
    status: Annotated[Status, Form()] = Status.DRAFT,
    note: Annotated[int | None, Form()] = None,
    group: Annotated[int | None, Form()] = None,
) -> RedirectResponse:
    """Make a lesson of a note, or of the notes of a group that are none yet."""
    chosen: Sequence[int] = [note] if note else []
    if group:
        chosen = shared.unused(notes.board(session, principal, code), group)
    shared.make_lesson(session, principal, code, chosen, status=status)
    background.add_task(runner.refresh)
    return _back(code, f"note-{chosen[0]}")


def _typed(text: str) -> str:
    """What was typed, with one kind of line ends: forms send another than scripts do."""
    return text.replace("\r\n", "\n")


def _back(code: str, anchor: str = "") -> RedirectResponse:
    where = session_url(codes.normal(code)) + (f"#{anchor}" if anchor else "")
    return RedirectResponse(where, status_code=303)
