"""Training needs on the command line."""

from typing import TYPE_CHECKING, Annotated

import typer

from kb.vocabulary import NeedState

if TYPE_CHECKING:
    from web.learning.need_schemas import EvidenceOut

app = typer.Typer(help="See which training is needed, and decide on it.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Which = Annotated[str, typer.Argument(help="A proposal's key, or a need's number.")]
Page = Annotated[int, typer.Option(min=1, max=100_000, help="Page, counted from 1.")]
Limit = Annotated[int, typer.Option(min=1, max=100, help="Lines of one page.")]


@app.command()
def proposals(context: typer.Context, limit: Limit = 20, page: Page = 1, json: Json = False) -> None:
    """List recurring themes and failed searches with the training that covers them; uncovered ones first."""
    from web.console.terminal import existing, give_json, out, person, plain
    from web.insight import gathering
    from web.learning import training_needs
    from web.learning.need_schemas import NeedProposalOut, NeedProposalsOut
    from web.searching.finding import Paging

    paging = Paging(page, limit)
    with existing(context.obj) as services:
        gathering.gather(services)
        with services.sessions() as session:
            who, recurring = person(services), services.themes()
            themes = recurring.known(session, who) or recurring.find(session, who)
            found = training_needs.proposals(services, session, who, themes)
            shown = found[paging.offset : paging.offset + limit]
            told = [NeedProposalOut.of(session, who, one) for one in shown]
    if json:
        given = NeedProposalsOut(**paging.figures(len(found)), proposals=told)
        give_json(given.model_dump(mode="json"))
        return
    for one in told:
        covered = ", ".join(training.item.ref for training in one.covered)
        out().print(plain(f"{one.key}  {one.title}"), markup=False)
        out().print(plain(f"    {_said(one.evidence)}"), markup=False)
        out().print(f"    covered by {covered}" if covered else "    no training covers it", markup=False)
    out().print(f"[dim]{len(found):,} proposals · page {page} of {paging.pages(len(found)):,}[/]")


def _said(evidence: "EvidenceOut") -> str:
    refs = ", ".join(lesson.ref for lesson in evidence.lessons)
    return f"{evidence.said}: {refs}" if refs else evidence.said


@app.command("list")
def listed(
    context: typer.Context,
    state: Annotated[NeedState, typer.Option(help="Only in this state.")] = NeedState.ACCEPTED,
    limit: Limit = 20,
    page: Page = 1,
    json: Json = False,
) -> None:
    """List what was decided on, the latest first."""
    from kb.learning import needs
    from web.console.terminal import existing, give_json, out, person, plain
    from web.learning.need_schemas import NeedOut, NeedsOut
    from web.searching.finding import Paging

    paging = Paging(page, limit)
    with existing(context.obj) as services, services.sessions() as session:
        who = person(services)
        total = needs.counts(session, who)[state]
        found = needs.listed(session, who, state, offset=paging.offset, limit=limit)
        told = [NeedOut.of(session, who, one) for one in found]
    if json:
        give_json(NeedsOut(**paging.figures(total), needs=told).model_dump(mode="json"))
        return
    for one in told:
        met = f" Met by {one.item.ref}." if one.item else ""
        out().print(plain(f"{one.id}  {one.title}"), markup=False)
        out().print(plain(f"    {_said(one.evidence)}. {one.owner}{met} {one.note}".rstrip()), markup=False)


@app.command()
def accept(
    context: typer.Context, which: Which, owner: Annotated[str, typer.Argument(help="Who sees to it.")]
) -> None:
    """Accept a proposal as a need."""
    _decide(context, which, NeedState.ACCEPTED, owner=owner)


@app.command()
def meet(
    context: typer.Context,
    which: Which,
    training: Annotated[str, typer.Argument(help="Reference of the training that meets it.")],
) -> None:
    """Note that training meets a need."""
    _decide(context, which, NeedState.MET, item=training)


@app.command()
def dismiss(
    context: typer.Context,
    which: Which,
    reason: Annotated[list[str], typer.Argument(help="Why nobody needs training for it.")],
) -> None:
    """Dismiss a proposal or need, until it has grown much."""
    _decide(context, which, NeedState.DISMISSED, note=" ".join(reason))


def _decide(context: typer.Context, which: str, state: NeedState, **given: str) -> None:
    from kb.database import transaction
    from kb.learning.needs import Decision
    from web.console.terminal import existing, out, person
    from web.learning import training_needs

    with existing(context.obj) as services, transaction(services.sessions) as session:
        who, recurring = person(services), services.themes()
        themes = None if which.isdecimal() else recurring.known(session, who) or recurring.find(session, who)
        number = training_needs.decide(services, session, who, themes, which, Decision(state, **given))
    out().print(f"Training need {number}: {state}", markup=False)
