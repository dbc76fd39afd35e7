"""The page of who changed what."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from kb import audit
from web.addresses import paged
from web.http.deps import PrincipalDep, SessionDep
from web.layout import page
from web.searching.choices import PagingDep

router = APIRouter()


@router.get("/audit")
def changes(
    session: SessionDep,
    principal: PrincipalDep,
    wanted: PagingDep,
    subject: Annotated[str, Query(max_length=2000)] = "",
    actor: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """Changes, the newest first."""
    total = audit.count(session, principal, subject=subject, actor=actor)
    return page(
        "audit.html",
        found=audit.listed(
            session, principal, subject=subject, actor=actor, offset=wanted.offset, limit=wanted.size
        ),
        total=total,
        subject=subject,
        actor=actor,
        page=wanted.page,
        pages=wanted.pages(total),
        page_url=paged("/audit", subject=subject or None, actor=actor or None),
    )
