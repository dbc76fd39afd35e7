"""Errors as answers: problem details (RFC 9457) for the API, a designed page for people."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from kb.errors import ConflictError, InvalidError, KbError, NotFoundError, UnavailableError
from search.terms import QueryError
from web.http.observing import HEADER
from web.layout import page
from web.log import REQUEST

log = logging.getLogger(__name__)

STATUS: dict[type[KbError], HTTPStatus] = {
    InvalidError: HTTPStatus.BAD_REQUEST,
    NotFoundError: HTTPStatus.NOT_FOUND,
    ConflictError: HTTPStatus.CONFLICT,
    UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""The one table from errors to HTTP."""

MEANING: dict[int, tuple[str, str]] = {
    400: ("invalid", "That can't be used as it is"),
    401: ("unauthorised", "Not signed in"),
    403: ("forbidden", "Not from here"),
    404: ("not-found", "Not found"),
    405: ("method", "Not possible here"),
    409: ("conflict", "Somebody else is at it"),
    413: ("too-large", "Too large"),
    415: ("wrong-type", "Not a type that can be read"),
    421: ("wrong-host", "Not the name of this server"),
    422: ("invalid-parameter", "A parameter can't be used as it is"),
    429: ("too-often", "Too often"),
    500: ("fault", "Something went wrong here"),
    503: ("unavailable", "Not available at the moment"),
}
"""Name and title of each problem the API answers with."""

_SENTENCE: dict[int, str] = {
    404: "There is nothing at this address. It may have moved, or the link may be incomplete.",
    405: "This address can't be used in that way.",
    500: "A fault in Hindsight stopped this request; nothing stored is lost. The log has the details.",
}


class HttpError(HTTPException):
    """An error that exists only over HTTP; its detail is a sentence for a user."""


def install(app: FastAPI) -> None:
    """Answer every error of *app* in the form its reader can use."""
    app.add_exception_handler(KbError, _on_kb_error)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(Exception, _on_fault)


def answer(request: Request, status: int, detail: str, **members: Any) -> Response:
    """The error *status* with the sentence *detail*: problem+json below /api, a page elsewhere.

    *members* extend the problem.
    """
    name, title = MEANING.get(status, ("error", HTTPStatus(status).phrase))
    if request.url.path.startswith("/api/"):
        body = {
            "type": f"/api#{name}",
            "title": title,
            "status": status,
            "detail": detail,
            "instance": request.url.path,
            **members,
        }
        return JSONResponse(body, status, media_type="application/problem+json")
    return page("error.html", status=status, title=title, detail=detail)


def _on_kb_error(request: Request, error: Exception) -> Response:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    return answer(request, status, str(error), **_members(error))


def _members(error: Exception) -> dict[str, Any]:
    """Where in the query the fault is, and how it may be mended."""
    if not isinstance(error, QueryError):
        return {}
    mended = {"suggestion": error.corrected} if error.corrected else {}
    return {"position": [error.start, error.end], **mended}


def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    own = isinstance(error, HttpError)
    sentence = error.detail if own else _SENTENCE.get(error.status_code, error.detail)
    response = answer(request, error.status_code, sentence)
    response.headers.update(error.headers or {})
    return response


def _on_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    said = [_complaint(fault["loc"], fault["msg"], fault.get("input")) for fault in error.errors()]
    return answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, " ".join(dict.fromkeys(said)))


def _complaint(where: tuple[str | int, ...], message: str, value: object) -> str:
    named = next((str(part) for part in where[1:]), str(where[0]))
    given = f" ({str(value)[:60]!r} was given)" if isinstance(value, str | int | float) else ""
    reason = message[:1].lower() + message[1:].removeprefix("Input ")
    return f"{named}: {reason.removeprefix('input ')}{given}."


def _on_fault(request: Request, error: Exception) -> Response:
    """A fault of ours; the server logs it whole, and this a line by which its request is known.

    Neither guard nor observer see this answer: their headers are added here.
    """
    number: str = request.state.number
    token = REQUEST.set(number)
    log.error("A fault ended this request: %s", type(error).__name__)
    REQUEST.reset(token)
    response = answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, _SENTENCE[500])
    response.headers.update(request.app.state.headers | {HEADER: number})
    return response
