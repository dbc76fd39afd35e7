"""Signing in and out."""

import logging
import math
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from kb.database import transaction
from kb.errors import InvalidError
from kb.people import providers, sign_ins
from kb.people.passwords import LONGEST
from web.addresses import here
from web.http.deps import CallerDep, ServicesDep, SessionDep
from web.signin import cookies
from web.signin.deps import EntranceDep, PlaceDep
from web.signin.forms import sign_in_page
from web.wiring import Services
from web.wording import plural

router = APIRouter()
log = logging.getLogger(__name__)

Next = Annotated[str, Query(alias="next", max_length=4000)]


@router.get("/sign-in")
def form(services: ServicesDep, entrance: EntranceDep, caller: CallerDep, following: Next = "/") -> Response:
    """Ask for login and password; lead on whoever need not sign in."""
    if caller or not entrance.look():
        return RedirectResponse(here(following), status_code=303)
    return sign_in_page(services.settings, here(following))


@router.post("/sign-in")
def sign_in(  # noqa: PLR0913 - each is one thing FastAPI brings in
    request: Request,
    services: ServicesDep,
    entrance: EntranceDep,
    caller: CallerDep,
    place: PlaceDep,
    login: Annotated[str, Form(max_length=100)],
    password: Annotated[str, Form(max_length=LONGEST)],
    following: Annotated[str, Form(alias="next", max_length=4000)] = "/",
) -> Response:
    """Sign somebody in, in this browser and under a new secret."""
    target = here(following)
    wait = entrance.throttle.attempt(login, place.address)
    if wait > 0:
        said = f"Too many attempts. Try again in {plural(math.ceil(wait), 'second')}."
        refusal = sign_in_page(services.settings, target, status=429, fault=said, login=login)
        refusal.headers["Retry-After"] = str(math.ceil(wait))
        return refusal
    with transaction(services.sessions) as session:
        user = sign_ins.by_password(session, login, password, place)
        if user and caller and caller.scope is None:
            sign_ins.close(session, caller, caller.credential)
        opened = sign_ins.open_for(session, user, place, entrance.lifetime) if user else None
    if opened is None:
        said = "That login and password don't belong together. Mind capital letters."
        return sign_in_page(services.settings, target, status=401, fault=said, login=login)
    entrance.throttle.succeeded(login, place.address)
    answer = RedirectResponse(target, status_code=303)
    cookies.keep(request, answer, services.settings, opened.secret, entrance.lifetime)
    return answer


@router.get("/sign-in/openid")
def begin(request: Request, services: ServicesDep, entrance: EntranceDep, following: Next = "/") -> Response:
    """Send somebody to the OpenID provider; whom another site led here is asked first."""
    provider = entrance.provider()
    if request.headers.get("sec-fetch-site") == "cross-site":
        return sign_in_page(services.settings, here(following))
    address, begun = provider.begin(here(following))
    answer = RedirectResponse(address, status_code=303)
    cookies.keep_begun(request, answer, services.settings, begun.packed())
    return answer


@router.get("/sign-in/openid/done")
def done(  # noqa: PLR0913 - each is one thing FastAPI brings in
    request: Request,
    services: ServicesDep,
    entrance: EntranceDep,
    caller: CallerDep,
    place: PlaceDep,
    state: Annotated[str, Query(max_length=500)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
    iss: Annotated[str, Query(max_length=1000)] = "",
) -> Response:
    """Take somebody back from the provider, who says who they are."""
    from web.signin import openid

    provider = entrance.provider()
    begun = openid.unpacked(cookies.begun(request, services.settings))
    if begun is None or not code:
        said = "The provider signed nobody in, or it took too long. Begin again."
        return _dropped(request, services, sign_in_page(services.settings, "/", status=401, fault=said))
    try:
        vouched = provider.finish(begun, state=state, code=code, issuer=iss)
    except InvalidError as error:
        log.warning("A sign-in through the OpenID provider failed: %s", error.__cause__ or error)
        refusal = sign_in_page(services.settings, begun.following, status=401, fault=str(error))
        return _dropped(request, services, refusal)
    oidc = services.settings.oidc
    with transaction(services.sessions) as session:
        user = providers.arrived(session, vouched, role=oidc.role, clearance=oidc.clearance)
        if user and caller and caller.scope is None:
            sign_ins.close(session, caller, caller.credential)
        opened = sign_ins.open_for(session, user, place, entrance.lifetime, way="OpenID") if user else None
    if opened is None:
        said = "You are kept out of this knowledge base. Ask whoever administers it."
        return _dropped(request, services, sign_in_page(services.settings, "/", status=401, fault=said))
    answer = RedirectResponse(here(begun.following), status_code=303)
    cookies.keep(request, answer, services.settings, opened.secret, entrance.lifetime)
    return _dropped(request, services, answer)


def _dropped(request: Request, services: Services, answer: Response) -> Response:
    cookies.drop_begun(request, answer, services.settings)
    return answer


@router.post("/sign-out")
def sign_out(
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    caller: CallerDep,
    everywhere: Annotated[bool, Form()] = False,
) -> Response:
    """Sign out of this browser, or of all."""
    if caller and caller.scope is None:
        sign_ins.close(session, caller, None if everywhere else caller.credential)
    # What was typed and not yet sent is kept in the browser: whoever uses it next shall not find it.
    answer = RedirectResponse("/sign-in", status_code=303, headers={"Clear-Site-Data": '"storage"'})
    cookies.drop(request, answer, services.settings)
    return answer
