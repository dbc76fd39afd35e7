"""Knowledge gaps over HTTP."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from kb.access import Principal
from kb.insight import gaps
from kb.insight.gaps import PENDING, Gap
from kb.vocabulary import GapState
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, SessionDep, StudiesDep
from web.insight import insight
from web.insight.insight import GapChange
from web.schemas import ItemOut, Out, PageOut
from web.searching.choices import PagingDep
from web.searching.links import add_links

router = APIRouter(prefix="/insight/gaps", tags=["Insight"], responses=PROBLEMS)

Number = Annotated[int, Path(ge=1, le=2**53, description="The gap's number.")]


class GapIn(BaseModel):
    """What is done about a gap."""

    model_config = ConfigDict(extra="forbid")

    state: GapState = Field(
        description="assigned needs an owner, resolved an item or a note, dismissed a note; open reopens."
    )
    owner: str = Field(default="", max_length=200)
    item: str = Field(default="", max_length=200, description="Reference of the item that answers.")
    note: str = Field(default="", max_length=20_000)

    def change(self) -> GapChange:
        """As it is made."""
        return GapChange(self.state, self.owner, self.item, self.note)


class GapOut(Out):
    """Something that people searched for and did not find."""

    id: int
    title: str = Field(description="The words that most people used.")
    state: GapState
    owner: str
    item: ItemOut | None = Field(description="What answers it, where you may see that.")
    note: str
    people: int = Field(description="How many people searched; nobody is named.")
    times: int
    empty: int = Field(description="Times when nothing at all was found; else only the nearest were.")
    opened_at: datetime
    latest_at: datetime
    closed_at: datetime | None
    reopened: int = Field(description="How often it failed again after it was closed.")
    url: str = Field(description="Its page.")

    @staticmethod
    def of(gap: Gap) -> "GapOut":
        """From a gap."""
        return GapOut(
            id=gap.id,
            title=gap.title,
            state=gap.state,
            owner=gap.owner,
            item=ItemOut.of(gap.item) if gap.item else None,
            note=gap.note,
            people=gap.people,
            times=gap.times,
            empty=gap.empty,
            opened_at=gap.opened_at,
            latest_at=gap.latest_at,
            closed_at=gap.closed_at,
            reopened=gap.reopened,
            url=f"/insight/gaps/{gap.id}",
        )


class GapQueryOut(Out):
    """What somebody typed, and how often it failed."""

    words: str
    times: int


class GapDetailOut(GapOut):
    """A gap with what people typed."""

    queries: list[GapQueryOut]


class GapsOut(PageOut):
    """A page of gaps, those that most people met first."""

    gaps: list[GapOut]


@router.get("", operation_id="list_gaps", summary="List knowledge gaps", responses=problems(404))
def listed(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    studies: StudiesDep,
    wanted: PagingDep,
    state: Annotated[
        GapState | None, Query(description="Only gaps in this state; those without an answer when left out.")
    ] = None,
) -> GapsOut:
    """A page of what people searched for and did not find, grouped by meaning."""
    studies.gaps(session)
    states = (state,) if state else PENDING
    counted = gaps.counts(session, principal)
    total = sum(counted[one] for one in states)
    add_links(request, response, wanted.page, wanted.pages(total))
    found = gaps.listed(session, principal, states, offset=wanted.offset, limit=wanted.size)
    return GapsOut(
        **wanted.figures(total),
        gaps=[GapOut.of(gap) for gap in found],
    )


@router.get("/{number}", operation_id="get_gap", summary="Read a knowledge gap", responses=problems(404))
def one(number: Number, session: SessionDep, principal: PrincipalDep) -> GapDetailOut:
    """A gap with what people typed."""
    return _detail(session, principal, number)


@router.patch(
    "/{number}",
    operation_id="change_gap",
    summary="Change a knowledge gap",
    responses=problems(403, 404, 409),
)
def change(number: Number, wanted: GapIn, session: SessionDep, principal: PrincipalDep) -> GapDetailOut:
    """Assign, resolve, dismiss or reopen a gap; it reopens by itself when its words fail again."""
    insight.change_gap(session, principal, number, wanted.change())
    return _detail(session, principal, number)


def _detail(session: Session, principal: Principal, number: int) -> GapDetailOut:
    head = GapOut.of(gaps.get(session, principal, number))
    typed = gaps.queries(session, principal, number)
    return GapDetailOut(**head.model_dump(), queries=[GapQueryOut.model_validate(one) for one in typed])
