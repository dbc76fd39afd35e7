"""Tables as files and on terminals."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import Response

from ingest.workbook import Cell
from web import csv_files


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its heading."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    brief: tuple[str, ...] = ()
    """Columns that a terminal shows; all when empty."""

    def csv(self) -> Iterator[bytes]:
        """As a CSV file."""
        return csv_files.lines(self.columns, self.rows)


def download(sheet: Sheet) -> Response:
    """The table as a CSV file that browsers keep."""
    headers = {"Content-Disposition": f'attachment; filename="{sheet.name}.csv"', "Cache-Control": "no-store"}
    return Response(b"".join(sheet.csv()), media_type="text/csv; charset=utf-8", headers=headers)
