"""The register of lessons as a file."""

from pathlib import Path
from typing import Annotated

import typer

Many = list[str] | None


def export(  # noqa: PLR0913 - each is an option of the command
    context: typer.Context,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file: NAME.xlsx or NAME.csv.", dir_okay=False)
    ],
    query: Annotated[
        list[str] | None, typer.Argument(help="Only what a search for this finds.", show_default=False)
    ] = None,
    phase: Annotated[Many, typer.Option(help="Only this project phase; may be repeated.")] = None,
    area: Annotated[Many, typer.Option(help="Only this knowledge area.")] = None,
    project: Annotated[Many, typer.Option(help="Only this project.")] = None,
    sector: Annotated[Many, typer.Option(help="Only this sector.")] = None,
    tag: Annotated[Many, typer.Option(help="Only this tag.")] = None,
    competence: Annotated[Many, typer.Option(help="Only this competence.")] = None,
    year: Annotated[Many, typer.Option(help="Only this year.")] = None,
) -> None:
    """Write lessons to a spreadsheet, all that they say; `kb ingest` takes it back with what was changed."""
    from web.commands import filters
    from web.console.terminal import existing, out, person, save
    from web.life import registers
    from web.life.registers import RegisterFormat

    wanted = next((form for form in RegisterFormat if output.suffix.lower() == f".{form}"), None)
    if wanted is None:
        raise typer.BadParameter("Name a file that ends in .xlsx or .csv", param_hint="--output")
    chosen = filters.chosen(
        phase=phase, area=area, project=project, sector=sector, tag=tag, competence=competence, year=year
    )
    with existing(context.obj) as services, services.sessions() as session:
        reader = person(services)
        ids = registers.chosen(services, session, reader, " ".join(query or ()), chosen)
        body = registers.write(session, reader, ids, wanted)
    save(output, [body])
    out().print(f"{len(ids):,} lessons written to {output}", markup=False)
