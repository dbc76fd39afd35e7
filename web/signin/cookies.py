"""The cookie by which a browser is known."""

from datetime import timedelta

from fastapi import Request, Response

from kb.settings import Settings

_PLAIN, _SECURE = "hindsight", "__Host-hindsight"
"""A cookie whose name begins with __Host- is taken from this host alone, by https alone."""


def secret(request: Request, settings: Settings) -> str | None:
    """What the browser shows."""
    return request.cookies.get(_name(request, settings))


def keep(request: Request, response: Response, settings: Settings, value: str, lifetime: timedelta) -> None:
    """Have the browser show *value* from now on; no script can read it, no other site can have it sent."""
    response.set_cookie(
        _name(request, settings),
        value,
        max_age=int(lifetime.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=is_secure(request, settings),
    )


def drop(request: Request, response: Response, settings: Settings) -> None:
    """Have the browser forget it."""
    response.delete_cookie(
        _name(request, settings), httponly=True, samesite="lax", secure=is_secure(request, settings)
    )


def is_secure(request: Request, settings: Settings) -> bool:
    """Whether people reach this server by https."""
    return request.url.scheme == "https" or settings.base.startswith("https://")


def _name(request: Request, settings: Settings) -> str:
    return _SECURE if is_secure(request, settings) else _PLAIN
