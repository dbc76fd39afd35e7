"""What endpoints ask for."""

from collections.abc import Iterator
from typing import Annotated, cast
from urllib.parse import unquote

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from kb.access import Principal, local_user
from kb.database import transaction
from kb.people.values import Caller
from kb.text import squash
from web.base.runner import Runner
from web.base.studies import Studies
from web.http.errors import HttpError
from web.sessions.streams import Revisions
from web.wiring import Services

PERSON_COOKIE = "person"
"""Keeps the name of whoever uses this browser; it opens nothing, it only signs."""


def services(request: Request) -> Services:
    """The services this application runs on."""
    return cast(Services, request.app.state.services)


def runner(request: Request) -> Runner:
    """The background thread that imports what was uploaded."""
    return cast(Runner, request.app.state.runner)


def studies(request: Request) -> Studies:
    """What is worked out in the background."""
    return cast(Studies, request.app.state.studies)


def revisions(request: Request) -> Revisions:
    """What tells listeners that a lessons session changed."""
    return cast(Revisions, request.app.state.revisions)


def caller(request: Request) -> Caller | None:
    """Who signed in or showed a token; see web.signin.gate."""
    return cast("Caller | None", getattr(request.state, "caller", None))


def reader(
    request: Request,
    found: Annotated[Services, Depends(services)],
    known: Annotated[Caller | None, Depends(caller)],
) -> Principal:
    """Who asks: as long as nobody has to sign in the local user, under the name given on the page /you."""
    if known:
        return known.principal
    if not request.state.local:
        raise HttpError(401, "Sign in first.")
    return local_user(squash(unquote(request.cookies.get(PERSON_COOKIE, "")))[:200] or found.settings.person)


def session(found: Annotated[Services, Depends(services)]) -> Iterator[Session]:
    """One transaction around the endpoint."""
    with transaction(found.sessions) as opened:
        yield opened


ServicesDep = Annotated[Services, Depends(services)]
RunnerDep = Annotated[Runner, Depends(runner)]
StudiesDep = Annotated[Studies, Depends(studies)]
RevisionsDep = Annotated[Revisions, Depends(revisions)]
CallerDep = Annotated[Caller | None, Depends(caller)]
PrincipalDep = Annotated[Principal, Depends(reader)]
SessionDep = Annotated[Session, Depends(session, scope="function")]
"""With the scope "function" a failing commit is answered as an error; otherwise the client would
have had its success already."""
