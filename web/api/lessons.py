"""The life of lessons over HTTP: the queue, moves, comments, history."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from kb import items
from kb.access import Principal
from kb.life import lessons
from kb.life.lessons import WAITING, Waiting
from kb.life.lifecycle import RULES, Move
from kb.vocabulary import Status
from web.api.items import Ref
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, SessionDep
from web.life import differences, timeline
from web.life.differences import Change, Comparison
from web.life.timeline import Entry
from web.schemas import ItemOut, Out, PageOut
from web.searching.choices import PagingDep
from web.searching.finding import Paging
from web.searching.links import add_links

router = APIRouter(tags=["Lessons"], responses=PROBLEMS)


class WaitingOut(Out):
    """A lesson and how long it has been where it is."""

    item: ItemOut
    since: datetime = Field(description="When it came into its status.")
    actions: int = Field(description="Remedial actions that are not finished.")

    @staticmethod
    def of(waiting: Waiting) -> "WaitingOut":
        """From a lesson in the queue."""
        return WaitingOut(item=ItemOut.of(waiting.lesson), since=waiting.since, actions=waiting.actions)


class LessonsOut(PageOut):
    """A page of lessons, those that wait longest first."""

    counts: dict[Status, int] = Field(description="How many lessons are in each status.")
    lessons: list[WaitingOut]

    @staticmethod
    def of(
        found: Sequence[Waiting], counts: Mapping[Status, int], total: int, paging: Paging
    ) -> "LessonsOut":
        """From a page of the queue."""
        return LessonsOut(
            **paging.figures(total),
            counts=dict(counts),
            lessons=[WaitingOut.of(one) for one in found],
        )


class MoveOut(Out):
    """Something that can be done to a lesson."""

    move: Move
    label: str = Field(examples=["Return with a question"])
    result: Status = Field(description="Where it leads.")
    needs_reason: bool


class StandingOut(Out):
    """Where a lesson stands."""

    ref: str
    status: Status
    moves: list[MoveOut] = Field(description="What you may do now.")

    @staticmethod
    def of(session: Session, principal: Principal, ref: str) -> "StandingOut":
        """Of the lesson *ref*. Raises NotFoundError."""
        moves = lessons.moves(session, principal, ref)
        return StandingOut(
            ref=ref,
            status=items.get(session, principal, ref).head.status,
            moves=[
                MoveOut(move=m, label=RULES[m].label, result=RULES[m].result, needs_reason=RULES[m].reason)
                for m in moves
            ],
        )


class MoveIn(BaseModel):
    """A move that you want."""

    model_config = ConfigDict(extra="forbid")

    move: Move
    reason: str = Field(default="", description="Some moves need one.")


class CommentIn(BaseModel):
    """What you have to say."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(examples=["The cause was the contract, not the supplier."])


class EntryOut(Out):
    """Something that happened to an item."""

    at: datetime
    who: str
    what: str = Field(examples=["Returned with a question"])
    text: str = Field(description="Reason, comment or evidence.")
    origin: Status | None = Field(description="Of a move: from where.")
    result: Status | None = Field(description="Of a move: to where.")
    version: int | None = Field(description="The version that was written.")
    change: int | None = Field(description="The change request that is meant.")

    @staticmethod
    def of(entry: Entry) -> "EntryOut":
        """From an entry of the history."""
        return EntryOut.model_validate(entry)


class StretchOut(Out):
    """A piece of text and what became of it."""

    change: Change
    text: str


class FactOut(Out):
    """Something said beside the text."""

    name: str
    before: str
    after: str


class ComparisonOut(Out):
    """What differs; kept and removed text joined gives the earlier version, kept and added the later."""

    title: list[StretchOut] = Field(description="Empty when it is the same.")
    body: list[StretchOut] = Field(description="Empty when it is the same.")
    facts: list[FactOut]

    @staticmethod
    def of(comparison: Comparison) -> "ComparisonOut":
        """From a comparison."""
        return ComparisonOut.model_validate(comparison)


@router.get("/lessons", operation_id="list_lessons", summary="List lessons by how long they wait")
def queue(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: PagingDep,
    status: Annotated[
        list[Status],
        Query(
            default_factory=list,
            max_length=20,
            description="Any of these statuses; otherwise those in which somebody has something to do.",
        ),
    ],
) -> LessonsOut:
    """A page of the lessons in a status, those that wait longest first, with the counts of every status."""
    statuses = status or WAITING
    counts = lessons.counts(session, principal)
    total = sum(counts.get(one, 0) for one in {*statuses})
    found = lessons.queue(session, principal, statuses, offset=wanted.offset, limit=wanted.size)
    add_links(request, response, wanted.page, wanted.pages(total))
    return LessonsOut.of(found, counts, total, wanted)


@router.get(
    "/items/{ref:path}/moves",
    operation_id="list_moves",
    summary="List what can be done to a lesson",
    responses=problems(404),
)
def moves(ref: Ref, session: SessionDep, principal: PrincipalDep) -> StandingOut:
    """Where a lesson stands and the moves that you may make now."""
    return StandingOut.of(session, principal, ref)


@router.post(
    "/items/{ref:path}/moves",
    operation_id="make_move",
    summary="Move a lesson on",
    responses=problems(403, 404, 409),
)
def move(ref: Ref, wanted: MoveIn, session: SessionDep, principal: PrincipalDep) -> StandingOut:
    """Submit, return, endorse, reject, … a lesson. Where it stands then."""
    lessons.move(session, principal, ref, wanted.move, wanted.reason)
    return StandingOut.of(session, principal, ref)


@router.get(
    "/items/{ref:path}/history",
    operation_id="get_history",
    summary="Read an item's history",
    responses=problems(404),
)
def history(ref: Ref, session: SessionDep, principal: PrincipalDep) -> list[EntryOut]:
    """Versions, moves, comments, actions and change requests, the oldest first."""
    return [EntryOut.of(entry) for entry in timeline.of(session, principal, ref)]


@router.post(
    "/items/{ref:path}/comments",
    status_code=204,
    operation_id="add_comment",
    summary="Comment on an item",
    responses=problems(403, 404),
)
def comment(ref: Ref, said: CommentIn, session: SessionDep, principal: PrincipalDep) -> None:
    """Say something about an item; it stands in its history."""
    lessons.comment(session, principal, ref, said.text)


@router.get(
    "/items/{ref:path}/versions/{number}/compare/{other}",
    operation_id="compare_versions",
    summary="Compare two versions",
    responses=problems(404),
)
def compare(
    ref: Ref,
    number: Annotated[int, Path(ge=1, le=1_000_000, description="The earlier version.")],
    other: Annotated[int, Path(ge=1, le=1_000_000, description="The later version.")],
    session: SessionDep,
    principal: PrincipalDep,
) -> ComparisonOut:
    """What changed in an item from one version to another."""
    before = items.version(session, principal, ref, number)
    return ComparisonOut.of(differences.between(before, items.version(session, principal, ref, other)))
