"""The pages that tell what people can do: all of them, one, a team, and a form to assess somebody."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from kb.access import Permission, require
from kb.adoption import plans
from kb.briefs import reading as briefs
from kb.learning import engaged, frameworks, people
from kb.learning.people import MAX_NAME, MAX_NOTE, AssessmentDraft, Judged
from kb.vocabulary import term
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.layout import page
from web.learning import demands, developing
from web.learning.demand_schemas import DemandsOut, DemandsQuery
from web.learning.developing import TeamDraft
from web.writing import entered
from web.writing.form_values import day_if_any, whole

router = APIRouter()

_MAX_FIELDS = 400
_MAX_SQUARES = 5_000
"""Of a grid: a hundred people and fifty competences."""
_LEVEL = "level:"
_MOST = 100
"""Briefs and plans to choose from, the newest."""

Number = Annotated[int, Path(ge=1, le=2**53)]
Roles = Annotated[list[str] | None, Query(max_length=10)]


@router.get("/learners")
def listed(session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """Those whose assessments one may see, and the teams."""
    return page(
        "learners.html",
        section="training",
        people=people.people(session, principal),
        teams=people.teams(session, principal),
    )


@router.get("/learners/assess")
def form(session: SessionDep, principal: PrincipalDep, learner: int | None = None) -> HTMLResponse:
    """A form for an assessment; of somebody known, with their levels."""
    known = people.person(session, principal, learner) if learner else None
    return page(
        "learner_assess.html",
        section="training",
        known=known,
        name=known.name if known else principal.name,
        ways=list(Judged),
        others=principal.may(Permission.DEVELOP),
        competences=frameworks.competences(session, principal),
        prefix=_LEVEL,
        longest=MAX_NAME,
        longest_note=MAX_NOTE,
    )


async def _entered(request: Request) -> dict[str, str]:
    return dict(await entered.pairs(request, _MAX_FIELDS))


@router.post("/learners/assess")
def assess(
    form: Annotated[dict[str, str], Depends(_entered)], session: SessionDep, principal: PrincipalDep
) -> RedirectResponse:
    """Keep an assessment, and lead to the person's page."""
    levels = {
        name.removeprefix(_LEVEL): whole(value)
        for name, value in form.items()
        if name.startswith(_LEVEL) and value.strip()
    }
    draft = AssessmentDraft(
        form.get("learner", ""),
        levels,
        term(Judged, form.get("kind", "")) or Judged.SELF,
        day_if_any(form.get("dated", "")),
        form.get("note", ""),
        form.get("team"),
    )
    person = people.record(session, principal, draft)
    return RedirectResponse(f"/learners/{person.number}", status_code=303)


@router.get("/learners/demands")
def asked(
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: Annotated[DemandsQuery, Query()],
) -> HTMLResponse:
    """What projects, practices and roles ask of people, and who of a team lacks it."""
    found = None if wanted.empty else demands.demands(services, session, principal, wanted.sought())
    return page(
        "demands.html",
        section="training",
        wanted=wanted,
        found=DemandsOut.of(found) if found else None,
        briefs=briefs.listed(session, principal, offset=0, limit=_MOST),
        plans=plans.listed(session, principal, limit=_MOST),
        roles=frameworks.roles(session, principal),
        teams=people.teams(session, principal),
    )


@router.get("/learners/{number}")
def one(number: Number, session: SessionDep, principal: PrincipalDep, role: Roles = None) -> HTMLResponse:
    """Somebody's levels beside what roles ask for, drawn and as a table, and their history."""
    found = developing.standing(session, principal, number, [name for name in role or () if name.strip()])
    follows = principal.may(Permission.DEVELOP) or found.person.name == principal.name
    return page(
        "learner.html",
        section="training",
        found=found,
        person=found.person,
        course=developing.course(found.person),
        follows=follows,
        projects=engaged.projects(session, principal, number) if follows else [],
        titles={one.key: one.name for one in frameworks.competences(session, principal)},
        roles=frameworks.roles(session, principal),
    )


@router.post("/learners/{number}/projects")
def engage(
    number: Number, session: SessionDep, principal: PrincipalDep, projects: Annotated[str, Form()] = ""
) -> RedirectResponse:
    """Say which projects somebody works in, one on each line."""
    engaged.engage(session, principal, number, projects.splitlines())
    return RedirectResponse(f"/learners/{number}#projects", status_code=303)


@router.get("/teams/{name}")
def team(name: str, session: SessionDep, principal: PrincipalDep, role: Roles = None) -> HTMLResponse:
    """A team's levels beside what roles ask for, drawn and as a table."""
    return page(
        "team.html",
        section="training",
        found=developing.team(session, principal, name, [one for one in role or () if one.strip()]),
        roles=frameworks.roles(session, principal),
        develops=principal.may(Permission.DEVELOP),
    )


@router.get("/teams/{name}/assess")
def team_form(name: str, session: SessionDep, principal: PrincipalDep, role: Roles = None) -> HTMLResponse:
    """A grid of a team's members and competences; of those only that roles ask for, if some are chosen."""
    require(principal, Permission.DEVELOP)
    found = developing.team(session, principal, name, [one for one in role or () if one.strip()])
    every = frameworks.competences(session, principal)
    return page(
        "team_assess.html",
        section="training",
        found=found,
        competences=[one for one in every if one.name in found.names] if found.roles else every,
        roles=frameworks.roles(session, principal),
        longest_note=MAX_NOTE,
    )


async def _grid(request: Request) -> dict[str, str]:
    return dict(await entered.pairs(request, _MAX_SQUARES))


@router.post("/teams/{name}/assess")
def assess_team(
    name: str,
    form: Annotated[dict[str, str], Depends(_grid)],
    session: SessionDep,
    principal: PrincipalDep,
) -> RedirectResponse:
    """Keep what was chosen for each member, and lead to the team."""
    require(principal, Permission.DEVELOP)
    names = {one.number: one.name for one in people.people(session, principal, team=name)}
    levels: dict[str, dict[str, int]] = {}
    for field, value in form.items():
        if field.startswith(_LEVEL) and value.strip():
            number, _, competence = field.removeprefix(_LEVEL).partition(":")
            member = names.get(whole(number), number)
            levels.setdefault(member, {})[competence] = whole(value)
    draft = TeamDraft(
        name,
        levels,
        term(Judged, form.get("kind", "")) or Judged.MANAGER,
        day_if_any(form.get("dated", "")),
        form.get("note", ""),
    )
    developing.assess(session, principal, draft)
    return RedirectResponse(f"/teams/{quote(name, safe='')}", status_code=303)
