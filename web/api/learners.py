"""What people can do, over HTTP. Each sees what is said of them or by them; trainers and managers see all."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from kb.learning import engaged, people
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.learning import demands, developing
from web.learning.demand_schemas import DemandsOut, DemandsQuery
from web.learning.learner_schemas import LearnerOut, LevelsIn, ProjectsIn, StandingOut, TeamLevelsIn, TeamOut

router = APIRouter(tags=["Learning"], responses=PROBLEMS)

Number = Annotated[int, Path(ge=1, le=2**53, description="The learner's number.")]
Roles = Annotated[
    list[str] | None, Query(max_length=10, description="Roles to compare with, by reference or name.")
]


@router.get("/learners", operation_id="list_learners", summary="List learners")
def listed(session: SessionDep, principal: PrincipalDep) -> list[LearnerOut]:
    """Those whose assessments you may see, by name, with their newest levels."""
    return [LearnerOut.of(person) for person in people.people(session, principal)]


@router.post(
    "/learners/assessments",
    status_code=201,
    operation_id="assess_learner",
    summary="Keep an assessment of somebody",
    responses=problems(404),
)
def assess(wanted: LevelsIn, session: SessionDep, principal: PrincipalDep, response: Response) -> LearnerOut:
    """Keep the levels that somebody was found at; earlier ones stay. `Location` tells their address."""
    person = people.record(session, principal, wanted.draft())
    response.headers["Location"] = f"/api/v1/learners/{person.number}"
    return LearnerOut.of(person)


@router.get(
    "/competence-demands",
    operation_id="get_competence_demands",
    summary="Read what a project or practice asks of people",
    responses=problems(404),
)
def asked(
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: Annotated[DemandsQuery, Query()],
) -> DemandsOut:
    """Competences and levels that a brief, an adoption plan, practices or roles ask for, and who lacks them.

    What briefs and practices ask for is proposed by meaning; each competence says why it is there.
    """
    return DemandsOut.of(demands.demands(services, session, principal, wanted.sought()))


@router.get(
    "/learners/{number}", operation_id="get_learner", summary="Read a learner", responses=problems(404)
)
def one(number: Number, session: SessionDep, principal: PrincipalDep, role: Roles = None) -> StandingOut:
    """Somebody's levels with their history, beside what roles ask for."""
    return StandingOut.of_standing(developing.standing(session, principal, number, role or ()))


@router.get(
    "/learners/{number}/projects",
    operation_id="list_learner_projects",
    summary="List a learner's projects",
    responses=problems(404),
)
def projects(number: Number, session: SessionDep, principal: PrincipalDep) -> list[str]:
    """The projects that somebody works in: their lessons are the first to justify training."""
    return engaged.projects(session, principal, number)


@router.put(
    "/learners/{number}/projects",
    operation_id="set_learner_projects",
    summary="Say which projects a learner works in",
    responses=problems(404),
)
def engage(number: Number, wanted: ProjectsIn, session: SessionDep, principal: PrincipalDep) -> list[str]:
    """Say that somebody works in exactly these projects."""
    return engaged.engage(session, principal, number, wanted.projects)


@router.get("/teams/{name}", operation_id="get_team", summary="Read a team", responses=problems(404))
def team(
    name: Annotated[str, Path(max_length=200, description="The team, by name.")],
    session: SessionDep,
    principal: PrincipalDep,
    role: Roles = None,
) -> TeamOut:
    """A team's levels, what each member lacks for roles, and what nobody in it reaches."""
    return TeamOut.of(developing.team(session, principal, name, role or ()))


@router.post(
    "/teams/{name}/assessments",
    status_code=201,
    operation_id="assess_team",
    summary="Keep an assessment of a team",
    responses=problems(404),
)
def assess_team(
    name: Annotated[str, Path(max_length=200, description="The team, by name.")],
    wanted: TeamLevelsIn,
    session: SessionDep,
    principal: PrincipalDep,
) -> list[LearnerOut]:
    """Keep the levels that members of a team were found at: all of them or none. Earlier ones stay."""
    return [LearnerOut.of(one) for one in developing.assess(session, principal, wanted.draft(name))]
