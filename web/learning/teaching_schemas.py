"""The plan of a session: how it is asked for over HTTP, and how it is given."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from ingest import markdown
from kb.learning.audiences import Audience
from kb.text import shorten
from kb.values import LessonFields, TrainingFields
from kb.vocabulary import TrainingFormat, TrainingLevel
from search.query import MAX_LENGTH
from search.teaching import Chosen
from web.addresses import item_url, query_string
from web.learning.path_schemas import filled
from web.learning.teaching import STEPS, Plan, Step
from web.schemas import ItemOut, Out
from web.searching import reasons

_CASE = 600
"""Characters of what happened that are shown."""


class TeachQuery(BaseModel):
    """What a session is to be about, and for whom."""

    model_config = ConfigDict(extra="ignore")

    q: str = Field(
        default="", max_length=MAX_LENGTH, description="A topic, or a situation in a sentence or two."
    )
    level: Annotated[TrainingLevel | None, BeforeValidator(filled)] = Field(
        default=None, description="Only training of this level."
    )
    hours: Annotated[Annotated[float, Field(gt=0, le=10_000)] | None, BeforeValidator(filled)] = Field(
        default=None, description="Only training that takes no more hours."
    )
    language: str = Field(
        default="", max_length=35, description="Leave out what says that it is in another language."
    )

    def audience(self) -> Audience:
        """As a value."""
        return Audience(self.level, self.hours, self.language)

    def query(self) -> str:
        """As a query string."""
        return query_string(self.model_dump(mode="json", exclude_defaults=True))


class QuotedOut(Out):
    """A passage."""

    text: str
    place: str = Field(description="The headings above it.")
    url: str = Field(description="The passage on the page of its item.")

    @staticmethod
    def of(one: Chosen) -> "QuotedOut | None":
        """The passage that answers best."""
        if not one.hit.passages:
            return None
        best = one.hit.passages[0]
        return QuotedOut(
            text=best.snippet.text,
            place=best.passage.headings,
            url=item_url(one.item.head.ref, passage=best.passage.ordinal),
        )


class TaughtOut(Out):
    """An item that is taught with."""

    item: ItemOut
    why: str = Field(description="Why it is here, as a sentence.")
    strength: float = Field(description="How well it answers, 0 to 1.")
    passage: QuotedOut | None
    happened: str = Field(description="Of a lesson that opens the session: what happened; plain text.")
    citation: str = Field(description="What to cite: its reference, title, version and publication.")
    level: TrainingLevel | None = Field(description="Of training.")
    format: TrainingFormat | None = Field(description="Of training.")
    hours: float | None = Field(description="Of training.")

    @staticmethod
    def of(one: Chosen, step: Step) -> "TaughtOut":
        """From an item of a step."""
        item = one.item
        training = item.fields if isinstance(item.fields, TrainingFields) else TrainingFields()
        told = item.fields.event if isinstance(item.fields, LessonFields) and step is Step.CASE else ""
        published = item.citation or item.url
        return TaughtOut(
            item=ItemOut.of(item.head),
            why=reasons.found(one.hit),
            strength=round(one.strength, 3),
            passage=QuotedOut.of(one),
            happened=shorten(markdown.plain(told), _CASE),
            citation=", ".join(
                filter(None, (item.head.ref, item.head.title, f"version {item.version}", published))
            ),
            level=training.level,
            format=training.format,
            hours=training.hours,
        )


class ExerciseOut(Out):
    """A question that the case answers."""

    question: str
    answer: str = Field(description="As the lesson says it, Markdown.")


class StepOut(Out):
    """A step of the session."""

    step: Step
    title: str
    purpose: str
    items: list[TaughtOut]
    exercises: list[ExerciseOut] = Field(description="Of the step `task` alone.")
    empty: str = Field(description="What is missing here; empty where nothing is.")


class TeachingPlanOut(Out):
    """A session on a topic, step by step."""

    topic: str
    found: bool = Field(description="Whether there is anything to teach it with.")
    steps: list[StepOut]

    @staticmethod
    def of(plan: Plan) -> "TeachingPlanOut":
        """From a plan."""
        return TeachingPlanOut(
            topic=plan.topic,
            found=plan.found,
            steps=[_step(plan, step) for step in Step],
        )


def _step(plan: Plan, step: Step) -> StepOut:
    telling = STEPS[step]
    items = [TaughtOut.of(one, step) for one in plan.parts[step]]
    asked = plan.exercises if step is Step.TASK else ()
    return StepOut(
        step=step,
        title=telling.title,
        purpose=telling.purpose,
        items=items,
        exercises=[ExerciseOut(question=one.question, answer=one.answer) for one in asked],
        empty="" if items else telling.empty,
    )
