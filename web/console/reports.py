"""Reports of ingestion, training and the doctor as the terminal shows them."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ingest.pipeline import FileState, Report
from kb.searching.encoders import Adapted
from kb.vocabulary import label
from web.base.doctor import Finding
from web.console.terminal import plain
from web.quality.encoders import ModelOut
from web.wording import moment

_STATE_COLOUR = {
    FileState.ADDED: "green",
    FileState.UPDATED: "green",
    FileState.FAILED: "red",
    FileState.SKIPPED: "yellow",
    FileState.WITHDRAWN: "yellow",
}
_QUIET_STATES = (FileState.UNCHANGED, FileState.COPY)
_GONE_WELL = frozenset(FileState) - {FileState.FAILED}
_MAX_ROWS = 60


def report(console: Console, found: Report, *, dry_run: bool = False, brief: bool = False) -> None:
    """What became of each file; the unchanged ones, and with *brief* all that went well, are only counted."""
    quiet = _GONE_WELL if brief else _QUIET_STATES
    told = [file for file in found.files if file.state not in quiet]
    if told:
        table = Table(box=None, pad_edge=False)
        for name in ("File", "Result", "Items", "Remark"):
            table.add_column(name, justify="right" if name == "Items" else "left", overflow="fold")
        told.sort(key=lambda file: file.state is not FileState.FAILED)
        for file in told[:_MAX_ROWS]:
            kinds = ", ".join(f"{number} {kind}" for kind, number in file.kinds.items())
            state = Text(label(file.state), _STATE_COLOUR.get(file.state, ""))
            remark = plain("; ".join(part for part in (file.reason, kinds) if part))
            tally = file.tally
            table.add_row(plain(file.name), state, str(tally.added + tally.updated + tally.unchanged), remark)
        console.print(table)
        if len(told) > _MAX_ROWS:
            console.print(f"[dim]… and {len(told) - _MAX_ROWS:,} more files (--json lists them all)[/]")
    if not brief:
        _mappings(console, found)
        _rows(console, found)
    _totals(console, found, dry_run=dry_run, brief=brief)


def _mappings(console: Console, found: Report) -> None:
    for file in found.files:
        if not file.mapping:
            continue
        console.print(Text(f"\nColumns of {plain(file.name)}", "bold"))
        table = Table.grid(padding=(0, 2))
        for use in file.mapping:
            unmapped = "other details" if use.column else "not used"
            field = Text(label(use.field)) if use.field else Text(unmapped, "dim")
            table.add_row(plain(use.column), "→", field, Text(use.how, "dim"))
        console.print(table)


def _rows(console: Console, found: Report) -> None:
    """What is to be said of rows of registers."""
    for file in found.files:
        for row in file.rows[:_MAX_ROWS]:
            place = ", ".join(filter(None, (f"sheet {row.sheet}" if row.sheet else "", f"row {row.row}")))
            state = label(row.state).lower()
            console.print(plain(f"{file.name}, {place}: {state}. {row.note}"), markup=False)
        if len(file.rows) > _MAX_ROWS:
            console.print(f"[dim]… and {len(file.rows) - _MAX_ROWS:,} more rows (--json lists them all)[/]")


def _totals(console: Console, found: Report, *, dry_run: bool, brief: bool) -> None:
    states = [file.state for file in found.files if not (brief and file.state is FileState.SKIPPED)]
    files = ", ".join(f"{states.count(s):,} {label(s).lower()}" for s in FileState if s in states)
    tally = found.tally
    would = "Would be written" if dry_run else "Items"
    console.print(f"\nFiles: {files or 'none'}")
    console.print(
        f"{would}: {tally.added:,} added, {tally.updated:,} updated, {tally.unchanged:,} unchanged, "
        f"{tally.withdrawn:,} withdrawn ({found.seconds:.1f} s)"
    )


def findings(console: Console, found: Iterable[Finding]) -> bool:
    """The outcome of each check as it comes; whether all is well in the end."""
    sound = True
    for one in found:
        sound = sound and one.sound
        word, colour = ("repaired", "yellow") if one.repaired else ("well", "green")
        if not one.sound:
            word, colour = "wrong", "red"
        console.print(Text.assemble((f"{word:<9}", colour), (f"{one.check:<15} ", "bold"), plain(one.detail)))
    return sound


def adapted(console: Console, found: Adapted) -> None:
    """What a training came to."""
    if found.figures:
        table = Table(box=None, pad_edge=False)
        for name in ("Queries", "Measure", "Before", "After", "Chance"):
            table.add_column(name, justify="left" if name in ("Queries", "Measure") else "right")
        for one in found.figures:
            numbers = (f"{value:.3f}" for value in (one.before, one.after, one.p_value))
            table.add_row(plain(one.queries), one.measure, *numbers)
        console.print(table)
    console.print(Text(found.verdict, "green" if found.better else "yellow"))
    if found.better:
        console.print(f"In use: {found.name}. Go back with: kb adapt --revert", markup=False)
    else:
        console.print(
            f"The model in use stays. Use it all the same: kb adapt --use {found.name}", markup=False
        )


def models(console: Console, found: Iterable[ModelOut]) -> None:
    """Which models there are."""
    table = Table(box=None, pad_edge=False)
    for name in ("Model", "Used", "Made", "Pairs", "Steps", "Outcome"):
        table.add_column(name, justify="right" if name in ("Pairs", "Steps") else "left", overflow="fold")
    for one in found:
        used = "yes" if one.in_use else ""
        if one.training is None:
            table.add_row(plain(one.name), used, "", "", "", f"{plain(one.trained_from)}, as it came")
        else:
            made, pairs, steps = moment(one.training.made_at), one.training.pairs, one.training.steps
            table.add_row(plain(one.name), used, made, f"{pairs:,}", f"{steps:,}", one.training.verdict)
    console.print(table)
