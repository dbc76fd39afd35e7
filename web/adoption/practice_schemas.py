"""Recommended practices and assessments as the API gives them."""

from datetime import datetime

from pydantic import Field

from kb.assessments.questions import Question
from kb.assessments.records import Assessed, Gap
from kb.vocabulary import Classification, KnowledgeArea
from search.weighing import Ground, Voice
from web.addresses import item_url, query_string
from web.adoption.practices import Advice, Answer
from web.schemas import ItemOut, Out, PageOut


class QuestionOut(Out):
    """A question of the assessment."""

    key: str = Field(examples=["risk.finding"])
    area: KnowledgeArea
    text: str
    levels: list[str] = Field(description="What a project does at each level, from 0 to 5.")

    @staticmethod
    def of(question: Question) -> "QuestionOut":
        """From a question."""
        return QuestionOut.model_validate(question)


class GapOut(Out):
    """A question whose answer lies below the level that is wanted."""

    key: str
    area: KnowledgeArea
    level: int
    target: int
    situation: str = Field(description="What is so at present.")
    wanted: str = Field(description="What is so at the level that is wanted.")

    @staticmethod
    def of(gap: Gap) -> "GapOut":
        """From a gap."""
        return GapOut(
            key=gap.question.key,
            area=gap.question.area,
            level=gap.level,
            target=gap.target,
            situation=gap.situation,
            wanted=gap.wanted,
        )


class AssessmentOut(Out):
    """How well a project or team does, as it judged itself."""

    number: int
    subject: str
    at: datetime
    author: str
    target: int
    classification: Classification
    answers: dict[str, int] = Field(description="Levels from 0 to 5 by the keys of questions.")
    levels: dict[KnowledgeArea, float] = Field(description="The mean level of each area answered.")
    gaps: list[GapOut] = Field(description="The widest first.")

    @staticmethod
    def of(found: Assessed) -> "AssessmentOut":
        """From an assessment."""
        return AssessmentOut(
            number=found.number,
            subject=found.said.subject,
            at=found.at,
            author=found.author,
            target=found.said.target,
            classification=found.said.classification,
            answers=dict(found.said.answers),
            levels=found.levels,
            gaps=[GapOut.of(gap) for gap in found.gaps],
        )


class AssessmentsOut(PageOut):
    """A page of assessments, newest first."""

    assessments: list[AssessmentOut]


class WhyOut(Out):
    """A concern that a practice answers."""

    concern: str
    passage: str = Field(description="The passage of the practice that answers; empty when none was read.")
    place: str = Field(description="The headings above it.")
    url: str = Field(description="The practice, opened at that passage.")


class VoiceOut(Out):
    """A piece of evidence."""

    ground: Ground
    said: str
    item: ItemOut | None = Field(description="The lesson; null when a project speaks.")

    @staticmethod
    def of(voice: Voice) -> "VoiceOut":
        """From a piece of evidence."""
        return VoiceOut(
            ground=voice.ground, said=voice.said, item=ItemOut.of(voice.item) if voice.item else None
        )


class MeasureOut(Out):
    """A figure by which to tell that a practice works."""

    name: str
    target: str


class WorkOut(Out):
    """What a practice takes, as far as it says so."""

    steps: int
    roles: list[str]
    hours: float = Field(description="Named for single steps, for each who takes part; 0 when none is.")


class AdviceOut(Out):
    """A practice that fits."""

    practice: ItemOut
    fit: float = Field(description="0 to 1: the chance that it helps with one concern at least.")
    why: list[WhyOut] = Field(description="The strongest reason first.")
    supports: list[VoiceOut]
    opposes: list[VoiceOut]
    evidence: str = Field(description="What the practice says of its evidence, Markdown.")
    expected: str = Field(description="What the practice promises, Markdown.")
    preconditions: list[str]
    measures: list[MeasureOut]
    work: WorkOut
    closes: list[GapOut] = Field(description="What of the assessment it helps to close.")

    @staticmethod
    def of(advice: Advice, answer: Answer) -> "AdviceOut":
        """From a recommended practice."""
        return AdviceOut(
            practice=ItemOut.of(advice.practice.head),
            fit=round(advice.proposal.fit, 3),
            why=why_of(advice, answer),
            supports=[VoiceOut.of(voice) for voice in advice.evidence.supports],
            opposes=[VoiceOut.of(voice) for voice in advice.evidence.opposes],
            evidence=advice.fields.evidence,
            expected=advice.fields.expected_outcome,
            preconditions=list(advice.preconditions),
            measures=[MeasureOut.model_validate(measure) for measure in advice.measures],
            work=WorkOut(steps=advice.work.steps, roles=list(advice.work.roles), hours=advice.work.hours),
            closes=[GapOut.of(gap) for gap in advice.closes],
        )


class RecommendationsOut(Out):
    """The practices that fit, the best first."""

    advice: list[AdviceOut]
    unanswered: list[str] = Field(description="Concerns that no practice here answers well.")

    @staticmethod
    def of(answer: Answer) -> "RecommendationsOut":
        """From the answer to what was asked."""
        return RecommendationsOut(
            advice=[AdviceOut.of(one, answer) for one in answer.advice],
            unanswered=[concern.text for concern in answer.unanswered],
        )


def why_of(advice: Advice, answer: Answer) -> list[WhyOut]:
    """Why a practice was recommended, each concern beside the passage that answers it."""
    found: list[WhyOut] = []
    for reason in advice.proposal.reasons:
        hit = reason.hit.passages[0] if reason.hit.passages else None
        found.append(
            WhyOut(
                concern=answer.concerns[reason.concern].text,
                passage=hit.snippet.text if hit else "",
                place=hit.passage.headings if hit else "",
                url=item_url(advice.practice.head.ref, passage=hit.passage.ordinal if hit else None),
            )
        )
    return found


def recommend_url(number: int) -> str:
    """The practices that close the gaps of an assessment."""
    return "/practices/recommend" + query_string({"assessment": number})
