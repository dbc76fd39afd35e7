"""Adoption plans on the command line."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Plan and follow how a team takes up practices.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Code = Annotated[str, typer.Argument(help="The plan's code.")]
_DAY = ["%Y-%m-%d"]


@app.command()
def plan(  # noqa: PLR0913 - each is an option of the command
    context: typer.Context,
    practices: Annotated[list[str], typer.Argument(help="References of the practices.")],
    team: Annotated[str, typer.Option(help="The team's name.")],
    start: Annotated[datetime, typer.Option(formats=_DAY, help="The first day.")],
    size: Annotated[int, typer.Option(min=1, help="People in the team.")] = 6,
    experience: Annotated[str, typer.Option(help="With the practices: none, some or much.")] = "none",
    country: Annotated[str, typer.Option(help="Whose holidays are days off, such as DE or GB-ENG.")] = "",
    days: Annotated[str, typer.Option(help="Working days of the week, 0 is Monday.")] = "01234",
    title: Annotated[str, typer.Option(help="Another title than team and practices.")] = "",
    json: Json = False,
) -> None:
    """Draft a plan from what the practices say."""
    from kb.adoption import plans
    from kb.adoption.calendars import Calendar
    from kb.adoption.values import Experience, Team
    from kb.database import transaction
    from kb.vocabulary import term
    from web.adoption import adoption
    from web.adoption.adoption import Wanted
    from web.adoption.schemas import PlanOut
    from web.console.terminal import existing, give_json, out, person
    from web.wording import day, plural

    known = term(Experience, experience)
    if known is None:
        raise typer.BadParameter(f"{experience!r} is none, some or much", param_hint="--experience")
    if not days.isdecimal():
        raise typer.BadParameter(f"{days!r} is not like 01234", param_hint="--days")
    with existing(context.obj) as services, transaction(services.sessions) as session:
        calendar = Calendar(frozenset(map(int, days)), country.upper())
        wanted = Wanted(practices, Team(team, size, known, calendar), start.date(), title)
        code = adoption.begin(services, session, person(services), wanted)
        made = plans.get(session, person(services), code)
        addresses = adoption.sources(session, person(services), made)
    if json:
        give_json(PlanOut.of_plan(made, addresses).model_dump(mode="json"))
        return
    out().print(
        f"{code}: {plural(len(made.steps), 'step')}, {made.effort:.1f} person-days, to {day(made.finish)}",
        markup=False,
    )
    out().print(f"Next: kb adoption show {code}", markup=False)


@app.command("list")
def list_plans(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 20,
    json: Json = False,
) -> None:
    """List plans, newest first."""
    from kb.adoption import plans
    from web.adoption.schemas import PlanHeadOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person

    with existing(context.obj) as services, services.sessions() as session:
        found = plans.listed(session, person(services), limit=limit)
    if json:
        give_json([PlanHeadOut.of(one).model_dump(mode="json") for one in found])
        return
    if not found:
        out().print("There is no plan yet. Draft one with: kb adoption plan REF --team NAME --start DAY")
    rows = ((one.code, f"{one.title}: {one.done} of {one.steps} steps done") for one in found)
    printing.table(out(), rows)


@app.command()
def show(context: typer.Context, code: Code, json: Json = False) -> None:
    """Show a plan with its dates; * marks the critical path."""
    from kb.adoption import plans
    from kb.vocabulary import label
    from web.adoption import adoption
    from web.adoption.schemas import PlanOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person, plain

    with existing(context.obj) as services, services.sessions() as session:
        found = plans.get(session, person(services), code)
        addresses = adoption.sources(session, person(services), found)
    if json:
        give_json(PlanOut.of_plan(found, addresses).model_dump(mode="json"))
        return
    out().print(plain(f"{found.head.title} ({found.progress:.0%} done)"), markup=False)
    rows = (
        (
            f"{'*' if step.critical else ' '} {step.number}",
            f"{step.slot.start} to {step.slot.finish}  {label(step.state).lower()}  {step.said.responsible}: "
            f"{step.said.title}  [{step.said.source.ref if step.said.source else 'own'}]",
        )
        for step in found.steps
    )
    printing.table(out(), rows)


@app.command()
def progress(
    context: typer.Context,
    code: Code,
    number: Annotated[int, typer.Argument(min=1, help="The step, as `show` numbers it.")],
    state: Annotated[str, typer.Argument(help="not-started, in-progress or done.")],
    on: Annotated[datetime | None, typer.Option(formats=_DAY, help="When it was done; today.")] = None,
    evidence: Annotated[str, typer.Option(help="What shows it.")] = "",
) -> None:
    """Say how far a step is."""
    from kb.adoption import plans
    from kb.adoption.values import StepState
    from kb.database import transaction
    from kb.vocabulary import term
    from web.console.terminal import existing, out, person

    wanted = term(StepState, state)
    if wanted is None:
        raise typer.BadParameter(f"{state!r} is none of {', '.join(StepState)}", param_hint="STATE")
    with existing(context.obj) as services, transaction(services.sessions) as session:
        reader = person(services)
        done = on.date() if on else None
        plans.mark(session, reader, code, number, wanted, day=done, evidence=evidence)
        found = plans.get(session, reader, code)
    out().print(f"{found.progress:.0%} of the effort is done; the plan ends on {found.finish}.", markup=False)


@app.command()
def export(
    context: typer.Context,
    code: Code,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="A file: .docx, .xlsx, .ics or .xml.", dir_okay=False)
    ],
) -> None:
    """Write a plan as Word document, Excel workbook, calendar, or for Microsoft Project (.xml)."""
    from kb.adoption import plans
    from kb.vocabulary import term
    from web.adoption import adoption_files
    from web.adoption.adoption_files import Format
    from web.console.terminal import existing, out, person, save

    wanted = term(Format, output.suffix)
    if wanted is None:
        raise typer.BadParameter(f"{output.name} ends in none of {', '.join(Format)}", param_hint="--output")
    with existing(context.obj) as services, services.sessions() as session:
        body = adoption_files.write(plans.get(session, person(services), code), wanted)
        save(output, [body])
    out().print(f"Written to {output}", markup=False)
