"""Results, items and states as the terminal shows them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kb.items import ItemDetail
from kb.vocabulary import Kind, label
from search.results import Hit, Results, Similar, Snippet
from search.sync import SyncReport
from web.console.terminal import plain
from web.life import facts
from web.life.differences import Change, Stretch, shortened
from web.searching.finding import Paging
from web.searching.reasons import reason
from web.searching.synonyms import SynonymsOut
from web.wording import percent, plural

if TYPE_CHECKING:  # writing sheets loads what a search does not need
    from web.files.sheets import Sheet

_COLOUR = {
    Kind.LESSON: "yellow",
    Kind.PRACTICE: "green",
    Kind.TEMPLATE: "cyan",
    Kind.TRAINING: "magenta",
    Kind.DOCUMENT: "white",
}


def results(console: Console, found: Results, paging: Paging) -> None:
    """A page of results."""
    if found.suggestion:
        console.print(Text.assemble("Did you mean ", (plain(found.suggestion), "bold"), "?\n"))
    if not found.hits:
        console.print("Nothing was found." if not found.total else "There are no results on that page.")
        return
    if found.nearest_only:
        console.print("[yellow]Nothing here answers this well.[/] The nearest are:\n")
    for number, hit in enumerate(found.hits, paging.offset + 1):
        _hit(console, number, hit)
    more = "more than " if found.capped else ""
    console.print(
        f"[dim]{more}{found.total:,} found · page {paging.page} of {paging.pages(found.total):,}[/]"
    )


def similar(console: Console, found: Similar, paging: Paging) -> None:
    """A page of items that are like another one."""
    if not found.hits:
        console.print("Nothing here is like it." if not found.total else "There are no items on that page.")
        return
    for number, hit in enumerate(found.hits, paging.offset + 1):
        _hit(console, number, hit)
    console.print(f"[dim]{found.total:,} found · page {paging.page} of {paging.pages(found.total):,}[/]")


def _hit(console: Console, number: int, hit: Hit) -> None:
    item = hit.item
    head = Text.assemble((f"{number:>3}. ", "dim"), marked(hit.title), style="bold")
    console.print(head)
    line = Text("     ")
    line.append(label(item.kind), _COLOUR[item.kind])
    said = (item.ref, item.project, item.organisation, str(item.dated.year) if item.dated else "")
    line.append(plain("".join(f" · {part}" for part in said if part)), "dim")
    if hit.relevance is not None:
        line.append(f" · {percent(hit.relevance)} relevant", "dim")
    console.print(line)
    if hit.passages:
        best = hit.passages[0]
        console.print(_indented(marked(best.snippet)))
        place = " · ".join(part for part in (str(best.passage.locator), best.passage.headings) if part)
        if place:
            console.print(Text("     " + plain(place), "dim"))
    if why := reason(hit):
        console.print(Text("     " + plain(why), "dim italic"))
    console.print()


def _indented(text: Text) -> Text:
    joined = Text("     ")
    joined.append_text(Text(" ").join(text.split()))
    return joined


def marked(snippet: Snippet) -> Text:
    """A snippet with its matched words highlighted."""
    text = Text()
    position = 0
    for start, end in snippet.marks:
        text.append(plain(snippet.text[position:start]))
        text.append(plain(snippet.text[start:end]), "bold yellow")
        position = end
    return text.append(plain(snippet.text[position:]))


def item(console: Console, found: ItemDetail, today: date) -> None:
    """One item, facts first."""
    console.print(Text(plain(found.head.title), "bold"))
    table = Table.grid(padding=(0, 2))
    for fact in (*facts.about(found, today), *facts.keeping(found, today)):
        values = ", ".join(f"{v.text} ({v.warning})" if v.warning else v.text for v in fact.values)
        table.add_row(Text(fact.name, "dim"), plain(values))
    source = " · ".join(part for part in (found.head.file_name, str(found.head.locator)) if part)
    for name, value in (("File", source), ("Citation", found.citation), ("Published at", found.url)):
        if value:
            table.add_row(Text(name, "dim"), plain(value))
    console.print(table)
    console.print()
    text(console, found.body or found.head.summary)


def text(console: Console, markdown: str) -> None:
    """Markdown, laid out."""
    from rich.markdown import Markdown  # slow to load, and no search needs it

    console.print(Markdown(plain(markdown)))


def sync(console: Console, found: SyncReport) -> None:
    """What a sync did."""
    if found.rebuilt:
        console.print(Text(found.rebuilt, "yellow"))
    if not found.added and not found.removed:
        console.print(f"The search index is up to date: {found.total:,} passages.")
        return
    rate = f", {found.embedded / found.seconds:,.0f} a second" if found.embedded and found.seconds else ""
    console.print(
        f"Index: {found.added:,} passages added, {found.removed:,} taken out, "
        f"{found.embedded:,} embedded in {found.seconds:.1f} s{rate}; {found.total:,} in all."
    )


def synonyms(console: Console, found: SynonymsOut) -> None:
    """Rows of words that mean the same, your own first, and where they are kept."""
    rows, own = found.synonyms, found.file
    for row in rows:
        line = Text(plain(row.terms[0]), "bold")
        console.print(line.append(plain(" = " + " = ".join(row.terms[1:])), "not bold"))
    number = sum(row.own for row in rows)
    state = "" if own.exists else ", which is not there yet"
    console.print(Text(f"{len(rows):,} rows, {number:,} of them from {own.path}{state}.", "dim"))


def differences(console: Console, stretches: Sequence[Stretch]) -> None:
    """What became of a text, removed words in [- -], added ones in {+ +}."""
    text = Text()
    for stretch in shortened(stretches):
        said = plain(stretch.text)
        if stretch.change is Change.REMOVED:
            text.append(f"[-{said}-]", "red")
        elif stretch.change is Change.ADDED:
            text.append(f"{{+{said}+}}", "green")
        else:
            text.append(said)
        if stretch.skipped:
            text.append(f"… {plural(stretch.skipped, 'line')} the same …\n", "dim")
    if stretches:
        console.print(text)


def sheet(console: Console, found: "Sheet") -> None:
    """A table with its heading."""
    if not found.rows:
        console.print("There is nothing to show yet.")
        return
    grid = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    shown = [found.columns.index(name) for name in found.brief or found.columns]
    for number in shown:
        figures = all(isinstance(row[number], int | float | None) for row in found.rows)
        grid.add_column(found.columns[number], justify="right" if figures else "left")
    for row in found.rows:
        grid.add_row(*(Text("" if row[n] is None else plain(str(row[n]))) for n in shown))
    console.print(grid)


def table(console: Console, rows: Iterable[tuple[str, str]]) -> None:
    """Names and values."""
    grid = Table.grid(padding=(0, 2))
    for name, value in rows:
        grid.add_row(Text(name, "dim"), plain(value))
    console.print(grid)
