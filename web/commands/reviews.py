"""The review clock."""

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from kb.vocabulary import ReviewState

app = typer.Typer(help="What is to be looked at again, and who looks after it.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


@app.command("list")
def listed(
    context: typer.Context,
    state: Annotated[ReviewState, typer.Option(help="Items in this state.")] = ReviewState.OVERDUE,
    owner: Annotated[str, typer.Option(help="Only those of this owner.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 50,
    json: Json = False,
) -> None:
    """List the items in a state, the longest overdue first, and how many are in each."""
    from kb.life import reviews
    from kb.vocabulary import label
    from web.api.reviews import DueOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.wording import day

    with existing(context.obj) as services, services.sessions() as session:
        counts = reviews.counts(session, person(services), _today(), owner=owner)
        found = reviews.listed(session, person(services), state, _today(), owner=owner, offset=0, limit=limit)
    if json:
        give_json({"counts": counts, "items": [DueOut.of(due).model_dump(mode="json") for due in found]})
        return
    rows = [(due.item.ref, (due.item.title, due.owner, day(due.review_date))) for due in found]
    printing.table(out(), ((ref, " · ".join(part for part in said if part)) for ref, said in rows))
    out().print(" · ".join(f"{label(one)} {number:,}" for one, number in counts.items()))


@app.command()
def confirm(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="An item's reference, such as HS-L-001.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day of its next review.")],
    note: Annotated[str, typer.Option(help="What was checked.")] = "",
) -> None:
    """Note that an item was looked at and still holds."""
    from kb.database import transaction
    from kb.life import reviews
    from web.console.terminal import existing, out, person
    from web.wording import day

    with existing(context.obj) as services, transaction(services.sessions) as session:
        reviews.confirm(session, person(services), ref, until.date(), _today(), note)
    out().print(f"Noted; its next review is on {day(until.date())}.")


@app.command()
def reassign(
    context: typer.Context,
    leaver: Annotated[str, typer.Argument(help="Who looks after the items now.")],
    successor: Annotated[str, typer.Argument(help="Who does from now on.")],
    refs: Annotated[
        list[str] | None, typer.Argument(help="Only these items; all when none is given.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Give all that a leaver looks after, or some items, to a successor."""
    from kb.database import transaction
    from kb.life import reviews
    from web.console.terminal import existing, give_json, out, person
    from web.wording import plural

    with existing(context.obj) as services, transaction(services.sessions) as session:
        number = reviews.reassign(session, person(services), leaver, successor, refs or ())
    if json:
        give_json({"successor": successor, "items": number})
    else:
        out().print(f"{successor} looks after {plural(number, 'more item')} now.", markup=False)


def _today() -> date:
    return datetime.now(UTC).date()
