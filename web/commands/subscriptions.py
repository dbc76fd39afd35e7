"""Subscriptions, and telling subscribers without the server."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kb.push.subscriptions import Rhythm, Way

app = typer.Typer(help="Be told what is new or changed, by e-mail, webhook or feed.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Number = Annotated[int, typer.Argument(help="The subscription's number; kb subscriptions list shows it.")]
Many = list[str] | None


@app.command("list")
def list_subscriptions(context: typer.Context, json: Json = False) -> None:
    """List your subscriptions."""
    from kb.push import subscriptions
    from web.api.subscriptions import SubscriptionOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.push.digests import about

    with existing(context.obj) as services, services.sessions() as session:
        found = subscriptions.listed(session, person(services))
    if json:
        give_json([SubscriptionOut.of(one).model_dump(mode="json") for one in found])
        return
    if not found:
        out().print("There are none yet. Subscribe with: kb subscriptions add WORDS --email ADDRESS")
    rows = (
        (
            f"{one.id}  {one.name}",
            f"{one.way} {one.address} {one.rhythm}{' (stopped)' if one.stopped_at else ''} · {about(one)}",
        )
        for one in found
    )
    printing.table(out(), rows)


@app.command()
def add(  # noqa: PLR0913 - each is an option of the command
    context: typer.Context,
    query: Annotated[
        Many, typer.Argument(help="As for kb search; filters such as kind:lesson too.", show_default=False)
    ] = None,
    email: Annotated[str | None, typer.Option(help="Send a digest to this mailbox.")] = None,
    webhook: Annotated[str | None, typer.Option(help="Post to this https address.")] = None,
    rhythm: Annotated[str | None, typer.Option(help="at_once, daily or weekly.")] = None,
    name: Annotated[str, typer.Option(help="What to call it.")] = "",
    saved: Annotated[str | None, typer.Option(help="A saved search, instead of words.")] = None,
    kind: Annotated[Many, typer.Option(help="Only this kind; may be repeated, like all filters.")] = None,
    phase: Annotated[Many, typer.Option(help="Only this project phase.")] = None,
    area: Annotated[Many, typer.Option(help="Only this knowledge area.")] = None,
    project: Annotated[Many, typer.Option(help="Only this project.")] = None,
) -> None:
    """Subscribe by e-mail, webhook or, when neither is given, as a feed. A webhook's secret is shown once."""
    from kb.database import transaction
    from kb.push.subscriptions import SubscriptionDraft
    from kb.searching import saved as searches
    from web.commands import filters
    from web.console.terminal import existing, out, person
    from web.push import pushing

    way, address = _way(email, webhook)
    chosen = filters.chosen(kind=kind, phase=phase, area=area, project=project)
    words = " ".join(query or ())
    with existing(context.obj) as services, transaction(services.sessions) as session:
        who = person(services)
        if saved:
            search = searches.named(session, who, saved)
            name, words, chosen = name or search.name, search.query, search.filters
        draft = SubscriptionDraft(name, words, chosen, way, address, _rhythm(rhythm))
        one, secret = pushing.subscribe(services, session, who, draft)
    out().print(f"Subscription {one.id}: {one.name}", markup=False)
    if secret:
        out().print(f"Secret, shown this once only: {secret}", markup=False)


@app.command()
def remove(context: typer.Context, number: Number) -> None:
    """Forget a subscription and what it sent."""
    from kb.database import transaction
    from kb.push import subscriptions
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        subscriptions.remove(session, person(services), number)
    out().print("Removed.")


@app.command()
def test(context: typer.Context, number: Number) -> None:
    """Send a few items that match now, to see that they arrive."""
    from web.console.terminal import existing, out, person
    from web.push import pushing
    from web.wording import plural

    with existing(context.obj) as services, services.sessions() as session:
        items = pushing.trial(services, session, person(services), number)
    out().print(f"A test message with {plural(items, 'item')} was sent and taken.")


@app.command()
def log(
    context: typer.Context,
    number: Number,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 20,
    json: Json = False,
) -> None:
    """List what a subscription sent, what waits and what was given up, the newest first."""
    from kb.push import deliveries
    from web.api.subscriptions import DeliveryOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.wording import moment, plural

    with existing(context.obj) as services, services.sessions() as session:
        found, _ = deliveries.log(session, person(services), number, offset=0, limit=limit)
    if json:
        give_json([DeliveryOut.of(one).model_dump(mode="json") for one in found])
        return
    rows = (
        (moment(one.created_at), f"{one.state}, {plural(one.items, 'item')} {one.error}".rstrip())
        for one in found
    )
    printing.table(out(), rows)


def digest(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be sent; send and write nothing.")
    ] = False,
    early: Annotated[bool, typer.Option("--early", help="Also digests whose time has not come.")] = False,
    json: Json = False,
) -> None:
    """Tell subscribers what is new: e-mail and webhooks that are due. Exit code 1 when something failed.

    A running server does this by itself.
    """
    from dataclasses import asdict

    from kb.models import now
    from web.console import printing
    from web.console.terminal import FAILED, existing, give_json, out
    from web.push import pushing
    from web.wording import plural

    with existing(context.obj) as services:
        if not pushing.ways(services.settings):
            out().print("Nothing can be sent: set KB_SMTP_HOST for e-mail, KB_WEBHOOK_HOSTS for webhooks.")
            return
        if dry_run:
            found = pushing.preview(services, now(), early=early)
            rows = [
                (f"{one.subscription.id}  {one.subscription.name}", plural(len(one.changes), "item"))
                for one in found
            ]
            if json:
                give_json([{"id": one.subscription.id, "items": len(one.changes)} for one in found])
            else:
                printing.table(out(), rows or [("Nothing is due", "kb digest --early tells more")])
            return
        tally = pushing.run(services, early=early)
    if json:
        give_json(asdict(tally))
    else:
        out().print(
            f"{plural(tally.found, 'change')} found, {plural(tally.sent, 'delivery', 'deliveries')} sent, "
            f"{tally.failed} to be tried again, {tally.dead} given up."
        )
    if tally.failed or tally.dead or tally.unknown:
        raise typer.Exit(FAILED)


def _way(email: str | None, webhook: str | None) -> "tuple[Way, str]":
    from kb.push.subscriptions import Way

    if email and webhook:
        raise typer.BadParameter("give one of them", param_hint="--email, --webhook")
    if email:
        return Way.EMAIL, email
    return (Way.WEBHOOK, webhook) if webhook else (Way.FEED, "")


def _rhythm(said: str | None) -> "Rhythm | None":
    from kb.push.subscriptions import Rhythm
    from kb.vocabulary import term

    if said is None:
        return None
    found = term(Rhythm, said)
    if found is None:
        raise typer.BadParameter(f"{said!r} is not one of {', '.join(Rhythm)}", param_hint="--rhythm")
    return found
