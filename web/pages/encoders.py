"""The page about the embedding models."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.layout import page
from web.quality.encoders import read

router = APIRouter()


@router.get("/insight/models")
def models(services: ServicesDep, session: SessionDep, _principal: PrincipalDep) -> HTMLResponse:
    """Which models there are, what each was worth, which is in use."""
    return page("models.html", models=read(session, services.settings.model))
