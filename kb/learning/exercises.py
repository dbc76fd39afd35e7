"""Questions that a lesson answers, drawn from its own fields; no sentence of an answer is made up."""

from dataclasses import dataclass

from kb.values import LessonFields
from kb.vocabulary import Polarity


@dataclass(frozen=True, slots=True)
class Exercise:
    """A question with the lesson's own answer."""

    question: str
    answer: str
    """Markdown, as the lesson says it; empty where only the learners can say."""


def tells_a_case(said: LessonFields) -> bool:
    """Whether a lesson says both what happened and what to do: the least that can be discussed."""
    return bool(said.event.strip() and said.recommendation.strip())


def of_lesson(said: LessonFields) -> tuple[Exercise, ...]:
    """The questions that the fields of a lesson answer, from looking back to looking ahead.

    After Kolb's cycle: first why it happened (reflection), then what follows from it (generalisation), then
    where it holds and how it would show in one's own project (experimentation).
    """
    good = said.polarity is Polarity.POSITIVE
    asked = (
        ("Why did it go well?" if good else "Why did it come to this?", said.causes),
        (
            "What would you keep doing, and who would see to it?"
            if good
            else "What would you have done differently, and who would have had to do it?",
            said.recommendation,
        ),
        ("By which signs would you notice it early in a project of your own?", said.warning_signs),
        ("Does it hold for a project of your own?", said.applies_when),
    )
    return tuple(Exercise(question, answer.strip()) for question, answer in asked if answer.strip())
