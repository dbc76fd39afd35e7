"""Remedial actions over HTTP."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from kb.access import Principal
from kb.life import actions
from kb.life.actions import Action
from kb.vocabulary import ActionState, Target
from web.api.items import Ref
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, SessionDep
from web.schemas import Out, PageOut
from web.searching.choices import PagingDep
from web.searching.links import add_links

router = APIRouter(tags=["Actions"], responses=PROBLEMS)

ActionId = Annotated[int, Path(ge=1, le=2**53, description="The action's number.")]


class ActionOut(Out):
    """What is done so that a lesson need not be learned again."""

    id: int
    lesson: str = Field(description="Its reference.")
    lesson_title: str
    what: str
    target: Target = Field(description="What it changes.")
    owner: str
    due: date | None
    state: ActionState
    evidence: str = Field(description="What shows that it is done and works, or why it was given up.")
    created_at: datetime
    created_by: str
    done_at: datetime | None
    done_by: str = Field(description="Who said that it is done; empty where that was not kept.")
    validated_at: datetime | None
    validated_by: str
    possible: list[ActionState] = Field(description="The states that you may bring it into.")

    @staticmethod
    def of(principal: Principal, action: Action) -> "ActionOut":
        """As *principal* sees it."""
        said = {name: getattr(action, name) for name in action.__slots__}
        return ActionOut(**said, possible=actions.possible(principal, action))


class ActionsOut(PageOut):
    """A page of actions, those due first first."""

    actions: list[ActionOut]


class ActionIn(BaseModel):
    """An action to be taken."""

    model_config = ConfigDict(extra="forbid")

    what: str = Field(examples=["Ask for the delivery day in the order form"])
    target: Target
    owner: str = Field(examples=["Head of procurement"])
    due: date | None = None


class ActionChangeIn(BaseModel):
    """How an action stands now."""

    model_config = ConfigDict(extra="forbid")

    state: ActionState = Field(description="done, then validated by somebody else; open again; cancelled.")
    text: str = Field(default="", description="Evidence, or the reason.")


@router.get(
    "/items/{ref:path}/actions",
    operation_id="list_actions_of_lesson",
    summary="List a lesson's actions",
    responses=problems(404),
)
def of_lesson(ref: Ref, session: SessionDep, principal: PrincipalDep) -> list[ActionOut]:
    """All actions of a lesson, the first first."""
    return [ActionOut.of(principal, action) for action in actions.of_lesson(session, principal, ref)]


@router.post(
    "/items/{ref:path}/actions",
    status_code=201,
    operation_id="add_action",
    summary="Give a lesson an action",
    responses=problems(403, 404, 409),
)
def add(
    ref: Ref, wanted: ActionIn, response: Response, session: SessionDep, principal: PrincipalDep
) -> ActionOut:
    """Add an action to a lesson that is endorsed; it is in action from then on. `Location` tells where."""
    number = actions.add(
        session,
        principal,
        ref,
        what=wanted.what,
        target=wanted.target,
        owner=wanted.owner,
        due=wanted.due,
    )
    response.headers["Location"] = f"/api/v1/actions/{number}"
    return ActionOut.of(principal, actions.get(session, principal, number))


@router.get("/actions", operation_id="list_actions", summary="List unfinished actions")
def unfinished(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: PagingDep,
    owner: Annotated[str, Query(max_length=200, description="Only those of this owner.")] = "",
) -> ActionsOut:
    """A page of the actions that are still to be done or validated, those due first first."""
    total = actions.count_unfinished(session, principal, owner)
    found = actions.unfinished(session, principal, owner, offset=wanted.offset, limit=wanted.size)
    add_links(request, response, wanted.page, wanted.pages(total))
    return ActionsOut(
        **wanted.figures(total),
        actions=[ActionOut.of(principal, action) for action in found],
    )


@router.get("/actions/{number}", operation_id="get_action", summary="Read an action", responses=problems(404))
def one(number: ActionId, session: SessionDep, principal: PrincipalDep) -> ActionOut:
    """An action and how it stands."""
    return ActionOut.of(principal, actions.get(session, principal, number))


@router.patch(
    "/actions/{number}",
    operation_id="change_action",
    summary="Finish, validate, reopen or cancel an action",
    responses=problems(403, 404, 409),
)
def change(
    number: ActionId, wanted: ActionChangeIn, session: SessionDep, principal: PrincipalDep
) -> ActionOut:
    """Bring an action into another state. Somebody other than its owner validates it."""
    actions.change(session, principal, number, wanted.state, wanted.text)
    return ActionOut.of(principal, actions.get(session, principal, number))
