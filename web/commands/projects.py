"""Projects, and those that are like one."""

from typing import Annotated

import typer


def projects(
    context: typer.Context,
    like: Annotated[str | None, typer.Option(help="Only those like this project, most alike first.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 50,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """List the projects that items tell of, those with most items first."""
    from kb import projects as stored
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.wording import plural

    with existing(context.obj) as services, services.sessions() as session:
        if like:
            alike = services.projects().similar(session, person(services), like, limit)
            found = [(one.name, one.items) for one in alike]
        else:
            found = [
                (one.value, one.count)
                for one in stored.listed(session, person(services), offset=0, limit=limit)
            ]
    if json:
        give_json([{"name": name, "items": items} for name, items in found])
    else:
        printing.table(out(), ((name, plural(items, "item")) for name, items in found))
