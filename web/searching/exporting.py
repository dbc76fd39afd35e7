"""The results of a search as a file."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from ingest import formats, workbook
from ingest.workbook import Cell
from kb.access import Principal
from kb.life import records
from kb.life.records import ItemRecord
from kb.values import Filters
from kb.vocabulary import label
from search.results import Hit, Results
from web.files import csv_files
from web.files.names import words_of
from web.searching import bibliography, finding
from web.searching.answers import HitOut
from web.searching.finding import Paging
from web.searching.reasons import marks, reason
from web.wiring import Services

LIMIT = 1_000
"""Results in one file at most."""
_AT_ONCE = 200
_COLUMNS = (
    "Rank",
    "Reference",
    "Kind",
    "Title",
    "Summary",
    "Passage",
    "Place",
    "Project",
    "Organisation",
    "Date",
    "Status",
    "Owner",
    "File",
    "Published at",
    "Citation",
    "Why",
)


class Format(StrEnum):
    """Formats of files."""

    CSV = "csv"
    XLSX = "xlsx"
    MD = "md"
    BIBTEX = "bibtex"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Export:
    """Results to be written, with what is needed to cite them."""

    query: str
    """As typed."""
    results: Results
    """Its first page; totals hold for all."""
    hits: Sequence[tuple[Hit, ItemRecord]]


@dataclass(frozen=True, slots=True)
class Form:
    """How a format is called and written."""

    title: str
    media_type: str
    suffix: str
    write: Callable[[Export], Iterator[bytes]]


def collect(
    services: Services, session: Session, principal: Principal, text: str, filters: Filters
) -> Export:
    """All results for *text* and *filters*, up to the limit, in their order."""
    pages: list[Results] = []
    for number in range(1, LIMIT // _AT_ONCE + 1):
        page = finding.search(services, session, principal, text, filters, Paging(number, _AT_ONCE))
        pages.append(page)
        if number * _AT_ONCE >= page.total:
            break
    hits = [hit for page in pages for hit in page.hits]
    known = records.read(session, principal, [hit.item.id for hit in hits])
    return Export(text.strip(), pages[0], [(hit, known[hit.item.id]) for hit in hits if hit.item.id in known])


def file_name(export: Export, wanted: Format) -> str:
    """A name of plain letters that tells what was asked."""
    words = words_of(export.query)[:8]
    return f"{'-'.join(['hindsight', *words])[:80]}.{FORMATS[wanted].suffix}"


def _csv(export: Export) -> Iterator[bytes]:
    yield from csv_files.lines(_COLUMNS, _rows(export))


def _xlsx(export: Export) -> Iterator[bytes]:
    yield workbook.write("Results", _COLUMNS, _rows(export))


def _rows(export: Export) -> Iterator[tuple[Cell, ...]]:
    for rank, (hit, record) in enumerate(export.hits, 1):
        head = record.head
        best = hit.passages[0] if hit.passages else None
        place = (str(best.passage.locator), best.passage.headings) if best else (str(head.locator),)
        yield (
            rank,
            head.ref,
            label(head.kind),
            head.title,
            head.summary,
            best.snippet.text if best else "",
            " · ".join(part for part in place if part),
            head.project,
            head.organisation,
            head.dated,
            label(head.status),
            record.owner,
            head.file_name,
            record.url,
            record.citation,
            reason(hit),
        )


def _markdown(export: Export) -> Iterator[bytes]:
    results = export.results
    yield f"# {_line_of(export.query) or 'All items'}\n\n".encode()
    shown = f"{len(export.hits):,} of {results.total:,}" if results.total > LIMIT else f"{results.total:,}"
    said = "Nothing answers this well; the nearest are:" if results.nearest_only else f"{shown} found."
    yield f"{said}\n".encode()
    for rank, (hit, record) in enumerate(export.hits, 1):
        head = record.head
        facts = (label(head.kind), head.ref, head.project, head.organisation, _day(head.dated))
        yield f"\n## {rank}. {_line_of(head.title)}\n\n".encode()
        yield f"{_line_of(' · '.join(fact for fact in facts if fact))}\n".encode()
        if hit.passages:
            best = hit.passages[0]
            yield f"\n> {_line_of(best.snippet.text)}\n".encode()
        if said := marks(hit):
            yield f"\n{_line_of(' · '.join(mark.text for mark in said))}\n".encode()
        source = [head.file_name, str(head.locator), record.citation, record.url]
        if any(source):
            yield f"\nSource: {_line_of(', '.join(part for part in source if part))}\n".encode()


def _line_of(text: str) -> str:
    """*text* on one line, what Markdown and HTML would read as more than words made plain."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", " ".join(text.split()))


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _bibtex(export: Export) -> Iterator[bytes]:
    for _, record in export.hits:
        yield (bibliography.entry(record) + "\n").encode()


def _json(export: Export) -> Iterator[bytes]:
    results = export.results
    head = {"query": export.query, "total": results.total, "nearest_only": results.nearest_only}
    yield json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "hits": ['
    for number, (hit, record) in enumerate(export.hits):
        body = HitOut.of(hit, results.query.text).model_dump(mode="json")
        body |= {"citation": record.citation, "source_url": record.url}
        yield (b",\n" if number else b"\n") + json.dumps(body, ensure_ascii=False).encode()
    yield b"\n]}\n"


FORMATS = {
    Format.CSV: Form("CSV", csv_files.MEDIA_TYPE, "csv", _csv),
    Format.XLSX: Form("Excel", formats.media_type(formats.Format.EXCEL), "xlsx", _xlsx),
    Format.MD: Form("Markdown", "text/markdown; charset=utf-8", "md", _markdown),
    Format.BIBTEX: Form("BibTeX", "application/x-bibtex; charset=utf-8", "bib", _bibtex),
    Format.JSON: Form("JSON", "application/json", "json", _json),
}
