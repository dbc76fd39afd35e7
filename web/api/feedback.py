"""Whether items helped, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from kb import items
from kb.searching import feedback
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, SessionDep
from web.schemas import Out

router = APIRouter(prefix="/items", tags=["Feedback"], responses=PROBLEMS)

Ref = Annotated[str, Path(description="The item's reference.", examples=["HS-L-001"])]


class FeedbackIn(BaseModel):
    """What you say of an item."""

    query: str = Field(description="What you searched for, without filters.", examples=["supplier was late"])
    helpful: bool | None = Field(description="Whether the item helped; null takes your answer back.")


class FeedbackOut(Out):
    """What you said of an item."""

    query: str
    helpful: bool | None = Field(description="null when you did not say.")


@router.get(
    "/{ref:path}/feedback",
    operation_id="get_feedback",
    summary="Read whether an item helped you",
    responses=problems(404),
)
def read(
    ref: Ref,
    session: SessionDep,
    principal: PrincipalDep,
    q: Annotated[str, Query(max_length=2000, description="What you searched for, without filters.")],
) -> FeedbackOut:
    """Your own answer for this item and these words."""
    item = items.get(session, principal, ref).head.id
    return FeedbackOut(query=q, helpful=feedback.given(session, principal, q, [item]).get(item))


@router.put(
    "/{ref:path}/feedback",
    operation_id="give_feedback",
    summary="Say whether an item helped you",
    responses=problems(403, 404),
)
def give(ref: Ref, said: FeedbackIn, session: SessionDep, principal: PrincipalDep) -> FeedbackOut:
    """One answer for each item and words; a later one replaces it."""
    feedback.judge(session, principal, said.query, ref, said.helpful)
    return FeedbackOut(query=said.query, helpful=said.helpful)
