"""Frozen values that cross package borders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NewType

from kb.vocabulary import (
    Approach,
    Classification,
    DocumentKind,
    FacetName,
    Kind,
    KnowledgeArea,
    Phase,
    Polarity,
    Priority,
    Sector,
    Status,
    TemplateForm,
    TrainingFormat,
    TrainingLevel,
)

ItemId = NewType("ItemId", int)
PassageId = NewType("PassageId", int)


@dataclass(frozen=True, slots=True)
class Locator:
    """Where a passage stands: in the original file, and in the body it was cut from."""

    start: int = 0
    end: int = 0
    """Character range [start, end) of the version's body."""
    page: int | None = None
    slide: int | None = None
    sheet: str | None = None
    row: int | None = None
    """Counted from 1, as the file's own program shows them."""

    def __str__(self) -> str:
        """As people say it: `page 4`, `sheet Risks, row 12`; empty when only the body is known."""
        named = (("page", self.page), ("slide", self.slide), ("sheet", self.sheet), ("row", self.row))
        return ", ".join(f"{name} {value}" for name, value in named if value is not None)


@dataclass(frozen=True, slots=True)
class PassageDraft:
    """A piece of text small enough to be one answer."""

    headings: tuple[str, ...]
    """The headings above it, outermost first."""
    text: str
    locator: Locator


@dataclass(frozen=True, slots=True)
class Taught:
    """A competence that training teaches, up to a level from 0 (unaware) to 5 (expert)."""

    name: str
    level: int


@dataclass(frozen=True, slots=True)
class Choices:
    """The values that a field of a template offers."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Formula:
    """How a field of a template is worked out of other fields, whose names stand in braces."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class LessonFields:
    """A lesson's own fields; texts are Markdown."""

    event: str = ""
    effect: str = ""
    causes: str = ""
    recommendation: str = ""
    applies_when: str = ""
    warning_signs: str = ""
    polarity: Polarity | None = None
    priority: Priority | None = None


@dataclass(frozen=True, slots=True)
class PracticeFields:
    """A best practice's own fields; texts are Markdown."""

    problem: str = ""
    context: str = ""
    practice: str = ""
    steps: str = ""
    preconditions: str = ""
    expected_outcome: str = ""
    kpis: str = ""
    pitfalls: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class TemplateFields:
    """A template's own fields; texts are Markdown."""

    purpose: str = ""
    when_to_use: str = ""
    tailoring: str = ""
    fields_to_fill: str = ""
    example: str = ""
    form: TemplateForm = TemplateForm.DOCUMENT
    choices: tuple[Choices, ...] = ()
    formulas: tuple[Formula, ...] = ()


@dataclass(frozen=True, slots=True)
class TrainingFields:
    """A training item's own fields."""

    provider: str = ""
    format: TrainingFormat | None = None
    level: TrainingLevel | None = None
    hours: float | None = None
    cost: float | None = None
    currency: str = ""
    competences: tuple[Taught, ...] = ()
    prerequisites: tuple[str, ...] = ()
    """References or titles of training that comes first."""
    leads_to: str = ""
    """The certification."""
    cpd_hours: float | None = None
    renewal: str = ""
    """How the certification is kept."""
    offered_from: date | None = None
    offered_until: date | None = None
    """The last day on which it can be taken."""
    reviewed_on: date | None = None
    """When somebody last found that this still holds."""


@dataclass(frozen=True, slots=True)
class DocumentFields:
    """A document's own fields."""

    document_kind: DocumentKind = DocumentKind.OTHER


KindFields = LessonFields | PracticeFields | TemplateFields | TrainingFields | DocumentFields

KIND_FIELDS: Mapping[Kind, type[KindFields]] = {
    Kind.LESSON: LessonFields,
    Kind.PRACTICE: PracticeFields,
    Kind.TEMPLATE: TemplateFields,
    Kind.TRAINING: TrainingFields,
    Kind.DOCUMENT: DocumentFields,
}


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """All that ingestion knows of an item; what is stored when it differs from what is there."""

    kind: Kind
    title: str
    body: str
    """Markdown; the locators' character ranges refer to it."""
    fields: KindFields
    key: str = ""
    """Names the item among those of the same file, the same at each reading: a row's id, for instance."""
    passages: tuple[PassageDraft, ...] = ()
    summary: str = ""
    ref: str | None = None
    """The library's own reference, when the author gave one."""
    external_ref: str = ""
    """The reference in the system it came from."""
    project: str = ""
    organisation: str = ""
    contributor: str = ""
    owner: str = ""
    url: str = ""
    language: str = ""
    citation: str = ""
    """The publication that the facts come from."""
    classification: Classification = Classification.INTERNAL
    status: Status | None = None
    """None = the kind's first state: a lesson is submitted, anything else published."""
    dated: date | None = None
    """The day of what it tells: the event, the report, the issue."""
    review_date: date | None = None
    knowledge_areas: tuple[KnowledgeArea, ...] = ()
    phases: tuple[Phase, ...] = ()
    approaches: tuple[Approach, ...] = ()
    sectors: tuple[Sector, ...] = ()
    tags: tuple[str, ...] = ()
    competences: tuple[str, ...] = ()
    """What people need to be good at to do as it says; what training teaches stands in its own fields."""
    locator: Locator = Locator()
    """Where in the file the item stands; the whole file when empty."""


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """A file as it was found."""

    location: str
    """Where it lives: an absolute path, or `starter:…` or `upload:…`. Unique."""
    name: str
    """The file's own name, for people and downloads."""
    digest: str
    """SHA-256 of its bytes, hexadecimal."""
    size: int
    media_type: str
    reader: str
    """Name and version of the code that read it; another one reads the file anew."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What storing did, counted in items."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    withdrawn: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Both tallies together."""
        return Tally(
            self.added + other.added,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.withdrawn + other.withdrawn,
        )


@dataclass(frozen=True, slots=True)
class Filters:
    """What items must match: all the named facets, any value within one, and no unwanted value."""

    facets: Mapping[FacetName, tuple[str, ...]] = field(default_factory=dict[FacetName, tuple[str, ...]])
    before: date | None = None
    """Dated earlier than this day."""
    after: date | None = None
    """Dated on this day or later."""
    without: Mapping[FacetName, tuple[str, ...]] = field(default_factory=dict[FacetName, tuple[str, ...]])
    """Values that they must not carry."""

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        named = (*self.facets.values(), *self.without.values())
        return bool(self.before or self.after or any(named))

    def as_json(self) -> dict[str, list[str]]:
        """As plain values by name, which are query parameters too; unwanted values have none."""
        found = {str(name): list(values) for name, values in self.facets.items() if values}
        days = {"before": self.before, "after": self.after}
        return found | {name: [day.isoformat()] for name, day in days.items() if day}

    @classmethod
    def from_json(cls, stored: Mapping[str, Sequence[str]]) -> "Filters":
        """What *as_json* gave."""
        before, after = (stored.get(name, ()) for name in ("before", "after"))
        return cls(
            {name: tuple(stored[name]) for name in FacetName if name in stored},
            date.fromisoformat(before[0]) if before else None,
            date.fromisoformat(after[0]) if after else None,
        )
