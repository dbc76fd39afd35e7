"""`kb backup` and `kb restore`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kb.backup import Manifest

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file to write, such as hindsight-2026-11-25.zip.")],
    json: Json = False,
) -> None:
    """Write the whole base to one file; servers and imports may go on meanwhile."""
    from web.base import backups
    from web.console import progress
    from web.console.terminal import err, existing, give_json, out

    with existing(context.obj) as services:
        with progress.shown(err(), quiet=json) as listener:
            made = backups.save(services, file, listener)
        if json:
            give_json(asdict(made))
            return
        size = file.stat().st_size / 1_000_000
        out().print(f"{_told(made)} written to {file} ({size:,.1f} MB).", markup=False)
        if made.missing:
            out().print(
                f"{len(made.missing):,} original files are missing from the base and so from the backup: "
                "`kb doctor` tells more."
            )


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A file that `kb backup` wrote.", dir_okay=False)],
    replace: Annotated[
        bool, typer.Option("--replace", help="Where a base is already: give its folder another name.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Only see whether the file is whole.")] = False,
    json: Json = False,
) -> None:
    """Make the base what a backup holds, and its search index anew."""
    from web.base import backups, work
    from web.console import progress, terminal
    from web.console.terminal import err, give_json, manners, opened, out

    if check:
        with manners():
            with progress.shown(err(), quiet=json) as listener:
                found = backups.check(file, listener)
            if json:
                give_json(asdict(found))
            else:
                out().print(f"{file} is whole: {_told(found)} of {found.created_at}.", markup=False)
        return
    with manners():
        settings = terminal.settings(context.obj.data)
        with progress.shown(err(), quiet=json) as listener:
            made, before = backups.restore(settings, file, listener, replace=replace)
    with opened(context.obj) as services, progress.shown(err(), quiet=json) as listener:
        work.prepare(services)
        work.sync(services, listener=listener)
    if json:
        give_json({**asdict(made), "before": None if before is None else str(before)})
        return
    out().print(f"{_told(made)} of {made.created_at} are in {settings.data}.", markup=False)
    if before is not None:
        out().print(f"What was there before is in {before}; remove it when you don't need it.", markup=False)


def _told(manifest: "Manifest") -> str:
    originals = sum(name.startswith("files/") for name in manifest.members)
    return f"{manifest.items:,} items and {originals:,} original files"
