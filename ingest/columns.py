"""What the columns of registers are called, and which field each one feeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from ingest import dates, terms
from kb.errors import InvalidError
from kb.vocabulary import Kind


class How(StrEnum):
    """Why a column feeds its field."""

    NAME = "name"
    SYNONYM = "synonym"
    BY_HAND = "given by hand"
    MEANING = "meaning"
    IGNORED = ""


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """A column of a register and the field that it feeds, empty when it is kept as a detail only."""

    column: str
    field: str
    how: str


DROP = "ignore"
"""Given by hand as a field: leave the column out."""
DETAIL = "detail"
"""Given by hand as a field: keep the column under the item's other details."""

_COMPETENCES = "competences|competencies|competence|competency"
_SHARED = {
    "id": "id|ref|reference|reference no|reference number|identifier|no|number|item no|record id",
    "title": "title|name|subject|headline",
    "date": "date|date raised|date identified|date logged|date recorded|created|published|date entered",
    "tags": "tags|tag|keywords|categories|category|topics|topic|theme|labels",
    "knowledge_area": "knowledge area|knowledge areas|process area|pm area",
    "phase": "phase|project phase|phases|stage|project stage|lifecycle phase",
    "approach": "approach|delivery approach|methodology",
    "sector": "sector|sectors|industry",
    "organisation": "organisation|organization|agency|department|centre|center|company",
    "owner": "owner|lesson owner|action owner",
    "url": "url|link|web|web address|hyperlink|course url|source url",
    "language": "language|lang",
    "summary": "summary|short description",
    "citation": "citation|cited source",
}
SYNONYMS: dict[Kind, dict[str, str]] = {
    Kind.LESSON: {
        **_SHARED,
        "id": "lesson id|lesson no|lesson number|lesson ref|lesson reference|" + _SHARED["id"],
        "title": "lesson title|lesson name|title|headline|subject|name|short title",
        "event": (
            "event|abstract|what happened|event description|description of driving event|"
            "driving event|observation|"
            "issue description|problem description|situation|problem statement|description|problem|issue|"
            "lesson description|background|context|experience|details"
        ),
        "effect": "effect|impact|impact on project|consequence|consequences|result|outcome|effects",
        "causes": "causes|cause|root cause|root causes|why|reason|reasons|contributing factors",
        "recommendation": (
            "recommendation|recommendations|lesson|lesson learned|lesson learnt|lessons learned|"
            "lessons learnt|"
            "recommended action|recommended actions|suggested action|what to do differently|"
            "corrective action|action|"
            "actions|action taken|future action|improvement|preventive action"
        ),
        "applies_when": "applies when|applicability|applicable to|applies to",
        "warning_signs": "early warning signs|warning signs|early warning indicators|triggers",
        "polarity": "polarity|positive negative|success or failure|positive or negative|lesson type|type",
        "priority": "priority|importance|severity|rating",
        "project": "project|project name|project title|programme|program",
        "contributor": (
            "contributor|submitter|submitted by|author|raised by|reported by|logged by|identified by"
        ),
        "date": "lesson date|event date|" + _SHARED["date"],
        "competences": _COMPETENCES,
    },
    Kind.TRAINING: {
        **_SHARED,
        "id": "course id|course code|course no|" + _SHARED["id"],
        "title": "course name|course title|course|training title|training name|training|module|"
        + _SHARED["title"],
        "provider": (
            "provider|university|institution|vendor|school|training provider|offered by|partner|publisher"
        ),
        "format": "format|delivery|delivery method|mode|type|course type|delivery mode|modality",
        "level": "level|difficulty level|difficulty|course level|skill level",
        "hours": "hours|duration hours|duration|length|effort hours|content duration|learning hours|time",
        "cost": "cost|price|fee|fees|course fee",
        "currency": "currency",
        "competences": f"{_COMPETENCES}|competences taught",
        "prerequisites": "prerequisites|prerequisite|requirements|entry requirements",
        "leads_to": "leads to|certification|certificate|qualification|award",
        "cpd_hours": "cpd hours|pdu|pdus|cpd|cpd points",
        "renewal": "renewal|recertification|renewal rules|valid for",
        "offered_from": "offered from|available from|start date|valid from",
        "offered_until": "offered until|available until|end date|expires|expiry date|valid until",
        "reviewed_on": "reviewed on|last reviewed|reviewed|last checked",
        "review_date": "review date|review by|next review",
        "tags": "skills|skills taught|skills gained|" + _SHARED["tags"],
        "description": (
            "description|course description|about|overview|what you will learn|objectives|"
            "learning objectives|content|"
            "outline|syllabus"
        ),
        "summary": _SHARED["summary"],
    },
}
MANY = {"tags"}
"""Fields that several columns may feed."""
DAYS = {"date", "offered_from", "offered_until", "reviewed_on", "review_date"}
"""Fields that hold a day."""
_STEMS = {
    Kind.LESSON: (
        ("recommend", "recommendation"),
        ("differently", "recommendation"),
        ("lesson learn", "recommendation"),
        ("went wrong", "event"),
        ("what happen", "event"),
        ("root cause", "causes"),
        ("impact", "effect"),
        ("consequence", "effect"),
    ),
    Kind.TRAINING: (("course name", "title"), ("prerequisite", "prerequisites"), ("price", "cost")),
}


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raise InvalidError when *mapping* names a field that no register has."""
    known = sorted({field for fields in SYNONYMS.values() for field in fields} | {DROP, DETAIL})
    for column, field in mapping.items():
        if field not in known:
            raise InvalidError(
                f"Column {column!r}: there is no field {field!r}. Fields are: {', '.join(known)}."
            )


def recognise(
    kind: Kind, header: Sequence[str], rows: Sequence[Sequence[str]], mapping: Mapping[str, str]
) -> tuple[ColumnUse, ...]:
    """Which field each column of *header* feeds, by hand, by name, by a synonym, or by what it holds.

    Each field has one column, tags may have several; the better name wins, the other stays a detail.
    """
    by_hand = {terms.normal(column): field for column, field in mapping.items()}
    taken: set[str] = set()
    uses: list[ColumnUse | None] = [None] * len(header)
    for index, name in enumerate(header):
        if field := by_hand.get(terms.normal(name)):
            shown = "" if field == DETAIL else field
            uses[index] = ColumnUse(name, shown, How.BY_HAND)
            taken.add(field)
    for field, words in SYNONYMS[kind].items():
        names = [terms.normal(field), *words.split("|")]
        ranked = sorted(
            (names.index(_plain(name)), index)
            for index, name in enumerate(header)
            if uses[index] is None and _plain(name) in names
        )
        for _, index in ranked:
            if (field in taken and field not in MANY) or not _fits(field, [_at(row, index) for row in rows]):
                continue
            how = How.NAME if terms.normal(header[index]) == terms.normal(field) else How.SYNONYM
            uses[index] = ColumnUse(header[index], field, how)
            taken.add(field)
    for index, name in enumerate(header):
        if uses[index] is None and (field := _meant(kind, name, [_at(row, index) for row in rows])):
            if field in taken:
                continue
            uses[index] = ColumnUse(name, field, How.MEANING)
            taken.add(field)
    return tuple(use or ColumnUse(name, "", How.IGNORED) for use, name in zip(uses, header, strict=True))


@lru_cache(maxsize=1024)
def _plain(name: str) -> str:
    """A header without the number of its repetition: `Submitter1` → `submitter`."""
    words = terms.normal(name)
    return words.rstrip("0123456789 ") or words


def _at(row: Sequence[str], index: int) -> str:
    return row[index] if index < len(row) else ""


def _fits(field: str, values: Sequence[str]) -> bool:
    """Whether what a column holds can be what its name says."""
    filled = [value for value in values[:500] if value]
    if not filled:
        return True
    if field == "tags":
        return sum(not value.replace(".", "").isdigit() for value in filled) > len(filled) / 2
    if field in DAYS:
        return sum(dates.parse(value) is not None for value in filled) > len(filled) / 2
    if field == "polarity":
        return sum(terms.find(terms.POLARITIES, value) is not None for value in filled) > len(filled) / 2
    return True


def _meant(kind: Kind, name: str, values: Sequence[str]) -> str:
    """The field that a column's words or values point to."""
    words = terms.normal(name)
    for stem, field in _STEMS[kind]:
        if stem in words:
            return field
    filled = [value for value in values[:200] if value]
    if filled and sum(value.startswith(("http://", "https://")) for value in filled) > len(filled) * 0.9:
        return "url"
    if kind is Kind.LESSON and len(filled) > 1 and all(terms.find(terms.POLARITIES, v) for v in filled):
        return "polarity"
    return ""
