"""Tables as files and on terminals."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import Response

from ingest.workbook import Cell
from web.files import csv_files
from web.files.headers import attachment


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
    body = b"".join(sheet.csv())
    return Response(body, media_type=csv_files.MEDIA_TYPE, headers=attachment(f"{sheet.name}.csv"))
