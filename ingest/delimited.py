"""CSV in any common dialect and encoding; rows as a spreadsheet counts them."""

import csv
import io
from collections.abc import Iterator

from ingest import cleaning, encodings, sheets, tables
from ingest.converted import Converted, Row, Table
from kb.errors import InvalidError
from kb.settings import Limits

_DELIMITERS = ",;\t|"
_FIELD_LIMIT = 10_000_000


def read(data: bytes, limits: Limits) -> Converted:
    """The table in *data*. Raises InvalidError when it is no text or larger than the limits allow."""
    table = Table(tuple(_rows(cleaning.clean(encodings.decode(data)), limits, exact=False)))
    return Converted(parts=(tables.part(table),) if table.rows else ())


def exactly(data: bytes, limits: Limits) -> Table:
    """The table in *data*, its texts as they are. Raises InvalidError as *read*."""
    return Table(tuple(_rows(encodings.decode(data).removeprefix("\ufeff"), limits, exact=True)))


def _rows(text: str, limits: Limits, *, exact: bool) -> Iterator[Row]:
    csv.field_size_limit(_FIELD_LIMIT)
    filled = cells = 0
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
        for number, row in enumerate(reader, start=1):
            texts = row if exact else [value.strip() for value in row]
            while texts and not texts[-1]:
                texts.pop()
            if not texts:
                continue
            filled += 1
            cells += len(texts)
            sheets.check_rows(filled, limits, "It")
            if cells > limits.cells:
                raise InvalidError(f"It has more than the {limits.cells:,} cells allowed (KB_LIMIT_CELLS).")
            yield Row(number, tuple(texts))
    except csv.Error as error:
        raise InvalidError(f"This is not a table of comma-separated values: {error}.") from error


def _delimiter(text: str) -> str:
    """The delimiter that splits the first lines into the same number of columns most often."""
    sample = text[:50_000].splitlines()[:30]
    if sample and sample[0].lower().startswith("sep=") and len(sample[0]) == 5:
        return sample[0][4]

    def evenness(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(sample, delimiter=delimiter) if row]
        except csv.Error:
            return 0, 0
        if not widths or widths[0] < 2:
            return 0, 0
        return sum(width == widths[0] for width in widths), widths[0]

    return max(_DELIMITERS, key=evenness)
