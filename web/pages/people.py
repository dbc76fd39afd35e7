"""Who one is here: the name one writes under, where one is signed in, one's tokens and password."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from kb.access import Permission, Principal
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.models import now
from kb.people import sign_ins, tokens, users
from kb.people.passwords import LONGEST, SHORTEST
from kb.people.tokens import LONGEST_DAYS
from kb.people.values import Caller, Scope
from kb.text import squash
from web.http.deps import PERSON_COOKIE, CallerDep, PrincipalDep, ServicesDep, SessionDep
from web.layout import page
from web.signin import cookies
from web.signin.deps import EntranceDep, PlaceDep
from web.signin.entrance import Entrance

router = APIRouter()

_YEAR = 365 * 24 * 60 * 60

Password = Annotated[str, Form(max_length=LONGEST)]


@router.get("/you")
def you(
    session: SessionDep, entrance: EntranceDep, principal: PrincipalDep, caller: CallerDep
) -> HTMLResponse:
    """Who one is; as long as nobody signs in, a form for another name."""
    return _page(session, entrance, principal, caller)


@router.post("/you")
def call_me(caller: CallerDep, name: Annotated[str, Form(max_length=200)]) -> RedirectResponse:
    """Use another name from now on, in this browser."""
    if caller:
        raise ConflictError(
            "You sign in under your own name here, which stays: what you wrote is kept under it."
        )
    said = squash(name)
    if not said:
        raise InvalidError("A name needs letters.")
    answer = RedirectResponse("/you", status_code=303)
    answer.set_cookie(PERSON_COOKIE, quote(said), max_age=_YEAR, httponly=True, samesite="lax")
    return answer


@router.post("/you/sign-ins/{number}/end")
def end(number: int, session: SessionDep, caller: CallerDep) -> RedirectResponse:
    """Sign out of another browser."""
    sign_ins.close(session, _known(caller), number)
    return RedirectResponse("/you", status_code=303)


@router.post("/you/tokens")
def make_token(
    session: SessionDep,
    entrance: EntranceDep,
    caller: CallerDep,
    note: Annotated[str, Form(max_length=1000)],
    scope: Annotated[Scope, Form()],
    days: Annotated[int, Form()],
) -> HTMLResponse:
    """Make a token and show it, this once."""
    me = _known(caller)
    made = tokens.create(session, me.principal, me.login, scope, days=days, note=note)
    return _page(session, entrance, me.principal, me, secret=made.secret)


@router.post("/you/tokens/{number}/revoke")
def revoke(number: int, session: SessionDep, caller: CallerDep) -> RedirectResponse:
    """Let one's token let nobody in any more."""
    tokens.revoke(session, _known(caller).principal, number)
    return RedirectResponse("/you#tokens", status_code=303)


@router.post("/you/password")
def change_password(  # noqa: PLR0913 - each is one thing FastAPI brings in
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    entrance: EntranceDep,
    caller: CallerDep,
    place: PlaceDep,
    old: Password,
    new: Password,
) -> Response:
    """Change one's password; this browser goes on under a new secret, all others are signed out."""
    me = _known(caller)
    if entrance.throttle.attempt(me.login, place.address) > 0:
        raise ConflictError("Too many attempts. Wait a minute.")
    if not users.has_password(session, me.principal, me.login, old):
        raise InvalidError("That is not the password you have. Nothing was changed.")
    entrance.throttle.succeeded(me.login, place.address)
    user = users.set_password(session, me.principal, me.login, new)
    opened = sign_ins.open_for(session, user, place, entrance.lifetime)
    answer = RedirectResponse("/you", status_code=303)
    cookies.keep(request, answer, services.settings, opened.secret, entrance.lifetime)
    return answer


def _known(caller: Caller | None) -> Caller:
    if caller is None:
        raise NotFoundError("Nobody signs in here yet.")
    return caller


def _page(
    session: Session, entrance: Entrance, principal: Principal, caller: Caller | None, *, secret: str = ""
) -> HTMLResponse:
    person = users.get(session, principal, caller.login) if caller else None
    return page(
        "you.html",
        name=principal.name,
        person=person,
        administers=principal.may(Permission.ADMINISTER),
        secret=secret,
        here=caller.credential if caller and caller.scope is None else 0,
        places=sign_ins.listed(session, caller.user, entrance.idle) if caller else [],
        tokens=tokens.listed(session, principal, caller.login) if caller else [],
        at=now(),
        scopes=list(Scope),
        longest_days=LONGEST_DAYS,
        shortest=SHORTEST,
    )
