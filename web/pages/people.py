"""Under which name somebody writes, as long as nobody signs in."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from kb.errors import InvalidError
from kb.text import squash
from web.http.deps import PERSON_COOKIE, PrincipalDep
from web.layout import page

router = APIRouter()

_YEAR = 365 * 24 * 60 * 60


@router.get("/you")
def you(principal: PrincipalDep) -> HTMLResponse:
    """The name that is used now, and a form for another."""
    return page("you.html", name=principal.name)


@router.post("/you")
def call_me(name: Annotated[str, Form(max_length=200)]) -> RedirectResponse:
    """Use another name from now on, in this browser."""
    said = squash(name)
    if not said:
        raise InvalidError("A name needs letters.")
    answer = RedirectResponse("/you", status_code=303)
    answer.set_cookie(PERSON_COOKIE, quote(said), max_age=_YEAR, httponly=True, samesite="lax")
    return answer
