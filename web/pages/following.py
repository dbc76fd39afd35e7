"""The pages of those who develop people: what is overdue or waits for them, cohorts, a form to ask people."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from kb import items
from kb.access import Permission, require
from kb.learning import assignments, cohorts, kept, people
from kb.learning.assignments import MAX_PATH, AssignmentDraft
from kb.learning.people import MAX_NAME
from web.http.deps import PrincipalDep, SessionDep
from web.layout import page
from web.learning import cohorts as views
from web.learning import following
from web.writing import entered, form_values

router = APIRouter()

_MAX_FIELDS = 200

CohortNumber = Annotated[int, Path(ge=1, le=2**53)]


async def _entered(request: Request) -> list[tuple[str, str]]:
    return await entered.pairs(request, _MAX_FIELDS)


FormDep = Annotated[list[tuple[str, str]], Depends(_entered)]


@router.get("/following")
def overview(session: SessionDep, principal: PrincipalDep) -> Response:
    """What is overdue, waits or has to be renewed, and the cohorts; for others their own learning."""
    if not principal.may(Permission.DEVELOP):
        return RedirectResponse("/learning", status_code=303)
    return page(
        "following.html",
        section="training",
        found=following.overview(session, principal),
        cohorts=cohorts.listed(session, principal),
        teams=people.teams(session, principal),
        longest=MAX_NAME,
    )


@router.post("/cohorts")
def keep(form: FormDep, session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Make a cohort, or give it other members."""
    said = dict(form)
    teams = [value for name, value in form if name == "team" and value]
    persons = said.get("persons", "").splitlines()
    kept = cohorts.keep(session, principal, said.get("name", ""), persons=persons, teams=teams)
    return RedirectResponse(f"/cohorts/{kept.number}", status_code=303)


@router.get("/cohorts/{number}")
def cohort(number: CohortNumber, session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """How far a cohort is, drawn and as a table."""
    return page(
        "cohort.html",
        section="training",
        found=views.of_number(session, principal, number),
        teams=people.teams(session, principal),
        longest=MAX_NAME,
    )


@router.post("/cohorts/{number}/dissolve")
def dissolve(number: CohortNumber, session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Forget a cohort."""
    cohorts.dissolve(session, principal, number)
    return RedirectResponse("/following#cohorts", status_code=303)


@router.get("/assign")
def form(
    session: SessionDep,
    principal: PrincipalDep,
    item: Annotated[list[str] | None, Query(max_length=100)] = None,
    cohort: Annotated[str, Query(max_length=MAX_NAME)] = "",
    path: Annotated[str, Query(max_length=20, alias="kept")] = "",
) -> HTMLResponse:
    """A form that asks people to learn from items or to read them, or to follow a kept path."""
    require(principal, Permission.DEVELOP)
    return page(
        "assign.html",
        section="training",
        items=item or [],
        path=kept.get(session, principal, path).head if path else None,
        chosen=cohort,
        cohorts=cohorts.listed(session, principal),
        teams=people.teams(session, principal),
        longest_path=MAX_PATH,
    )


@router.post("/assign")
def assign(form: FormDep, session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Ask them, and lead to where one sees how far they are."""
    said = dict(form)
    draft = AssignmentDraft(
        tuple(said.get("items", "").split()),
        tuple(said.get("persons", "").splitlines()),
        said.get("team", ""),
        said.get("cohort", ""),
        form_values.day_if_any(said.get("due", "")),
        said.get("path", ""),
        said.get("kept", ""),
    )
    asked = assignments.assign(session, principal, draft)
    if group := draft.cohort or draft.team:
        return RedirectResponse(
            f"/cohorts/{cohorts.named(session, principal, group).number}", status_code=303
        )
    return RedirectResponse(f"/learners/{asked[0].learner}/learning", status_code=303)


@router.post("/assignments/{number}/withdraw")
def withdraw(
    number: Annotated[int, Path(ge=1, le=2**53)], session: SessionDep, principal: PrincipalDep
) -> RedirectResponse:
    """Ask no longer."""
    learner = assignments.one(session, principal, number).learner
    assignments.withdraw(session, principal, number)
    return RedirectResponse(f"/learners/{learner}/learning", status_code=303)


@router.get("/readers")
def readers(
    item: Annotated[str, Query(max_length=200)], session: SessionDep, principal: PrincipalDep
) -> HTMLResponse:
    """Who has read an item, and who has not yet."""
    found = views.readers(session, principal, item)
    return page("readers.html", section="training", item=items.get(session, principal, item), readers=found)
