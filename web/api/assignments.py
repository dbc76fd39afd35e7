"""What people are asked to learn, over HTTP. Those who develop people ask; each sees what they are asked."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from kb.learning import assignments, cohorts
from kb.models import now
from web.api.items import Ref
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, SessionDep
from web.learning import cohorts as views
from web.learning.record_schemas import (
    AssignedOut,
    AssignmentIn,
    CohortDetailOut,
    CohortIn,
    CohortOut,
    ReaderOut,
)

router = APIRouter(tags=["Learning"], responses=PROBLEMS)

AssignmentNumber = Annotated[int, Path(ge=1, le=2**53, description="The assignment's number.")]
CohortNumber = Annotated[int, Path(ge=1, le=2**53, description="The cohort's number.")]


@router.post(
    "/assignments",
    status_code=201,
    operation_id="assign_learning",
    summary="Ask people to learn or to read",
    responses=problems(404),
)
def assign(wanted: AssignmentIn, session: SessionDep, principal: PrincipalDep) -> list[AssignedOut]:
    """Ask people, a team or a cohort; asked again, only what is said anew changes."""
    found = assignments.assign(session, principal, wanted.draft())
    return [AssignedOut.of(one, now().date()) for one in found]


@router.get("/assignments/overdue", operation_id="list_overdue_assignments", summary="List what is overdue")
def overdue(session: SessionDep, principal: PrincipalDep) -> list[AssignedOut]:
    """What was due before today and is not done, of all whom you may see; the earliest first."""
    today = now().date()
    return [AssignedOut.of(one, today) for one in assignments.left(session, principal, before=today)]


@router.get(
    "/assignments/{number}",
    operation_id="get_assignment",
    summary="Read an assignment",
    responses=problems(404),
)
def one(number: AssignmentNumber, session: SessionDep, principal: PrincipalDep) -> AssignedOut:
    """What somebody is asked to learn, and how far they are."""
    return AssignedOut.of(assignments.one(session, principal, number), now().date())


@router.post(
    "/assignments/{number}/begin",
    operation_id="begin_assignment",
    summary="Begin with an assignment",
    responses=problems(404),
)
def begin(number: AssignmentNumber, session: SessionDep, principal: PrincipalDep) -> AssignedOut:
    """Note that its learner has begun; done it is by a record, a certificate or a confirmed reading."""
    return AssignedOut.of(assignments.begin(session, principal, number), now().date())


@router.delete(
    "/assignments/{number}",
    status_code=204,
    operation_id="withdraw_assignment",
    summary="Ask no longer",
    responses=problems(404),
)
def withdraw(number: AssignmentNumber, session: SessionDep, principal: PrincipalDep) -> Response:
    """Take an assignment back; what was completed stays."""
    assignments.withdraw(session, principal, number)
    return Response(status_code=204)


@router.get("/cohorts", operation_id="list_cohorts", summary="List cohorts")
def listed(session: SessionDep, principal: PrincipalDep) -> list[CohortOut]:
    """All cohorts by name, for those who develop people; nobody else sees any."""
    return [CohortOut.model_validate(one) for one in cohorts.listed(session, principal)]


@router.put("/cohorts", operation_id="keep_cohort", summary="Keep a cohort", responses=problems(404))
def keep(wanted: CohortIn, session: SessionDep, principal: PrincipalDep) -> CohortOut:
    """Make the cohort of that name, or give it exactly these members."""
    kept = cohorts.keep(session, principal, wanted.name, persons=wanted.persons, teams=wanted.teams)
    return CohortOut.model_validate(kept)


@router.get("/cohorts/{number}", operation_id="get_cohort", summary="Read a cohort", responses=problems(404))
def cohort(number: CohortNumber, session: SessionDep, principal: PrincipalDep) -> CohortDetailOut:
    """A cohort, what its members were asked for, and how far they are."""
    return CohortDetailOut.of(views.of_number(session, principal, number))


@router.delete(
    "/cohorts/{number}",
    status_code=204,
    operation_id="dissolve_cohort",
    summary="Forget a cohort",
    responses=problems(404),
)
def dissolve(number: CohortNumber, session: SessionDep, principal: PrincipalDep) -> Response:
    """Forget it; what its members were asked for stays theirs."""
    cohorts.dissolve(session, principal, number)
    return Response(status_code=204)


@router.get(
    "/items/{ref:path}/readers",
    operation_id="list_readers",
    summary="List an item's readers",
    responses=problems(404),
)
def readers(ref: Ref, session: SessionDep, principal: PrincipalDep) -> list[ReaderOut]:
    """Who has read an item in which version, or is asked to; who has not yet comes first."""
    return [ReaderOut.model_validate(one) for one in views.readers(session, principal, ref)]
