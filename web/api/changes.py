"""Change requests over HTTP: what lessons ask of templates, processes, practices and courses."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from ingest import rewriting
from ingest.rewriting import Paragraph
from kb import items
from kb.access import Principal
from kb.errors import InvalidError
from kb.life import changes
from kb.life.changes import Change
from kb.vocabulary import ChangeState, Kind
from web.api.actions import ActionId
from web.api.items import Ref
from web.api.lessons import StretchOut
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, RunnerDep, SessionDep
from web.life import changing
from web.schemas import Out, PageOut
from web.searching.choices import PagingDep
from web.searching.links import add_links

router = APIRouter(tags=["Change requests"], responses=PROBLEMS)

ChangeId = Annotated[int, Path(ge=1, le=2**53, description="The change request's number.")]


class ChangeOut(Out):
    """A change that somebody proposed."""

    id: int
    action: int = Field(description="The action that its acceptance closes.")
    lesson: str = Field(description="Reference of the lesson that asks for it.")
    lesson_title: str
    target: str = Field(description="Reference of the item whose words are to change.")
    target_title: str
    present: str = Field(description="The words that are there; empty = something is added at the end.")
    proposed: str
    state: ChangeState
    at: datetime
    author: str
    decided_at: datetime | None
    decided_by: str
    reason: str
    version: int | None = Field(description="Of the target, that it made.")

    @staticmethod
    def of(change: Change) -> "ChangeOut":
        """From a change request."""
        return ChangeOut.model_validate(change)


class ChangeDetailOut(ChangeOut):
    """A change with what it does to the text."""

    differences: list[StretchOut]
    obstacle: str = Field(description="Why it can't be made any more; empty when it can.")

    @staticmethod
    def of_detail(session: Session, principal: Principal, change: Change) -> "ChangeDetailOut":
        """With the way from the text before to the text after."""
        preview = changing.preview(session, principal, change)
        return ChangeDetailOut(
            **ChangeOut.of(change).model_dump(),
            differences=[StretchOut.model_validate(one) for one in preview.stretches],
            obstacle=preview.obstacle,
        )


class ChangeIn(BaseModel):
    """Words that are to be others."""

    model_config = ConfigDict(extra="forbid")

    target: str = Field(description="Reference of the item.", examples=["HS-T-001"])
    present: str = Field(default="", description="As they stand in the body, once; empty to add at the end.")
    proposed: str


class DecisionIn(BaseModel):
    """What becomes of a change request."""

    model_config = ConfigDict(extra="forbid")

    state: ChangeState = Field(description="accepted or rejected.")
    reason: str = Field(default="", description="Needed to reject.")


class ParagraphOut(Out):
    """A stretch of a text that can be given other words."""

    number: int
    headings: list[str]
    text: str = Field(description="Its words, plain.")

    @staticmethod
    def of(paragraph: Paragraph) -> "ParagraphOut":
        """From a paragraph."""
        return ParagraphOut(number=paragraph.number, headings=list(paragraph.headings), text=paragraph.text)


class ParagraphsOut(PageOut):
    """A page of an item's paragraphs, in order."""

    paragraphs: list[ParagraphOut]


class ParagraphDetailOut(Out):
    """A paragraph as it stands in the body."""

    number: int
    source: str = Field(description="With as much before it as makes it the only such stretch.")


@router.get(
    "/items/{ref:path}/changes",
    operation_id="list_changes_of_item",
    summary="List an item's change requests",
    responses=problems(404),
)
def of_item(ref: Ref, session: SessionDep, principal: PrincipalDep) -> list[ChangeOut]:
    """Those that a lesson made, or those against any other item, the first first."""
    lesson = items.get(session, principal, ref).head.kind is Kind.LESSON
    read = changes.of_lesson if lesson else changes.of_target
    return [ChangeOut.of(change) for change in read(session, principal, ref)]


@router.get(
    "/items/{ref:path}/paragraphs",
    operation_id="list_paragraphs",
    summary="List an item's paragraphs",
    responses=problems(404),
)
def paragraphs(
    ref: Ref,
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: PagingDep,
) -> ParagraphsOut:
    """A page of the paragraphs, list entries and table rows that a change can be proposed for."""
    found = rewriting.paragraphs(items.get(session, principal, ref).body)
    add_links(request, response, wanted.page, wanted.pages(len(found)))
    return ParagraphsOut(
        **wanted.figures(len(found)),
        paragraphs=[ParagraphOut.of(one) for one in found[wanted.offset : wanted.offset + wanted.size]],
    )


@router.get(
    "/items/{ref:path}/paragraphs/{number}",
    operation_id="get_paragraph",
    summary="Read a paragraph as it stands",
    responses=problems(404),
)
def paragraph(
    ref: Ref,
    number: Annotated[int, Path(ge=1, le=1_000_000, description="Counted from 1.")],
    session: SessionDep,
    principal: PrincipalDep,
) -> ParagraphDetailOut:
    """What to give as `present` to propose other words for it."""
    source = rewriting.source(items.get(session, principal, ref).body, number)
    return ParagraphDetailOut(number=number, source=source)


@router.post(
    "/actions/{number}/changes",
    status_code=201,
    operation_id="propose_change",
    summary="Propose other words",
    responses=problems(403, 404, 409),
)
def propose(
    number: ActionId, wanted: ChangeIn, response: Response, session: SessionDep, principal: PrincipalDep
) -> ChangeOut:
    """Ask, for an action, that an item say something else. `Location` tells where the request is."""
    made = changes.propose(
        session, principal, number, wanted.target, present=wanted.present, proposed=wanted.proposed
    )
    response.headers["Location"] = f"/api/v1/changes/{made}"
    return ChangeOut.of(changes.get(session, principal, made))


@router.get("/changes", operation_id="list_changes", summary="List change requests that wait")
def waiting(
    session: SessionDep,
    principal: PrincipalDep,
    target: Annotated[
        str, Query(max_length=300, description="Only those against the item with this reference.")
    ] = "",
) -> list[ChangeOut]:
    """Requests that nobody has decided, the oldest first."""
    return [ChangeOut.of(change) for change in changes.waiting_for(session, principal, target)]


@router.get(
    "/changes/{number}", operation_id="get_change", summary="Read a change request", responses=problems(404)
)
def one(number: ChangeId, session: SessionDep, principal: PrincipalDep) -> ChangeDetailOut:
    """A change request and what it does to the text."""
    return ChangeDetailOut.of_detail(session, principal, changes.get(session, principal, number))


@router.patch(
    "/changes/{number}",
    operation_id="decide_change",
    summary="Accept or reject a change request",
    responses=problems(403, 404, 409),
)
def decide(
    number: ChangeId,
    wanted: DecisionIn,
    session: SessionDep,
    principal: PrincipalDep,
    runner: RunnerDep,
    after: BackgroundTasks,
) -> ChangeDetailOut:
    """Accepting writes the target's new version, which cites the lesson, and closes the action."""
    if wanted.state is ChangeState.PROPOSED:
        raise InvalidError("Say whether it is accepted or rejected.")
    if wanted.state is ChangeState.ACCEPTED:
        changing.accept(session, principal, number, wanted.reason)
        after.add_task(runner.refresh)
    else:
        changes.reject(session, principal, number, wanted.reason)
    return ChangeDetailOut.of_detail(session, principal, changes.get(session, principal, number))
