"""The pages of competences and roles."""

from itertools import groupby

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse

from kb.access import Permission
from kb.learning import frameworks as stored
from kb.learning import prerequisites
from web.addresses import query_string
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.imports.uploads import FormDep
from web.layout import page
from web.learning import frameworks
from web.pictures import ladders
from web.pictures import prerequisites as pictures

router = APIRouter()


@router.get("/competences")
def competences(session: SessionDep, principal: PrincipalDep, taken: str = "") -> HTMLResponse:
    """All competences by group, and a form for a table of others."""
    found = stored.competences(session, principal)
    return page(
        "competences.html",
        section="training",
        groups=[(name, list(group)) for name, group in groupby(found, lambda one: one.group)],
        total=len(found),
        may_import=principal.may(Permission.EDIT),
        taken=taken[:200],
    )


@router.post("/competences/import")
def take(
    form: FormDep, services: ServicesDep, session: SessionDep, principal: PrincipalDep
) -> RedirectResponse:
    """Keep the competences and roles of a table, and say what became of it."""
    taken = frameworks.take_upload(services, session, principal, form.folder)
    said = f"{len(taken.added)} added, {len(taken.changed)} changed, {taken.unchanged} as they were"
    return RedirectResponse("/competences" + query_string({"taken": said}), status_code=303)


@router.get("/competences/{name}")
def competence(name: str, session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """A competence with who asks for it and what teaches it."""
    view = frameworks.competence(session, principal, name)
    graph = prerequisites.teaching(session, principal, view.competence.name)
    ends = [offer.ref for offer in view.training]
    return page(
        "competence.html", section="training", view=view, graph=graph, drawn=pictures.draw(graph, *ends)
    )


@router.get("/roles")
def roles(session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """The career ladder, drawn and as a table, and all roles."""
    found = stored.roles(session, principal)
    rungs = stored.ladder(found)
    return page("roles.html", section="training", roles=found, rungs=rungs, ladder=ladders.draw(found, rungs))


@router.get("/roles/{name}")
def role(name: str, session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """A role with what it asks for, and the steps to it and from it."""
    return page("role.html", section="training", view=frameworks.role(session, principal, name))
