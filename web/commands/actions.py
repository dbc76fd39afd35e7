"""Remedial actions of lessons."""

from datetime import datetime
from typing import Annotated

import typer

from kb.vocabulary import ActionState, Target

app = typer.Typer(help="What is done so that a lesson need not be learned again.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Number = Annotated[int, typer.Argument(min=1, help="The action's number.")]
Evidence = Annotated[str, typer.Argument(help="What shows it.")]
Reason = Annotated[str, typer.Argument(help="Why.")]


@app.command("list")
def list_actions(
    context: typer.Context,
    ref: Annotated[str | None, typer.Argument(help="Only those of this lesson, finished ones too.")] = None,
    owner: Annotated[str, typer.Option(help="Only unfinished ones of this owner.")] = "",
    json: Json = False,
) -> None:
    """List unfinished actions, those due first first, or all of a lesson."""
    from kb.life import actions
    from web.api.actions import ActionOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.wording import day

    with existing(context.obj) as services, services.sessions() as session:
        who = person(services)
        found = (
            actions.of_lesson(session, who, ref) if ref else actions.unfinished(session, who, owner.strip())
        )
    if json:
        give_json([ActionOut.of(who, action).model_dump(mode="json") for action in found])
        return
    printing.table(
        out(),
        (
            (
                f"{one.id}  {one.state}",
                " · ".join(filter(None, (one.what, one.owner, day(one.due), one.lesson))),
            )
            for one in found
        ),
    )


@app.command()
def add(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="The lesson's reference.")],
    what: Annotated[str, typer.Argument(help="What is to be done.")],
    target: Annotated[Target, typer.Option(help="What it changes.")],
    owner: Annotated[str, typer.Option(help="Who does it.")],
    due: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="By when.")] = None,
    json: Json = False,
) -> None:
    """Give a lesson that is endorsed an action."""
    from kb.database import transaction
    from kb.life import actions
    from web.api.actions import ActionOut
    from web.console.terminal import existing, give_json, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        who, day = person(services), due.date() if due else None
        number = actions.add(session, who, ref, what=what, target=target, owner=owner, due=day)
        made = actions.get(session, who, number)
    if json:
        give_json(ActionOut.of(who, made).model_dump(mode="json"))
    else:
        out().print(f"Action {number}.")


@app.command()
def finish(context: typer.Context, number: Number, evidence: Evidence, json: Json = False) -> None:
    """Note that an action is done; somebody else then validates it."""
    _change(context, number, ActionState.DONE, evidence, json)


@app.command()
def validate(context: typer.Context, number: Number, evidence: Evidence = "", json: Json = False) -> None:
    """Note that what somebody else did works."""
    _change(context, number, ActionState.VALIDATED, evidence, json)


@app.command()
def reopen(context: typer.Context, number: Number, reason: Reason, json: Json = False) -> None:
    """Note that a done action does not work yet."""
    _change(context, number, ActionState.OPEN, reason, json)


@app.command()
def cancel(context: typer.Context, number: Number, reason: Reason, json: Json = False) -> None:
    """Give an action up."""
    _change(context, number, ActionState.CANCELLED, reason, json)


def _change(context: typer.Context, number: int, state: ActionState, said: str, json: bool) -> None:
    from kb.database import transaction
    from kb.life import actions
    from web.api.actions import ActionOut
    from web.console.terminal import existing, give_json, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        who = person(services)
        actions.change(session, who, number, state, said)
        changed = actions.get(session, who, number)
    if json:
        give_json(ActionOut.of(who, changed).model_dump(mode="json"))
    else:
        out().print(f"Action {number}: {state}.")
