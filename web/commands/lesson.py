"""The life of lessons: the queue, moves, comments, history, relations."""

from typing import Annotated

import typer

from kb.vocabulary import FlagState, Link, Status
from web.commands import actions, changes, proposals

app = typer.Typer(help="Review lessons, act on them, and see what became of them.", no_args_is_help=True)
app.add_typer(actions.app, name="action")
app.add_typer(changes.app, name="change")
for command in (
    proposals.propose,
    proposals.proposals,
    proposals.accept,
    proposals.dismiss,
    proposals.reopen,
):
    app.command()(command)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Ref = Annotated[str, typer.Argument(help="An item's reference, such as HS-L-001.")]


@app.command()
def queue(
    context: typer.Context,
    status: Annotated[
        list[Status] | None, typer.Option(help="Only this status; may be repeated. Default: all that wait.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Lessons on one page.")] = 20,
    page: Annotated[int, typer.Option(min=1, max=100_000, help="Page, counted from 1.")] = 1,
    json: Json = False,
) -> None:
    """List lessons by how long they have been where they are, the longest first."""
    from datetime import UTC, datetime

    from kb.life import lessons
    from kb.vocabulary import label
    from web.api.lessons import LessonsOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.searching.finding import Paging
    from web.wording import age

    paging, statuses = Paging(page, limit), status or lessons.WAITING
    with existing(context.obj) as services, services.sessions() as session:
        counts = lessons.counts(session, person(services))
        found = lessons.queue(session, person(services), statuses, offset=paging.offset, limit=limit)
    total = sum(counts.get(one, 0) for one in {*statuses})
    if json:
        give_json(LessonsOut.of(found, counts, total, paging).model_dump(mode="json"))
        return
    now = datetime.now(UTC)
    rows = ((f"{label(one.lesson.status)}, {age(one.since, now)}", one.lesson) for one in found)
    printing.table(out(), ((where, f"{lesson.ref}  {lesson.title}") for where, lesson in rows))
    out().print(f"[dim]{total:,} lessons · page {page} of {paging.pages(total):,}[/]")


@app.command()
def move(
    context: typer.Context,
    ref: Ref,
    wanted: Annotated[
        str, typer.Argument(metavar="MOVE", help="What is done to it; without it, what you may do is listed.")
    ] = "",
    reason: Annotated[str, typer.Option(help="Some moves need one.")] = "",
    json: Json = False,
) -> None:
    """Submit, return, endorse, reject, … a lesson."""
    from kb.database import transaction
    from kb.errors import InvalidError
    from kb.life import lessons
    from kb.life.lifecycle import Move
    from kb.vocabulary import label, term
    from web.api.lessons import StandingOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        if wanted:
            chosen = term(Move, wanted)
            if chosen is None:
                raise InvalidError(f"{wanted!r} is none of {', '.join(Move)}.")
            lessons.move(session, person(services), ref, chosen, reason)
        standing = StandingOut.of(session, person(services), ref)
    if json:
        give_json(standing.model_dump(mode="json"))
        return
    out().print(f"{ref}: {label(standing.status)}", markup=False)
    told = (
        (one.move, one.label + (" (needs a reason)" if one.needs_reason else "")) for one in standing.moves
    )
    printing.table(out(), told)


@app.command()
def comment(
    context: typer.Context, ref: Ref, text: Annotated[list[str], typer.Argument(help="What you say.")]
) -> None:
    """Say something about an item."""
    from kb.database import transaction
    from kb.life import lessons
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        lessons.comment(session, person(services), ref, " ".join(text))
    out().print("Noted.")


@app.command()
def history(context: typer.Context, ref: Ref, json: Json = False) -> None:
    """Show everything that happened to an item, the oldest first."""
    from web.api.lessons import EntryOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.life import timeline
    from web.wording import moment

    with existing(context.obj) as services, services.sessions() as session:
        found = timeline.of(session, person(services), ref)
    if json:
        give_json([EntryOut.of(entry).model_dump(mode="json") for entry in found])
        return
    said = ((entry, f"{entry.what}: {entry.text}" if entry.text else entry.what) for entry in found)
    printing.table(out(), ((f"{moment(entry.at)}  {entry.who}", text) for entry, text in said))


@app.command()
def compare(
    context: typer.Context,
    ref: Ref,
    before: Annotated[int, typer.Argument(min=1, help="The earlier version.")],
    after: Annotated[int, typer.Argument(min=1, help="The later version.")],
    json: Json = False,
) -> None:
    """Show what changed in an item from one version to another."""
    from kb import items
    from web.api.lessons import ComparisonOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.life import differences

    with existing(context.obj) as services, services.sessions() as session:
        old = items.version(session, person(services), ref, before)
        found = differences.between(old, items.version(session, person(services), ref, after))
    if json:
        give_json(ComparisonOut.of(found).model_dump(mode="json"))
        return
    for stretches in (found.title, found.body):
        printing.differences(out(), stretches)
    printing.table(
        out(), ((fact.name, f"{fact.before or '–'} → {fact.after or '–'}") for fact in found.facts)
    )


@app.command()
def relate(
    context: typer.Context,
    ref: Ref,
    link: Annotated[Link, typer.Argument(help="How it stands to the other.")],
    other: Annotated[str, typer.Argument(help="The other item's reference.")],
    note: Annotated[str, typer.Option(help="Why.")] = "",
) -> None:
    """Note how an item stands to another; a superseded lesson is out of use from then on."""
    from kb.database import transaction
    from kb.life import relations
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        relations.relate(session, person(services), ref, link, other, note)
    out().print("Noted.")


@app.command()
def part(
    context: typer.Context,
    ref: Ref,
    link: Annotated[Link, typer.Argument(help="How it stood to the other.")],
    other: Annotated[str, typer.Argument(help="The other item's reference.")],
) -> None:
    """Take such a note back."""
    from kb.database import transaction
    from kb.life import relations
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        relations.part(session, person(services), ref, link, other)
    out().print("Taken back.")


@app.command("relations")
def list_relations(context: typer.Context, ref: Ref, json: Json = False) -> None:
    """List how an item stands to others."""
    from kb.life import relations
    from kb.vocabulary import label
    from web.api.relations import RelationOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person

    with existing(context.obj) as services, services.sessions() as session:
        found = relations.of_item(session, person(services), ref)
    if json:
        give_json([RelationOut.of(one).model_dump(mode="json") for one in found])
        return
    printing.table(
        out(),
        (
            (f"{label(one.link)} {'→' if one.outgoing else '←'}", f"{one.item.ref}  {one.item.title}")
            for one in found
        ),
    )


@app.command()
def disagreements(
    context: typer.Context,
    state: Annotated[FlagState, typer.Option(help="Which pairs.")] = FlagState.OPEN,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Pairs on one page.")] = 20,
    page: Annotated[int, typer.Option(min=1, max=100_000, help="Page, counted from 1.")] = 1,
    json: Json = False,
) -> None:
    """List items whose advice may contradict, or of which the newer may replace the older."""
    from kb.life import disagreements as flagged
    from kb.vocabulary import label
    from web.api.disagreements import DisagreementOut, DisagreementsOut
    from web.console.terminal import err, existing, give_json, out, person, plain
    from web.searching import comparing
    from web.searching.finding import Paging

    paging = Paging(page, limit)
    with existing(context.obj) as services:
        comparing.compare(services, lambda said: err().print(f"{said}…", style="dim"))
        with services.sessions() as session:
            total = flagged.count(session, person(services), state)
            found = flagged.listed(session, person(services), state, offset=paging.offset, limit=limit)
    if json:
        flags = [DisagreementOut.of(flag) for flag in found]
        given = DisagreementsOut(**paging.figures(total), disagreements=flags)
        give_json(given.model_dump(mode="json"))
        return
    console = out()
    for flag in found:
        one, other = (f"{item.ref} {item.title}" for item in (flag.one, flag.other))
        pair = f"{flag.id}  {one} · {label(flag.link).lower()} · {other}"
        console.print(plain(pair), markup=False)
        console.print(plain(f"    {flag.reason}"), markup=False, style="dim")
    console.print(f"[dim]{total:,} pairs · page {page} of {paging.pages(total):,}[/]")


@app.command()
def decide(
    context: typer.Context,
    number: Annotated[int, typer.Argument(min=1, help="The pair's number, as disagreements lists it.")],
    state: Annotated[FlagState, typer.Argument(help="confirmed or dismissed.")],
    note: Annotated[str, typer.Option(help="Kept with the relation.")] = "",
) -> None:
    """Confirm that two items disagree or that one replaces the other, or dismiss the pair."""
    from kb.database import transaction
    from kb.life import disagreements as flagged
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        flagged.decide(session, person(services), number, state, note)
    out().print("Noted.")
