"""Observations that were mined out of documents, over HTTP."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, BackgroundTasks, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from kb.proposals import records
from kb.proposals.records import Proposed
from kb.values import LessonFields
from kb.vocabulary import Polarity, ProposalState
from search.doubles import Likeness
from web.addresses import item_url
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, RunnerDep, ServicesDep, SessionDep
from web.life import mining
from web.life.mining import Mined
from web.schemas import ItemOut, LocatorOut, Out, PageOut
from web.searching.choices import PagingDep
from web.searching.links import add_links
from web.writing.assisting import Double

router = APIRouter(prefix="/proposals", tags=["Proposals"], responses=PROBLEMS)

MOST = 50
"""Documents that are mined in one request."""
Number = Annotated[int, Path(ge=1, le=2**53, description="The proposal's number.")]


class MiningIn(BaseModel):
    """Which documents to mine."""

    model_config = ConfigDict(extra="forbid")

    documents: list[str] | None = Field(
        default=None,
        min_length=1,
        max_length=MOST,
        description=f"Their references. Left out: up to {MOST} reports and minutes that were not mined as "
        "they are now; ask again while some are left.",
        examples=[["HS-D-312"]],
    )


class MinedOut(Out):
    """What mining came to."""

    documents: int
    new: int = Field(description="Proposals that were not there before.")
    open: int = Field(description="Proposals out of these documents that wait for a decision now.")
    decided: int = Field(description="Observations that were decided on before; they are not proposed again.")
    left: int = Field(description="Reports and minutes not mined as they are now; at most 1,000 are counted.")

    @staticmethod
    def of(mined: Mined, left: int) -> "MinedOut":
        """From what mining came to."""
        return MinedOut(
            documents=mined.documents, new=mined.new, open=mined.open, decided=mined.decided, left=left
        )


class SaidOut(Out):
    """A lesson's own fields, as far as the document says them; plain text."""

    event: str
    effect: str
    causes: str
    recommendation: str
    applies_when: str
    warning_signs: str
    polarity: Polarity | None

    @staticmethod
    def of(said: LessonFields) -> "SaidOut":
        """From a lesson's fields."""
        return SaidOut.model_validate(said)


class SimilarOut(Out):
    """A lesson that is like the proposal."""

    lesson: ItemOut
    likeness: Likeness
    similarity: float = Field(description="Cosine of the two texts.")
    reason: str

    @staticmethod
    def of(double: Double) -> "SimilarOut":
        """From a lesson that says much the same."""
        return SimilarOut(
            lesson=ItemOut.of(double.lesson),
            likeness=double.likeness,
            similarity=double.similarity,
            reason=double.reason,
        )


class ProposalOut(Out):
    """An observation of a document that may become a lesson."""

    id: int
    document: ItemOut
    version: int = Field(description="Of the document, in which it was found.")
    passage: int = Field(description="Number of the passage in which it begins, from 0.")
    headings: str = Field(description="Above it, outermost first.")
    locator: LocatorOut | None
    start: int = Field(description="Characters [start, end) of the document's body hold it.")
    end: int
    title: str
    said: SaidOut
    quotes: list[str] = Field(description="The sentences of the document.")
    confidence: float = Field(description="0 to 1.")
    reason: str = Field(description="What gave it away, as a sentence.")
    state: ProposalState
    found_at: datetime
    decided_at: datetime | None
    decided_by: str
    note: str = Field(description="Why it was dismissed.")
    lesson: str = Field(description="Reference of the lesson made of it, if you may see that.")
    url: str = Field(description="Where it stands in its document.")

    @staticmethod
    def of(one: Proposed) -> "ProposalOut":
        """From a proposal."""
        return ProposalOut(
            id=one.id,
            document=ItemOut.of(one.document),
            version=one.version,
            passage=one.passage,
            headings=one.headings,
            locator=LocatorOut.of(one.locator),
            start=one.locator.start,
            end=one.locator.end,
            title=one.title,
            said=SaidOut.of(one.said),
            quotes=list(one.quotes),
            confidence=one.confidence,
            reason=one.reason,
            state=one.state,
            found_at=one.found_at,
            decided_at=one.decided_at,
            decided_by=one.decided_by,
            note=one.note,
            lesson=one.lesson,
            url=item_url(one.document.ref, passage=one.passage),
        )


class ProposalDetailOut(ProposalOut):
    """A proposal beside what is here already."""

    similar: list[SimilarOut]


class ProposalsOut(PageOut):
    """A page of proposals: those that wait with the surest first, others with the latest first."""

    proposals: list[ProposalOut]


class DecisionIn(BaseModel):
    """What was decided."""

    model_config = ConfigDict(extra="forbid")

    state: Literal[ProposalState.DISMISSED, ProposalState.OPEN] = Field(
        description="dismissed is remembered, and the same words not proposed again; open takes that back."
    )
    note: str = Field(default="", max_length=records.MAX_NOTE, description="Why; a dismissal needs a reason.")


class LessonDraftOut(Out):
    """The lesson that a proposal became."""

    ref: str
    url: str


@router.get("", operation_id="list_proposals", summary="List proposals", responses=problems(404))
def listed(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: PagingDep,
    state: Annotated[
        ProposalState, Query(description="Those that wait for a decision when left out.")
    ] = ProposalState.OPEN,
    document: Annotated[
        str, Query(max_length=300, description="Only those out of this document, by its reference.")
    ] = "",
) -> ProposalsOut:
    """A page of observations that reports and minutes tell, in their own words."""
    total = records.count(session, principal, state, document)
    add_links(request, response, wanted.page, wanted.pages(total))
    found = records.listed(session, principal, state, document, offset=wanted.offset, limit=wanted.size)
    return ProposalsOut(**wanted.figures(total), proposals=[ProposalOut.of(one) for one in found])


@router.post(
    "", operation_id="mine_documents", summary="Mine documents for lessons", responses=problems(403, 404, 409)
)
def mine(services: ServicesDep, principal: PrincipalDep, wanted: MiningIn) -> MinedOut:
    """Propose what documents tell that others may learn; what was decided on is not proposed again."""
    return MinedOut.of(*mining.asked(services, principal, wanted.documents, MOST))


@router.get("/{number}", operation_id="get_proposal", summary="Get a proposal", responses=problems(404))
def get(
    number: Number, services: ServicesDep, session: SessionDep, principal: PrincipalDep
) -> ProposalDetailOut:
    """A proposal, and the lessons that are like it."""
    one = records.get(session, principal, number)
    similar = mining.alike(services, session, principal, [one]).get(one.id, [])
    return ProposalDetailOut(
        **dict(ProposalOut.of(one)), similar=[SimilarOut.of(double) for double in similar]
    )


@router.patch(
    "/{number}",
    operation_id="decide_proposal",
    summary="Dismiss a proposal, or take that back",
    responses=problems(403, 404, 409),
)
def decide(number: Number, wanted: DecisionIn, session: SessionDep, principal: PrincipalDep) -> ProposalOut:
    """With a reason, which stays with the proposal."""
    if wanted.state is ProposalState.OPEN:
        return ProposalOut.of(records.reopen(session, principal, number))
    return ProposalOut.of(records.dismiss(session, principal, number, wanted.note))


@router.post(
    "/{number}/lesson",
    status_code=201,
    operation_id="accept_proposal",
    summary="Make a draft of a lesson of a proposal",
    responses=problems(403, 404, 409),
)
def accept(
    number: Number,
    session: SessionDep,
    principal: PrincipalDep,
    runner: RunnerDep,
    background: BackgroundTasks,
    response: Response,
) -> LessonDraftOut:
    """Its fields are filled with what the document says, and it cites the document; only you see it."""
    made = mining.accept(session, principal, number)
    background.add_task(runner.refresh)
    response.headers["Location"] = f"/api/v1{item_url(made.lesson)}"
    return LessonDraftOut(ref=made.lesson, url=item_url(made.lesson))
