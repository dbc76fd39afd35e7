"""What projects made of lessons and practices."""

from typing import TYPE_CHECKING, Annotated

import typer

from kb.vocabulary import Outcome

if TYPE_CHECKING:
    from kb.life.applications import Applied

app = typer.Typer(
    help="What projects made of lessons and practices, and what it was worth.", no_args_is_help=True
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Ref = Annotated[str, typer.Argument(help="A lesson's or practice's reference, such as HS-L-001.")]
Number = Annotated[int, typer.Argument(min=1, help="The record's number, as the list shows it.")]


def apply(  # noqa: PLR0913 - each is an option of the command
    context: typer.Context,
    ref: Ref,
    project: Annotated[str, typer.Option(help="The project that says so.")],
    applied: Annotated[bool, typer.Option("--applied/--not-applied", help="Whether it was applied.")] = True,
    outcome: Annotated[Outcome, typer.Option(help="What came of it.")] = Outcome.NOT_YET_KNOWN,
    reason: Annotated[str, typer.Option(help="How it was applied, or why it was not.")] = "",
    saved: Annotated[float | None, typer.Option(help="Money saved.")] = None,
    currency: Annotated[str, typer.Option(help="Of the money, such as GBP.")] = "",
    days: Annotated[float | None, typer.Option(help="Days saved.")] = None,
    json: Json = False,
) -> None:
    """Record that a project applied a lesson or practice, or why it did not."""
    from kb.database import transaction
    from kb.life import applications
    from kb.life.applications import ApplicationDraft
    from web.api.applications import ApplicationOut
    from web.console.terminal import existing, give_json, out, person

    said = ApplicationDraft(project, applied, reason, outcome, saved, currency, days)
    with existing(context.obj) as services, transaction(services.sessions) as session:
        number = applications.record(session, person(services), ref, said)
        kept = applications.get(session, person(services), number)
        body = ApplicationOut.of(person(services), kept).model_dump(mode="json")
    if json:
        give_json(body)
    else:
        out().print(f"Recorded as {number}; somebody else approves what it was worth.")


@app.command("list")
def listed(
    context: typer.Context,
    ref: Annotated[
        str | None, typer.Argument(help="Only of this lesson or practice.", show_default=False)
    ] = None,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that wait for approval.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 50,
    json: Json = False,
) -> None:
    """List records, the newest first."""
    from kb.life import applications
    from web.api.applications import ApplicationOut
    from web.console.terminal import existing, give_json, out, person

    with existing(context.obj) as services, services.sessions() as session:
        who = person(services)
        if ref:
            found = applications.of_item(session, who, ref)
            found = [one for one in found if not (waiting and one.approved_at)][:limit]
        else:
            found = applications.listed(session, who, waiting=waiting, offset=0, limit=limit)
    if json:
        give_json([ApplicationOut.of(who, one).model_dump(mode="json") for one in found])
        return
    if not found:
        out().print("There is no such record. Make one with: kb apply REF --project NAME")
    for one in found:
        out().print(_line(one), markup=False)


@app.command()
def worth(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many lines.")] = 50,
    json: Json = False,
) -> None:
    """Show what lessons and practices were worth, in all and one by one."""
    from kb.life import applications
    from web.api.applications import EntryOut, TotalOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.wording import saved

    with existing(context.obj) as services, services.sessions() as session:
        totals = applications.totals(session, person(services))
        lines = applications.ledger(session, person(services), offset=0, limit=limit)
    if json:
        body = {
            "totals": [TotalOut.of(one).model_dump(mode="json") for one in totals],
            "lines": [EntryOut.of_item(one).model_dump(mode="json") for one in lines],
        }
        give_json(body)
        return
    named = [("In all", one) for one in totals] + [(f"{one.item} {one.title}", one) for one in lines]
    rows = ((name, f"{saved(one.approved)}; waiting: {saved(one.waiting)}") for name, one in named)
    printing.table(out(), rows)


@app.command()
def approve(context: typer.Context, number: Number) -> None:
    """Confirm what a record says; somebody other than its author does."""
    from kb.database import transaction
    from kb.life import applications
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        applications.approve(session, person(services), number)
    out().print("Approved.")


@app.command()
def outcome(
    context: typer.Context,
    number: Number,
    outcome: Annotated[Outcome, typer.Argument(help="What came of it after all.")],
    reason: Annotated[str, typer.Option(help="What shows it.")],
) -> None:
    """Say how it turned out after all; the record waits for approval again."""
    from kb.database import transaction
    from kb.life import applications
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        applications.change_outcome(session, person(services), number, outcome, reason)
    out().print("Noted.")


def _line(one: "Applied") -> str:
    from kb.vocabulary import label
    from web.console.terminal import plain
    from web.wording import day, saved

    said = one.said
    what = label(said.outcome) if said.applied else "Not applied"
    parts = [
        one.item,
        said.project,
        what if said.saved is None and said.days is None else f"{what}, {saved(said)}",
        f"{one.author}, {day(one.at.date())}",
        f"approved by {one.approved_by}" if one.approved_at else "waits for approval",
    ]
    return plain(f"{one.id:>4}  {' · '.join(parts)}")
