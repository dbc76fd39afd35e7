"""The page of what is kept to groups."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field

from kb.people import groups, restrictions
from kb.people.restrictions import Extent
from web.http.deps import PrincipalDep, SessionDep
from web.layout import page

router = APIRouter()

_OVERVIEW = "/restrictions"
_TERMS = {
    Extent.ITEM: "An item",
    Extent.PROJECT: "All items of a project",
    Extent.PLACE: "All files of a place",
}


class KeepForm(BaseModel):
    """What the form says."""

    extent: Extent
    subject: str = Field(default="", max_length=2000)
    group: list[str] = Field(default_factory=list[str], max_length=100)


@router.get(_OVERVIEW)
def overview(
    session: SessionDep,
    principal: PrincipalDep,
    extent: Extent = Extent.ITEM,
    subject: Annotated[str, Query(max_length=2000)] = "",
) -> HTMLResponse:
    """What is kept to groups, and the form to keep something else, filled in for *subject*."""
    return page(
        "restrictions.html",
        kept=restrictions.listed(session, principal),
        groups=groups.listed(session, principal),
        own=None if principal.all_groups else principal.groups,
        extents=_TERMS,
        extent=extent,
        subject=subject,
    )


@router.post(_OVERVIEW)
def keep(
    wanted: Annotated[KeepForm, Form()], session: SessionDep, principal: PrincipalDep
) -> RedirectResponse:
    """Keep something to groups."""
    restrictions.keep(session, principal, wanted.extent, wanted.subject, wanted.group)
    return RedirectResponse(_OVERVIEW, 303)


@router.post(f"{_OVERVIEW}/{{number}}/lift")
def lift(
    number: Annotated[int, Path(ge=1, le=2**53)], session: SessionDep, principal: PrincipalDep
) -> RedirectResponse:
    """Open it again."""
    restrictions.lift(session, principal, number)
    return RedirectResponse(_OVERVIEW, 303)
