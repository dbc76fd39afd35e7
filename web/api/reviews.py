"""The review clock over HTTP."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from kb import items
from kb.life import reviews
from kb.life.reviews import Due
from kb.vocabulary import ReviewState
from web.api.items import Ref
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, SessionDep
from web.schemas import ItemOut, Out, PageOut
from web.searching.choices import PagingDep
from web.searching.links import add_links

router = APIRouter(tags=["Reviews"], responses=PROBLEMS)


class DueOut(Out):
    """An item with its keeper and how it stands beside its review date."""

    item: ItemOut
    owner: str
    state: ReviewState

    @staticmethod
    def of(due: Due) -> "DueOut":
        """From an item that is due."""
        return DueOut(item=ItemOut.of(due.item), owner=due.owner, state=due.state)


class OwnerOut(Out):
    """Somebody who looks after items."""

    name: str
    items: int


class ReviewsOut(PageOut):
    """A page of the items in a state, the longest overdue first."""

    counts: dict[ReviewState, int] = Field(description="How many items are in each state.")
    items: list[DueOut]


class ReviewIn(BaseModel):
    """That an item was looked at and still holds."""

    model_config = ConfigDict(extra="forbid")

    until: date = Field(description="The day of its next review.", examples=["2027-11-30"])
    note: str = Field(default="", max_length=2000)


class ReassignmentIn(BaseModel):
    """That somebody leaves, and who looks after their items from now on."""

    model_config = ConfigDict(extra="forbid")

    leaver: str = Field(min_length=1, max_length=300)
    successor: str = Field(min_length=1, max_length=300)
    refs: list[str] = Field(
        default_factory=list[str],
        max_length=1000,
        description="Only these of the leaver's items; all when empty.",
    )


class ReassignmentOut(Out):
    """What was given on."""

    successor: str
    items: int = Field(description="How many items.")


@router.get("/reviews", operation_id="list_reviews", summary="List items by their review date")
def listed(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: PagingDep,
    state: Annotated[ReviewState, Query(description="Items in this state.")] = ReviewState.OVERDUE,
    owner: Annotated[str, Query(max_length=300, description="Only those of this owner.")] = "",
) -> ReviewsOut:
    """A page of the items in a state, the longest overdue first. `Link` headers lead to the other pages."""
    today = datetime.now(UTC).date()
    counts = reviews.counts(session, principal, today, owner=owner)
    found = reviews.listed(
        session, principal, state, today, owner=owner, offset=wanted.offset, limit=wanted.size
    )
    add_links(request, response, wanted.page, wanted.pages(counts[state]))
    return ReviewsOut(
        **wanted.figures(counts[state]),
        counts=counts,
        items=[DueOut.of(due) for due in found],
    )


@router.get("/reviews/owners", operation_id="list_owners", summary="List who looks after items")
def owners(session: SessionDep, principal: PrincipalDep) -> list[OwnerOut]:
    """Everybody who looks after something, those with most items first."""
    return [OwnerOut(name=name, items=number) for name, number in reviews.owners(session, principal)]


@router.post(
    "/items/{ref:path}/reviews",
    operation_id="confirm_item",
    summary="Note that an item still holds",
    responses=problems(403, 404),
)
def confirm(ref: Ref, said: ReviewIn, session: SessionDep, principal: PrincipalDep) -> DueOut:
    """Note that an item was looked at and still holds until another day."""
    today = datetime.now(UTC).date()
    item = items.get(session, principal, ref)
    reviews.confirm(session, principal, item.head.ref, said.until, today, said.note)
    item = items.get(session, principal, item.head.ref)
    return DueOut(item=ItemOut.of(item.head), owner=item.owner, state=reviews.state(item.review_date, today))


@router.post(
    "/reviews/reassignments",
    operation_id="reassign_items",
    summary="Give a leaver's items to a successor",
    responses=problems(403, 404),
)
def reassign(said: ReassignmentIn, session: SessionDep, principal: PrincipalDep) -> ReassignmentOut:
    """Let somebody else look after all that a leaver did, or after some of it."""
    number = reviews.reassign(session, principal, said.leaver, said.successor, said.refs)
    return ReassignmentOut(successor=said.successor, items=number)
