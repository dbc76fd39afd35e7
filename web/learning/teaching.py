"""The plan of a session on a topic, for pages, API and command line: what is taught with, in which order."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from kb.access import Principal
from kb.errors import InvalidError
from kb.learning import exercises
from kb.learning.audiences import Audience
from kb.learning.exercises import Exercise
from kb.text import squash
from kb.values import LessonFields
from search import teaching
from search.teaching import Chosen
from web.wiring import Services


class Step(StrEnum):
    """The steps of a session, in their order; `search.teaching` says why in this one."""

    CASE = "case"
    PRINCIPLE = "principle"
    METHOD = "method"
    TASK = "task"
    READING = "reading"


@dataclass(frozen=True, slots=True)
class Telling:
    """How a step is announced."""

    title: str
    purpose: str
    empty: str
    """What is said where there is nothing for it."""


STEPS = {
    Step.CASE: Telling(
        "Open with a case",
        "Let people meet a real problem and say what they know of such, before any theory.",
        "No lesson here tells both what happened and what to do about this; open with a case of your own.",
    ),
    Step.PRINCIPLE: Telling(
        "The principle",
        "Say what the case is an example of.",
        "No practice here answers this.",
    ),
    Step.METHOD: Telling(
        "How it is done",
        "Show it: training from foundation to expert, then the forms to do it with.",
        "No training and no template here is about this.",
    ),
    Step.TASK: Telling(
        "Discuss and try",
        "Let people answer before they see what the project itself answered.",
        "Without a case there is no question that it answers; ask where this shows in people's own projects.",
    ),
    Step.READING: Telling(
        "Further reading",
        "For taking it into one's own work.",
        "Nothing else here answers this.",
    ),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """A session on a topic."""

    topic: str
    audience: Audience
    parts: dict[Step, tuple[Chosen, ...]]
    """Of the task: the case that its questions are of."""
    exercises: tuple[Exercise, ...]

    @property
    def found(self) -> bool:
        """Whether there is anything to teach with."""
        return any(self.parts.values())


def plan(services: Services, session: Session, principal: Principal, topic: str, audience: Audience) -> Plan:
    """What to teach *topic* to *audience* with.

    Raises InvalidError without a topic, UnavailableError without an index.
    """
    said = squash(topic)
    if not said:
        raise InvalidError("Say what is to be taught: a topic, or a situation in a sentence.")
    found = teaching.gather(services.search(), session, principal, said, audience)
    case = found.cases[:1]
    own = case[0].item.fields if case else None
    return Plan(
        said,
        audience,
        {
            Step.CASE: found.cases,
            Step.PRINCIPLE: found.principles,
            Step.METHOD: (*found.modules, *found.templates),
            Step.TASK: case,
            Step.READING: found.reading,
        },
        exercises.of_lesson(own) if isinstance(own, LessonFields) else (),
    )
