"""The catalogue of training on the command line."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kb.learning.catalogue import Offer
    from web.learning.course_schemas import CataloguePageQuery

app = typer.Typer(
    help="The catalogue of training: list, show, import and export courses.", no_args_is_help=True
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Many = list[str] | None
Words = Annotated[list[str] | None, typer.Argument(help="Words to search for.", show_default=False)]
Filter = Annotated[
    Many,
    typer.Option(
        "--filter",
        metavar="ASPECT=VALUE",
        help="Only these; may be repeated. Aspects: level, format, hours, cost, language, provider, "
        "competence, certification, offer, review. --json tells their values under facets.",
    ),
]


certification = typer.Typer(
    help="Certifications: what leads to them, what they require.", no_args_is_help=True
)


@app.command("list")
def list_training(
    context: typer.Context,
    words: Words = None,
    chosen: Filter = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Courses on one page.")] = 20,
    page: Annotated[int, typer.Option(min=1, max=100_000, help="Page, counted from 1.")] = 1,
    json: Json = False,
) -> None:
    """List training by title, or by how well it answers the words."""
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.learning import courses
    from web.learning.course_schemas import CatalogueOut
    from web.wording import plural

    query = _query(words, chosen, page=page, page_size=limit)
    with existing(context.obj) as services, services.sessions() as session:
        found = courses.find(services, session, person(services), query.q, query.asked(), query.paging)
    if json:
        give_json(CatalogueOut.of(found, query.paging).model_dump(mode="json"))
        return
    rows = ((offer.ref, _line(offer, courses.warnings(offer, found.today))) for offer in found.offers)
    printing.table(out(), rows)
    pages = query.paging.pages(found.total)
    out().print(f"{plural(found.total, 'course')} · page {page} of {pages:,}", style="dim")


@app.command()
def show(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="Its reference, here or at its provider.")],
    json: Json = False,
) -> None:
    """Show what the catalogue knows of a course; --json has it as schema.org describes courses, too."""
    from kb.models import now
    from web.console.terminal import existing, give_json, out, person, plain
    from web.learning import courses
    from web.learning.course_schemas import CourseDetailOut
    from web.wording import day

    today = now().date()
    with existing(context.obj) as services, services.sessions() as session:
        offer = courses.one(session, person(services), ref)
    if json:
        give_json(CourseDetailOut.of_offer(offer, today, "").model_dump(mode="json"))
        return
    lines = [f"{offer.ref}  {_line(offer, courses.warnings(offer, today))}", offer.summary]
    lines += [f"teaches: {taught.name}, level {taught.level}" for taught in offer.teaches]
    lines += [f"comes after: {said}" for said in offer.prerequisites]
    told = {
        "leads to": offer.leads_to,
        "renewal": offer.renewal,
        "offered from": day(offer.offered_from),
        "offered until": day(offer.offered_until),
        "last reviewed": day(offer.reviewed_on),
        "published at": offer.url,
    }
    lines += [f"{name}: {value}" for name, value in told.items() if value]
    for line in filter(None, lines):
        out().print(plain(line), markup=False)


@app.command()
def before(
    context: typer.Context,
    ref: Annotated[str | None, typer.Argument(help="Training, by reference.", show_default=False)] = None,
    competence: Annotated[str, typer.Option(help="Instead: all training that teaches this.")] = "",
    json: Json = False,
) -> None:
    """Show what comes before training, all the way back."""
    from kb.learning import frameworks, prerequisites
    from web.console.terminal import existing, give_json, out, person, plain
    from web.learning import courses
    from web.learning.course_schemas import PrerequisitesOut

    if (ref is None) == (not competence):
        raise typer.BadParameter("Give the reference of training, or --competence.")
    with existing(context.obj) as services, services.sessions() as session:
        who = person(services)
        if ref is not None:
            graph = courses.before(session, who, ref)
        else:
            name = frameworks.competence(session, who, competence).name
            graph = prerequisites.teaching(session, who, name)
    found = PrerequisitesOut.of(graph)
    if json:
        give_json(found.model_dump(mode="json"))
        return
    for one in found.courses:
        after = ", ".join((*one.after, *one.conditions))
        line = f"{one.layer + 1}. {one.ref}  {one.title}" + (f" (after {after})" if after else "")
        out().print(plain(line), markup=False)
    for ring in found.cycles:
        out().print(f"These wait for each other: {', '.join(ring)}.", style="red", markup=False)


@app.command("import")
def take(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(exists=True, help="CSV, Excel or JSON-LD files.")],
    preview: Annotated[bool, typer.Option("--preview", help="Show every row's fate; write nothing.")] = False,
    json: Json = False,
) -> None:
    """Import catalogues of courses; a course that is here under the same id is changed."""
    from ingest.pipeline import Options
    from web.base import work
    from web.console import reports
    from web.console.terminal import FAILED, give_json, opened, out, person

    with opened(context.obj) as services:
        work.prepare(services)
        take_in = work.preview if preview else work.ingest
        report = take_in(services, person(services), files, Options())
        if not preview:
            work.sync(services)
    if json:
        give_json(report.as_json())
    else:
        reports.report(out(), report, dry_run=preview)
    if report.failed:
        raise typer.Exit(FAILED)


@app.command()
def export(
    context: typer.Context,
    words: Words = None,
    chosen: Filter = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write to.", dir_okay=False)
    ] = None,
) -> None:
    """Write training as JSON-LD, as schema.org describes courses."""
    from web.console.terminal import existing, out, person
    from web.learning import course_data, courses
    from web.wording import plural

    query = _query(words, chosen)
    with existing(context.obj) as services, services.sessions() as session:
        offers = courses.every(services, session, person(services), query.q, query.asked())
    written = course_data.written(course_data.catalogue(offers))
    if output is None:
        typer.echo(written.decode())
        return
    output.write_bytes(written)
    out().print(f"{output}: {plural(len(offers), 'course')}", markup=False)


@certification.command("list")
def list_certifications(context: typer.Context, json: Json = False) -> None:
    """List all certifications by who gives them."""
    from kb.learning import certifications
    from kb.models import now
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.learning.course_schemas import CourseOut

    with existing(context.obj) as services, services.sessions() as session:
        found = certifications.listed(session, person(services))
    if json:
        give_json([CourseOut.of(one, now().date()).model_dump(mode="json") for one in found])
        return
    printing.table(out(), ((one.ref, f"{one.title}, {one.provider}") for one in found))


@certification.command("show")
def show_certification(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Its reference, name or acronym.")],
    json: Json = False,
) -> None:
    """Show a certification: what leads to it, what it requires, its renewal, what may follow."""
    from kb.learning import certifications
    from kb.models import now
    from web.console.terminal import existing, give_json, out, person, plain
    from web.learning.course_schemas import CertificationOut

    with existing(context.obj) as services, services.sessions() as session:
        view = certifications.certification(session, person(services), name)
    if json:
        give_json(CertificationOut.of_view(view, now().date()).model_dump(mode="json"))
        return
    lines = [f"{view.offer.ref}  {view.offer.title}", view.offer.summary]
    lines += [f"requires: {one.ref}  {one.title}" for one in view.before]
    lines += [f"requires: {said}" for said in view.conditions]
    lines += [f"led to by: {one.ref}  {one.title}" for one in view.courses]
    lines += [f"renewal: {view.offer.renewal or 'not stated'}"]
    lines += [f"followed by: {one.ref}  {one.title}" for one in view.after]
    for line in filter(None, lines):
        out().print(plain(line), markup=False)


def _query(words: Many, chosen: Many, **paging: int) -> "CataloguePageQuery":
    from pydantic import ValidationError

    from kb.learning.listing import Aspect
    from web.learning.course_schemas import CataloguePageQuery

    values: dict[str, list[str]] = {}
    for pair in chosen or ():
        name, equals, value = pair.partition("=")
        if not equals or name not in set(Aspect):
            known = ", ".join(Aspect)
            raise typer.BadParameter(
                f"{pair!r} is not ASPECT=VALUE with one of {known}.", param_hint="--filter"
            )
        values.setdefault(name, []).append(value)
    try:
        return CataloguePageQuery.model_validate({"q": " ".join(words or ()), **values, **paging})
    except ValidationError as error:
        first = error.errors()[0]
        said = f"{first['loc'][0]}={first['input']}: {first['msg']}."
        raise typer.BadParameter(said, param_hint="--filter") from error


def _line(offer: "Offer", warnings: list[str]) -> str:
    from kb.vocabulary import label
    from web.wording import hours, price

    said = [
        offer.title,
        offer.provider,
        label(offer.format) if offer.format else "",
        label(offer.level) if offer.level else "",
        hours(offer.hours) if offer.hours is not None else "",
        price(offer.cost, offer.currency) if offer.cost is not None else "",
        *warnings,
    ]
    return ", ".join(filter(None, said))
