"""The command `kb`. Each command reads its arguments, calls one function, prints what it gives."""

# Heavy imports stand inside the commands: `kb --help` must be there at once.

import gc
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from web import log
from web.commands import (
    adapt,
    adoption,
    applications,
    audit,
    backups,
    brief,
    cohort,
    framework,
    insight,
    kept_paths,
    learner,
    learning,
    lesson,
    need,
    path,
    people,
    practice,
    projects,
    registers,
    restrictions,
    reviews,
    saved,
    session,
    subscriptions,
    teach,
    template,
    training,
    unit,
    writing,
)
from web.commands.eval import evaluate
from web.log import LogFormat

app = typer.Typer(
    help="Hindsight: the knowledge base of a Project Management Office.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Many = list[str] | None


@app.callback()
def base(
    context: typer.Context,
    data: Annotated[
        Path | None,
        typer.Option(help="Folder that holds everything kept; default: $KB_DATA or ./data.", file_okay=False),
    ] = None,
    person: Annotated[
        str | None, typer.Option("--as", help="Your name, for what you write; default: $KB_PERSON.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Tell more on standard error.")] = False,
    log_format: Annotated[
        LogFormat, typer.Option(envvar="KB_LOG_FORMAT", help="How lines on standard error are written.")
    ] = LogFormat.TEXT,
) -> None:
    """Hindsight: the knowledge base of a Project Management Office."""
    from web.console.terminal import Chosen

    log.set_up(log_format, verbose=verbose)
    context.obj = Chosen(data, person)


@app.command()
def init(
    context: typer.Context,
    starter: Annotated[bool, typer.Option(help="Load the starter library.")] = True,
) -> None:
    """Prepare the data folder: schema, encoder, starter library, index."""
    from web.base import work
    from web.console import printing, progress, reports
    from web.console.terminal import err, opened, out, person

    with opened(context.obj) as services:
        with progress.shown(err()) as listener:
            work.prepare(services)
            report = work.ingest_starter(services, person(services), listener=listener) if starter else None
            synced = work.sync(services, listener=listener)
        if report:
            reports.report(out(), report, brief=True)
        printing.sync(out(), synced)
        out().print(f"Ready in {services.settings.data}. Next: kb ingest FOLDER, kb search WORDS, kb serve")


@app.command()
def ingest(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Files, folders, zip archives.", show_default=False)],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be written; write nothing.")
    ] = False,
    mapping: Annotated[
        Many, typer.Option("--map", metavar="COLUMN=FIELD", help="A column's field; may be repeated.")
    ] = None,
    restore: Annotated[
        bool,
        typer.Option(
            help="Keep references of a register that are unknown here, as when moving to this base."
        ),
    ] = False,
    sync: Annotated[bool, typer.Option(help="Bring the search index up to date afterwards.")] = True,
    json: Json = False,
) -> None:
    """Read files and folders into the base. Exit code 1 when a file failed."""
    from ingest.pipeline import Options
    from web.base import work
    from web.console import printing, progress, reports
    from web.console.terminal import FAILED, err, give_json, opened, out, person

    options = Options(dry_run=dry_run, mapping=_mapping(mapping or []), restore=restore)
    synced = None
    with opened(context.obj) as services:
        with progress.shown(err(), quiet=json) as listener:
            work.prepare(services)
            report = work.ingest(services, person(services), paths, options, listener=listener)
            if sync and not dry_run:
                synced = work.sync(services, listener=listener)
        if json:
            give_json(report.as_json() | {"passages_indexed": synced.added if synced else 0})
        else:
            reports.report(out(), report, dry_run=dry_run)
            if synced:
                printing.sync(out(), synced)
    if report.failed:
        raise typer.Exit(FAILED)


def _mapping(given: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for pair in given:
        column, equals, field = pair.rpartition("=")
        if not equals or not column.strip() or not field.strip():
            raise typer.BadParameter(f"{pair!r} is not COLUMN=FIELD", param_hint="--map")
        pairs[column.strip()] = field.strip()
    return pairs


@app.command()
def sync(context: typer.Context, json: Json = False) -> None:
    """Bring the search index into step with the database."""
    from dataclasses import asdict

    from web.base import work
    from web.console import printing, progress
    from web.console.terminal import err, existing, give_json, out

    with existing(context.obj) as services:
        with progress.shown(err(), quiet=json) as listener:
            report = work.sync(services, listener=listener)
        if json:
            give_json(asdict(report))
        else:
            printing.sync(out(), report)


@app.command()
def search(  # noqa: PLR0913 - each is an option of the command
    context: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            help='Words, "exact phrases", this OR that, -unwanted words, filters like kind:lesson.'
        ),
    ],
    kind: Annotated[Many, typer.Option(help="Only this kind; may be repeated, like all filters.")] = None,
    phase: Annotated[Many, typer.Option(help="Only this project phase.")] = None,
    area: Annotated[Many, typer.Option(help="Only this knowledge area.")] = None,
    project: Annotated[Many, typer.Option(help="Only this project.")] = None,
    sector: Annotated[Many, typer.Option(help="Only this sector.")] = None,
    approach: Annotated[Many, typer.Option(help="Only this approach.")] = None,
    tag: Annotated[Many, typer.Option(help="Only this tag.")] = None,
    competence: Annotated[Many, typer.Option(help="Only this competence.")] = None,
    year: Annotated[Many, typer.Option(help="Only this year.")] = None,
    owner: Annotated[Many, typer.Option(help="Only of this owner.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Results on one page.")] = 10,
    page: Annotated[int, typer.Option(min=1, max=100_000, help="Page, counted from 1.")] = 1,
    form: Annotated[
        str | None,
        typer.Option("--format", help="Write all results as csv, xlsx, md, bibtex or json instead."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write to.", dir_okay=False)
    ] = None,
    json: Json = False,
) -> None:
    """Search; best first, each result with the reason why it is there."""
    from kb.searching.searches import Through
    from web.commands import exports, filters
    from web.console.terminal import existing, give_json, out, person
    from web.searching import history
    from web.searching.finding import Paging

    text = " ".join(query)
    chosen = filters.chosen(
        kind=kind,
        phase=phase,
        area=area,
        project=project,
        sector=sector,
        approach=approach,
        tag=tag,
        competence=competence,
        year=year,
        owner=owner,
    )
    paging = Paging(page, limit)
    with existing(context.obj) as services:
        if form or output:
            exports.write(services, text, chosen, form, output)
            return
        with services.sessions() as session:
            found = history.search(services, session, person(services), text, chosen, paging, Through.CLI)
        if json:
            from web.searching.answers import SearchOut

            give_json(SearchOut.of(found, text, paging).model_dump(mode="json"))
        else:
            from web.console import printing

            printing.results(out(), found, paging)


@app.command()
def synonyms(
    context: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(help="Only the rows that hold one of these.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Show the synonyms in force and where your own go; checks your file. Exit code 1 when it is faulty."""
    from kb.errors import InvalidError
    from web.console import printing
    from web.console.terminal import existing, give_json, out
    from web.searching import synonyms as in_force

    with existing(context.obj) as services:
        found = in_force.read(services.settings.synonyms, words or ())
        if found.file.problem:
            raise InvalidError(found.file.problem)
        if json:
            give_json(found.model_dump(mode="json"))
        else:
            printing.synonyms(out(), found)


@app.command()
def show(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="An item's reference, such as HS-L-001.")],
    version: Annotated[int | None, typer.Option(min=1, help="An earlier version.")] = None,
    json: Json = False,
) -> None:
    """Show an item whole."""
    from datetime import UTC, datetime

    from kb import items
    from web import schemas
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person

    with existing(context.obj) as services, services.sessions() as session:
        if version is None:
            item = items.get(session, person(services), ref)
            if json:
                give_json(schemas.ItemDetailOut.of_detail(item).model_dump(mode="json"))
            else:
                printing.item(out(), item, datetime.now(UTC).date())
            return
        past = items.version(session, person(services), ref, version)
        if json:
            give_json(schemas.VersionDetailOut.of_detail(past).model_dump(mode="json"))
        else:
            printing.text(out(), f"# {past.summary.title}\n\n{past.body}")


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to bind to; default 127.0.0.1.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0 picks a free one; default 8000.")
    ] = None,
    starter: Annotated[bool, typer.Option(help="Load the starter library.")] = True,
) -> None:
    """Serve pages and API; prepares what is missing first."""
    gc.disable()  # What is loaded stays: looking through it for garbage costs half a second.
    from web import serving
    from web.base import lock, work
    from web.console import printing, progress, reports
    from web.console.terminal import err, opened, out, person

    gc.freeze()
    gc.enable()
    with opened(context.obj, host=host) as services:
        at = services.settings.host
        with ExitStack() as held:
            held.enter_context(lock.serving(services.settings.data))
            work.prepare(services)
            hosts = serving.names(services, at)
            claimed = held.enter_context(serving.claim(at, services.settings.port if port is None else port))
            with progress.shown(err()) as listener:
                report = (
                    work.ingest_starter(services, person(services), listener=listener) if starter else None
                )
                synced = work.catch_up(services, listener=listener)
                services.reranker(listener.tell)
                services.search()
            if report and (report.failed or report.tally.added or report.tally.updated):
                reports.report(out(), report, brief=True)
            if synced.added or synced.removed or synced.rebuilt:
                printing.sync(out(), synced)
            address = serving.address(claimed, at)
            if hosts and not services.settings.base.startswith("https://"):
                err().print(
                    "Passwords travel in the clear: put a proxy with HTTPS before it and set KB_ADDRESS to "
                    "its https address."
                )
            serving.serve(
                services, claimed, hosts, lambda: out().print(f"Hindsight is at {address}  (Ctrl-C stops it)")
            )


@app.command()
def status(context: typer.Context, json: Json = False) -> None:
    """Show what the base holds and how its index stands."""
    from web.base import state
    from web.console import printing
    from web.console.terminal import existing, give_json, out

    with existing(context.obj) as services:
        found = state.read(services)
        if json:
            give_json(found.as_json())
        else:
            printing.table(out(), found.rows())


@app.command()
def doctor(
    context: typer.Context,
    repair: Annotated[bool, typer.Option(help="Mend what is derived; otherwise only look.")] = True,
) -> None:
    """Check database, files, encoder and index against each other. Exit code 1 when a fault is left."""
    from web.base import doctor
    from web.console import progress, reports
    from web.console.terminal import FAILED, err, existing, out

    with existing(context.obj) as services, progress.shown(err()) as listener:
        sound = reports.findings(out(), doctor.examine(services, listener, repair=repair))
    if not sound:
        raise typer.Exit(FAILED)


app.add_typer(saved.app, name="saved")
app.add_typer(lesson.app, name="lesson")
app.add_typer(applications.app, name="applications")
app.add_typer(reviews.app, name="reviews")
app.add_typer(subscriptions.app, name="subscriptions")
for command in (writing.new, writing.check, writing.edit, registers.export):
    lesson.app.command()(command)
app.add_typer(insight.app, name="insight")
app.add_typer(practice.app, name="practice")
app.add_typer(adoption.app, name="adoption")
app.add_typer(kept_paths.app, name="paths")
app.add_typer(framework.competence, name="competence")
app.add_typer(framework.role, name="role")
app.add_typer(learner.app, name="learner")
for command in (
    learning.learning,
    learning.complete,
    learning.certificate,
    learning.confirm,
    learning.assign,
    learning.begin,
    learning.readers,
    learning.read,
    learning.cpd,
    learning.reminders,
    learning.calendar,
    learning.export,
):
    learner.app.command()(command)
learner.app.command("import")(learning.take)
app.add_typer(cohort.app, name="cohort")
app.add_typer(training.app, name="training")
app.add_typer(training.certification, name="certification")
app.add_typer(session.app, name="session")
app.add_typer(brief.app, name="brief")
app.add_typer(audit.app, name="audit")
app.add_typer(unit.app, name="unit")
app.add_typer(need.app, name="need")
app.add_typer(restrictions.app, name="access")
app.add_typer(people.user, name="user")
app.add_typer(people.group, name="group")
app.add_typer(people.token, name="token")
for command in (
    adapt.adapt,
    backups.backup,
    backups.restore,
    subscriptions.digest,
    saved.recent,
    saved.similar,
    saved.feedback,
    projects.projects,
    path.path,
    teach.teach,
    teach.teaching,
    template.template,
    applications.apply,
):
    app.command()(command)
app.command("eval")(evaluate)
