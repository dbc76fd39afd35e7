"""The pages of learning units."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse

from kb.learning import units
from web.addresses import item_url, paged
from web.http.deps import PrincipalDep, RunnerDep, ServicesDep, SessionDep
from web.layout import page
from web.learning import learning_units
from web.learning.learning_units import UnitOut
from web.searching.choices import PagingDep

router = APIRouter()


@router.get("/units")
def listed(session: SessionDep, principal: PrincipalDep, wanted: PagingDep) -> HTMLResponse:
    """All units, those first whose lessons are out of use or changed."""
    total = units.count(session, principal)
    found = units.listed(session, principal, offset=wanted.offset, limit=wanted.size)
    return page(
        "units.html",
        section="training",
        units=[UnitOut.of(one) for one in found],
        page=wanted.page,
        pages=wanted.pages(total),
        page_url=paged("/units"),
    )


@router.post("/items/{ref:path}/unit")
def draw(
    ref: str, services: ServicesDep, session: SessionDep, principal: PrincipalDep, runner: RunnerDep
) -> RedirectResponse:
    """Draw a unit from a lesson, and lead to where it is edited."""
    made = learning_units.draw(services, session, principal, ref)
    runner.refresh()
    return RedirectResponse(made.edit_url, status_code=303)


@router.post("/items/{ref:path}/publication")
def publish(ref: str, session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Let everybody see a unit."""
    units.publish(session, principal, ref)
    return RedirectResponse(item_url(ref), status_code=303)
