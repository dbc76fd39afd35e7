"""Saved and recent searches, what is like an item, and whether it helped."""

from typing import Annotated

import typer

app = typer.Typer(help="Keep searches under a name and see what is new in them.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Name = Annotated[str, typer.Argument(help="The name that the search is saved under.")]


@app.command("list")
def list_saved(context: typer.Context, json: Json = False) -> None:
    """List saved searches, each with how much came or changed since it was last run."""
    from kb.searching import saved
    from web.api.saved import SavedSearchOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.searching import following

    with existing(context.obj) as services, services.sessions() as session:
        found = saved.listed(session, person(services))
        if json:
            outs = [SavedSearchOut.of(services, session, person(services), search) for search in found]
            give_json([one.model_dump(mode="json") for one in outs])
            return
        news = [following.news(services, session, person(services), search) or 0 for search in found]
    if not found:
        out().print("Nothing is saved yet. Save a search with: kb saved add NAME WORDS")
    printing.table(
        out(),
        (
            (f"{search.name}  ({new:,} new or changed)" if new else search.name, search.query)
            for search, new in zip(found, news, strict=True)
        ),
    )


@app.command()
def add(
    context: typer.Context,
    name: Name,
    query: Annotated[list[str], typer.Argument(help="As for kb search; filters such as kind:lesson too.")],
) -> None:
    """Save a search under a name."""
    from kb.database import transaction
    from kb.searching import saved
    from kb.values import Filters
    from search.query import parse
    from web.console.terminal import existing, out, person

    text = " ".join(query)
    with existing(context.obj) as services, transaction(services.sessions) as session:
        parse(text)
        kept = saved.save(session, person(services), name, text, Filters())
    out().print(f"Saved as {kept.name}", markup=False)


@app.command()
def run(
    context: typer.Context,
    name: Name,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Results on one page.")] = 10,
    page: Annotated[int, typer.Option(min=1, max=100_000, help="Page, counted from 1.")] = 1,
    json: Json = False,
) -> None:
    """Run a saved search; what comes later is new."""
    from kb.database import transaction
    from kb.searching import saved
    from kb.searching.searches import Through
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.searching import history
    from web.searching.answers import SearchOut
    from web.searching.finding import Paging

    paging = Paging(page, limit)
    with existing(context.obj) as services:
        with services.sessions() as session:
            kept = saved.named(session, person(services), name)
            found = history.search(
                services, session, person(services), kept.query, kept.filters, paging, Through.CLI
            )
        with transaction(services.sessions) as session:
            saved.visit(session, person(services), kept.id)
        if json:
            give_json(SearchOut.of(found, kept.query, paging).model_dump(mode="json"))
        else:
            printing.results(out(), found, paging)


@app.command()
def rename(
    context: typer.Context, name: Name, new: Annotated[str, typer.Argument(help="Its new name.")]
) -> None:
    """Give a saved search another name."""
    from kb.database import transaction
    from kb.searching import saved
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        kept = saved.rename(session, person(services), saved.named(session, person(services), name).id, new)
    out().print(f"Saved as {kept.name}", markup=False)


@app.command()
def remove(context: typer.Context, name: Name) -> None:
    """Forget a saved search."""
    from kb.database import transaction
    from kb.searching import saved
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        kept = saved.named(session, person(services), name)
        saved.remove(session, person(services), kept.id)
    out().print(f"Removed {kept.name}", markup=False)


def recent(
    context: typer.Context,
    forget: Annotated[bool, typer.Option("--forget", help="Remove the record of your searches.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100, help="At most so many.")] = 20,
    json: Json = False,
) -> None:
    """List your recent searches, or forget them."""
    from kb.database import transaction
    from kb.searching import searches
    from web.api.saved import RecentSearchOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.wording import moment, plural

    with existing(context.obj) as services, transaction(services.sessions) as session:
        if forget:
            number = searches.forget(session, person(services))
            out().print(f"Forgotten: {plural(number, 'search', 'searches')}.")
            return
        found = searches.recent(session, person(services), limit)
    if json:
        give_json([RecentSearchOut.of(search).model_dump(mode="json") for search in found])
    else:
        printing.table(out(), ((moment(search.at), search.query) for search in found))


def similar(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="An item's reference, such as HS-L-001.")],
    limit: Annotated[int, typer.Option(min=1, max=100, help="Results on one page.")] = 10,
    page: Annotated[int, typer.Option(min=1, max=100_000, help="Page, counted from 1.")] = 1,
    json: Json = False,
) -> None:
    """Show what is like an item, nearest in meaning first."""
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.searching.answers import SimilarOut
    from web.searching.finding import Paging

    paging = Paging(page, limit)
    with existing(context.obj) as services, services.sessions() as session:
        found = services.search().similar(session, person(services), ref, offset=paging.offset, limit=limit)
        if json:
            give_json(SimilarOut.of(found, paging).model_dump(mode="json"))
        else:
            printing.similar(out(), found, paging)


def feedback(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="An item's reference, such as HS-L-001.")],
    query: Annotated[list[str], typer.Argument(help="What you searched for.")],
    helpful: Annotated[bool, typer.Option("--helpful/--not-helpful", help="Whether the item helped.")],
) -> None:
    """Say whether an item helped with a search; a later answer replaces it."""
    from kb.database import transaction
    from kb.searching import feedback as given
    from search.query import parse
    from web.console.terminal import existing, out, person

    with existing(context.obj) as services, transaction(services.sessions) as session:
        given.judge(session, person(services), parse(" ".join(query)).text, ref, helpful)
    out().print("Noted.")
