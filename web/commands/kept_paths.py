"""Kept learning paths on the command line."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from web.learning.kept_paths import View
    from web.learning.kept_schemas import KeptPathOut

app = typer.Typer(help="Learning paths that are kept; `kb path --keep` keeps one.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Code = Annotated[str, typer.Argument(help="The path's code.")]


@app.command("list")
def list_paths(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 20,
    json: Json = False,
) -> None:
    """List the paths that you may see, what was changed last first."""
    from kb.learning import kept
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.learning.kept_schemas import PathHeadOut
    from web.wording import plural

    with existing(context.obj) as services, services.sessions() as session:
        found = kept.listed(session, person(services), limit=limit)
    if json:
        give_json([PathHeadOut.of(one).model_dump(mode="json") for one in found])
        return
    printing.table(out(), ((one.code, f"{one.title}: {plural(one.steps, 'step')}") for one in found))


@app.command()
def show(context: typer.Context, code: Code, json: Json = False) -> None:
    """Show a path as it was kept, and what became of its training since."""
    from web.console.terminal import existing, person
    from web.learning import kept_paths

    with existing(context.obj) as services, services.sessions() as session:
        found = kept_paths.view(session, person(services), code)
    _give(found, json)


def _give(found: "View", json: bool) -> None:
    from web.console.terminal import give_json, out, plain
    from web.learning.kept_schemas import KeptPathOut

    told = KeptPathOut.of(found)
    if json:
        give_json(told.model_dump(mode="json"))
        return
    for line in _lines(told):
        out().print(plain(line), markup=False)


def _lines(told: "KeptPathOut") -> Iterator[str]:
    head = told.head
    yield f"{head.title}: {told.hours:g} hours, {told.weeks:.3g} weeks, cost {told.cost:g}"
    for place, one in enumerate(told.steps, start=1):
        yield f"  {place}. {one.step.ref}  {one.step.title}"
        for rise in one.step.closes:
            yield f"       closes {rise.competence}, {rise.before} to {rise.after}"
        for said in (*one.faults, *one.notices):
            yield f"       ! {said}"
    for said in (*told.unmet, *told.exceeded):
        yield f"  ! {said}"


@app.command()
def rename(
    context: typer.Context, code: Code, title: Annotated[str, typer.Argument(help="Its new title.")]
) -> None:
    """Give a path another title."""
    from kb.database import transaction
    from kb.learning import kept
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        who = person(services)
        version = kept.get(session, who, code).head.version
        kept.rename(session, who, code, version, title)
        head = kept.get(session, who, code).head
    out().print(f"{head.code}: {head.title}", markup=False)


@app.command()
def steps(
    context: typer.Context,
    code: Code,
    refs: Annotated[list[str], typer.Argument(help="References of training, in their order.")],
    allow: Annotated[bool, typer.Option(help="Let `solve` bring back what is taken out.")] = False,
    json: Json = False,
) -> None:
    """Give a path other steps or another order, and say what is wrong with them."""
    from kb.database import transaction
    from kb.learning import kept
    from web.console.terminal import existing, person
    from web.learning import kept_paths
    from web.learning.kept_paths import Change

    with existing(context.obj) as services, transaction(services.sessions) as session:
        who = person(services)
        version = kept.get(session, who, code).head.version
        kept_paths.edit(
            services, session, who, code, version, Change(steps=refs, without=[] if allow else None)
        )
        found = kept_paths.view(session, who, code)
    _give(found, json)


@app.command()
def solve(context: typer.Context, code: Code, json: Json = False) -> None:
    """Keep the steps that were picked by hand, and find the best of what remains."""
    from kb.database import transaction
    from kb.learning import kept
    from web.console.terminal import existing, person
    from web.learning import kept_paths

    with existing(context.obj) as services, transaction(services.sessions) as session:
        who = person(services)
        kept_paths.solve(services, session, who, code, kept.get(session, who, code).head.version)
        found = kept_paths.view(session, who, code)
    _give(found, json)


@app.command()
def export(
    context: typer.Context,
    code: Code,
    file: Annotated[Path, typer.Argument(help="Ends in .md, .docx or .jsonld.", dir_okay=False)],
) -> None:
    """Write a path into a file, as it was kept."""
    from kb.models import now
    from web.console.terminal import existing, person, save
    from web.learning import kept_paths, path_files
    from web.learning.path_files import Format

    ending = file.suffix.lstrip(".").lower()
    if ending not in list(Format):
        raise typer.BadParameter(f"{file.name} ends in none of {', '.join(Format)}", param_hint="FILE")
    with existing(context.obj) as services, services.sessions() as session:
        found = kept_paths.view(session, person(services), code)
    save(file, [path_files.write(found.title, found.option, Format(ending), now().date())])


@app.command()
def remove(context: typer.Context, code: Code) -> None:
    """Keep a path no longer; what people were asked to learn stays theirs."""
    from kb.database import transaction
    from kb.learning import kept
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        kept.remove(session, person(services), code)
    out().print("Removed.", markup=False)
