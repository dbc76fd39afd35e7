"""Competences and roles on the command line."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kb.learning.frameworks import Rung

competence = typer.Typer(help="Competences and their levels.", no_args_is_help=True)
role = typer.Typer(help="Roles, what they ask for, and the career ladder.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


@competence.command("list")
def list_competences(context: typer.Context, json: Json = False) -> None:
    """List all competences by group and name."""
    from kb.learning import frameworks
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.learning.framework_schemas import CompetenceOut

    with existing(context.obj) as services, services.sessions() as session:
        found = frameworks.competences(session, person(services))
    if json:
        give_json([CompetenceOut.of(one).model_dump(mode="json") for one in found])
        return
    printing.table(out(), ((one.ref, f"{one.name} ({one.group})") for one in found))


@competence.command("show")
def show_competence(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Its reference or its name.")],
    json: Json = False,
) -> None:
    """Show a competence: its levels, who asks for it, and what teaches it."""
    from web.console.terminal import existing, give_json, out, person, plain
    from web.learning import frameworks
    from web.learning.framework_schemas import CompetenceDetailOut

    with existing(context.obj) as services, services.sessions() as session:
        view = frameworks.competence(session, person(services), name)
    if json:
        give_json(CompetenceDetailOut.of_view(view).model_dump(mode="json"))
        return
    one = view.competence
    lines = [f"{one.ref}  {one.name}", one.summary, ""]
    lines += [f"{level.number} {level.name}: {level.text}" for level in one.levels]
    lines += ["", *(f"{framework}: {'; '.join(names)}" for framework, names in one.names.items()), ""]
    lines += [f"asked: {asked.role.name}, level {asked.required.level}" for asked in view.asked]
    lines += [
        f"taught: {offer.ref}  {offer.title}, to level {offer.levels[one.key]}" for offer in view.training
    ]
    for line in lines:
        out().print(plain(line), markup=False)


@competence.command("import")
def take(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="CSV or Excel files.")],
    json: Json = False,
) -> None:
    """Import competences and roles from tables; those of the same name get a new version."""
    from kb.database import transaction
    from web.base import work
    from web.console.terminal import existing, give_json, out, person
    from web.learning import frameworks
    from web.learning.framework_schemas import TakenOut

    with existing(context.obj) as services:
        with transaction(services.sessions) as session:
            every = [frameworks.take(services, session, person(services), path) for path in files]
        work.sync(services)
    if json:
        give_json([TakenOut.of(taken).model_dump(mode="json") for taken in every])
        return
    for path, taken in zip(files, every, strict=True):
        said = f"{len(taken.added)} added, {len(taken.changed)} changed, {taken.unchanged} as they were"
        out().print(f"{path.name}: {said}", markup=False)


@role.command("list")
def list_roles(context: typer.Context, json: Json = False) -> None:
    """List all roles by name."""
    from kb.learning import frameworks
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.learning.framework_schemas import RoleOut
    from web.wording import plural

    with existing(context.obj) as services, services.sessions() as session:
        found = frameworks.roles(session, person(services))
    if json:
        give_json([RoleOut.of(one).model_dump(mode="json") for one in found])
        return
    rows = ((one.ref, f"{one.name}, {plural(len(one.requires), 'competence')}") for one in found)
    printing.table(out(), rows)


@role.command("show")
def show_role(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Its reference or its name.")],
    json: Json = False,
) -> None:
    """Show a role: what it asks for, and what is missing for the roles that may follow."""
    from web.console.terminal import existing, give_json, out, person, plain
    from web.learning import frameworks
    from web.learning.framework_schemas import RoleDetailOut

    with existing(context.obj) as services, services.sessions() as session:
        view = frameworks.role(session, person(services), name)
    if json:
        give_json(RoleDetailOut.of_view(view).model_dump(mode="json"))
        return
    one = view.role
    lines = [f"{one.ref}  {one.name}", one.summary, ""]
    lines += [f"{required.level}  {required.name}" for required in one.requires]
    lines += ["", *(_step(rung) for rung in view.after)]
    for line in lines:
        out().print(plain(line), markup=False)


@role.command()
def ladder(context: typer.Context, json: Json = False) -> None:
    """Show every step from a role to one that may follow, with what is missing."""
    from kb.learning import frameworks
    from web.console.terminal import existing, give_json, out, person, plain
    from web.learning.framework_schemas import RungOut

    with existing(context.obj) as services, services.sessions() as session:
        rungs = frameworks.ladder(frameworks.roles(session, person(services)))
    if json:
        give_json([RungOut.of(rung).model_dump(mode="json") for rung in rungs])
        return
    for rung in rungs:
        out().print(plain(_step(rung)), markup=False)


def _step(rung: "Rung") -> str:
    from web.wording import plural

    missing = ", ".join(f"{gap.name} {gap.level} to {gap.wanted}" for gap in rung.missing)
    return f"{rung.start.name} → {rung.end.name}: {plural(rung.levels, 'level')} ({missing})"
