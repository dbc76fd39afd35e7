"""Competences and roles over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path

from kb.learning import frameworks as stored
from kb.learning import prerequisites
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.imports.uploads import UPLOAD_BODY, FormDep
from web.learning import frameworks
from web.learning.course_schemas import PrerequisitesOut
from web.learning.framework_schemas import (
    CompetenceDetailOut,
    CompetenceOut,
    RoleDetailOut,
    RoleOut,
    RungOut,
    TakenOut,
)

router = APIRouter(tags=["Learning"], responses=PROBLEMS)

Named = Annotated[str, Path(max_length=300, description="Its reference or its name.")]


@router.get("/competences", operation_id="list_competences", summary="List competences")
def competences(session: SessionDep, principal: PrincipalDep) -> list[CompetenceOut]:
    """All competences by group and name, with their levels and their names in other frameworks."""
    return [CompetenceOut.of(one) for one in stored.competences(session, principal)]


@router.get(
    "/competences/{name}",
    operation_id="get_competence",
    summary="Read a competence",
    responses=problems(404),
)
def competence(name: Named, session: SessionDep, principal: PrincipalDep) -> CompetenceDetailOut:
    """A competence with the roles that ask for it and the training that teaches it."""
    return CompetenceDetailOut.of_view(frameworks.competence(session, principal, name))


@router.get(
    "/competences/{name}/prerequisites",
    operation_id="list_competence_prerequisites",
    summary="List what comes before training of a competence",
    responses=problems(404),
)
def before(name: Named, session: SessionDep, principal: PrincipalDep) -> PrerequisitesOut:
    """Training that teaches a competence and comes before or after other training, with all before it."""
    found = stored.competence(session, principal, name)
    return PrerequisitesOut.of(prerequisites.teaching(session, principal, found.name))


@router.get("/roles", operation_id="list_roles", summary="List roles")
def roles(session: SessionDep, principal: PrincipalDep) -> list[RoleOut]:
    """All role profiles by name, with the levels that they ask for."""
    return [RoleOut.of(one) for one in stored.roles(session, principal)]


@router.get("/roles/{name}", operation_id="get_role", summary="Read a role", responses=problems(404))
def role(name: Named, session: SessionDep, principal: PrincipalDep) -> RoleDetailOut:
    """A role with what each step to it and from it lacks."""
    return RoleDetailOut.of_view(frameworks.role(session, principal, name))


@router.get("/career-ladder", operation_id="get_career_ladder", summary="Read the career ladder")
def ladder(session: SessionDep, principal: PrincipalDep) -> list[RungOut]:
    """Every step from a role to one that may follow, with what is missing."""
    return [RungOut.of(rung) for rung in stored.ladder(stored.roles(session, principal))]


@router.post(
    "/competences/imports",
    operation_id="import_competences",
    summary="Import competences and roles",
    openapi_extra=UPLOAD_BODY,
    responses=problems(404, 413, 415),
)
def take(form: FormDep, services: ServicesDep, session: SessionDep, principal: PrincipalDep) -> TakenOut:
    """Keep the competences and roles of tables (CSV or Excel); those of the same name get a new version."""
    return TakenOut.of(frameworks.take_upload(services, session, principal, form.folder))
