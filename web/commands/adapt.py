"""`kb adapt`: the encoder learns the organisation's language."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from web.wiring import Services

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


def adapt(  # noqa: PLR0913 - each is an option of the command
    context: typer.Context,
    minutes: Annotated[
        float, typer.Option(min=0.01, max=10_000, help="Time to train; compiling and embedding come on top.")
    ] = 15.0,
    queries: Annotated[
        list[Path] | None,
        typer.Option(help="Folder of judged queries that must not fall; may be repeated.", file_okay=False),
    ] = None,
    negatives: Annotated[
        bool, typer.Option("--negatives", help="Tell queries from near misses of the base, too; slower.")
    ] = False,
    show: Annotated[bool, typer.Option("--list", help="List what was trained, and what is used.")] = False,
    revert: Annotated[bool, typer.Option("--revert", help="Go back to the model used before.")] = False,
    use: Annotated[
        str | None, typer.Option(metavar="NAME", help="Use this model of the list; `original` is the first.")
    ] = None,
    prune: Annotated[bool, typer.Option("--prune", help="Remove models that are not used.")] = False,
    json: Json = False,
) -> None:
    """Train the encoder on the base's own texts; it is used only if it is better. Exit code 1 when not."""
    from web.console.terminal import existing

    if sum((show, revert, prune, use is not None)) > 1:
        raise typer.BadParameter("--list, --revert, --use and --prune are one at a time")
    with existing(context.obj) as services:
        if show:
            _list(services, json=json)
        elif revert or use is not None:
            _switch(services, use, json=json)
        elif prune:
            _prune(services, json=json)
        else:
            _train(services, minutes, queries or [], negatives=negatives, json=json)


def _train(services: "Services", minutes: float, queries: list[Path], *, negatives: bool, json: bool) -> None:
    from dataclasses import asdict

    from web.console import progress, reports
    from web.console.terminal import FAILED, INTERRUPTED, err, give_json, out, person
    from web.quality import adapting

    try:
        with progress.shown(err(), quiet=json) as listener:
            adapted = adapting.adapt(
                services, person(services), minutes, queries, negatives=negatives, listener=listener
            )
    except KeyboardInterrupt:
        err().print("Stopped. The model in use stays in use; nothing was changed.")
        raise typer.Exit(INTERRUPTED) from None
    if json:
        give_json(asdict(adapted))
    else:
        reports.adapted(out(), adapted)
    if not adapted.better:
        raise typer.Exit(FAILED)


def _switch(services: "Services", name: str | None, *, json: bool) -> None:
    from web.console import progress
    from web.console.terminal import err, give_json, out, person
    from web.quality import adapting

    with progress.shown(err(), quiet=json) as listener:
        if name is None:
            name = adapting.revert(services, person(services), listener=listener)
        else:
            adapting.use(services, person(services), name, listener=listener)
    model = services.encoder().model
    if json:
        give_json({"name": name, "model": model})
    else:
        out().print(f"In use: {name} ({model})", markup=False)


def _list(services: "Services", *, json: bool) -> None:
    from web.console import reports
    from web.console.terminal import give_json, out
    from web.quality import encoders

    with services.sessions() as session:
        found = encoders.read(session, services.settings.model)
    if json:
        give_json([one.model_dump(mode="json") for one in found])
    else:
        reports.models(out(), found)


def _prune(services: "Services", *, json: bool) -> None:
    from web.console.terminal import give_json, out, person
    from web.quality import adapting

    gone = adapting.prune(services, person(services))
    if json:
        give_json({"removed": gone})
    else:
        out().print(f"Removed: {', '.join(gone) or 'nothing'}", markup=False)
