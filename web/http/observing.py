"""What the server does, for those who run it: a number for each request, times, and what was slow."""

import logging
import re
from time import perf_counter
from uuid import uuid4

from prometheus_client import CollectorRegistry, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.log import REQUEST

API = "/api/v1"
"""What the addresses of the API begin with."""
HEADER = "X-Request-ID"
"""Where the number of a request stands in the answer, and where a proxy may give one."""

_GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_log = logging.getLogger(__name__)


class Times:
    """How long requests took, by route; counted for Prometheus."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Histogram(
            "hindsight_request_seconds",
            "Time from a request's arrival to the end of its answer.",
            ("method", "route", "status"),
            buckets=_BUCKETS,
            registry=registry,
        )

    def add(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._seconds.labels(method, route, str(status)).observe(seconds)


class Observer:
    """Numbers each request and times it; tells of those that took *slow* seconds or longer.

    It names the route, never the address: what people search for is in the address.
    """

    def __init__(self, app: ASGIApp, times: Times, slow: float) -> None:
        self._app = app
        self._times = times
        self._slow = slow

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = scope.setdefault("state", {})["number"] = _number(Headers(scope=scope))
        status = 500
        started = perf_counter()
        token = REQUEST.set(number)

        async def send_numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = number
            await send(message)

        try:
            await self._app(scope, receive, send_numbered)
        finally:
            self._note(scope, status, perf_counter() - started)
            REQUEST.reset(token)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        # Whatever a stranger may send as a method or an address is one word here: each word costs memory.
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = _route(scope)
        self._times.add(method, route, status, seconds)
        level = logging.WARNING if seconds >= self._slow and not _stays_open(route) else logging.DEBUG
        _log.log(level, "%s %s: %d after %.0f ms", method, route, status, seconds * 1000)


def _route(scope: Scope) -> str:
    """The pattern of the address, with its parameters' names in place of their values."""
    path: str | None = getattr(scope.get("route"), "path", None)
    if path is None:
        return "other"
    # Routes of the API know themselves without its prefix, under which pages have the same ones.
    return f"{API}{path}" if scope["path"].startswith(f"{API}/") and not path.startswith(API) else path


def _number(headers: Headers) -> str:
    """What a proxy called the request; a number of our own when that is nothing to put into a log."""
    given = headers.get(HEADER, "")
    return given if _GIVEN.fullmatch(given) else uuid4().hex


def _stays_open(route: str) -> bool:
    """Streams of events end when their reader goes."""
    return route.endswith("/events")
