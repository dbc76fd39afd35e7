"""The page of words that mean the same."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from web.http.deps import PrincipalDep, ServicesDep
from web.layout import page
from web.searching import synonyms

router = APIRouter()


@router.get("/synonyms")
def overview(
    services: ServicesDep, _principal: PrincipalDep, q: Annotated[str, Query(max_length=200)] = ""
) -> HTMLResponse:
    """The rows in force, all or those that hold *q*, and how to add to them."""
    wanted = q.strip()
    found = synonyms.read(services.settings.synonyms, [wanted] if wanted else ())
    return page("synonyms.html", section="insight", found=found, wanted=wanted)
