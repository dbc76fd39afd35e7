"""The lessons brief: what a project can learn from before it begins."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from kb.briefs.stored import BriefSummary
    from web.briefs.brief_reports import File, Format

Chosen = TypeVar("Chosen", bound=StrEnum)
_READ = "read"


class _Group(TyperGroup):
    """`kb brief FILE` reads the file: what is no command's name is a charter's."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """*args* with the command that reads a charter before what is no command."""
        named = not args or args[0].startswith("-") or args[0] in self.commands
        return super().parse_args(ctx, args if named else [_READ, *args])


app = typer.Typer(
    cls=_Group,
    help="What a project can learn from before it begins: kb brief FILE reads its charter.",
    no_args_is_help=True,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Code = Annotated[str, typer.Argument(help="The brief's code.")]
Version = Annotated[int | None, typer.Option(min=1, help="The newest unless another one is named.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="A file that ends in .md, .docx, .csv or .xlsx.", dir_okay=False),
]


@app.command(_READ)
def brief(  # noqa: PLR0913 - each is an option of the command
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The project's charter, in any format that can be ingested.")],
    limit: Annotated[int, typer.Option(min=1, max=100, help="Entries at most.")] = 30,
    save: Annotated[bool, typer.Option("--save", help="Keep it, to decide about its lessons.")] = False,
    title: Annotated[str, typer.Option(help="Of the kept brief; the charter's unless one is given.")] = "",
    project: Annotated[str, typer.Option(help="The project of the kept brief.")] = "",
    classification: Annotated[
        str, typer.Option(help="Who may read it: public, internal, restricted or confidential.")
    ] = "internal",
    json: Json = False,
) -> None:
    """Read a charter into needs, and show what is known here that answers them."""
    if save:
        _save(context, file, title, project, classification, json=json)
        return
    from ingest import charters as files
    from search.briefs import composing
    from web.briefs import charters
    from web.briefs.answers import ComposedOut
    from web.console.terminal import existing, give_json, out, person

    with existing(context.obj) as services:
        read = charters.read(files.read(file, services.settings.limits))
        with services.sessions() as session:
            composed = composing.compose(
                services.search(),
                session,
                person(services),
                read.needs,
                limit=limit,
            )
    if json:
        give_json(ComposedOut.of(composed, read.charter.title, read.doubts).model_dump(mode="json"))
    else:
        from web.console import printing_briefs

        printing_briefs.brief(out(), read, composed)


@app.command("list")
def list_briefs(
    context: typer.Context,
    project: Annotated[str, typer.Option(help="Only those of this project.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 20,
    json: Json = False,
) -> None:
    """List kept briefs, newest first."""
    from kb.briefs import reading
    from web.briefs.schemas import BriefOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person

    with existing(context.obj) as services, services.sessions() as session:
        found = reading.listed(session, person(services), project=project, limit=limit)
    if json:
        give_json([BriefOut.of(one).model_dump(mode="json") for one in found])
        return
    if not found:
        out().print("No brief is kept yet. Keep one with: kb brief FILE --save")
    printing.table(out(), ((one.code, _head(one)) for one in found))


@app.command()
def show(context: typer.Context, code: Code, version: Version = None, json: Json = False) -> None:
    """Show a kept brief with its verdicts, and what is new since its needs were looked up."""
    from kb.briefs import reading
    from web.briefs import brief_reports, briefs
    from web.briefs.brief_reports import Format
    from web.briefs.schemas import BriefDetailOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.wording import plural

    with existing(context.obj) as services, services.sessions() as session:
        found = reading.get(session, person(services), code, version)
        known = briefs.known(session, person(services), found)
        news = briefs.news(services, session, person(services), code) if found.newest and not json else None
    if json:
        give_json(BriefDetailOut.of(found, known).model_dump(mode="json"))
        return
    printing.text(out(), brief_reports.brief(found, known, Format.MARKDOWN).content.decode())
    for said, lessons in (
        (("new", news.new), ("changed", news.changed), ("retired", news.retired)) if news else ()
    ):
        if lessons:
            refs = ", ".join(one.ref for one in lessons)
            out().print(f"{plural(len(lessons), f'{said} lesson')} since: {refs}", markup=False)


@app.command()
def verdict(
    context: typer.Context,
    code: Code,
    ref: Annotated[str, typer.Argument(help="The lesson's reference.")],
    said: Annotated[
        str,
        typer.Argument(
            metavar="VERDICT", help="applicable, not-applicable, already-controlled or needs-action."
        ),
    ],
    why: Annotated[str, typer.Option(help="Needed for not-applicable and already-controlled.")] = "",
    owner: Annotated[str, typer.Option(help="Needed for needs-action.")] = "",
    due: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Needed for needs-action.")
    ] = None,
) -> None:
    """Give a lesson of a brief a verdict."""
    from kb.briefs import reading, verdicts
    from kb.briefs.stored import Decision
    from kb.database import transaction
    from kb.life.actions import of_lesson
    from kb.vocabulary import Verdict
    from web.console.terminal import existing, out, person

    decision = Decision(_term(Verdict, said, "VERDICT"), why, owner, due.date() if due else None)
    with existing(context.obj) as services, transaction(services.sessions) as session:
        verdicts.decide(session, person(services), code, ref, decision)
        progress = reading.get(session, person(services), code).progress
        actions = of_lesson(session, person(services), ref)
    out().print(f"{progress.decided} of {progress.lessons} lessons decided.")
    if decision.verdict is Verdict.NEEDS_ACTION and not actions:
        out().print(f"To open an action on the lesson itself: kb lesson action add {ref} WHAT", markup=False)


@app.command()
def sign(
    context: typer.Context,
    code: Code,
    gate: Annotated[str, typer.Option(help="The gate at which it is signed.")],
    note: Annotated[str, typer.Option(help="What belongs with it.")] = "",
) -> None:
    """Sign the newest version of a brief; it never changes again."""
    from kb.briefs import signing
    from kb.database import transaction
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        signing.sign(session, person(services), code, gate, note)
        name = person(services).name
    out().print(f"Signed at {gate} by {name}.", markup=False)


@app.command()
def export(context: typer.Context, code: Code, output: Output = None, version: Version = None) -> None:
    """Write a brief into a file (.md, .docx), or its risks as rows of a register (.csv, .xlsx)."""
    from kb.briefs import reading
    from web.briefs import brief_reports, briefs
    from web.console.terminal import existing, person

    with existing(context.obj) as services, services.sessions() as session:
        found = reading.get(session, person(services), code, version)
        known = briefs.known(session, person(services), found)
        _write(brief_reports.brief(found, known, _format(output)), output)


@app.command()
def projects(context: typer.Context, code: Code, version: Version = None, json: Json = False) -> None:
    """List earlier projects that are like the one of a brief, and why."""
    from kb.briefs import reading
    from web.briefs import briefs
    from web.briefs.schemas import BriefProjectOut
    from web.console import printing_briefs
    from web.console.terminal import existing, give_json, out, person

    with existing(context.obj) as services, services.sessions() as session:
        found = reading.get(session, person(services), code, version)
        similar = briefs.similar(services, session, person(services), found)
    if json:
        give_json([BriefProjectOut.of(one, found).model_dump(mode="json") for one in similar])
        return
    printing_briefs.projects(out(), similar, [one.need for one in found.wanted])


@app.command("pre-mortem")
def pre_mortem(context: typer.Context, code: Code, output: Output = None, version: Version = None) -> None:
    """Show how the project could fail, or write a workshop's sheet or rows of a risk register."""
    from kb.briefs import reading
    from web.briefs import brief_reports, premortem
    from web.console import printing
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, services.sessions() as session:
        found = reading.get(session, person(services), code, version)
        pack = premortem.of(services, session, person(services), found)
        file = brief_reports.pre_mortem(found, pack, _format(output))
        if output is None:
            printing.text(out(), file.content.decode())
        else:
            _write(file, output)


def _save(
    context: typer.Context, file: Path, title: str, project: str, classification: str, *, json: bool
) -> None:
    from kb.database import transaction
    from kb.vocabulary import Classification
    from web.briefs import briefs
    from web.briefs.briefs import Given
    from web.briefs.schemas import BriefDetailOut
    from web.console.terminal import existing, give_json, out, person

    who = _term(Classification, classification, "--classification")
    with existing(context.obj) as services:
        reader = person(services)
        given = Given(path=file, name=file.name, project=project, title=title)
        with transaction(services.sessions) as session:
            code = briefs.begin(services, session, reader, given, who)
        found = briefs.looked_up(services, reader, code)
        with services.sessions() as session:
            known = briefs.known(session, reader, found)
    if json:
        give_json(BriefDetailOut.of(found, known).model_dump(mode="json"))
    else:
        out().print(f"Kept as {code}: {_head(found.head)}. Next: kb brief show {code}", markup=False)


def _head(one: "BriefSummary") -> str:
    from web.wording import plural

    state = (
        f"signed at {one.signed.gate}"
        if one.signed
        else f"{one.progress.decided} of {plural(one.progress.lessons, 'lesson')} decided"
    )
    return f"{one.title}{f' ({one.project})' if one.project else ''}, {state}"


def _format(output: Path | None) -> "Format":
    from web.briefs.brief_reports import Format

    return _term(Format, output.suffix[1:] if output else "md", "--output")


def _write(file: "File", output: Path | None) -> None:
    from web.console.terminal import out, save

    target = output or Path(file.name)
    save(target, [file.content])
    out().print(f"Written to {target}", markup=False)


def _term(vocabulary: type[Chosen], said: str, where: str) -> Chosen:
    from kb.vocabulary import term

    found = term(vocabulary, said)
    if found is None:
        raise typer.BadParameter(f"{said!r} is none of {', '.join(vocabulary)}", param_hint=where)
    return found
