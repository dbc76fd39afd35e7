"""Rows about Hindsight alone: what was measured, and what was aimed at."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    measured: str
    target: str = ""


def table(title: str, rows: Iterable[Row]) -> Table:
    """*rows* to be printed."""
    made = Table("", "measured", "target", title=title, title_justify="left")
    for row in rows:
        made.add_row(row.what, row.measured, row.target)
    return made
