"""Certifications over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path

from kb.learning import certifications
from kb.models import now
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, SessionDep
from web.learning.course_schemas import CertificationOut, CourseOut

router = APIRouter(prefix="/certifications", tags=["Learning"], responses=PROBLEMS)


@router.get("", operation_id="list_certifications", summary="List certifications")
def listed(session: SessionDep, principal: PrincipalDep) -> list[CourseOut]:
    """All certifications by who gives them, with how they are renewed."""
    today = now().date()
    return [CourseOut.of(offer, today) for offer in certifications.listed(session, principal)]


@router.get(
    "/{name:path}",
    operation_id="get_certification",
    summary="Read a certification",
    responses=problems(404),
)
def one(
    name: Annotated[str, Path(max_length=300, description="Its reference, name or acronym.")],
    session: SessionDep,
    principal: PrincipalDep,
) -> CertificationOut:
    """A certification with what leads to it, what it requires, how it is renewed and what may follow."""
    return CertificationOut.of_view(certifications.certification(session, principal, name), now().date())
