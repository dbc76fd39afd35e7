"""The pages on which administrators say who may come in, as what."""

from typing import Annotated

from fastapi import APIRouter, Form, Path
from fastapi.responses import HTMLResponse, RedirectResponse

from kb.access import PERMISSIONS, Permission, cleared
from kb.database import transaction
from kb.errors import InvalidError
from kb.models import now
from kb.people import groups, tokens, users
from kb.people.passwords import LONGEST, SHORTEST
from kb.people.users import UserDraft
from kb.vocabulary import Classification, Role
from web.http.deps import CallerDep, PrincipalDep, ServicesDep, SessionDep
from web.layout import page
from web.signin.deps import EntranceDep

router = APIRouter()

Login = Annotated[str, Path(max_length=100)]
Text = Annotated[str, Form(max_length=1000)]
Roles = Annotated[list[Role], Form(default_factory=list, max_length=len(Role))]

MEANING: dict[Permission, str] = {
    Permission.CONTRIBUTE: "Write lessons and comments, carry out actions, record what was applied.",
    Permission.REVIEW: "See drafts of others; return, reject, endorse and supersede lessons.",
    Permission.EDIT: "Change templates, practices and training.",
    Permission.DEVELOP: "See and judge what people are able to do.",
    Permission.ADMINISTER: "Say who may come in; read the record of changes and the state of the server.",
}
"""What each permission lets somebody do, as people say it."""


@router.get("/users")
def listed(session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """Users, groups, and what each role permits."""
    return page(
        "users.html",
        people=users.listed(session, principal),
        groups=groups.listed(session, principal),
        roles=list(Role),
        permissions=MEANING,
        table=PERMISSIONS,
        clearances=cleared(principal),
        usual=Classification.INTERNAL,
        shortest=SHORTEST,
    )


@router.post("/users")
def add(  # noqa: PLR0913 - each is a field of the form
    services: ServicesDep,
    principal: PrincipalDep,
    entrance: EntranceDep,
    login: Text,
    name: Text,
    role: Roles,
    clearance: Annotated[Classification, Form()],
    email: Text = "",
    password: Annotated[str, Form(max_length=LONGEST)] = "",
) -> RedirectResponse:
    """Let somebody in; from the first one on, everybody has to sign in."""
    if not password and not entrance.look():
        raise InvalidError("Give the first user a password, or nobody could sign in.")
    with transaction(services.sessions) as session:
        person = users.add(session, principal, UserDraft(login, name, role, clearance, email, password))
    entrance.look()
    return RedirectResponse(f"/users/{person.login}", status_code=303)


@router.post("/users/groups")
def add_group(session: SessionDep, principal: PrincipalDep, name: Text) -> RedirectResponse:
    """Make a group."""
    groups.add(session, principal, name)
    return RedirectResponse("/users#groups", status_code=303)


@router.get("/users/{login}")
def one(session: SessionDep, principal: PrincipalDep, login: Login) -> HTMLResponse:
    """What somebody may do, and forms to change it."""
    person = users.get(session, principal, login)
    return page(
        "user.html",
        person=person,
        tokens=tokens.listed(session, principal, login),
        groups=groups.listed(session, principal),
        roles=list(Role),
        clearances=cleared(principal),
        shortest=SHORTEST,
        at=now(),
    )


@router.post("/users/{login}/access")
def allow(
    session: SessionDep,
    principal: PrincipalDep,
    login: Login,
    role: Roles,
    clearance: Annotated[Classification, Form()],
) -> RedirectResponse:
    """Give somebody these roles and no others."""
    users.allow(session, principal, login, role, clearance)
    return _to(login)


@router.post("/users/{login}/groups")
def belong(
    session: SessionDep,
    principal: PrincipalDep,
    login: Login,
    group: Annotated[list[str], Form(default_factory=list, max_length=1000)],
) -> RedirectResponse:
    """Let somebody be in these groups and no others."""
    groups.assign(session, principal, login, group)
    return _to(login)


@router.post("/users/{login}/password")
def set_password(
    session: SessionDep,
    principal: PrincipalDep,
    caller: CallerDep,
    login: Login,
    password: Annotated[str, Form(max_length=LONGEST)],
) -> RedirectResponse:
    """Give somebody else a new password."""
    if caller and caller.login == login:
        raise InvalidError("Change your own password on the page /you, where the one you have is asked for.")
    users.set_password(session, principal, login, password)
    return _to(login)


@router.post("/users/{login}/disable")
def disable(session: SessionDep, principal: PrincipalDep, login: Login) -> RedirectResponse:
    """Keep somebody out."""
    users.set_disabled(session, principal, login, disabled=True)
    return _to(login)


@router.post("/users/{login}/enable")
def enable(session: SessionDep, principal: PrincipalDep, login: Login) -> RedirectResponse:
    """Let somebody in again."""
    users.set_disabled(session, principal, login, disabled=False)
    return _to(login)


@router.post("/users/{login}/tokens/{number}/revoke")
def revoke(session: SessionDep, principal: PrincipalDep, login: Login, number: int) -> RedirectResponse:
    """Let somebody's token let nobody in any more."""
    tokens.revoke(session, principal, number)
    return _to(login)


def _to(login: str) -> RedirectResponse:
    return RedirectResponse(f"/users/{login}", status_code=303)
