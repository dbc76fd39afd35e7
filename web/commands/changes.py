"""Changes that lessons ask of templates, processes, practices and courses."""

from typing import Annotated

import typer

app = typer.Typer(help="Other words that lessons ask for in other items.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Number = Annotated[int, typer.Argument(min=1, help="The change request's number.")]
Target = Annotated[str, typer.Argument(help="The item's reference, such as HS-T-001.")]


@app.command("list")
def list_changes(
    context: typer.Context,
    ref: Annotated[str | None, typer.Argument(help="All of this lesson, or against this item.")] = None,
    json: Json = False,
) -> None:
    """List change requests that wait, the oldest first, or all of an item."""
    from kb import items
    from kb.life import changes
    from kb.vocabulary import Kind
    from web.api.changes import ChangeOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person

    with existing(context.obj) as services, services.sessions() as session:
        who = person(services)
        if ref is None:
            found = changes.waiting_for(session, who)
        elif items.get(session, who, ref).head.kind is Kind.LESSON:
            found = changes.of_lesson(session, who, ref)
        else:
            found = changes.of_target(session, who, ref)
    if json:
        give_json([ChangeOut.of(change).model_dump(mode="json") for change in found])
        return
    printing.table(
        out(),
        (
            (
                f"{one.id}  {one.state}",
                f"{one.target} {one.target_title}, for {one.lesson} {one.lesson_title}",
            )
            for one in found
        ),
    )


@app.command()
def paragraphs(context: typer.Context, target: Target, json: Json = False) -> None:
    """List the paragraphs of an item that a change can be proposed for."""
    from ingest import rewriting
    from kb import items
    from kb.text import shorten
    from web.api.changes import ParagraphOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person

    with existing(context.obj) as services, services.sessions() as session:
        found = rewriting.paragraphs(items.get(session, person(services), target).body)
    if json:
        give_json([ParagraphOut.of(one).model_dump(mode="json") for one in found])
    else:
        printing.table(out(), ((str(one.number), shorten(one.text, 200)) for one in found))


@app.command()
def propose(
    context: typer.Context,
    action: Annotated[int, typer.Argument(min=1, help="The action that asks for it.")],
    target: Target,
    proposed: Annotated[str, typer.Option("--to", help="What it is to say instead; Markdown.")],
    paragraph: Annotated[
        int | None, typer.Option(min=1, help="Which paragraph; see `kb lesson change paragraphs`.")
    ] = None,
    present: Annotated[
        str, typer.Option("--from", help="Or the words that are there; neither: it is added at the end.")
    ] = "",
    json: Json = False,
) -> None:
    """Propose other words for an item."""
    from ingest import rewriting
    from kb import items
    from kb.database import transaction
    from kb.life import changes
    from web.api.changes import ChangeOut
    from web.console.terminal import existing, give_json, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        who = person(services)
        if paragraph is not None:
            present = rewriting.source(items.get(session, who, target).body, paragraph)
        number = changes.propose(session, who, action, target, present=present, proposed=proposed)
        made = changes.get(session, who, number)
    if json:
        give_json(ChangeOut.of(made).model_dump(mode="json"))
    else:
        out().print(f"Change request {number}.")


@app.command()
def show(context: typer.Context, number: Number, json: Json = False) -> None:
    """Show what a change request does to the text."""
    from kb.life import changes
    from web.api.changes import ChangeDetailOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.life import changing

    with existing(context.obj) as services, services.sessions() as session:
        who = person(services)
        change = changes.get(session, who, number)
        if json:
            give_json(ChangeDetailOut.of_detail(session, who, change).model_dump(mode="json"))
            return
        preview = changing.preview(session, who, change)
    out().print(f"{change.target} {change.target_title}, for {change.lesson}: {change.state}", markup=False)
    printing.differences(out(), preview.stretches)
    if preview.obstacle:
        out().print(preview.obstacle, markup=False)


@app.command()
def accept(
    context: typer.Context,
    number: Number,
    reason: Annotated[str, typer.Option(help="Anything to note.")] = "",
    json: Json = False,
) -> None:
    """Write the item's new version, which cites the lesson; the action is done by that."""
    from kb.database import transaction
    from kb.life import changes
    from web.api.changes import ChangeOut
    from web.base import work
    from web.console.terminal import existing, give_json, out, person
    from web.life import changing

    with existing(context.obj) as services:
        who = person(services)
        with transaction(services.sessions) as session:
            changing.accept(session, who, number, reason)
            change = changes.get(session, who, number)
        work.sync(services)
    if json:
        give_json(ChangeOut.of(change).model_dump(mode="json"))
    else:
        out().print(f"{change.target} is at version {change.version} now.", markup=False)


@app.command()
def reject(
    context: typer.Context,
    number: Number,
    reason: Annotated[str, typer.Argument(help="Why, so that something better can be proposed.")],
    json: Json = False,
) -> None:
    """Turn a change down."""
    from kb.database import transaction
    from kb.life import changes
    from web.api.changes import ChangeOut
    from web.console.terminal import existing, give_json, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        who = person(services)
        changes.reject(session, who, number, reason)
        change = changes.get(session, who, number)
    if json:
        give_json(ChangeOut.of(change).model_dump(mode="json"))
    else:
        out().print("Rejected.")
