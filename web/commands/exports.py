"""Writing the results of a search to a file."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from kb.values import Filters
    from web.searching.exporting import Format
    from web.wiring import Services


def write(services: "Services", text: str, filters: "Filters", form: str | None, target: Path | None) -> None:
    """Write all results for *text* to *target*, or to standard output.

    Where *form* is not given, the name of the file tells the format.
    """
    from web.console.terminal import err, person, save
    from web.searching import exporting

    wanted = _format(form, target)
    with services.sessions() as session:
        found = exporting.collect(services, session, person(services), text, filters)
    if target is None:
        for piece in exporting.FORMATS[wanted].write(found):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    else:
        save(target, exporting.FORMATS[wanted].write(found))
        err().print(
            f"{len(found.hits):,} of {found.results.total:,} results written to {target}", markup=False
        )


def _format(form: str | None, target: Path | None) -> "Format":
    from web.searching.exporting import FORMATS, Format

    given = form or (target.suffix[1:].lower() if target else "")
    wanted = next((f for f in Format if given in (f, FORMATS[f].suffix)), None)
    if wanted is None:
        raise typer.BadParameter(f"{given!r} is not one of {', '.join(Format)}", param_hint="--format")
    if wanted is Format.XLSX and target is None:
        raise typer.BadParameter("A workbook needs a file: add -o FILE.xlsx", param_hint="--output")
    return wanted
