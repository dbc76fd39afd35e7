"""What is kept to groups, on the command line."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kb.people.restrictions import Kept

app = typer.Typer(help="What is kept to groups: items, projects, files of a place.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


@app.command("list")
def listed(context: typer.Context, json: Json = False) -> None:
    """List what is kept to groups."""
    from kb.people import restrictions
    from web.console.terminal import existing, person

    with existing(context.obj) as services, services.sessions() as session:
        _show(restrictions.listed(session, person(services)), json=json)


@app.command()
def keep(
    context: typer.Context,
    groups: Annotated[list[str], typer.Option("--group", help="Who may read it; may be repeated.")],
    item: Annotated[str, typer.Option(help="An item, by its reference.")] = "",
    project: Annotated[str, typer.Option(help="All items of a project, by its name.")] = "",
    place: Annotated[str, typer.Option(help="All files whose location begins so: /srv/closed/.")] = "",
    json: Json = False,
) -> None:
    """Keep something to groups: nobody else finds, counts or opens it."""
    from kb.database import transaction
    from kb.errors import InvalidError
    from kb.people import restrictions
    from kb.people.restrictions import Extent
    from web.console.terminal import existing, person

    with existing(context.obj) as services:
        said = {Extent.ITEM: item, Extent.PROJECT: project, Extent.PLACE: place}
        chosen = [(extent, subject) for extent, subject in said.items() if subject]
        if len(chosen) != 1:
            raise InvalidError("Say what is to be kept: --item REF, --project NAME or --place LOCATION.")
        with transaction(services.sessions) as session:
            kept = restrictions.keep(session, person(services), *chosen[0], groups)
    _show([kept], json=json)


@app.command()
def lift(
    context: typer.Context, number: Annotated[int, typer.Argument(min=1, help="As kb access list shows.")]
) -> None:
    """Keep it to no groups any more."""
    from kb.database import transaction
    from kb.people import restrictions
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        restrictions.lift(session, person(services), number)
    out().print("It is open again to everybody whose clearance allows.")


def _show(found: "list[Kept]", *, json: bool) -> None:
    from web.api.restrictions import RestrictionOut
    from web.console import printing
    from web.console.terminal import give_json, out

    if json:
        give_json([RestrictionOut.of(kept).model_dump(mode="json") for kept in found])
    elif not found:
        out().print("Nothing is kept to groups.")
    else:
        printing.table(out(), ((str(kept.number), _line(kept)) for kept in found))


def _line(kept: "Kept") -> str:
    from web.wording import plural

    return f"{kept.extent} {kept.subject} · {', '.join(kept.groups)} · {plural(kept.items, 'item')}"
