"""Evaluation runs as the terminal shows them."""

from collections.abc import Iterable, Sequence
from datetime import UTC

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kb.searching.evaluations import RunSummary
from search.evaluation import MEASURES, Difference
from web.console.terminal import plain
from web.quality.evaluating import Compared
from web.quality.scores import run_url
from web.wording import p_value, plural, share

_SHOWN = 5
"""Best and worst queries of a comparison."""
_CERTAIN = 0.05
"""p-values below it are said to be more than chance."""


def runs(console: Console, found: Sequence[RunSummary]) -> None:
    """What was just measured, a line for each system."""
    subject = found[0].subject
    console.print(
        f"[bold]{plain(subject.queryset)}[/]: {plural(subject.items, 'item')}, "
        f"{plural(subject.passages, 'passage')}, model {plain(subject.model)}"
    )
    _table(console, found)
    for note in dict.fromkeys(note for run in found for note in run.subject.notes):
        console.print(Text(plain(note), "yellow"))
    console.print(f"[dim]Kept; its page is {run_url(found[0].id)}[/]")


def history(console: Console, name: str, found: Sequence[RunSummary]) -> None:
    """All that was measured on a set, newest first."""
    if not found:
        console.print(f"There is no run of the query set {plain(name)} yet.")
        return
    console.print(f"[bold]{plain(name)}[/], newest first")
    _table(console, found, when=True)


def comparison(console: Console, compared: Compared) -> None:
    """How one run differs from another, with the queries that changed most."""
    found = compared.comparison
    before, after = (_name(run.summary) for run in (compared.before, compared.after))
    chance = "more than chance" if found.p_value < _CERTAIN else "may be chance"
    console.print(
        f"\n[bold]{after}[/] against {before}: {found.measure} {found.change:+.3f} "
        f"({p_value(found.p_value)}, {chance}); {found.better} better, {found.worse} worse "
        f"of {plural(len(found.differences), 'query', 'queries')}"
    )
    best = [one for one in found.differences[:_SHOWN] if one.change > 0]
    worst = [one for one in found.differences[::-1][:_SHOWN] if one.change < 0]
    _queries(console, "Most improved", best)
    _queries(console, "Most worsened", worst)


def verdict(console: Console, baseline: int, faults: Iterable[str]) -> None:
    """What the gate says."""
    found = list(faults)
    if not found:
        console.print(f"\n[green]Passed:[/] no worse than the baseline, run {baseline}.")
        return
    console.print(f"\n[bold red]Refused:[/] worse than the baseline, run {baseline}.")
    for sentence in found:
        console.print(f"  {sentence}")


def _name(run: RunSummary) -> str:
    return plain(f"run {run.id} ({run.subject.engine}, {run.subject.model})")


def _table(console: Console, found: Sequence[RunSummary], *, when: bool = False) -> None:
    models = {run.subject.model for run in found}
    left = ("run", "engine", *(("model",) if len(models) > 1 else ()), *(("when, UTC",) if when else ()))
    table = Table(*left, box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for name in (*MEASURES, "abstention\nprecision", "\nrecall", "answerable\nrefused", "p50\nms", "p95\nms"):
        table.add_column(name, justify="right")
    for run in found:
        figures, refusals = run.figures, run.figures.abstention
        table.add_row(
            f"{run.id}*" if run.baseline else f"{run.id}",
            run.subject.engine,
            *((plain(run.subject.model),) if len(models) > 1 else ()),
            *((f"{run.at.astimezone(UTC):%Y-%m-%d %H:%M}",) if when else ()),
            *(f"{figures.measures[name]:.3f}" if name in figures.measures else "–" for name in MEASURES),
            share(refusals.precision),
            share(refusals.recall),
            share(refusals.refused),
            f"{figures.p50:.1f}",
            f"{figures.p95:.1f}",
        )
    console.print(table)
    if any(run.baseline for run in found):
        console.print("[dim]* the baseline[/]")


def _queries(console: Console, title: str, found: Sequence[Difference]) -> None:
    if not found:
        return
    console.print(f"[dim]{title}[/]")
    for one in found:
        console.print(
            Text(f"  {one.before:.3f} → {one.after:.3f}  {plain(one.query)}  {plain(one.text)}"),
            no_wrap=True,
            overflow="ellipsis",
            soft_wrap=False,
        )
