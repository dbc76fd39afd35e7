"""Rows of cells to a Markdown table that remembers each row's number."""

from collections.abc import Iterator, Sequence

from ingest import cleaning
from ingest.converted import Part, Row, Table
from kb.values import Locator

_MOST = 0.6


def part(table: Table) -> Part:
    """*table* as Markdown: its heading, lone cells as paragraphs, the rest as tables."""
    lines: list[str] = []
    rows: list[tuple[int, int]] = []
    offset = 0
    if table.sheet:
        lines += [f"## {cleaning.literal(table.sheet)}", ""]
        offset = sum(len(line) + 1 for line in lines)
    for line, number in _lines(table.rows):
        if number:
            rows.append((offset, number))
        lines.append(line)
        offset += len(line) + 1
    return Part("\n".join(lines).rstrip(), Locator(sheet=table.sheet), tuple(rows), table)


def _lines(rows: Sequence[Row]) -> Iterator[tuple[str, int]]:
    """Lines of Markdown, each with the number of the row it shows, or 0."""
    for block in _blocks(rows):
        columns = [i for i in range(max(len(row.cells) for row in block)) if _filled(block, i)]
        header = _header(block, len(columns))
        for row in block[:header]:
            yield cleaning.literal(" · ".join(_texts(row))).replace("\n", "  \n"), row.number
            yield "", 0
        for index, row in enumerate(block[header:]):
            yield _line(row.cells[i] if i < len(row.cells) else "" for i in columns), row.number
            if index == 0:
                yield _line(["---"] * len(columns)), 0
        if header < len(block):
            yield "", 0


def _header(block: Sequence[Row], columns: int) -> int:
    """Index of the first row that fills most columns; the block's length when it is no table."""
    if columns == 1 or len(block) == 1:
        return len(block)
    return next((i for i, row in enumerate(block) if _is_header(row, columns)), 0)


def _is_header(row: Row, columns: int) -> bool:
    texts = _texts(row)
    return len(texts) >= columns * _MOST and not texts[0].endswith(":")


def _line(cells: Iterator[str] | list[str]) -> str:
    return "| " + " | ".join(cleaning.cell(cell) for cell in cells) + " |"


def _texts(row: Row) -> list[str]:
    return [text for text in row.cells if text]


def _filled(block: Sequence[Row], column: int) -> bool:
    return any(column < len(row.cells) and row.cells[column] for row in block)


def _blocks(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Runs of rows that belong together: a lone cell above or after a gap begins a new one."""
    block: list[Row] = []
    for row in rows:
        lone = len(_texts(row)) == 1
        gap = bool(block) and row.number > block[-1].number + 1
        was_lone = bool(block) and len(_texts(block[-1])) == 1
        if block and ((lone and gap) or (was_lone and not lone and _alone(block))):
            yield block
            block = []
        block.append(row)
    if block:
        yield block


def _alone(block: Sequence[Row]) -> bool:
    return all(len(_texts(row)) == 1 for row in block)
