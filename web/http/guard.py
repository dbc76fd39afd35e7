"""What every request must pass and every response must carry."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.settings import MEGABYTE
from web.http.errors import HttpError, answer

LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""Hosts that only this machine can reach."""

MAX_BODY = 16 * MEGABYTE
"""Bytes of a request that is held in memory."""
STREAMED = "streamed"
"""What whoever reads a request piece by piece, within limits of their own, sets in its state."""

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def is_loopback(host: str) -> bool:
    """Whether *host* means this machine alone."""
    return host.strip("[]").lower() in LOOPBACK


class Guard:
    """Refuses other sites' requests, foreign host names and endless bodies; adds the security headers."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], headers: Mapping[str, str]) -> None:
        self._app = app
        self._hosts = hosts
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one request and pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope)
        if refusal:
            response = answer(Request(scope), *refusal)
            await response(scope, receive, send_guarded)
        else:
            await self._app(scope, _bounded(scope, receive), send_guarded)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        host = _host_name(headers.get("host", ""))
        if host not in self._hosts:
            return 421, (
                "This server does not answer to that name. Open it at the address it printed at its start."
            )
        if scope["method"] not in _SAFE_METHODS and _from_another_site(headers):
            return 403, "Changes are only accepted from Hindsight's own pages, not from another site."
        return None


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """*receive*, which stops a sender who would fill the memory."""
    state, read = scope.setdefault("state", {}), 0

    async def receive_bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MAX_BODY and not state.get(STREAMED):
            raise HttpError(413, f"That is more than {MAX_BODY // MEGABYTE} MB; send it as a file to import.")
        return message

    return receive_bounded


def _host_name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _from_another_site(headers: Headers) -> bool:
    """Browsers say where a request comes from; programs say nothing and are let through."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")
