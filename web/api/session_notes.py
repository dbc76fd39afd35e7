"""What is put down in a lessons session, and what becomes of it, over HTTP."""

from typing import Annotated, Literal

from fastapi import APIRouter, BackgroundTasks, Path, Response
from pydantic import BaseModel, Field

from kb.sessions import notes
from kb.sessions.notes import NoteDraft
from kb.vocabulary import Status
from web.addresses import item_url
from web.api.problems import PROBLEMS, problems
from web.api.sessions import Code, Voter
from web.http.deps import PrincipalDep, RunnerDep, ServicesDep, SessionDep
from web.schemas import Out
from web.sessions import gatherings as shared
from web.sessions.schemas import NoteOut

router = APIRouter(tags=["Lessons sessions"], responses=PROBLEMS)

Number = Annotated[int, Path(ge=1, le=2**53, description="The number of a note or a group.")]


class NoteIn(BaseModel):
    """What you observed, in plain text."""

    key: str = Field(
        pattern="^[A-Za-z0-9_-]{8,64}$",
        description="Made by you; the same note sent again under the same key is kept once.",
        examples=["0f6c2f6d1f0e4b5d"],
    )
    happened: str = Field(min_length=1, max_length=notes.MAX_TEXT)
    differently: str = Field(min_length=1, max_length=notes.MAX_TEXT, description="What others should do.")
    expected: str = Field(default="", max_length=notes.MAX_TEXT)
    why: str = Field(default="", max_length=notes.MAX_TEXT)


class AddedOut(Out):
    """A note as it was taken."""

    id: int
    new: bool = Field(description="False when it had been sent before.")


class MoveIn(BaseModel):
    """Where a note belongs."""

    group: int | None = Field(description="null = in no group.")


class GroupIn(BaseModel):
    """Notes that belong together."""

    name: str = Field(min_length=1, max_length=notes.MAX_NAME)
    notes: list[int] = Field(min_length=1, max_length=notes.MAX_NOTES)


class NameIn(BaseModel):
    """Another name."""

    name: str = Field(min_length=1, max_length=notes.MAX_NAME)


class SuggestionOut(Out):
    """Notes that seem to belong together."""

    name: str
    notes: list[NoteOut]


class MadeOut(Out):
    """A group that was made."""

    id: int


class LessonIn(BaseModel):
    """What a lesson is to be made of."""

    notes: list[int] = Field(min_length=1, max_length=notes.MAX_NOTES)
    title: str = Field(default="", max_length=300, description="The group's name or the advice when empty.")
    status: Literal[Status.DRAFT, Status.SUBMITTED] = Status.DRAFT


class LessonMadeOut(Out):
    """The lesson that notes became."""

    ref: str
    url: str


@router.post(
    "/sessions/{code}/notes",
    status_code=201,
    operation_id="add_note",
    summary="Add a note",
    responses={
        200: {"description": "It had been sent before.", "model": AddedOut},
        **problems(403, 404, 409),
    },
)
def add(
    code: Code, wanted: NoteIn, session: SessionDep, principal: PrincipalDep, response: Response
) -> AddedOut:
    """Put down what you observed. Sending it again changes nothing and is answered with 200."""
    draft = NoteDraft(wanted.happened, wanted.differently, wanted.expected, wanted.why)
    number, new = notes.add(session, principal, code, wanted.key, draft)
    response.status_code = 201 if new else 200
    return AddedOut(id=number, new=new)


@router.patch(
    "/sessions/{code}/notes/{number}",
    status_code=204,
    operation_id="move_note",
    summary="Move a note to another group",
    responses=problems(403, 404),
)
def move(code: Code, number: Number, wanted: MoveIn, session: SessionDep, principal: PrincipalDep) -> None:
    """For the facilitator. A group that loses its last note is gone."""
    notes.move(session, principal, code, number, wanted.group)


@router.delete(
    "/sessions/{code}/notes/{number}",
    status_code=204,
    operation_id="remove_note",
    summary="Take a note out",
    responses=problems(403, 404, 409),
)
def remove(code: Code, number: Number, session: SessionDep, principal: PrincipalDep) -> None:
    """For its author while the session is open, and for the facilitator."""
    notes.remove(session, principal, code, number)


@router.put(
    "/sessions/{code}/notes/{number}/vote",
    status_code=204,
    operation_id="vote_for_note",
    summary="Give a note a vote",
    responses=problems(403, 404, 409),
)
def vote(code: Code, number: Number, session: SessionDep, principal: PrincipalDep, voter: Voter = "") -> None:
    """Each person has the session's number of votes, one for a note; asking twice gives one."""
    notes.vote(session, principal, code, number, given=True, voter=voter)


@router.delete(
    "/sessions/{code}/notes/{number}/vote",
    status_code=204,
    operation_id="take_vote_back",
    summary="Take a vote back",
    responses=problems(403, 404, 409),
)
def unvote(
    code: Code, number: Number, session: SessionDep, principal: PrincipalDep, voter: Voter = ""
) -> None:
    """Your vote for that note."""
    notes.vote(session, principal, code, number, given=False, voter=voter)


@router.get(
    "/sessions/{code}/suggested-groups",
    operation_id="suggest_groups",
    summary="Suggest groups of notes",
    responses=problems(404),
)
def suggest(
    code: Code, services: ServicesDep, session: SessionDep, principal: PrincipalDep
) -> list[SuggestionOut]:
    """Notes in no group that mean much the same; nothing is changed."""
    found = shared.suggest(services, session, principal, code)
    return [SuggestionOut.model_validate(one) for one in found]


@router.post(
    "/sessions/{code}/groups",
    status_code=201,
    operation_id="make_group",
    summary="Make a group of notes",
    responses=problems(403, 404),
)
def make_group(code: Code, wanted: GroupIn, session: SessionDep, principal: PrincipalDep) -> MadeOut:
    """For the facilitator."""
    return MadeOut(id=notes.gather(session, principal, code, wanted.name, wanted.notes))


@router.patch(
    "/sessions/{code}/groups/{number}",
    status_code=204,
    operation_id="rename_group",
    summary="Rename a group",
    responses=problems(403, 404),
)
def rename(code: Code, number: Number, wanted: NameIn, session: SessionDep, principal: PrincipalDep) -> None:
    """For the facilitator."""
    notes.rename(session, principal, code, number, wanted.name)


@router.post(
    "/sessions/{code}/lessons",
    status_code=201,
    operation_id="make_lesson_of_notes",
    summary="Make a lesson of notes",
    responses=problems(403, 404, 409),
)
def make_lesson(
    code: Code,
    wanted: LessonIn,
    session: SessionDep,
    principal: PrincipalDep,
    runner: RunnerDep,
    background: BackgroundTasks,
    response: Response,
) -> LessonMadeOut:
    """For the facilitator: a lesson of one note or of several, citing the session. `Location` tells where."""
    ref = shared.make_lesson(session, principal, code, wanted.notes, title=wanted.title, status=wanted.status)
    background.add_task(runner.refresh)
    response.headers["Location"] = f"/api/v1{item_url(ref)}"
    return LessonMadeOut(ref=ref, url=item_url(ref))
