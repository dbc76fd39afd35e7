"""The cookie by which a browser is known."""

from datetime import timedelta

from fastapi import Request, Response

from kb.settings import Settings

_SESSION, _BEGUN = "hindsight", "hindsight-openid"
_SECURE = "__Host-"
"""A cookie whose name begins so is taken from this host alone, by https alone."""
_MINUTES = 10
"""For signing in at an OpenID provider."""


def secret(request: Request, settings: Settings) -> str | None:
    """What the browser shows."""
    return request.cookies.get(_name(_SESSION, request, settings))


def keep(request: Request, response: Response, settings: Settings, value: str, lifetime: timedelta) -> None:
    """Have the browser show *value* from now on; no script can read it, no other site can have it sent."""
    _set(_SESSION, request, response, settings, value, lifetime)


def drop(request: Request, response: Response, settings: Settings) -> None:
    """Have the browser forget it."""
    _drop(_SESSION, request, response, settings)


def begun(request: Request, settings: Settings) -> str:
    """What *keep_begun* kept; empty when there is nothing."""
    return request.cookies.get(_name(_BEGUN, request, settings), "")


def keep_begun(request: Request, response: Response, settings: Settings, value: str) -> None:
    """Have the browser keep what it began at an OpenID provider."""
    _set(_BEGUN, request, response, settings, value, timedelta(minutes=_MINUTES))


def drop_begun(request: Request, response: Response, settings: Settings) -> None:
    """Have the browser forget that: it serves once."""
    _drop(_BEGUN, request, response, settings)


def is_secure(request: Request, settings: Settings) -> bool:
    """Whether people reach this server by https."""
    return request.url.scheme == "https" or settings.base.startswith("https://")


def _set(
    name: str, request: Request, response: Response, settings: Settings, value: str, lifetime: timedelta
) -> None:
    response.set_cookie(
        _name(name, request, settings),
        value,
        max_age=int(lifetime.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=is_secure(request, settings),
    )


def _drop(name: str, request: Request, response: Response, settings: Settings) -> None:
    response.delete_cookie(
        _name(name, request, settings), httponly=True, samesite="lax", secure=is_secure(request, settings)
    )


def _name(name: str, request: Request, settings: Settings) -> str:
    return f"{_SECURE if is_secure(request, settings) else ''}{name}"
