"""Lessons sessions over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Literal

from fastapi import APIRouter, BackgroundTasks, Depends, Header, Path, Query, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict, Field

from kb import gatherings, notes
from kb.access import Principal
from kb.database import transaction
from kb.errors import NotFoundError
from kb.gatherings import Gathering, GatheringDraft
from kb.notes import NoteDraft
from kb.vocabulary import Classification, SessionKind, SessionState, Status
from web import gatherings as shared
from web import session_reports
from web.addresses import item_url
from web.api.problems import PROBLEMS, problems
from web.deps import PrincipalDep, RevisionsDep, RunnerDep, ServicesDep, SessionDep
from web.headers import attachment
from web.schemas import Out
from web.session_reports import Format
from web.session_schemas import ChangeOut, NoteOut, SessionDetailOut, SessionKindOut, SessionOut, SessionsOut
from web.wiring import Services

router = APIRouter(tags=["Lessons sessions"], responses=PROBLEMS)

Code = Annotated[str, Path(description="The session's code.", max_length=40, examples=["K7PD3W"])]
Number = Annotated[int, Path(ge=1, le=2**53, description="The number of a note or a group.")]
Line = Annotated[str, Field(max_length=gatherings.MAX_LINE)]
Voter = Annotated[
    str,
    Header(
        max_length=200,
        description="In an anonymous session: a secret of 16 characters or more that marks your votes.",
    ),
]


class SessionIn(BaseModel):
    """A session to be planned or opened; what is left out is as usual for its kind."""

    model_config = ConfigDict(extra="forbid")

    kind: SessionKind = SessionKind.AFTER_ACTION
    title: str = Field(min_length=1, max_length=gatherings.MAX_TITLE, examples=["Release 4.2"])
    project: str = Field(min_length=1, max_length=gatherings.MAX_PROJECT, examples=["Harbour bridge"])
    classification: Classification = Classification.INTERNAL
    anonymous: bool | None = None
    votes: int | None = Field(default=None, ge=0, le=gatherings.MAX_VOTES)
    agenda: list[Line] | None = Field(default=None, max_length=gatherings.MAX_LINES)
    prompts: list[Line] | None = Field(default=None, max_length=gatherings.MAX_LINES)
    state: Literal[SessionState.PLANNED, SessionState.OPEN] = SessionState.OPEN

    def draft(self) -> GatheringDraft:
        """As it is kept."""
        return GatheringDraft(
            kind=self.kind,
            title=self.title,
            project=self.project,
            classification=self.classification,
            anonymous=self.anonymous,
            votes=self.votes,
            agenda=None if self.agenda is None else tuple(self.agenda),
            prompts=None if self.prompts is None else tuple(self.prompts),
        )


class StateIn(BaseModel):
    """Where a session is to stand."""

    state: SessionState


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


@router.get("/session-kinds", operation_id="list_session_kinds", summary="List kinds of lessons sessions")
def kinds(_principal: PrincipalDep) -> list[SessionKindOut]:
    """The kinds, each with the agenda, the prompts and the votes that it begins with."""
    return SessionKindOut.all()


@router.get("/sessions", operation_id="list_sessions", summary="List lessons sessions")
def listed(
    session: SessionDep,
    principal: PrincipalDep,
    state: Annotated[SessionState | None, Query(description="Only those in this state.")] = None,
    offset: Annotated[int, Query(ge=0, le=10_000_000, description="How many to leave out.")] = 0,
    limit: Annotated[int, Query(ge=1, le=100, description="At most so many.")] = 20,
) -> SessionsOut:
    """A page of the sessions, newest first."""
    found = gatherings.listed(session, principal, state=state, offset=offset, limit=limit)
    total = gatherings.count(session, principal, state)
    return SessionsOut(total=total, sessions=[SessionOut.of(one) for one in found])


@router.post(
    "/sessions",
    status_code=201,
    operation_id="open_session",
    summary="Plan or open a lessons session",
    responses=problems(403, 404),
)
def arrange(
    wanted: SessionIn, session: SessionDep, principal: PrincipalDep, response: Response
) -> SessionOut:
    """Open a session, or plan one; you are its facilitator. `Location` tells its address."""
    made = gatherings.arrange(session, principal, wanted.draft(), wanted.state)
    response.headers["Location"] = f"/api/v1/sessions/{made.code}"
    return SessionOut.of(made)


@router.get(
    "/sessions/{code}",
    operation_id="get_session",
    summary="Read a lessons session",
    responses=problems(404),
)
def one(code: Code, session: SessionDep, principal: PrincipalDep, voter: Voter = "") -> SessionDetailOut:
    """A session with its notes, grouped, those with most votes first."""
    gathering = gatherings.get(session, principal, code)
    return SessionDetailOut.of_board(gathering, notes.board(session, principal, code, voter))


@router.patch(
    "/sessions/{code}",
    operation_id="change_session",
    summary="Open or close a lessons session",
    responses=problems(403, 404, 409),
)
def change(code: Code, wanted: StateIn, session: SessionDep, principal: PrincipalDep) -> SessionOut:
    """Notes and votes are taken while a session is open."""
    return SessionOut.of(gatherings.change_state(session, principal, code, wanted.state))


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


@router.get(
    "/sessions/{code}/report",
    operation_id="get_session_report",
    summary="Download a session's report",
    response_class=Response,
    responses={
        200: {"content": {name.partition(";")[0]: {} for name in session_reports.MEDIA_TYPES.values()}},
        **problems(404),
    },
)
def report(
    code: Code,
    session: SessionDep,
    principal: PrincipalDep,
    form: Annotated[Format, Query(alias="format", description="Markdown or Word.")] = Format.MARKDOWN,
) -> Response:
    """Facts, agenda, groups, notes with their votes, and the lessons made of them."""
    gathering = gatherings.get(session, principal, code)
    body = session_reports.write(gathering, notes.board(session, principal, code), form)
    headers = attachment(session_reports.file_name(gathering, form))
    return Response(body, media_type=session_reports.MEDIA_TYPES[form], headers=headers)


def place(
    code: Code, services: ServicesDep, principal: PrincipalDep, revisions: RevisionsDep
) -> Iterator[str]:
    """A listener's place at a session that they may see, free again when the answer has ended."""
    with transaction(services.sessions) as session:
        own = gatherings.get(session, principal, code).code
    with revisions.listening(own):
        yield own


@router.get(
    "/sessions/{code}/events",
    operation_id="follow_session",
    summary="Follow a lessons session",
    response_class=EventSourceResponse,
    responses=problems(404),
)
async def follow(
    code: Annotated[str, Depends(place)],
    services: ServicesDep,
    principal: PrincipalDep,
    revisions: RevisionsDep,
    last_event_id: Annotated[
        str, Header(max_length=20, description="The revision that you know; sent by browsers on their own.")
    ] = "",
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events: a `change` with the new revision as its id, at once when you know an older one.

    Read the session again to see what changed. An event that was missed is made up for by the next.
    """
    known = int(last_event_id) if last_event_id.isdecimal() else 0
    while True:
        known = await revisions.after(code, known)
        gathering = await asyncio.to_thread(_seen, services, principal, code)
        if gathering is None:
            return
        known = gathering.revision
        said = ChangeOut(revision=known, state=gathering.state, note_count=gathering.notes)
        yield ServerSentEvent(data=said, event="change", id=str(known))


def _seen(services: Services, principal: Principal, code: str) -> Gathering | None:
    """The session, as long as *principal* may see it."""
    with services.sessions() as session:
        try:
            return gatherings.get(session, principal, code)
        except NotFoundError:
            return None
