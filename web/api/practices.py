"""Recommended practices and assessments over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from kb.assessments import records
from kb.assessments.questions import HIGHEST, questions
from kb.assessments.records import MAX_SUBJECT, USUAL_TARGET, AssessmentDraft
from kb.vocabulary import Classification
from search.query import MAX_LENGTH
from web.adoption import practices
from web.adoption.practice_schemas import AssessmentOut, AssessmentsOut, QuestionOut, RecommendationsOut
from web.adoption.practices import MAX_CONCERNS, USUAL_NUMBER, Asked
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.searching.choices import PagingDep
from web.searching.links import add_links

router = APIRouter(tags=["Practices"], responses=PROBLEMS)

Number = Annotated[int, Path(ge=1, le=2**53, description="The assessment's number.")]
Text = Annotated[str, Query(max_length=MAX_LENGTH)]
Level = Annotated[int, Field(ge=0, le=HIGHEST)]


class AssessmentIn(BaseModel):
    """What a project or team answered."""

    model_config = ConfigDict(extra="forbid")

    subject: str = Field(min_length=1, max_length=MAX_SUBJECT, examples=["Harbour bridge"])
    answers: dict[str, Level] = Field(
        description="Levels by the keys of questions; leave out what you can't answer.",
        examples=[{"risk.finding": 2}],
    )
    target: Level = Field(default=USUAL_TARGET, description="The level that is wanted.")
    classification: Classification = Classification.INTERNAL


@router.get(
    "/practices/recommendations",
    operation_id="recommend_practices",
    summary="Recommend practices",
    responses=problems(404),
)
def recommend(
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    situation: Annotated[
        str, Query(max_length=MAX_LENGTH, description="What the situation is, in a sentence or two.")
    ] = "",
    need: Annotated[
        list[Text] | None, Query(max_length=MAX_CONCERNS, description="More situations; may be repeated.")
    ] = None,
    assessment: Annotated[
        int | None, Query(ge=1, le=2**53, description="Number of the assessment whose gaps are to be closed.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=30, description="At most so many.")] = USUAL_NUMBER,
) -> RecommendationsOut:
    """The practices that fit, each with the evidence for and against it and what it needs."""
    asked = Asked(situation, tuple(need or ()), assessment)
    return RecommendationsOut.of(practices.recommend(services, session, principal, asked, limit=limit))


@router.get(
    "/assessment-questions", operation_id="list_assessment_questions", summary="List assessment questions"
)
def listed_questions(_principal: PrincipalDep) -> list[QuestionOut]:
    """Questions on each knowledge area, each level of an answer described."""
    return [QuestionOut.of(question) for question in questions()]


@router.get("/assessments", operation_id="list_assessments", summary="List assessments")
def listed(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: PagingDep,
    subject: Annotated[str, Query(max_length=300, description="Only of this project or team.")] = "",
) -> AssessmentsOut:
    """A page of assessments, newest first. `Link` headers lead to the other pages."""
    total = records.count(session, principal, subject=subject)
    add_links(request, response, wanted.page, wanted.pages(total))
    found = records.listed(session, principal, subject=subject, offset=wanted.offset, limit=wanted.size)
    return AssessmentsOut(**wanted.figures(total), assessments=[AssessmentOut.of(one) for one in found])


@router.post(
    "/assessments",
    status_code=201,
    operation_id="assess",
    summary="Keep an assessment",
    responses=problems(403, 404),
)
def assess(
    wanted: AssessmentIn, session: SessionDep, principal: PrincipalDep, response: Response
) -> AssessmentOut:
    """Keep what a project or team answered; earlier answers stay. `Location` tells its address."""
    draft = AssessmentDraft(wanted.subject, wanted.answers, wanted.target, wanted.classification)
    kept = records.keep(session, principal, draft)
    response.headers["Location"] = f"/api/v1/assessments/{kept.number}"
    return AssessmentOut.of(kept)


@router.get(
    "/assessments/{number}",
    operation_id="get_assessment",
    summary="Read an assessment",
    responses=problems(404),
)
def one(number: Number, session: SessionDep, principal: PrincipalDep) -> AssessmentOut:
    """An assessment with the gaps that it shows."""
    return AssessmentOut.of(records.get(session, principal, number))
