"""The lessons brief: what a project can learn from before it begins."""

from pathlib import Path
from typing import Annotated

import typer


def brief(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The project's charter, in any format that can be ingested.")],
    limit: Annotated[int, typer.Option(min=1, max=100, help="Entries at most.")] = 30,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Read a charter into needs, and show what is known here that answers them."""
    from ingest import charters as files
    from search.briefs import composing
    from web import charters
    from web.brief_answers import ComposedOut
    from web.terminal import existing, give_json, out, person

    with existing(context.obj) as services:
        read = charters.read(files.read(file, services.settings.limits))
        with services.sessions() as session:
            composed = composing.compose(
                services.search(),
                session,
                person(services),
                read.needs,
                limit=limit,
            )
    if json:
        give_json(ComposedOut.of(composed, read.charter.title, read.doubts).model_dump(mode="json"))
    else:
        from web import printing_briefs

        printing_briefs.brief(out(), read, composed)
