"""Past completions of training from a table: a row each, as other systems give them out."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from ingest import cleaning, dates, delimited, formats, sheets, terms
from ingest.converted import Table
from ingest.formats import Format
from kb.errors import InvalidError
from kb.learning.records import CompletionDraft
from kb.learning.values import Activity, Result, Side
from kb.settings import Limits
from kb.text import REFERENCE, shorten, squash
from kb.vocabulary import term

Term = TypeVar("Term", Activity, Side)

MAX_ROWS = 2_000
"""Of one table."""
COLUMNS = {
    "name": "person|name|learner|employee|participant|attendee|student|full name",
    "training": "reference|ref|course id|course code|training id|training reference|course reference",
    "title": "title|what|training|course|course title|course name|training title|activity title",
    "dated": "day|date|completed|completed on|completion date|date completed|finished|end date",
    "hours": "hours|duration|duration hours|cpd hours|pdus|pdu|learning hours",
    "result": "result|status|outcome|completion status",
    "activity": "way of learning|activity|activity type|type",
    "side": "side of the triangle|side|talent triangle|pmi talent triangle",
    "evidence": "evidence|proof|certificate|link|url",
    "reflection": "reflection|what came of it|learned|notes|comment",
    "kind": "kind",
}
"""What the columns may be called."""
_NEEDED = {"name", "dated"}
_COMPLETION = "completion"
_RESULTS = {
    Result.COMPLETED: "completed|complete|done|finished|attended|yes|true",
    Result.PASSED: "passed|pass|success|successful",
    Result.FAILED: "failed|fail|unsuccessful",
}
_HOURS = re.compile(r"(\d+(?:[.,]\d+)?) ?(?:h|hr|hrs|hours?|pdus?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of such a table."""

    number: int
    """As the file's own program counts it."""
    said: Mapping[str, str]
    """A text for each of COLUMNS, empty where there is none."""
    draft: CompletionDraft | None
    fault: str
    """Why it is none; empty when it is one."""


def read(path: Path, limits: Limits) -> list[Line]:
    """The rows of the tables at *path*.

    Raises InvalidError when it is neither CSV nor Excel, or no table of it has people and days.
    """
    found = formats.recognise(path, path.name)
    if found is Format.CSV:
        converted = delimited.read(path.read_bytes(), limits)
    elif found is Format.EXCEL:
        converted = sheets.read(path, limits)
    else:
        raise InvalidError(f"{path.name} is {found}; give completed training as CSV or Excel.")
    return _checked(line for part in converted.parts if part.table for line in _lines(part.table))


def parse(text: str, limits: Limits) -> list[Line]:
    """The rows of a table as *text* in CSV. Raises InvalidError as *read*."""
    converted = delimited.read(text.encode(), limits)
    return _checked(line for part in converted.parts if part.table for line in _lines(part.table))


def text(lines: Iterable[Line]) -> str:
    """The same rows as a table in CSV that *parse* reads."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([names.split("|")[0] for names in COLUMNS.values()])
    writer.writerows([line.said[name] for name in COLUMNS] for line in lines)
    return written.getvalue()


def _checked(lines: Iterator[Line]) -> list[Line]:
    found = list(lines)
    if not found:
        raise InvalidError(
            "No completed training is in it. The table needs columns with people, with days, and with the "
            "reference or the title of the training: Person, Day, Reference, Title, Hours, Result."
        )
    if len(found) > MAX_ROWS:
        raise InvalidError(f"It has {len(found):,} rows; give at most {MAX_ROWS:,} at once.")
    return found


def _lines(table: Table) -> Iterator[Line]:
    header = [terms.normal(name) for name in table.rows[0].cells]
    named = _columns(header)
    if not named.keys() >= _NEEDED or not named.keys() & {"training", "title"}:
        return
    for row in table.rows[1:]:
        said = {name: _at(row.cells, named.get(name)) for name in COLUMNS}
        if any(said.values()):
            yield _line(row.number, said)


def _columns(header: Sequence[str]) -> dict[str, int]:
    """The column of each field, by the first of its names that is there; no column feeds two."""
    found: dict[str, int] = {}
    for field, names in COLUMNS.items():
        places = [header.index(name) for name in names.split("|") if name in header]
        free = [place for place in places if place not in found.values()]
        if free:
            found[field] = free[0]
    return found


def _at(cells: Sequence[str], index: int | None) -> str:
    return cleaning.unguarded(squash(cells[index])) if index is not None and index < len(cells) else ""


def _line(number: int, said: Mapping[str, str]) -> Line:
    try:
        return Line(number, said, _draft(said), "")
    except InvalidError as error:
        return Line(number, said, None, str(error))


def _draft(said: Mapping[str, str]) -> CompletionDraft:
    """The completion that a row tells of. Raises InvalidError when it tells of none."""
    if said["kind"].lower() not in ("", _COMPLETION):
        raise InvalidError(f"It is a {said['kind'].lower()[:30]}, not something that was completed.")
    if not said["name"]:
        raise InvalidError("It names nobody.")
    ref = said["training"] or (said["title"] if REFERENCE.fullmatch(said["title"]) else "")
    return CompletionDraft(
        said["name"],
        ref,
        "" if ref else said["title"],
        _day(said["dated"]),
        _hours(said["hours"]),
        _result(said["result"]),
        _term(Activity, said["activity"], "way of learning"),
        _term(Side, said["side"], "side of the triangle"),
        said["evidence"],
        said["reflection"],
    )


def _day(text: str) -> date:
    found = dates.parse(text)
    if found is None:
        raise InvalidError(f"“{shorten(text, 40)}” is not one day for certain; write 2026-03-02.")
    return found


def _hours(text: str) -> float | None:
    if not text:
        return None
    found = _HOURS.fullmatch(text)
    if found is None:
        raise InvalidError(f"“{shorten(text, 40)}” is not a number of hours; write 7.5.")
    return float(found[1].replace(",", "."))


def _result(text: str) -> Result:
    wanted = terms.normal(text) or Result.COMPLETED
    found = next((result for result, names in _RESULTS.items() if wanted in names.split("|")), None)
    if found is None:
        raise InvalidError(f"“{shorten(text, 40)}” is no result; write {', '.join(Result)}.")
    return found


def _term(vocabulary: type[Term], text: str, what: str) -> Term | None:
    found = term(vocabulary, text)
    if text and found is None:
        raise InvalidError(f"“{shorten(text, 40)}” is no {what}; write {', '.join(vocabulary)}.")
    return found
