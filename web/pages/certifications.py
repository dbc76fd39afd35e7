"""The pages of certifications."""

from itertools import groupby

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from kb.learning import certifications
from kb.models import now
from web.http.deps import PrincipalDep, SessionDep
from web.layout import page
from web.learning import courses
from web.pictures import prerequisites

router = APIRouter(prefix="/certifications")


@router.get("")
def listed(session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """All certifications, by who gives them."""
    today = now().date()
    found = certifications.listed(session, principal)
    told = [(offer, courses.warnings(offer, today)) for offer in found]
    return page(
        "certifications.html",
        section="training",
        groups=[(name, list(group)) for name, group in groupby(told, lambda one: one[0].provider)],
        total=len(found),
    )


@router.get("/{name:path}")
def one(name: str, session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """A certification with what leads to it, what it requires, how it is kept and what may follow."""
    view = certifications.certification(session, principal, name)
    return page(
        "certification.html",
        section="training",
        view=view,
        warnings=courses.warnings(view.offer, now().date()),
        drawn=prerequisites.draw(view.graph, view.offer.ref),
    )
