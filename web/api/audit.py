"""The record of who changed what, over HTTP."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from kb import audit
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, SessionDep
from web.schemas import Out, PageOut
from web.searching.choices import PagingDep
from web.searching.links import add_links

router = APIRouter(prefix="/audit-events", tags=["Audit"], responses=PROBLEMS)


class EventOut(Out):
    """Who did what to which thing, and when."""

    number: int = Field(description="Its place in the chain, from 1.")
    at: datetime
    actor: str
    action: str
    subject: str = Field(description="What it was done to: a reference or a location.")
    detail: dict[str, Any]
    digest: str = Field(description="SHA-256 over the digest before it and all of the above.")

    @staticmethod
    def of(event: audit.Event) -> "EventOut":
        """From a record."""
        return EventOut(
            number=event.number,
            at=event.at,
            actor=event.actor,
            action=event.action,
            subject=event.subject,
            detail=event.detail,
            digest=event.digest,
        )


class EventsOut(PageOut):
    """A page of events, the newest first."""

    events: list[EventOut]


class VerdictOut(Out):
    """Whether the record is as it was written."""

    whole: bool
    events: int = Field(description="How many hold, from the first on.")
    digest: str = Field(description="Of the last of those; keep it elsewhere to check against later.")
    fault: str = Field(description="A sentence about the first that does not hold.")

    @staticmethod
    def of(found: audit.Verdict) -> "VerdictOut":
        """From what was found."""
        return VerdictOut(whole=not found.fault, events=found.events, digest=found.digest, fault=found.fault)


@router.get("", operation_id="list_audit_events", summary="List who changed what", responses=problems(404))
def listed(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: PagingDep,
    subject: Annotated[str, Query(max_length=2000, description="Only about this: a reference.")] = "",
    actor: Annotated[str, Query(max_length=200, description="Only what this person did.")] = "",
) -> EventsOut:
    """A page of the record of changes, for administrators."""
    total = audit.count(session, principal, subject=subject, actor=actor)
    add_links(request, response, wanted.page, wanted.pages(total))
    found = audit.listed(
        session, principal, subject=subject, actor=actor, offset=wanted.offset, limit=wanted.size
    )
    return EventsOut(**wanted.figures(total), events=[EventOut.of(event) for event in found])


@router.get(
    "/verification",
    operation_id="verify_audit_events",
    summary="Check that nobody changed the record",
    responses=problems(404),
)
def verified(
    session: SessionDep,
    principal: PrincipalDep,
    holding: Annotated[
        str, Query(pattern="^([0-9a-f]{64})?$", description="A digest noted earlier, which must be in it.")
    ] = "",
) -> VerdictOut:
    """Go through the whole record and compare each event with its digest."""
    return VerdictOut.of(audit.verify(session, principal, holding=holding))
