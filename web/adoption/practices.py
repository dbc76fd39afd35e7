"""What pages, API and command line do with practices: recommend them, with what speaks for and against."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb import items
from kb.access import Principal
from kb.assessments import records
from kb.assessments.records import Assessed, Gap
from kb.errors import InvalidError
from kb.items import ItemDetail
from kb.practices import reading
from kb.practices.reading import Measure
from kb.text import squash
from kb.values import PracticeFields
from kb.vocabulary import label
from search import recommending, weighing
from search.recommending import Concern, Proposal
from search.weighing import Weighed
from web.wiring import Services

MAX_CONCERNS = 40
USUAL_NUMBER = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """What practices are wanted for."""

    situation: str = ""
    needs: tuple[str, ...] = ()
    """More situations, each by itself."""
    assessment: int | None = None
    """Number of the assessment whose gaps are to be closed."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a practice takes, as far as it says so itself."""

    steps: int
    roles: tuple[str, ...]
    hours: float
    """Named for single steps, for each person who takes part; 0 when none is."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A practice that fits, with all that helps to decide on it."""

    proposal: Proposal
    practice: ItemDetail
    evidence: Weighed
    closes: tuple[Gap, ...]
    """What of the assessment it helps to close."""
    preconditions: tuple[str, ...]
    measures: tuple[Measure, ...]
    work: Work

    @property
    def fields(self) -> PracticeFields:
        """The practice's own."""
        return fields_of(self.practice)


@dataclass(frozen=True, slots=True)
class Answer:
    """The practices for what was asked."""

    asked: Asked
    assessment: Assessed | None
    concerns: tuple[Concern, ...]
    advice: tuple[Advice, ...]
    unanswered: tuple[Concern, ...]
    """No practice here answers them well."""


def recommend(
    services: Services, session: Session, principal: Principal, asked: Asked, *, limit: int = USUAL_NUMBER
) -> Answer:
    """The practices that fit what was *asked*, the best first.

    Raises InvalidError when nothing was asked, NotFoundError without that assessment.
    """
    assessment = None
    if asked.assessment is not None:
        assessment = records.get(session, principal, asked.assessment)
    gaps = assessment.gaps if assessment else ()
    told = [Concern(text) for text in (squash(text) for text in (asked.situation, *asked.needs)) if text]
    if not told and assessment is None:
        raise InvalidError("Say in a sentence or two what the situation is, or choose an assessment.")
    widest = max((gap.width for gap in gaps), default=1)
    concerns = (*told, *(_of_gap(gap, widest) for gap in gaps))[:MAX_CONCERNS]
    engine = services.search()
    found = recommending.recommend(engine, session, principal, concerns, limit=limit)
    advice: list[Advice] = []
    for proposal in found.proposals:
        practice = items.get(session, principal, proposal.item.ref)
        evidence = weighing.weigh(engine, session, principal, practice)
        numbers = [reason.concern - len(told) for reason in proposal.reasons]
        closes = tuple(gaps[number] for number in numbers if number >= 0)
        advice.append(_advice(proposal, practice, evidence, closes))
    return Answer(
        asked, assessment, concerns, tuple(advice), tuple(concerns[number] for number in found.unanswered)
    )


def fields_of(practice: ItemDetail) -> PracticeFields:
    """A practice's own fields. Raises InvalidError when the item is none."""
    if not isinstance(practice.fields, PracticeFields):
        raise InvalidError(
            f"{practice.head.ref} is of the kind {label(practice.head.kind).lower()}; a practice is needed."
        )
    return practice.fields


def _of_gap(gap: Gap, widest: int) -> Concern:
    """What is asked, what is so and what is wanted.

    Of 42 such texts, one for each question at level 1, 40 bring first a practice of their own area in the
    starter library, and 93 % of the first three are of it.
    """
    question = gap.question
    text = f"{label(question.area)}: {question.text} {gap.situation}. {gap.wanted}."
    return Concern(text, gap.width / widest, question.area)


def _advice(proposal: Proposal, practice: ItemDetail, evidence: Weighed, closes: tuple[Gap, ...]) -> Advice:
    fields = fields_of(practice)
    steps = reading.steps(fields)
    return Advice(
        proposal,
        practice,
        evidence,
        closes,
        reading.preconditions(fields),
        reading.measures(fields),
        Work(
            len(steps),
            tuple(dict.fromkeys(step.who for step in steps if step.who)),
            round(sum(step.hours or 0.0 for step in steps), 1),
        ),
    )
