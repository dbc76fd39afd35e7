"""Lessons sessions over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict, Field

from kb.access import Principal
from kb.database import transaction
from kb.errors import NotFoundError
from kb.sessions import gatherings, notes
from kb.sessions.gatherings import Gathering, GatheringDraft
from kb.vocabulary import Classification, SessionKind, SessionState
from web.api.problems import PROBLEMS, problems
from web.files.headers import attachment
from web.http.deps import PrincipalDep, RevisionsDep, ServicesDep, SessionDep
from web.searching.choices import PagingDep
from web.searching.links import add_links
from web.sessions import session_reports
from web.sessions.schemas import ChangeOut, SessionDetailOut, SessionKindOut, SessionOut, SessionsOut
from web.sessions.session_reports import Format
from web.wiring import Services

router = APIRouter(tags=["Lessons sessions"], responses=PROBLEMS)

Code = Annotated[str, Path(description="The session's code.", max_length=40, examples=["K7PD3W"])]
Line = Annotated[str, Field(max_length=gatherings.MAX_LINE)]
Voter = Annotated[
    str,
    Header(
        max_length=200,
        description="In an anonymous session: a secret of 16 characters or more that marks your votes.",
    ),
]


class PlanIn(BaseModel):
    """What a session is to be; what is left out is as usual for its kind."""

    model_config = ConfigDict(extra="forbid")

    kind: SessionKind = SessionKind.AFTER_ACTION
    title: str = Field(min_length=1, max_length=gatherings.MAX_TITLE, examples=["Release 4.2"])
    project: str = Field(min_length=1, max_length=gatherings.MAX_PROJECT, examples=["Harbour bridge"])
    classification: Classification = Classification.INTERNAL
    anonymous: bool | None = None
    votes: int | None = Field(default=None, ge=0, le=gatherings.MAX_VOTES)
    agenda: list[Line] | None = Field(default=None, max_length=gatherings.MAX_LINES)
    prompts: list[Line] | None = Field(default=None, max_length=gatherings.MAX_LINES)

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


class SessionIn(PlanIn):
    """A session to be planned or opened."""

    state: Literal[SessionState.PLANNED, SessionState.OPEN] = SessionState.OPEN


class StateIn(BaseModel):
    """Where a session is to stand."""

    state: SessionState


@router.get("/session-kinds", operation_id="list_session_kinds", summary="List kinds of lessons sessions")
def kinds(_principal: PrincipalDep) -> list[SessionKindOut]:
    """The kinds, each with the agenda, the prompts and the votes that it begins with."""
    return SessionKindOut.all()


@router.get("/sessions", operation_id="list_sessions", summary="List lessons sessions")
def listed(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: PagingDep,
    state: Annotated[SessionState | None, Query(description="Only those in this state.")] = None,
) -> SessionsOut:
    """A page of the sessions, newest first. `Link` headers lead to the other pages."""
    total = gatherings.count(session, principal, state)
    found = gatherings.listed(session, principal, state=state, offset=wanted.offset, limit=wanted.size)
    add_links(request, response, wanted.page, wanted.pages(total))
    return SessionsOut(**wanted.figures(total), sessions=[SessionOut.of(one) for one in found])


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


@router.put(
    "/sessions/{code}/plan",
    operation_id="edit_session",
    summary="Change what is planned",
    responses=problems(403, 404, 409),
)
def edit(code: Code, wanted: PlanIn, session: SessionDep, principal: PrincipalDep) -> SessionOut:
    """For the facilitator, before the session is opened."""
    return SessionOut.of(gatherings.edit(session, principal, code, wanted.draft()))


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
