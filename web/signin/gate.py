"""What stands before all pages and the API once there are users: open is only what is named here."""

from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.access import Permission
from kb.people.values import Caller
from kb.people.values import Scope as TokenScope
from kb.settings import Settings
from web.addresses import here, query_string
from web.http.errors import answer
from web.layout import VIEWER, Viewer
from web.signin import cookies
from web.signin.entrance import Entrance
from web.signin.forms import sign_in_page

SIGN_IN = "/sign-in"

_OPEN = ("/healthz", SIGN_IN)
_OPEN_BELOW = ("/static/", f"{SIGN_IN}/", "/unsubscribe/", "/calendars/")
"""Links that end a subscription and addresses of calendars are their own keys."""
_STRANGERS_OCTETS = 64 * 1024
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class Gate:
    """Lets pass who is known. Leaves in the request's state who that is, or that nobody has to sign in."""

    def __init__(self, app: ASGIApp, entrance: Entrance, settings: Settings) -> None:
        self._app = app
        self._entrance = entrance
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one request and pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        closed = self._entrance.known
        if closed is None:
            closed = await run_in_threadpool(self._entrance.look)
        state["local"] = not closed
        if not closed:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        caller, refusal = await self._judge(request)
        state["caller"] = caller
        VIEWER.set(_viewer(caller))
        shared = request.url.path.startswith("/static/")
        await (refusal or self._app)(scope, receive, send if shared else _private(send))
        if caller and caller.stale:  # after the answer: whoever asks does not wait for it
            await run_in_threadpool(self._entrance.touch, caller)

    async def _judge(self, request: Request) -> tuple[Caller | None, Response | None]:
        """Who asks, and what they are told instead of what they asked for."""
        if request.url.path.startswith("/static/") or request.url.path == "/healthz":
            return None, None
        token, secret = _bearer(request), cookies.secret(request, self._settings)
        shown = token is not None or secret
        caller = await run_in_threadpool(self._entrance.caller, token, secret) if shown else None
        if caller:
            return caller, _forbidden(request, caller)
        if _is_open(request.url.path):
            return None, _too_large(request)
        return None, self._stranger(request, wrong=token is not None)

    def _stranger(self, request: Request, *, wrong: bool) -> Response:
        if wrong or request.url.path.startswith("/api/"):
            return _unauthorised(request, wrong=wrong)
        if request.method in _SAFE_METHODS:
            asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            following = query_string({"next": here(asked) if here(asked) != "/" else ""})
            return RedirectResponse(SIGN_IN + following, 303, headers={"Cache-Control": "no-store"})
        came_from = urlsplit(request.headers.get("referer", "")).path
        return sign_in_page(
            self._settings,
            here(came_from),
            status=401,
            fault="You are no longer signed in, so nothing was changed. Sign in and send it once more.",
        )


def _is_open(path: str) -> bool:
    return path in _OPEN or path.startswith(_OPEN_BELOW)


def _viewer(caller: Caller | None) -> Viewer:
    if caller is None:
        return Viewer("", administers=False)
    return Viewer(caller.principal.name, caller.principal.may(Permission.ADMINISTER))


def _too_large(request: Request) -> Response | None:
    """Strangers send a login and a password, and nothing that fills the memory."""
    length = request.headers.get("content-length", "")
    known = length.isdigit() if "transfer-encoding" not in request.headers else False
    if request.method in _SAFE_METHODS or (known and int(length) <= _STRANGERS_OCTETS):
        return None
    return answer(request, 413, "That is more than can be sent before signing in.")


def _bearer(request: Request) -> str | None:
    """The token in the request; empty when something else is shown in its place."""
    given = request.headers.get("authorization")
    if given is None:
        return None
    scheme, _, token = given.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _forbidden(request: Request, caller: Caller) -> Response | None:
    if request.method in _SAFE_METHODS:
        return None
    if caller.scope is TokenScope.READ:
        return answer(
            request, 403, "This token may only read. To change something, use one of the scope write."
        )
    # The guard has refused what another site sent. A browser that does not say where from may change nothing.
    says = "sec-fetch-site" in request.headers or "origin" in request.headers
    if caller.scope is None and not says:
        return answer(request, 403, "Changes are only accepted from Hindsight's own pages.")
    return None


def _unauthorised(request: Request, *, wrong: bool) -> Response:
    detail = "This token is unknown, expired or revoked." if wrong else "Sign in, or show an API token."
    response = answer(request, 401, detail)
    response.headers["WWW-Authenticate"] = (
        'Bearer realm="Hindsight", error="invalid_token"' if wrong else 'Bearer realm="Hindsight"'
    )
    return response


def _private(send: Send) -> Send:
    """Answers to somebody are kept by nobody else on the way."""

    async def send_private(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).setdefault("Cache-Control", "no-store")
        await send(message)

    return send_private
