"""Pairs of items that may disagree, over HTTP."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from kb.life import disagreements
from kb.life.disagreements import Flagged
from kb.vocabulary import FlagState, Link
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, SessionDep, StudiesDep
from web.schemas import ItemOut, Out, PageOut
from web.searching.choices import PagingDep
from web.searching.links import add_links

router = APIRouter(prefix="/disagreements", tags=["Relations"], responses=PROBLEMS)


class DecisionIn(BaseModel):
    """What a reviewer decided."""

    model_config = ConfigDict(extra="forbid")

    state: Literal[FlagState.CONFIRMED, FlagState.DISMISSED] = Field(
        description="confirmed relates the two items; dismissed is remembered, and the pair not raised again."
    )
    note: str = Field(default="", max_length=2000, description="Kept with the relation.")


class DisagreementOut(Out):
    """Two items that may disagree, or of which one may replace the other."""

    id: int
    item: ItemOut = Field(description="The newer one, where the link is supersedes.")
    other: ItemOut
    link: Link = Field(description="contradicts or supersedes.")
    reason: str = Field(description="A sentence that says why.")
    state: FlagState
    found_at: datetime
    decided_at: datetime | None
    decided_by: str

    @staticmethod
    def of(flag: Flagged) -> "DisagreementOut":
        """From a pair."""
        return DisagreementOut(
            id=flag.id,
            item=ItemOut.of(flag.one),
            other=ItemOut.of(flag.other),
            link=flag.link,
            reason=flag.reason,
            state=flag.state,
            found_at=flag.found_at,
            decided_at=flag.decided_at,
            decided_by=flag.decided_by,
        )


class DisagreementsOut(PageOut):
    """A page of pairs, the latest first."""

    disagreements: list[DisagreementOut]


@router.get(
    "",
    operation_id="list_disagreements",
    summary="List items that may disagree",
    responses=problems(404),
)
def listed(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    studies: StudiesDep,
    wanted: PagingDep,
    state: Annotated[FlagState, Query(description="Those that wait for a decision when left out.")] = (
        FlagState.OPEN
    ),
) -> DisagreementsOut:
    """A page of pairs whose advice may contradict, or of which the newer may replace the older."""
    studies.disagreements(session)
    total = disagreements.count(session, principal, state)
    add_links(request, response, wanted.page, wanted.pages(total))
    found = disagreements.listed(session, principal, state, offset=wanted.offset, limit=wanted.size)
    return DisagreementsOut(
        **wanted.figures(total), disagreements=[DisagreementOut.of(flag) for flag in found]
    )


@router.patch(
    "/{number}",
    operation_id="decide_disagreement",
    summary="Confirm or dismiss a pair",
    responses=problems(403, 404, 409),
)
def decide(
    number: Annotated[int, Path(ge=1, le=2**53, description="The pair's number.")],
    wanted: DecisionIn,
    session: SessionDep,
    principal: PrincipalDep,
) -> DisagreementOut:
    """Relate the two items, or remember that they go together well."""
    flag = disagreements.decide(session, principal, number, wanted.state, wanted.note)
    return DisagreementOut.of(flag)
