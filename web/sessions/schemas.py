"""Lessons sessions as the API gives them."""

from datetime import datetime

from pydantic import Field

from kb.sessions.agendas import AGENDAS
from kb.sessions.gatherings import Gathering
from kb.sessions.notes import Board, Note
from kb.vocabulary import Classification, SessionKind, SessionState
from web.addresses import session_url
from web.schemas import Out, PageOut


class SessionKindOut(Out):
    """What a session of one kind begins with."""

    kind: SessionKind
    purpose: str = Field(description="When to hold one.")
    agenda: list[str]
    prompts: list[str]
    anonymous: bool
    votes: int

    @staticmethod
    def all() -> "list[SessionKindOut]":
        """Every kind."""
        return [
            SessionKindOut(
                kind=kind,
                purpose=usual.purpose,
                agenda=list(usual.steps),
                prompts=list(usual.prompts),
                anonymous=usual.anonymous,
                votes=usual.votes,
            )
            for kind, usual in AGENDAS.items()
        ]


class NoteOut(Out):
    """A note of a session."""

    id: int
    happened: str
    expected: str
    why: str
    differently: str
    author: str = Field(description="Empty in an anonymous session.")
    at: datetime
    group: int | None
    votes: int
    voted: bool = Field(description="Whether you gave it a vote.")
    lesson: str = Field(description="Reference of the lesson that it became; empty when there is none.")

    @staticmethod
    def of(note: Note) -> "NoteOut":
        """From a note."""
        return NoteOut.model_validate(note)


class GroupOut(Out):
    """Notes that belong together."""

    id: int
    name: str
    votes: int
    notes: list[NoteOut]


class SessionOut(Out):
    """A lessons session as lists show it."""

    code: str = Field(description="What people join it by.", examples=["K7PD3W"])
    kind: SessionKind
    title: str
    project: str
    classification: Classification
    anonymous: bool = Field(description="No name is kept beside a note or a vote.")
    votes: int = Field(description="That each person may give.")
    agenda: list[str]
    prompts: list[str]
    state: SessionState
    facilitator: str
    created_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    revision: int = Field(description="Another number after every change.")
    note_count: int
    url: str = Field(description="Its page.", examples=["/s/K7PD3W"])

    @staticmethod
    def of(gathering: Gathering) -> "SessionOut":
        """From a session."""
        return SessionOut(
            code=gathering.code,
            kind=gathering.kind,
            title=gathering.title,
            project=gathering.project,
            classification=gathering.classification,
            anonymous=gathering.anonymous,
            votes=gathering.votes,
            agenda=list(gathering.agenda),
            prompts=list(gathering.prompts),
            state=gathering.state,
            facilitator=gathering.facilitator,
            created_at=gathering.created_at,
            opened_at=gathering.opened_at,
            closed_at=gathering.closed_at,
            revision=gathering.revision,
            note_count=gathering.notes,
            url=session_url(gathering.code),
        )


class SessionsOut(PageOut):
    """A page of sessions, newest first."""

    sessions: list[SessionOut]


class SessionDetailOut(SessionOut):
    """A session with its notes."""

    votes_left: int = Field(description="That you may still give.")
    groups: list[GroupOut] = Field(description="Those with most votes first.")
    notes: list[NoteOut] = Field(description="Those in no group, newest first.")

    @staticmethod
    def of_board(gathering: Gathering, board: Board) -> "SessionDetailOut":
        """From a session and its notes."""
        return SessionDetailOut(
            **SessionOut.of(gathering).model_dump(),
            votes_left=board.left,
            groups=[GroupOut.model_validate(group) for group in board.groups],
            notes=[NoteOut.of(note) for note in board.loose],
        )


class ChangeOut(Out):
    """That a session changed."""

    revision: int
    state: SessionState
    note_count: int
