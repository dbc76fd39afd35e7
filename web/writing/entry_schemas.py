"""Lessons and other items as programs write them, and what is said of them."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from ingest.composed import Entry, Facts, LessonEntry, TextEntry
from kb.life.linting import Rule
from kb.values import LessonFields
from kb.vocabulary import Approach, Classification, KnowledgeArea, Link, Phase, Polarity, Priority, Sector
from search.doubles import Likeness
from search.suggesting import Subject
from web.schemas import ItemOut, Out
from web.writing.assisting import Checked


class FactsIn(BaseModel):
    """What is said of an item beside its text."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(description="One line that tells what can be learned.")
    project: str = ""
    owner: str = Field(default="", description="Who keeps it current.")
    dated: date | None = Field(default=None, description="The day of what it tells.")
    review_date: date | None = None
    classification: Classification = Classification.INTERNAL
    knowledge_areas: list[KnowledgeArea] = []
    phases: list[Phase] = []
    approaches: list[Approach] = []
    sectors: list[Sector] = []
    tags: list[str] = []
    competences: list[str] = Field(
        default=[], description="What people need to be good at to do as it says.", examples=[["scheduling"]]
    )

    def facts(self) -> Facts:
        """As a value."""
        return Facts(
            title=self.title,
            project=self.project,
            owner=self.owner,
            dated=self.dated,
            review_date=self.review_date,
            classification=self.classification,
            knowledge_areas=tuple(self.knowledge_areas),
            phases=tuple(self.phases),
            approaches=tuple(self.approaches),
            sectors=tuple(self.sectors),
            tags=tuple(self.tags),
            competences=tuple(self.competences),
        )


class LessonTextsIn(FactsIn):
    """A lesson; its texts are Markdown."""

    event: str = Field(default="", description="What happened.")
    effect: str = ""
    causes: str = ""
    recommendation: str = Field(default="", description="What others should do, who and when.")
    applies_when: str = ""
    warning_signs: str = ""
    more: str | None = Field(
        default=None, description="What has no field of its own; null leaves what is there."
    )
    polarity: Polarity | None = None
    priority: Priority | None = None

    def lesson(self, present: Entry | None = None) -> LessonEntry:
        """As a value, with the present one's further text if this one says nothing of it."""
        said = LessonFields(**{name: getattr(self, name) for name in LessonFields.__slots__})
        kept = present.more if isinstance(present, LessonEntry) else ""
        return LessonEntry(self.facts(), said, kept if self.more is None else self.more)


class LessonIn(LessonTextsIn):
    """A new lesson."""

    submit: bool = Field(default=False, description="Whether it is ready for review; else it is a draft.")


class CheckIn(LessonTextsIn):
    """A lesson that is being written."""

    title: str = ""
    ref: str = Field(default="", description="Its reference, if it is kept already.")


class LessonEditIn(LessonIn):
    """A lesson's next version."""

    version: int | None = Field(default=None, ge=1, description="The version that was read; or use If-Match.")

    def entry(self, present: Entry) -> Entry:
        """As a value."""
        return self.lesson(present)


class TextEditIn(FactsIn):
    """The next version of a practice, template, training or document."""

    summary: str
    body: str = Field(description="Markdown.")
    submit: bool = Field(default=False, description="Of no effect: only lessons are submitted.")
    version: int | None = Field(default=None, ge=1, description="The version that was read; or use If-Match.")

    def entry(self, _: Entry) -> Entry:
        """As a value."""
        return TextEntry(self.facts(), self.summary, self.body)


class FindingOut(Out):
    """Something to improve."""

    rule: Rule
    hint: str = Field(description="What to do, as a sentence.")


class DoubleOut(Out):
    """A lesson like the one being written."""

    lesson: ItemOut
    likeness: Likeness
    similarity: float = Field(description="Cosine of the two texts, -1 to 1.")
    reason: str


class ClashOut(Out):
    """An item that advises otherwise, or that the lesson seems to replace."""

    item: ItemOut
    link: Link
    reason: str


class SuggestionOut(Out):
    """A value that fits."""

    subject: Subject
    value: str
    confidence: float = Field(description="Share of the vote of the nearest items, 0 to 1.")


class CheckedOut(Out):
    """What is said of a lesson while it is being written."""

    score: int = Field(description="From 100, nothing to improve, down to 0.")
    findings: list[FindingOut]
    doubles: list[DoubleOut]
    clashes: list[ClashOut]
    suggestions: list[SuggestionOut]

    @staticmethod
    def of(checked: Checked) -> "CheckedOut":
        """From what was found."""
        return CheckedOut(
            score=checked.score,
            findings=[FindingOut(rule=one.rule, hint=one.hint) for one in checked.findings],
            doubles=[
                DoubleOut(
                    lesson=ItemOut.of(one.lesson),
                    likeness=one.likeness,
                    similarity=round(one.similarity, 4),
                    reason=one.reason,
                )
                for one in checked.doubles
            ],
            clashes=[
                ClashOut(item=ItemOut.of(one.item), link=one.link, reason=one.reason)
                for one in checked.clashes
            ],
            suggestions=[
                SuggestionOut(
                    subject=one.subject, value=one.value, confidence=round(min(1.0, one.confidence), 4)
                )
                for one in checked.suggestions
            ],
        )
