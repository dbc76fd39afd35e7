"""What is learned from lessons."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kb.vocabulary import (
    By,
    GapState,
    Having,
    KnowledgeArea,
    Phase,
    Polarity,
    Status,
)

if TYPE_CHECKING:
    from pydantic import BaseModel

    from web.files.sheets import Sheet
    from web.insight.insight import GapChange

app = typer.Typer(help="Trends, themes, progress, coverage and knowledge gaps.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV and nothing else.")]
Number = Annotated[int, typer.Argument(min=1, help="The gap's number.")]


@app.command()
def trends(
    context: typer.Context,
    by: Annotated[By, typer.Option(help="What the lessons of a year are told apart by.")] = By.POLARITY,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Show from which years lessons come."""
    from kb.insight import trends as counted
    from web.api.insight import TrendsOut
    from web.console.terminal import existing, person
    from web.insight import insight

    with existing(context.obj) as services, services.sessions() as session:
        found = counted.read(session, person(services), by)
    _give(insight.trends_sheet(found), TrendsOut.model_validate(found), json=json, csv=csv)


@app.command()
def themes(context: typer.Context, json: Json = False, csv: Csv = False) -> None:
    """Show what lessons tell of again and again."""
    from web.api.insight import ThemeOut, ThemesOut
    from web.console.terminal import err, existing, person
    from web.insight import insight

    with existing(context.obj) as services, services.sessions() as session:
        reader, recurring = person(services), services.themes()
        found = recurring.known(session, reader) or recurring.find(
            session, reader, lambda said: err().print(f"{said}…", style="dim")
        )
        views = insight.views(session, reader, found)
    out = ThemesOut(lessons=found.lessons, themes=[ThemeOut.of(view) for view in views])
    _give(insight.themes_sheet(views), out, json=json, csv=csv)


@app.command()
def theme(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="The theme's key, as in its address and in themes --json.")],
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List the lessons of a theme, the most typical first."""
    from web.console.terminal import existing, person
    from web.insight import insight
    from web.schemas import ItemOut

    with existing(context.obj) as services, services.sessions() as session:
        reader, recurring = person(services), services.themes()
        known = recurring.known(session, reader) or recurring.find(session, reader)
        found = insight.of_theme(session, reader, known.get(key), offset=0, limit=insight.LIMIT)
    _give(insight.lessons_sheet(key, found), [ItemOut.of(item) for item in found], json=json, csv=csv)


@app.command()
def progress(context: typer.Context, json: Json = False, csv: Csv = False) -> None:
    """Show how old lessons are where they stand, how long they took, and what became of them."""
    from kb.insight import ageing, shares
    from kb.models import now
    from web.api.insight import AgeOut, ProgressOut, ShareOut, TurnRoundOut
    from web.console.terminal import existing, person
    from web.insight import insight

    with existing(context.obj) as services, services.sessions() as session:
        ages = ageing.ages(session, person(services), now())
        turns = ageing.turn_round(session, person(services))
        found = shares.read(session, person(services))
    out = ProgressOut(
        ages=[AgeOut.model_validate(age) for age in ages],
        turn_round=[TurnRoundOut.model_validate(turn) for turn in turns],
        shares=[ShareOut.model_validate(share) for share in found],
    )
    _give(insight.progress_sheet(ages, turns, found), out, json=json, csv=csv)


@app.command()
def coverage(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Also where nothing is missing.")] = False,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Show where lessons have no practice or no template beside them."""
    from kb.insight import coverage as counted
    from web.api.insight import CellOut
    from web.console.terminal import existing, person
    from web.insight import insight

    with existing(context.obj) as services, services.sessions() as session:
        cells = counted.read(session, person(services))
    found = cells if everything else counted.lacking(cells)
    _give(insight.coverage_sheet(found), [CellOut.model_validate(cell) for cell in found], json=json, csv=csv)


@app.command()
def lessons(  # noqa: PLR0913 - each is an option of the command
    context: typer.Context,
    area: Annotated[KnowledgeArea | None, typer.Option(help="Of this knowledge area.")] = None,
    phase: Annotated[Phase | None, typer.Option(help="Of this project phase.")] = None,
    year: Annotated[int | None, typer.Option(min=1000, max=9999, help="Of this year.")] = None,
    polarity: Annotated[Polarity | None, typer.Option(help="Of good or of ill.")] = None,
    status: Annotated[Status | None, typer.Option(help="In this status.")] = None,
    having: Annotated[Having | None, typer.Option(help="What became of them.")] = None,
    lacking: Annotated[Having | None, typer.Option(help="What did not become of them.")] = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List the lessons behind a figure."""
    from kb.insight import slices
    from kb.insight.slices import Slice
    from web.console.terminal import existing, person
    from web.insight import insight
    from web.schemas import ItemOut

    wanted = Slice(area or "", phase or "", str(year or ""), polarity or "", status or "", having, lacking)
    with existing(context.obj) as services, services.sessions() as session:
        found = slices.listed(session, person(services), wanted, offset=0, limit=insight.LIMIT)
    _give(insight.lessons_sheet("lessons", found), [ItemOut.of(item) for item in found], json=json, csv=csv)


@app.command()
def gaps(
    context: typer.Context,
    state: Annotated[
        GapState | None, typer.Option(help="Only in this state; else without an answer.")
    ] = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Show what people searched for and did not find, put together by what it means."""
    from kb.insight import gaps as stored
    from web.api.gaps import GapOut
    from web.console.terminal import existing, person
    from web.insight import gathering, insight

    with existing(context.obj) as services:
        gathering.gather(services)
        states = (state,) if state else stored.PENDING
        with services.sessions() as session:
            found = stored.listed(session, person(services), states, offset=0, limit=insight.LIMIT)
    _give(insight.gaps_sheet(found), [GapOut.of(gap) for gap in found], json=json, csv=csv)


@app.command()
def assign(
    context: typer.Context, number: Number, owner: Annotated[str, typer.Argument(help="Who looks for it.")]
) -> None:
    """Give a knowledge gap to somebody who looks for an answer."""
    from web.insight.insight import GapChange

    _change(context, number, GapChange(GapState.ASSIGNED, owner=owner))


@app.command()
def resolve(
    context: typer.Context,
    number: Number,
    item: Annotated[str, typer.Argument(help="Reference of the item that answers it.")] = "",
    note: Annotated[str, typer.Option(help="What else answers it.")] = "",
) -> None:
    """Close a knowledge gap that something answers."""
    from web.insight.insight import GapChange

    _change(context, number, GapChange(GapState.RESOLVED, item=item, note=note))


@app.command()
def dismiss(
    context: typer.Context,
    number: Number,
    note: Annotated[str, typer.Argument(help="Why nothing here need answer it.")],
) -> None:
    """Close a knowledge gap that this base need not fill."""
    from web.insight.insight import GapChange

    _change(context, number, GapChange(GapState.DISMISSED, note=note))


@app.command()
def reopen(context: typer.Context, number: Number) -> None:
    """Open a closed knowledge gap again."""
    from web.insight.insight import GapChange

    _change(context, number, GapChange(GapState.OPEN))


def _change(context: typer.Context, number: int, change: "GapChange") -> None:
    from kb.database import transaction
    from kb.vocabulary import label
    from web.console.terminal import existing, out, person
    from web.insight import insight

    with existing(context.obj) as services, transaction(services.sessions) as session:
        insight.change_gap(session, person(services), number, change)
    out().print(f"Gap {number}: {label(change.state).lower()}")


def _give(sheet: "Sheet", value: "BaseModel | list[Any]", *, json: bool, csv: bool) -> None:
    """Print a table for people, or CSV, or JSON."""
    from web.console import printing
    from web.console.terminal import give_json, out

    if json:
        listed = isinstance(value, list)
        give_json([one.model_dump(mode="json") for one in value] if listed else value.model_dump(mode="json"))
    elif csv:
        for piece in sheet.csv():
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    else:
        printing.sheet(out(), sheet)
