"""Competences and role profiles from tables: a row each, as an organisation keeps them in a spreadsheet."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest import delimited, formats, markdown, passages, rows, sheets, terms
from ingest.converted import Table
from ingest.formats import Format
from kb.errors import InvalidError
from kb.learning import reading
from kb.learning.values import HIGHEST
from kb.settings import Limits
from kb.text import shorten, squash
from kb.values import DocumentFields, ItemDraft
from kb.vocabulary import DocumentKind, Kind

_COMPETENCE = {
    "name": "competence|competency|title|name",
    "group": "group|category|area",
    "summary": "summary|description|definition|what it is",
    "apm": "apm|apm competence framework",
    "ipma": "ipma|ipma icb4|icb4",
    "pmi": "pmi|pmi talent triangle",
}
_ROLE = {
    "name": "role|role profile|job title|title|name",
    "summary": "summary|description|purpose",
    "stage": "stage|career stage|seniority",
    "experience": "experience|years of experience|years",
    "requires": "requires|required competences|competences|competencies|competence",
    "following": "next|next roles|next steps|roles that may follow|leads to",
}
_LEVEL = re.compile(r"^(?:level |l)?([0-5])\b")
_FRAMEWORKS = {
    "apm": "APM Competence Framework, 3rd edition",
    "ipma": "IPMA ICB4",
    "pmi": "PMI Talent Triangle",
}
_NAMES = ("unaware", "aware", "practised", "competent", "proficient", "expert")
_SUMMARY_LENGTH = 320
_LONGEST = 200

Draft = Callable[[ItemDraft | None], ItemDraft]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of such a table."""

    kind: DocumentKind
    name: str
    draft: Draft
    """The item that it makes, or makes of the one that is there; what it does not tell stays."""


def read(path: Path, limits: Limits) -> list[Entry]:
    """The rows of the tables at *path*.

    Raises InvalidError when it is neither CSV nor Excel, or no table of it is one of competences or roles,
    or a row is incomplete.
    """
    found = formats.recognise(path, path.name)
    if found is Format.CSV:
        converted = delimited.read(path.read_bytes(), limits)
    elif found is Format.EXCEL:
        converted = sheets.read(path, limits)
    else:
        raise InvalidError(f"{path.name} is {found}; give competences and roles as CSV or Excel.")
    entries = [entry for part in converted.parts if part.table for entry in _entries(part.table)]
    if not entries:
        raise InvalidError(
            "No competences or roles are in it. Competences need a column with their names and columns "
            "Level 0 to Level 5; roles a column with their names and one with competences, such as "
            "“scheduling (3); cost control (2)”."
        )
    return entries


def _entries(table: Table) -> Iterator[Entry]:
    header = [terms.normal(name) for name in table.rows[0].cells]
    levels = {int(found[1]): index for index, name in enumerate(header) if (found := _LEVEL.match(name))}
    role = _columns(header, _ROLE)
    if len(levels) > 1:
        named = _columns(header, _COMPETENCE)
        build = _competence
    elif {"name", "requires"} <= role.keys():
        named, build = role, _role
    else:
        return
    for row in table.rows[1:]:
        cells = {name: _at(row.cells, index) for name, index in named.items()}
        texts = {number: _at(row.cells, index) for number, index in sorted(levels.items())}
        if any(cells.values()):
            yield _checked(build(cells, texts), row.number)


def _columns(header: Sequence[str], known: Mapping[str, str]) -> dict[str, int]:
    """The column of each field, by the first of its names that is there; no column feeds two."""
    found: dict[str, int] = {}
    for field, names in known.items():
        places = [header.index(name) for name in names.split("|") if name in header]
        free = [place for place in places if place not in found.values()]
        if free:
            found[field] = free[0]
    return found


def _at(cells: Sequence[str], index: int) -> str:
    return squash(cells[index]) if index < len(cells) else ""


def _checked(entry: Entry, number: int | None) -> Entry:
    if not entry.name or len(entry.name) > _LONGEST:
        raise InvalidError(f"Row {number}: a name of at most {_LONGEST} characters is needed.")
    return entry


def _competence(cells: Mapping[str, str], texts: Mapping[int, str]) -> Entry:
    levels = [(f"{number} {_NAMES[number]}", text) for number, text in texts.items() if text]
    names = [(_FRAMEWORKS[name], cells[name]) for name in _FRAMEWORKS if cells.get(name)]
    if cells.get("group"):
        names.append((reading.GROUP, cells["group"]))
    sections = {
        reading.LEVELS: reading.table(("Level", "What the person does"), levels),
        reading.NAMES: reading.table(("Framework", "Name there"), names),
    }
    return _entry(
        DocumentKind.COMPETENCE, cells, sections if names else {reading.LEVELS: sections[reading.LEVELS]}
    )


def _role(cells: Mapping[str, str], _texts: Mapping[int, str]) -> Entry:
    required, plain = rows.competences(cells["requires"])
    if plain or not required:
        said = plain[0] if plain else cells.get("name", "")
        raise InvalidError(f"“{said[:100]}”: give each competence its level, such as “scheduling (3)”.")
    asked = [(one.name, str(one.level), "") for one in required if one.level <= HIGHEST]
    sections = {reading.REQUIRED: reading.table(("Competence", "Level", "Needed for"), asked)}
    place = [cells.get(name, "") for name in ("stage", "experience", "following")]
    if any(place):
        sections[reading.NEXT] = reading.table(reading.PLACE, [place])
    return _entry(DocumentKind.ROLE_PROFILE, cells, sections)


def _entry(kind: DocumentKind, cells: Mapping[str, str], sections: Mapping[str, str]) -> Entry:
    name, said = cells.get("name", ""), cells.get("summary", "")

    def draft(base: ItemDraft | None) -> ItemDraft:
        start = base or ItemDraft(
            Kind.DOCUMENT, name, f"## What it is\n\n{said}" if said else "", DocumentFields(kind)
        )
        body = reading.with_sections(start.body, sections)
        return replace(
            start,
            body=body,
            summary=shorten(said, _SUMMARY_LENGTH) if said else start.summary,
            passages=passages.cut(markdown.parse(body), start.title),
        )

    return Entry(kind, name, draft)
