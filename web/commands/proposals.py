"""Observations mined out of documents, and what becomes of them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.vocabulary import ProposalState

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from kb.proposals.records import Proposed
    from web.wiring import Services

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Number = Annotated[int, typer.Argument(min=1, help="The proposal's number, as `proposals` lists it.")]


def propose(
    context: typer.Context,
    documents: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[REF|FILE]...",
            help="References of documents, or files, which are read into the base first. Without any: all "
            "reports and minutes that were not mined as they are now.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Mine documents for observations that may become lessons."""
    from web.api.proposals import MinedOut
    from web.console.terminal import existing, give_json, out, person
    from web.life import mining

    with existing(context.obj) as services:
        refs = _documents(services, documents or [], quiet=json)
        done, left = mining.asked(services, person(services), refs, tell=_telling(quiet=json))
    if json:
        give_json(MinedOut.of(done, left).model_dump(mode="json"))
        return
    out().print(
        f"{done.documents:,} documents read: {done.new:,} new proposals, {done.open:,} to decide on"
        + (f", {done.decided:,} decided on before" if done.decided else "")
        + "."
    )


def _telling(*, quiet: bool) -> "Callable[[str], None]":
    from web.console.terminal import err

    return (lambda _: None) if quiet else (lambda said: err().print(f"{said}…", style="dim"))


def _documents(services: "Services", given: list[str], *, quiet: bool) -> list[str] | None:
    """References of what was given; None when nothing was. Files are read into the base."""
    from ingest.pipeline import Options
    from kb.errors import InvalidError
    from kb.proposals import records
    from web.base import work
    from web.console import progress
    from web.console.terminal import err, person

    refs: list[str] = []
    for name in given:
        if not Path(name).is_file():
            refs.append(name)
            continue
        with progress.shown(err(), quiet=quiet) as listener:
            report = work.ingest(services, person(services), [Path(name)], Options(), listener=listener)
            work.sync(services, listener=listener)
        if report.failed:
            raise InvalidError(f"{name} can't be read; `kb ingest {name}` says why.")
        with services.sessions() as session:
            found = records.read_from(session, person(services), str(Path(name).resolve()))
        if not found:
            raise InvalidError(f"{name} holds no document: what it lists became items of its own.")
        refs += found
    return refs or None


def proposals(
    context: typer.Context,
    state: Annotated[ProposalState, typer.Option(help="Which ones.")] = ProposalState.OPEN,
    document: Annotated[str, typer.Option(metavar="REF", help="Only out of this document.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100, help="Proposals on one page.")] = 20,
    page: Annotated[int, typer.Option(min=1, max=100_000, help="Page, counted from 1.")] = 1,
    json: Json = False,
) -> None:
    """List observations that were mined out of documents."""
    from kb.proposals import records
    from web.api.proposals import ProposalOut, ProposalsOut
    from web.console.terminal import existing, give_json, out, person
    from web.searching.finding import Paging

    paging = Paging(page, limit)
    with existing(context.obj) as services, services.sessions() as session:
        total = records.count(session, person(services), state, document)
        found = records.listed(session, person(services), state, document, offset=paging.offset, limit=limit)
    if json:
        given = ProposalsOut(**paging.figures(total), proposals=[ProposalOut.of(one) for one in found])
        give_json(given.model_dump(mode="json"))
        return
    for one in found:
        _print(out(), one)
    out().print(f"[dim]{total:,} proposals · page {page} of {paging.pages(total):,}[/]")


def _print(console: "Console", one: "Proposed") -> None:
    from web.console.terminal import plain
    from web.wording import percent

    place = " · ".join(filter(None, (one.document.ref, str(one.locator), one.headings)))
    console.print(plain(f"{one.id}  {one.title}"), markup=False)
    console.print(plain(f"    {' '.join(one.quotes)}"), markup=False)
    told = f"    {place} · {percent(one.confidence)} · {one.reason}"
    console.print(plain(told), markup=False, style="dim")


def accept(context: typer.Context, number: Number, json: Json = False) -> None:
    """Make the draft of a lesson of a proposal; only you see it until you submit it."""
    from kb.database import transaction
    from web.addresses import item_url
    from web.api.proposals import LessonDraftOut
    from web.console.terminal import existing, give_json, out, person
    from web.life import mining

    with existing(context.obj) as services, transaction(services.sessions) as session:
        made = mining.accept(session, person(services), number)
    if json:
        give_json(LessonDraftOut(ref=made.lesson, url=item_url(made.lesson)).model_dump(mode="json"))
        return
    out().print(f"{made.lesson} is a draft; edit it at {item_url(made.lesson)}/edit.", markup=False)


def dismiss(
    context: typer.Context,
    number: Number,
    reason: Annotated[list[str], typer.Argument(help="Why; it stays with the proposal.")],
    json: Json = False,
) -> None:
    """Dismiss a proposal, so that it is not made again."""
    from kb.database import transaction
    from kb.proposals import records
    from web.api.proposals import ProposalOut
    from web.console.terminal import existing, give_json, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        one = records.dismiss(session, person(services), number, " ".join(reason))
    if json:
        give_json(ProposalOut.of(one).model_dump(mode="json"))
        return
    out().print("Dismissed.")


def reopen(context: typer.Context, number: Number, json: Json = False) -> None:
    """Let a dismissed proposal wait again."""
    from kb.database import transaction
    from kb.proposals import records
    from web.api.proposals import ProposalOut
    from web.console.terminal import existing, give_json, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        one = records.reopen(session, person(services), number)
    if json:
        give_json(ProposalOut.of(one).model_dump(mode="json"))
        return
    out().print("It waits again.")
