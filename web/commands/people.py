"""Who may sign in, on the command line."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from kb.people.values import Person, Token

user = typer.Typer(help="Who may sign in, as what.", no_args_is_help=True)
group = typer.Typer(help="Groups of users.", no_args_is_help=True)
token = typer.Typer(help="What lets programs in on a user's behalf.", no_args_is_help=True)

Term = TypeVar("Term", bound=StrEnum)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Login = Annotated[str, typer.Argument(help="What they sign in with.")]
Name = Annotated[str, typer.Argument(help="The group, by name.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking.")
]
Clearance = Annotated[
    str,
    typer.Option(help="The highest classification they read: public, internal, restricted, confidential."),
]
_ROLES = "reader, contributor, coordinator, consultant, trainer, analyst, administrator or manager"


@user.command("add")
def add_user(  # noqa: PLR0913 - each is an option
    context: typer.Context,
    login: Login,
    role: Annotated[list[str], typer.Option(help=f"{_ROLES}; may be repeated.")],
    name: Annotated[str, typer.Option(help="The name under which they write; default: the login.")] = "",
    email: Annotated[str, typer.Option(help="Their e-mail address.")] = "",
    clearance: Clearance = "internal",
    password: Annotated[
        bool, typer.Option(help="Without one they come in through an OpenID provider or not at all.")
    ] = True,
    password_stdin: FromStdin = False,
    json: Json = False,
) -> None:
    """Let somebody in. From the first user on, everybody has to sign in."""
    from kb.database import transaction
    from kb.people import users
    from kb.people.users import UserDraft
    from kb.vocabulary import Classification, Role
    from web.console.terminal import existing, out, person

    roles, cleared = _terms(Role, role, "--role"), _terms(Classification, [clearance], "--clearance")[0]
    with existing(context.obj) as services:
        said = _password(stdin=password_stdin) if password else ""
        with transaction(services.sessions) as session:
            draft = UserDraft(login, name or login, roles, cleared, email, said)
            added = users.add(session, person(services), draft)
    if json:
        _show([added])
    else:
        out().print(f"{added.login} may sign in as {_what(added)}.", markup=False)


@user.command("list")
def list_users(context: typer.Context, json: Json = False) -> None:
    """List who may sign in, by name."""
    from kb.people import users
    from web.console import printing
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, services.sessions() as session:
        found = users.listed(session, person(services))
    if json:
        _show(found, many=True)
    elif found:
        printing.table(out(), ((one.login, f"{one.name}: {_what(one)}") for one in found))
    else:
        out().print("There are no users: this base is its owner's alone, and nobody signs in.")


@user.command("show")
def show_user(context: typer.Context, login: Login, json: Json = False) -> None:
    """Show somebody, their groups and tokens."""
    from kb.people import tokens, users
    from web.console import printing
    from web.console.terminal import existing, out, person
    from web.wording import moment

    with existing(context.obj) as services, services.sessions() as session:
        found = users.get(session, person(services), login)
        theirs = tokens.listed(session, person(services), login)
    if json:
        _show([found])
        return
    rows = [
        ("login", found.login),
        ("name", found.name),
        ("e-mail", found.email),
        ("may", _what(found)),
        ("groups", ", ".join(found.groups)),
        ("signs in", _ways(found)),
        ("seen", moment(found.seen_at) if found.seen_at else ""),
        *((f"token {one.number}", _about(one)) for one in theirs),
    ]
    printing.table(out(), [(name, value) for name, value in rows if value])


@user.command()
def passwd(context: typer.Context, login: Login, password_stdin: FromStdin = False) -> None:
    """Give somebody a new password; they have to sign in again everywhere."""
    from kb.database import transaction
    from kb.people import users
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services:
        with services.sessions() as session:
            found = users.get(session, person(services), login)
        said = _password(stdin=password_stdin)
        with transaction(services.sessions) as session:
            users.set_password(session, person(services), login, said)
    out().print(f"{found.login} has a new password, and is signed out everywhere.", markup=False)


@user.command("role")
def give_roles(
    context: typer.Context,
    login: Login,
    role: Annotated[list[str], typer.Argument(help=f"All roles they shall have: {_ROLES}.")],
    clearance: Annotated[str | None, typer.Option(help="Another highest classification.")] = None,
) -> None:
    """Give somebody these roles and no others; they have to sign in again."""
    from kb.database import transaction
    from kb.people import users
    from kb.vocabulary import Classification, Role
    from web.console.terminal import existing, out, person

    roles = _terms(Role, role, "ROLE")
    with existing(context.obj) as services, transaction(services.sessions) as session:
        found = users.get(session, person(services), login)
        cleared = _terms(Classification, [clearance or found.clearance], "--clearance")[0]
        changed = users.allow(session, person(services), login, roles, cleared)
    out().print(f"{changed.login} is {_what(changed)} now.", markup=False)


@user.command()
def disable(context: typer.Context, login: Login) -> None:
    """Keep somebody out at once, with all their programs. What they wrote stays."""
    _set_disabled(context, login, disabled=True)


@user.command()
def enable(context: typer.Context, login: Login) -> None:
    """Let somebody in again."""
    _set_disabled(context, login, disabled=False)


@group.command("add")
def add_group(context: typer.Context, name: Name) -> None:
    """Make a group."""
    from kb.database import transaction
    from kb.people import groups
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        groups.add(session, person(services), name)
    out().print("The group is there. Next: kb group member GROUP LOGIN")


@group.command("list")
def list_groups(context: typer.Context, json: Json = False) -> None:
    """List groups with who is in them."""
    from kb.people import groups
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.signin.schemas import GroupOut

    with existing(context.obj) as services, services.sessions() as session:
        found = groups.listed(session, person(services))
    if json:
        give_json([GroupOut.of(one).model_dump(mode="json") for one in found])
    else:
        printing.table(out(), ((one.name, ", ".join(one.logins) or "nobody yet") for one in found))


@group.command()
def member(
    context: typer.Context,
    name: Name,
    login: Login,
    remove: Annotated[bool, typer.Option("--remove", help="Take them out instead.")] = False,
) -> None:
    """Take somebody into a group, or out of it."""
    from kb.database import transaction
    from kb.people import groups
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        (groups.leave if remove else groups.join)(session, person(services), name, login)
    out().print("Done.")


@token.command()
def create(
    context: typer.Context,
    login: Login,
    note: Annotated[str, typer.Option(help="What it is for.")],
    scope: Annotated[str, typer.Option(help="read; write; or admin: all that the user may do.")] = "read",
    days: Annotated[int, typer.Option(min=1, max=365, help="How long it holds.")] = 90,
    json: Json = False,
) -> None:
    """Make a token that lets a program in on somebody's behalf. It is printed once."""
    from kb.database import transaction
    from kb.people import tokens
    from kb.people.values import Scope
    from web.console.terminal import err, existing, give_json, out, person
    from web.signin.schemas import TokenMadeOut
    from web.wording import moment

    chosen = _terms(Scope, [scope], "--scope")[0]
    with existing(context.obj) as services, transaction(services.sessions) as session:
        made = tokens.create(session, person(services), login, chosen, days=days, note=note)
    if json:
        give_json(TokenMadeOut.of(made).model_dump(mode="json"))
        return
    err().print(
        f"Token {made.number} holds until {moment(made.expires_at)}. Keep it now: it is not shown again."
    )
    out().print(made.secret, markup=False)


@token.command("list")
def list_tokens(
    context: typer.Context,
    login: Annotated[str, typer.Argument(help="Only this user's.")] = "",
    json: Json = False,
) -> None:
    """List tokens, the newest first."""
    from kb.people import tokens
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.signin.schemas import TokenOut

    with existing(context.obj) as services, services.sessions() as session:
        found = tokens.listed(session, person(services), login)
    if json:
        give_json([TokenOut.of(one).model_dump(mode="json") for one in found])
    else:
        printing.table(out(), ((str(one.number), f"{one.login}: {_about(one)}") for one in found))


@token.command()
def revoke(
    context: typer.Context, number: Annotated[int, typer.Argument(min=1, help="Its number in the list.")]
) -> None:
    """Let a token let nobody in any more."""
    from kb.database import transaction
    from kb.people import tokens
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        tokens.revoke(session, person(services), number)
    out().print(f"Token {number} lets nobody in any more.")


def _set_disabled(context: typer.Context, login: str, *, disabled: bool) -> None:
    from kb.database import transaction
    from kb.people import users
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        users.set_disabled(session, person(services), login, disabled=disabled)
        found = users.get(session, person(services), login)
    out().print(f"{found.login} {'is kept out' if disabled else 'may sign in again'}.", markup=False)


def _password(*, stdin: bool) -> str:
    """Never an argument: others see what a program was started with."""
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    said: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return said


def _terms(vocabulary: type[Term], said: Sequence[str], where: str) -> list[Term]:
    from kb.vocabulary import term

    found = [term(vocabulary, one) for one in said]
    if None in found:
        raise typer.BadParameter(f"Choose among {', '.join(vocabulary)}.", param_hint=where)
    return [one for one in found if one is not None]


def _show(found: "Sequence[Person]", *, many: bool = False) -> None:
    from web.console.terminal import give_json
    from web.signin.schemas import UserOut

    given = [UserOut.of(one).model_dump(mode="json") for one in found]
    give_json(given if many else given[0])


def _what(one: "Person") -> str:
    roles = ", ".join(one.roles)
    return f"{roles}, up to {one.clearance}{'; disabled' if one.disabled else ''}"


def _ways(one: "Person") -> str:
    ways = (("with a password", one.has_password), ("through the OpenID provider", one.has_provider))
    return " or ".join(way for way, has in ways if has) or "not at all: `kb user passwd` gives a password"


def _about(one: "Token") -> str:
    from kb.models import now
    from web.wording import day

    state = f"until {day(one.expires_at.date())}"
    if not one.valid(now()):
        state = "revoked" if one.revoked_at else "expired"
    used = f", used {day(one.seen_at.date())}" if one.seen_at else ", never used"
    return f"{one.note} ({one.scope}, …{one.ending}, {state}{used})"
