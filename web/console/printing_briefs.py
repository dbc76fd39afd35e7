"""Lessons briefs as the terminal shows them."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from kb.briefs.values import Composed, Entry, Need
from kb.text import shorten
from kb.vocabulary import label
from search.briefs.alike import AlikeProject
from web.briefs.charters import ReadCharter
from web.console.terminal import plain
from web.wording import percent, plural

_LONGEST = 300
"""Characters of a passage."""


def brief(console: Console, charter: ReadCharter, composed: Composed) -> None:
    """The needs, what answers them, and those that nothing answers."""
    console.print(Text(plain(charter.charter.title or "Lessons brief"), "bold"))
    for doubt in charter.doubts:
        console.print(Text(doubt, "yellow"))
    if not composed.needs:
        return
    console.print()
    console.print(Text(f"{plural(len(composed.needs), 'need')} read from it", "bold"))
    for number, need in enumerate(composed.needs, 1):
        console.print(_need(number, need))
    console.print()
    if not composed.entries:
        console.print("Nothing here answers any of them well.")
    for number, entry in enumerate(composed.entries, 1):
        _entry(console, number, entry, composed)
    if composed.unanswered:
        _unanswered(console, composed)


def projects(console: Console, similar: Sequence[AlikeProject], needs: Sequence[Need]) -> None:
    """Earlier projects that are like the one that has *needs*."""
    if not similar:
        console.print("No earlier project is here to compare with.")
    for one in similar:
        console.print(Text(plain(one.project.name), "bold"))
        console.print(Text(f"     {percent(one.project.closeness)} alike in meaning", "dim"))
        for entry in one.why:
            match = entry.matches[0]
            console.print(Text(f"     {plain(entry.item.ref)}  {plain(entry.item.title)}"))
            console.print(
                Text(f"     for {percent(match.relevance)}: {plain(needs[match.need].text)}", "cyan")
            )


def _need(number: int, need: Need) -> Text:
    line = Text(f"{number:>4}  ", "dim")
    line.append(f"{label(need.kind)}: ", "cyan")
    line.append(plain(need.text), "none")
    if place := " · ".join(part for part in (str(need.locator), " › ".join(need.headings[-2:])) if part):
        line.append(f"  ({plain(place)})", "dim")
    return line


def _entry(console: Console, number: int, entry: Entry, composed: Composed) -> None:
    item = entry.item
    console.print(Text.assemble((f"{number:>3}. ", "dim"), plain(item.title), style="bold"))
    said = (label(item.kind), item.ref, item.project, label(item.status))
    alike = f" · {len(entry.alike):,} more like it" if entry.alike else ""
    console.print(Text("     " + plain(" · ".join(part for part in said if part)) + alike, "dim"))
    for match in entry.matches:
        need = composed.needs[match.need]
        console.print(
            Text(f"     need {match.need + 1}, {percent(match.relevance)}: {plain(need.text)}", "cyan")
        )
    best = entry.matches[0].passage
    console.print(Text("     " + plain(shorten(best.text, _LONGEST))))
    if place := " · ".join(part for part in (str(best.locator), best.headings) if part):
        console.print(Text("     " + plain(place), "dim"))
    console.print()


def _unanswered(console: Console, composed: Composed) -> None:
    console.print(Text("Nothing here answers these well:", "bold"))
    for number in composed.unanswered:
        console.print(_need(number + 1, composed.needs[number]))
