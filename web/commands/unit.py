"""Learning units on the command line."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Draw learning units from lessons; publish and export them.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Ref = Annotated[str, typer.Argument(help="The unit's reference.")]


@app.command()
def draw(
    context: typer.Context,
    lesson: Annotated[str, typer.Argument(help="Reference of a lesson, such as HS-L-001.")],
    json: Json = False,
) -> None:
    """Make a draft of training of 5 to 10 minutes in the lesson's own words."""
    from kb.database import transaction
    from web.console.terminal import existing, give_json, out, person
    from web.learning import learning_units

    with existing(context.obj) as services, transaction(services.sessions) as session:
        made = learning_units.draw(services, session, person(services), lesson)
    if json:
        give_json(made.model_dump(mode="json"))
        return
    out().print(f"{made.item.ref} is a draft; edit it at {made.edit_url}.", markup=False)
    out().print(f"Next: kb unit publish {made.item.ref}", markup=False)


@app.command("list")
def listed(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Units on one page.")] = 20,
    page: Annotated[int, typer.Option(min=1, max=100_000, help="Page, counted from 1.")] = 1,
    json: Json = False,
) -> None:
    """List units, those first whose lessons are out of use or changed."""
    from kb.learning import units
    from web.api.learning_units import UnitsOut
    from web.console.terminal import existing, give_json, out, person, plain
    from web.learning.learning_units import UnitOut
    from web.searching.finding import Paging

    paging = Paging(page, limit)
    with existing(context.obj) as services, services.sessions() as session:
        total = units.count(session, person(services))
        found = units.listed(session, person(services), offset=paging.offset, limit=limit)
    told = [UnitOut.of(one) for one in found]
    if json:
        give_json(UnitsOut(**paging.figures(total), units=told).model_dump(mode="json"))
        return
    for one in told:
        out().print(plain(f"{one.item.ref}  {one.item.title}  ({one.item.status})"), markup=False)
        if one.lesson:
            drawn = f"    from {one.lesson.ref}, version {one.version}. {one.mark}"
            out().print(plain(drawn.rstrip()), markup=False)
    out().print(f"[dim]{total:,} units · page {page} of {paging.pages(total):,}[/]")


@app.command()
def publish(context: typer.Context, ref: Ref) -> None:
    """Let everybody see a unit that is a draft."""
    from kb.database import transaction
    from kb.learning import units
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        units.publish(session, person(services), ref)
    out().print("Published.")


@app.command()
def export(
    context: typer.Context,
    ref: Ref,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file to write, .md or .gift.", dir_okay=False)
    ],
) -> None:
    """Write a unit as Markdown, or its questions for Moodle (GIFT)."""
    from kb.errors import InvalidError
    from web.console.terminal import existing, person, save
    from web.learning import learning_units
    from web.learning.learning_units import Format

    with existing(context.obj) as services, services.sessions() as session:
        ending = output.suffix.lower().lstrip(".")
        if ending not in list(Format):
            raise InvalidError(f"A unit ends in .md or .gift, not in {output.suffix or 'nothing'}.")
        save(output, [learning_units.write(session, person(services), ref, Format(ending))])
