"""The columns of the register, and a lesson as cells and back."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, cast

from ingest import composed, dates, markdown, passages, terms
from ingest.composed import Facts, LessonEntry
from ingest.workbook import Cell
from kb.errors import InvalidError
from kb.text import shorten, squash
from kb.values import ItemDraft, LessonFields
from kb.vocabulary import (
    Approach,
    Classification,
    Kind,
    KnowledgeArea,
    Phase,
    Polarity,
    Priority,
    Sector,
    Status,
    Term,
    label,
    term,
)

COLUMNS = {
    "ref": "Reference",
    "version": "Version",
    "title": "Title",
    "event": "What happened",
    "effect": "Effect",
    "causes": "Causes",
    "recommendation": "Recommendation",
    "applies_when": "Applies when",
    "warning_signs": "Early-warning signs",
    "more": "More",
    "polarity": "Experience",
    "priority": "Priority",
    "status": "Status",
    "project": "Project",
    "organisation": "Organisation",
    "knowledge_areas": "Knowledge areas",
    "phases": "Project phases",
    "approaches": "Approaches",
    "sectors": "Sectors",
    "tags": "Tags",
    "competences": "Competences",
    "owner": "Owner",
    "contributor": "Contributor",
    "classification": "Classification",
    "dated": "Date",
    "review_date": "Review by",
    "language": "Language",
    "url": "Web address",
    "citation": "Citation",
    "external_ref": "External reference",
    "summary": "Summary",
    "file": "Source file",
    "place": "Source place",
    "body": "Whole text",
}
"""Field → name of its column, in order."""
CHANGEABLE = tuple(
    name for name in COLUMNS if name not in ("ref", "version", "status", "file", "place", "body")
)
"""Fields that a row changes; the others only tell."""
_LINES = {
    "title": 500,
    "project": 300,
    "organisation": 300,
    "owner": 300,
    "contributor": 300,
    "language": 35,
    "url": 2000,
    "external_ref": 200,
}
"""Fields of one line, with the most characters that they hold."""
_ELSEWHERE = ("organisation", "contributor", "language", "url", "external_ref", "citation")
"""Fields that the form of a lesson does not show."""
_LISTS: dict[str, tuple[type[StrEnum], dict[Any, str]]] = {
    "knowledge_areas": (KnowledgeArea, terms.AREAS),
    "phases": (Phase, terms.PHASES),
    "approaches": (Approach, terms.APPROACHES),
    "sectors": (Sector, terms.SECTORS),
}
_TERMS: dict[str, tuple[type[StrEnum], dict[Any, str]]] = {
    "polarity": (Polarity, terms.POLARITIES),
    "priority": (Priority, terms.PRIORITIES),
    "status": (Status, {}),
    "classification": (Classification, {}),
}
_TITLE_LENGTH = 120

Said = dict[str, Any]
"""Field → what it says, as a lesson holds it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A lesson as the base keeps it."""

    draft: ItemDraft
    """Without passages."""
    version: int
    status: Status
    file_name: str = ""
    """Of the file that it was read from."""


def cells(kept: Kept) -> list[Cell]:
    """The row of a lesson, a cell for each column; whoever reads it again has the lesson."""
    draft = kept.draft
    entry = _entry(draft)
    said = _said_by(kept, entry)
    alike = replace(composed.draft(entry, draft), passages=())
    said["body"] = "" if alike == draft else draft.body
    return [_cell(said[name]) for name in COLUMNS]


def _cell(value: object) -> Cell:
    if isinstance(value, tuple):
        values = cast(tuple[str, ...], value)
        return _joined([label(one) if isinstance(one, StrEnum) else one for one in values])
    if isinstance(value, StrEnum):
        return label(value)
    return value if isinstance(value, str | int | date | None) else str(value)


def _joined(values: Sequence[str]) -> str:
    """Values with semicolons between them; one that holds a semicolon stands in quotes."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="").writerow(values)
    return text.getvalue().replace(";", "; ") if not any(";" in one for one in values) else text.getvalue()


def facts(kept: Kept) -> Said:
    """What a row can say of a lesson, to be compared with what one says."""
    said = _said_by(kept, _entry(kept.draft))
    return {name: _comparable(said[name]) for name in (*CHANGEABLE, "file", "place")}


def _entry(draft: ItemDraft) -> LessonEntry:
    entry = composed.entry(draft)
    assert isinstance(entry, LessonEntry)  # noqa: S101 - registers hold lessons
    return entry


def _said_by(kept: Kept, entry: LessonEntry) -> Said:
    draft = kept.draft
    return {
        **{name: getattr(draft, name) for name in COLUMNS if name in ItemDraft.__slots__},
        **{name: getattr(entry.said, name) for name in LessonFields.__slots__},
        "version": kept.version,
        "status": kept.status,
        "more": entry.more,
        "summary": "" if draft.summary == composed.lead(entry.said) else draft.summary,
        "file": kept.file_name,
        "place": str(draft.locator) if kept.file_name else "",
    }


def source(said: Said) -> str:
    """The citation, with file and place: all that another base can keep of where a lesson comes from."""
    place = ", ".join(filter(None, (squash(said.get(name) or "") for name in ("file", "place"))))
    citation = (said.get("citation") or "").strip()
    return f"{citation} [{place}]" if citation and place else citation or place


def read(texts: Mapping[str, str]) -> Said:
    """What the cells of a row say, field for field. Raises InvalidError for what a field can't hold."""
    said = {name: _parsed(name, text) for name, text in texts.items()}
    if said.get("classification") is None:
        said.pop("classification", None)  # an empty cell must not open what was closed
    return said


def _parsed(name: str, text: str) -> Any:
    if name in _TERMS:
        return _term(name, text)
    if name in _LISTS:
        return _terms(name, text)
    if name in ("dated", "review_date"):
        return _day(name, text)
    if name == "version":
        return _version(text)
    if name in ("tags", "competences"):
        return tuple(_parts(text))
    if name in _LINES and len(line := squash(text)) > _LINES[name]:
        raise InvalidError(
            f"{COLUMNS[name]} has {len(line):,} characters, more than the {_LINES[name]:,} it can hold."
        )
    return squash(text) if name in _LINES or name in ("ref", "summary") else text


def _version(text: str) -> int | None:
    said = text.strip()
    if said and not (said.isascii() and said.isdigit() and len(said) < 10):
        raise InvalidError(f"Version: {said[:40]!r} is no number; leave the column as it was given out.")
    return int(said) if said else None


def _term(name: str, text: str) -> Any:
    said = text.strip()
    vocabulary, synonyms = _TERMS[name]
    found = term(vocabulary, said) or (terms.find(synonyms, said) if synonyms and said else None)
    if said and found is None:
        raise _no_term(name, said, vocabulary)
    return found


def _terms(name: str, text: str) -> tuple[Any, ...]:
    vocabulary, synonyms = _LISTS[name]
    parts = _parts(text)
    if unknown := terms.unknown(synonyms, parts):
        raise _no_term(name, unknown[0], vocabulary)
    found = terms.find_all(synonyms, parts)
    return tuple(sorted(found, key=[*vocabulary].index))


def _no_term(name: str, said: str, vocabulary: type[Term]) -> InvalidError:
    return InvalidError(f"{COLUMNS[name]}: {said[:40]!r} is none of {', '.join(map(label, vocabulary))}.")


def _parts(text: str) -> list[str]:
    """What stands between semicolons or on lines of its own."""
    rows = csv.reader(io.StringIO(text), delimiter=";", skipinitialspace=True)
    return [part for row in rows for cell in row if (part := squash(cell))]


def _day(name: str, text: str) -> date | None:
    said = text.strip()
    try:
        return date.fromisoformat(said[:10]) if said else None
    except ValueError:
        found = dates.parse(said)
    if found is None:
        raise InvalidError(f"{COLUMNS[name]}: {said[:40]!r} is no day; write it as 2026-11-25.")
    return found


def differing(said: Said, present: Said) -> Said:
    """What of a row's *said* is to change of what is *present*, space around texts aside.

    A citation that another base made of file and place is none.
    """
    found = {
        name: value
        for name, value in said.items()
        if name in CHANGEABLE and _comparable(value) != _comparable(present[name])
    }
    if "citation" in found and source(said) == source(present):
        del found["citation"]
    return found


def untaken(said: Said, present: Said, body: str) -> list[str]:
    """Names of the columns that only tell, and in which *said* says otherwise than *present* and *body*."""
    found = [name for name in ("file", "place") if name in said and said[name].strip() != present[name]]
    if source(said) == source(present):
        found = []  # another base gave it out, which keeps both in the citation
    if said.get("body", "").strip() and _comparable(said["body"]) != _comparable(body):
        found.append("body")
    return [COLUMNS[name] for name in found]


def _comparable(value: Any) -> Any:
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def changed(base: ItemDraft, said: Said) -> ItemDraft:
    """*base* with what *said* says in the place of what it said. Raises InvalidError."""
    entry = _entry(base)
    own = replace(entry.said, **_of(said, LessonFields.__slots__))
    stated = replace(entry.facts, **_of(said, Facts.__slots__))
    draft = composed.draft(LessonEntry(stated, own, said.get("more", entry.more)), base)
    draft = replace(draft, **_of(said, _ELSEWHERE))
    if summary := said.get("summary"):
        return replace(draft, summary=summary)
    return replace(draft, summary=composed.lead(draft.fields)) if "summary" in said else draft


def new(said: Said) -> ItemDraft:
    """The lesson that a row without reference tells. Raises InvalidError when it tells nothing."""
    told = said.get("event") or said.get("recommendation") or said.get("effect") or ""
    title = said.get("title") or shorten(markdown.plain(told).split("\n", maxsplit=1)[0], _TITLE_LENGTH)
    if not title:
        raise InvalidError("It has no title, and neither an event nor a recommendation to make one of.")
    draft = changed(ItemDraft(Kind.LESSON, "", "", LessonFields()), said | {"title": title})
    return replace(draft, citation=source(said))


def restored(said: Said) -> ItemDraft:
    """The lesson of another base that a row tells, as it was there. Raises InvalidError."""
    draft = replace(new(said), ref=said["ref"])
    body = said.get("body", "")
    if not body:
        return draft
    fields = replace(draft.fields, **_of(said, LessonFields.__slots__))
    stated = {name: value for name, value in _of(said, Facts.__slots__).items() if value}
    cut = passages.cut(markdown.parse(body), draft.title)
    summary = said.get("summary") or composed.lead(fields)
    return replace(draft, **stated, fields=fields, body=body, summary=summary, passages=cut)


def _of(said: Said, names: Iterable[str]) -> Said:
    return {name: said[name] for name in names if name in said}


def field_of(column: str) -> tuple[str, int] | None:
    """The field whose column is called *column*, and which of its columns it is: long texts have several."""
    words = terms.normal(column)
    field = _BY_NAME.get(words)
    if field:
        return field, 1
    name, _, number = words.rpartition(" ")
    return (_BY_NAME[name], int(number)) if number.isdecimal() and name in _BY_NAME else None


_BY_NAME = {terms.normal(name): field for field, name in COLUMNS.items()}
