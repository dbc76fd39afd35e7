"""What the front matter of the starter library's files may say, kind by kind."""

import datetime as dt
import re
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ingest import fields, front_matter
from ingest.markdown import InnerTable, Parsed, Section
from kb.vocabulary import (
    Approach,
    Classification,
    DocumentKind,
    KnowledgeArea,
    Phase,
    Polarity,
    Priority,
    Sector,
    Status,
    TrainingFormat,
    TrainingLevel,
)

LIBRARY = Path(__file__).parents[2] / "corpus"
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


class Group(StrEnum):
    """The five parts of the competence framework."""

    DIRECTION = "direction"
    PREPARATION = "preparation"
    PEOPLE = "people"
    CONTROL = "control"
    KNOWLEDGE = "knowledge"


class Level(BaseModel):
    """A competence at a level from 0 to 5."""

    model_config = ConfigDict(extra="forbid")

    name: str
    level: int = Field(ge=0, le=5)


class Common(BaseModel):
    """What every file says."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    ref: str = Field(pattern=r"^HS-[LPTCD]-\d{3}$")
    title: str = Field(min_length=4, max_length=140)
    summary: str = Field(min_length=40, max_length=320)
    knowledge_areas: list[KnowledgeArea] = Field(min_length=1, max_length=5)
    phases: list[Phase] = Field(min_length=1)
    approaches: list[Approach] = Field(min_length=1)
    sectors: list[Sector] = Field(min_length=1)
    tags: list[str] = Field(min_length=3, max_length=14)
    owner: str = Field(min_length=3)
    classification: Literal[Classification.PUBLIC]
    date: dt.date
    review_date: dt.date
    language: Literal["en"]
    source: str = ""
    url: str = ""


class Lesson(Common):
    """A lesson: of a named project with a citation, or general."""

    kind: Literal["lesson"]
    project: str = ""
    organisation: str = ""
    status: Literal[Status.ENDORSED]
    """Nobody in the office has to review them first."""
    polarity: Polarity
    priority: Priority
    checked: str = ""
    """Where its facts were checked, and when."""

    @model_validator(mode="after")
    def _cited(self) -> "Lesson":
        if not self.project:
            assert "general" in self.tags, "a lesson without a project is tagged general"
            return self
        assert "general" not in self.tags, "a lesson of a project is not general"
        assert _YEAR.search(self.source), "the source names report, body and year"
        assert self.source.count(",") >= 2, "the source names body, report and year"
        assert self.url.startswith("http"), "the address where the facts were read"
        assert _YEAR.search(self.checked), "what was checked, and when"
        return self


class Practice(Common):
    """A practice."""

    kind: Literal["practice"]


class Template(Common):
    """A template: a document or a register, with what its fields offer and work out."""

    kind: Literal["template"]
    form: Literal["document", "register"]
    choices: dict[str, list[str]] = {}
    """Field → the values that it offers."""
    formulas: dict[str, str] = {}
    """Field → how it is worked out of other fields, which stand in braces."""


class Training(Common):
    """A module with its whole text."""

    kind: Literal["training"]
    provider: str
    format: TrainingFormat
    level: TrainingLevel
    hours: float = Field(gt=0)
    cost: float = Field(ge=0)
    currency: Literal["GBP"]
    competences: list[Level] = Field(min_length=1)
    prerequisites: list[str]
    leads_to: str
    cpd_hours: float = Field(ge=0)


class Document(Common):
    """A guide, a process, a sample of a project's papers."""

    kind: Literal["document"]
    document_kind: DocumentKind
    project: str = ""
    organisation: str = ""

    @model_validator(mode="after")
    def _a_kind_of_its_own(self) -> "Document":
        special = {DocumentKind.COMPETENCE: Competence, DocumentKind.ROLE_PROFILE: RoleProfile}
        wanted = special.get(self.document_kind)
        assert wanted is None or isinstance(self, wanted), f"a {self.document_kind} has keys of its own"
        return self


class Competence(Document):
    """A competence, and what the frameworks of others call it."""

    group: Group
    apm: list[str]
    ipma: list[str]
    pmi: list[Literal["ways of working", "power skills", "business acumen"]]


class RoleProfile(Document):
    """A role and the levels that it asks for."""

    stage: Literal["entry", "mid-level", "senior", "executive"]
    experience: str
    """Years, such as `3-5`."""
    requires: list[Level] = Field(min_length=8)
    next: list[str]
    """Titles of the roles that follow."""


_KINDS: dict[str, type[Common]] = {
    "lesson": Lesson,
    "practice": Practice,
    "template": Template,
    "training": Training,
    "competence": Competence,
    "role_profile": RoleProfile,
}


def read(path: Path) -> tuple[Common, str]:
    """The front matter of a file, checked, and the body below it."""
    front, body = front_matter.split(path.read_text())
    kind = str(front.get("kind"))
    model = _KINDS.get(str(front.get("document_kind")) if kind == "document" else kind, Document)
    return model.model_validate(front), body


def files() -> list[Path]:
    """All Markdown files of the library."""
    return sorted(LIBRARY.rglob("*.md"))


def section(parsed: Parsed, heading: str) -> Section | None:
    """The first section under *heading*, in normal form."""
    return next((found for found in parsed.sections if fields.normal(found.heading) == heading), None)


def tables(parsed: Parsed, within: Section) -> list[InnerTable]:
    """The tables that stand in a section."""
    return [table for table in parsed.tables if within.start <= table.start < within.end]


def field_names(parsed: Parsed) -> list[str]:
    """The fields of a template: the first column of the table under Fields."""
    found = section(parsed, "fields")
    if found is None:
        return []
    return [row[0] for row in tables(parsed, found)[0].rows[1:]]


def filled_fields(parsed: Parsed, form: str) -> list[str]:
    """The fields that a template's example fills.

    A register's example is a table with the fields as its columns; a document's is a table of field and
    entry, or a heading for each field, or both.
    """
    found = section(parsed, "example")
    if found is None:
        return []
    if form == "register":
        return list(tables(parsed, found)[0].rows[0])
    headings = [s.heading for s in parsed.sections if found.start < s.start < found.end]
    rows = [
        row[0]
        for table in tables(parsed, found)
        if list(table.rows[0]) == ["Field", "Entry"]
        for row in table.rows[1:]
    ]
    return [*rows, *headings]
