"""What projects made of lessons and practices, over HTTP."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from kb.access import Principal
from kb.life import applications
from kb.life.applications import ApplicationDraft, Applied, Entry, Worth
from kb.vocabulary import Outcome
from web.addresses import item_url
from web.api.items import Ref
from web.api.problems import PROBLEMS, problems
from web.files import csv_files
from web.files.headers import attachment
from web.http.deps import PrincipalDep, SessionDep
from web.life import ledger
from web.schemas import Out, PageOut
from web.searching.choices import PagingDep
from web.searching.links import add_links

router = APIRouter(tags=["Applications"], responses=PROBLEMS)

Number = Annotated[int, Path(ge=1, le=2**53, description="The record's number.")]


class ApplicationIn(BaseModel):
    """What a project says of a lesson or a practice."""

    model_config = ConfigDict(extra="forbid")

    project: str = Field(examples=["Harbour bridge"])
    applied: bool = Field(default=True, description="False: it was considered and not applied.")
    reason: str = Field(default="", description="How it was applied, or why it was not.")
    outcome: Outcome = Outcome.NOT_YET_KNOWN
    saved: float | None = Field(default=None, description="Money, in `currency`.")
    currency: str = Field(default="", examples=["GBP"])
    days: float | None = Field(default=None, description="Days saved.")

    def said(self) -> ApplicationDraft:
        """As it is kept."""
        return ApplicationDraft(**self.model_dump())


class OutcomeIn(BaseModel):
    """How it turned out after all."""

    model_config = ConfigDict(extra="forbid")

    outcome: Outcome
    reason: str = Field(description="What shows it.", examples=["No claim came in the two years since."])


class ApplicationOut(Out):
    """A project's record of a lesson or a practice."""

    id: int
    item: str = Field(description="Reference of the lesson or practice.", examples=["HS-L-001"])
    title: str
    project: str
    applied: bool
    reason: str
    outcome: Outcome
    saved: float | None
    currency: str
    days: float | None
    at: datetime
    author: str
    approved_by: str
    approved_at: datetime | None = Field(description="null while it waits for approval by somebody else.")
    may_approve: bool = Field(description="Whether you may approve it now.")
    url: str = Field(description="The page of the item, at this record.")

    @staticmethod
    def of(principal: Principal, applied: Applied) -> "ApplicationOut":
        """As *principal* sees it."""
        said = applied.said
        return ApplicationOut(
            id=applied.id,
            item=applied.item,
            title=applied.title,
            project=said.project,
            applied=said.applied,
            reason=said.reason,
            outcome=said.outcome,
            saved=said.saved,
            currency=said.currency,
            days=said.days,
            at=applied.at,
            author=applied.author,
            approved_by=applied.approved_by,
            approved_at=applied.approved_at,
            may_approve=applications.may_approve(principal, applied),
            url=f"{item_url(applied.item)}#application-{applied.id}",
        )


class ApplicationsOut(PageOut):
    """A page of records, newest first."""

    applications: list[ApplicationOut]


class WorthOut(Out):
    """What records add up to."""

    saved: float = Field(description="Money, in the currency of the line.")
    days: float
    records: int

    @staticmethod
    def of(worth: Worth) -> "WorthOut":
        """From a sum."""
        return WorthOut(saved=worth.saved, days=worth.days, records=worth.records)


class TotalOut(Out):
    """What all records in one currency add up to."""

    currency: str = Field(description="Empty for records of days alone, or of nothing saved.")
    approved: WorthOut
    waiting: WorthOut

    @staticmethod
    def of(entry: Entry) -> "TotalOut":
        """From a line."""
        return TotalOut(
            currency=entry.approved.currency,
            approved=WorthOut.of(entry.approved),
            waiting=WorthOut.of(entry.waiting),
        )


class EntryOut(TotalOut):
    """What the records of one item in one currency add up to."""

    item: str
    title: str

    @staticmethod
    def of_item(entry: Entry) -> "EntryOut":
        """From a line."""
        return EntryOut(item=entry.item, title=entry.title, **TotalOut.of(entry).model_dump())


class LedgerOut(PageOut):
    """What lessons and practices were worth: a page of lines, one for each item and currency."""

    totals: list[TotalOut] = Field(description="Of all records, one for each currency.")
    lines: list[EntryOut]


@router.get(
    "/items/{ref:path}/applications",
    operation_id="list_applications_of_item",
    summary="List what projects made of an item",
    responses=problems(404),
)
def of_item(ref: Ref, session: SessionDep, principal: PrincipalDep) -> list[ApplicationOut]:
    """All records of a lesson or practice, the newest first."""
    return [ApplicationOut.of(principal, one) for one in applications.of_item(session, principal, ref)]


@router.post(
    "/items/{ref:path}/applications",
    status_code=201,
    operation_id="record_application",
    summary="Record that a project applied an item, or why not",
    responses=problems(403, 404),
)
def record(
    ref: Ref, said: ApplicationIn, response: Response, session: SessionDep, principal: PrincipalDep
) -> ApplicationOut:
    """Keep what a project says of a lesson or practice; a recurrence opens the lesson again."""
    number = applications.record(session, principal, ref, said.said())
    response.headers["Location"] = f"/api/v1/applications/{number}"
    return ApplicationOut.of(principal, applications.get(session, principal, number))


@router.get("/applications", operation_id="list_applications", summary="List records of application")
def listed(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: PagingDep,
    waiting: Annotated[bool, Query(description="Only those that wait for approval.")] = False,
) -> ApplicationsOut:
    """A page of all records, the newest first. `Link` headers lead to the other pages."""
    total = applications.count(session, principal, waiting=waiting)
    found = applications.listed(session, principal, waiting=waiting, offset=wanted.offset, limit=wanted.size)
    add_links(request, response, wanted.page, wanted.pages(total))
    return ApplicationsOut(
        **wanted.figures(total),
        applications=[ApplicationOut.of(principal, one) for one in found],
    )


@router.get("/applications/ledger", operation_id="get_ledger", summary="Read what items were worth")
def worth(
    request: Request, response: Response, session: SessionDep, principal: PrincipalDep, wanted: PagingDep
) -> LedgerOut:
    """What projects saved by each lesson and practice, and in all, by currency; approved and waiting."""
    total = applications.ledger_lines(session, principal)
    found = applications.ledger(session, principal, offset=wanted.offset, limit=wanted.size)
    add_links(request, response, wanted.page, wanted.pages(total))
    return LedgerOut(
        **wanted.figures(total),
        totals=[TotalOut.of(one) for one in applications.totals(session, principal)],
        lines=[EntryOut.of_item(one) for one in found],
    )


@router.get(
    "/applications/export",
    operation_id="export_applications",
    summary="Download all records",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}}}},
)
def export(session: SessionDep, principal: PrincipalDep) -> StreamingResponse:
    """All records as CSV, the newest first."""
    rows = ledger.rows(session, principal)
    headers = attachment("hindsight-applications.csv")
    return StreamingResponse(rows, media_type=csv_files.MEDIA_TYPE, headers=headers)


@router.get(
    "/applications/{number}",
    operation_id="get_application",
    summary="Read a record of application",
    responses=problems(404),
)
def one(number: Number, session: SessionDep, principal: PrincipalDep) -> ApplicationOut:
    """What a project says of an item."""
    return ApplicationOut.of(principal, applications.get(session, principal, number))


@router.patch(
    "/applications/{number}",
    operation_id="change_outcome",
    summary="Say how it turned out after all",
    responses=problems(403, 404),
)
def change(number: Number, wanted: OutcomeIn, session: SessionDep, principal: PrincipalDep) -> ApplicationOut:
    """Change the outcome, with what shows it; the record waits for approval again."""
    applications.change_outcome(session, principal, number, wanted.outcome, wanted.reason)
    return ApplicationOut.of(principal, applications.get(session, principal, number))


@router.post(
    "/applications/{number}/approval",
    operation_id="approve_application",
    summary="Approve a record of application",
    responses=problems(403, 404, 409),
)
def approve(number: Number, session: SessionDep, principal: PrincipalDep) -> ApplicationOut:
    """Confirm what a record says it is worth; somebody other than its author does."""
    applications.approve(session, principal, number)
    return ApplicationOut.of(principal, applications.get(session, principal, number))
