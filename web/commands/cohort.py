"""People who learn together, on the command line."""

from typing import Annotated

import typer

app = typer.Typer(help="People who learn together, and how far they are.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


@app.command("list")
def list_cohorts(context: typer.Context, json: Json = False) -> None:
    """List all cohorts."""
    from kb.learning import cohorts
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.learning.record_schemas import CohortOut
    from web.wording import plural

    with existing(context.obj) as services, services.sessions() as session:
        found = cohorts.listed(session, person(services))
    if json:
        give_json([CohortOut.model_validate(one).model_dump(mode="json") for one in found])
        return
    printing.table(out(), ((one.name, plural(len(one.members), "member")) for one in found))


@app.command()
def keep(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The cohort's name.")],
    member: Annotated[list[str] | None, typer.Option(help="A person, by name; may be repeated.")] = None,
    team: Annotated[list[str] | None, typer.Option(help="All of a team; may be repeated.")] = None,
) -> None:
    """Make a cohort, or give it exactly these members."""
    from kb.database import transaction
    from kb.learning import cohorts
    from web.console.terminal import existing, out, person
    from web.wording import plural

    with existing(context.obj) as services, transaction(services.sessions) as session:
        kept = cohorts.keep(session, person(services), name, persons=member or (), teams=team or ())
    out().print(f"{kept.name}: {plural(len(kept.members), 'member')}.", markup=False)


@app.command()
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The cohort's name.")],
    json: Json = False,
) -> None:
    """Show how far each member is with what the cohort is asked to learn."""
    from kb.vocabulary import label
    from web.console.terminal import existing, give_json, out, person, plain
    from web.learning import cohorts
    from web.learning.record_schemas import CohortDetailOut

    with existing(context.obj) as services, services.sessions() as session:
        found = cohorts.of_name(session, person(services), name)
    if json:
        give_json(CohortDetailOut.of(found).model_dump(mode="json"))
        return
    for one in found.assigned:
        until = f", due {one.due}" if one.due else ""
        standing = label(one.progress(found.today)).lower()
        out().print(plain(f"{one.name}: {one.subject.title}, {standing}{until}"), markup=False)


@app.command()
def dissolve(context: typer.Context, name: Annotated[str, typer.Argument(help="The cohort's name.")]) -> None:
    """Forget a cohort; what its members were asked for stays theirs."""
    from kb.database import transaction
    from kb.learning import cohorts
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        found = cohorts.named(session, person(services), name)
        cohorts.dissolve(session, person(services), found.number)
    out().print(f"{found.name} is no cohort any more.", markup=False)
