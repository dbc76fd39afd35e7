"""Who may come in, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from kb.database import transaction
from kb.errors import InvalidError
from kb.people import groups, tokens, users
from kb.people.values import Caller
from web.api.problems import PROBLEMS, problems
from web.http.deps import CallerDep, PrincipalDep, ServicesDep, SessionDep
from web.signin.deps import EntranceDep
from web.signin.schemas import (
    GroupIn,
    GroupOut,
    MeOut,
    PasswordIn,
    TokenIn,
    TokenMadeOut,
    TokenOut,
    UserChangeIn,
    UserIn,
    UserOut,
)

router = APIRouter(tags=["People"], responses=PROBLEMS)

Login = Annotated[str, Path(max_length=100, description="What they sign in with.")]


@router.get("/me", operation_id="get_me", summary="Ask who you are here")
def me(principal: PrincipalDep, caller: CallerDep) -> MeOut:
    """Your name, roles and clearance, and what you may do with this token."""
    return MeOut.of(principal, caller)


@router.get("/users", operation_id="list_users", summary="List users", responses=problems(404))
def listed(session: SessionDep, principal: PrincipalDep) -> list[UserOut]:
    """Who may sign in, by name; for administrators."""
    return [UserOut.of(one) for one in users.listed(session, principal)]


@router.post(
    "/users",
    status_code=201,
    operation_id="add_user",
    summary="Let somebody in",
    responses=problems(403, 404, 409),
)
def add(
    wanted: UserIn, services: ServicesDep, principal: PrincipalDep, entrance: EntranceDep, response: Response
) -> UserOut:
    """Let somebody in. From the first user on, everybody has to sign in."""
    if wanted.password is None and not entrance.look():
        raise InvalidError("Give the first user a password, or nobody could sign in.")
    with transaction(services.sessions) as session:
        person = users.add(session, principal, wanted.draft())
    entrance.look()
    response.headers["Location"] = f"/api/v1/users/{person.login}"
    return UserOut.of(person)


@router.get("/users/{login}", operation_id="get_user", summary="Read a user", responses=problems(404))
def one(login: Login, session: SessionDep, principal: PrincipalDep) -> UserOut:
    """Somebody who may sign in: yourself, or whoever an administrator asks for."""
    return UserOut.of(users.get(session, principal, login))


@router.patch(
    "/users/{login}",
    operation_id="change_user",
    summary="Change what somebody may do",
    responses=problems(403, 404, 409),
)
def change(login: Login, wanted: UserChangeIn, session: SessionDep, principal: PrincipalDep) -> UserOut:
    """Give roles, clearance and groups, keep somebody out or let them in again. Signs them out everywhere."""
    present = users.get(session, principal, login)
    if wanted.roles or wanted.clearance:
        roles, clearance = wanted.roles or present.roles, wanted.clearance or present.clearance
        users.allow(session, principal, login, roles, clearance)
    if wanted.groups is not None:
        groups.assign(session, principal, login, wanted.groups)
    if wanted.disabled is not None:
        users.set_disabled(session, principal, login, disabled=wanted.disabled)
    return UserOut.of(users.get(session, principal, login))


@router.put(
    "/users/{login}/password",
    status_code=204,
    operation_id="set_password",
    summary="Give somebody a new password",
    responses=problems(403, 404),
)
def set_password(
    login: Login, wanted: PasswordIn, session: SessionDep, principal: PrincipalDep, caller: CallerDep
) -> Response:
    """Set another's password; one's own is changed on the page /you, where the one before is asked for."""
    if caller and caller.login == login:
        raise InvalidError("Change your own password on the page /you, where the one you have is asked for.")
    users.set_password(session, principal, login, wanted.password.get_secret_value())
    return Response(status_code=204)


@router.get("/groups", operation_id="list_groups", summary="List groups", responses=problems(404))
def list_groups(session: SessionDep, principal: PrincipalDep) -> list[GroupOut]:
    """Groups with who is in them; for administrators."""
    return [GroupOut.of(one) for one in groups.listed(session, principal)]


@router.post(
    "/groups",
    status_code=201,
    operation_id="add_group",
    summary="Make a group",
    responses=problems(403, 404, 409),
)
def add_group(wanted: GroupIn, session: SessionDep, principal: PrincipalDep) -> GroupOut:
    """Make a group; people are put into it by changing them."""
    return GroupOut.of(groups.add(session, principal, wanted.name))


@router.get("/tokens", operation_id="list_tokens", summary="List API tokens", responses=problems(404))
def list_tokens(
    session: SessionDep,
    principal: PrincipalDep,
    caller: CallerDep,
    login: Annotated[str, Query(max_length=100, description="Whose; yours when empty.")] = "",
) -> list[TokenOut]:
    """Tokens without their secrets, the newest first."""
    return [TokenOut.of(one) for one in tokens.listed(session, principal, _whose(login, caller))]


@router.post(
    "/tokens",
    status_code=201,
    operation_id="make_token",
    summary="Make an API token",
    responses=problems(403, 404),
)
def make_token(
    wanted: TokenIn, session: SessionDep, principal: PrincipalDep, caller: CallerDep, response: Response
) -> TokenMadeOut:
    """Make a token; the answer holds its secret, this once. Needs the scope admin, or a browser."""
    whose = _whose(wanted.login, caller)
    made = tokens.create(session, principal, whose, wanted.scope, days=wanted.days, note=wanted.note)
    response.headers["Cache-Control"] = "no-store"
    return TokenMadeOut.of(made)


@router.delete(
    "/tokens/{number}",
    status_code=204,
    operation_id="revoke_token",
    summary="Revoke an API token",
    responses=problems(403, 404),
)
def revoke(
    number: Annotated[int, Path(ge=1, le=2**53, description="The token's number.")],
    session: SessionDep,
    principal: PrincipalDep,
) -> Response:
    """Let a token let nobody in any more."""
    tokens.revoke(session, principal, number)
    return Response(status_code=204)


def _whose(login: str, caller: Caller | None) -> str:
    return login or (caller.login if caller else "")
