"""The record of who changed what."""

from typing import Annotated

import typer

app = typer.Typer(help="Who changed what, in a record that can't be changed unnoticed.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


@app.command("list")
def listed(
    context: typer.Context,
    subject: Annotated[str, typer.Option(help="Only about this: a reference, such as HS-L-001.")] = "",
    actor: Annotated[str, typer.Option(help="Only what this person did.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    json: Json = False,
) -> None:
    """List changes, the newest first."""
    from kb import audit
    from web.api.audit import EventOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.wording import moment

    with existing(context.obj) as services, services.sessions() as session:
        found = audit.listed(session, person(services), subject=subject, actor=actor, limit=limit)
    if json:
        give_json([EventOut.of(event).model_dump(mode="json") for event in found])
        return
    rows = (
        (str(one.number), f"{moment(one.at)} · {one.actor} · {one.action} · {one.subject}") for one in found
    )
    printing.table(out(), rows)


@app.command()
def verify(
    context: typer.Context,
    holding: Annotated[
        str, typer.Option("--holding", help="A digest that was noted earlier and must be in the record.")
    ] = "",
    json: Json = False,
) -> None:
    """Check that nothing in the record was changed or left out. Exit code 1 when something was."""
    from kb import audit
    from web.api.audit import VerdictOut
    from web.console.terminal import FAILED, existing, give_json, out, person

    with existing(context.obj) as services, services.sessions() as session:
        found = audit.verify(session, person(services), holding=holding.strip().lower())
    if json:
        give_json(VerdictOut.of(found).model_dump(mode="json"))
    elif found.fault:
        out().print(f"{found.fault} The {found.events:,} events before hold.")
    else:
        out().print(f"All {found.events:,} events are as they were written. Note the last digest elsewhere:")
        out().print(found.digest)
    if found.fault:
        raise typer.Exit(FAILED)
