"""The embedding models over HTTP."""

from fastapi import APIRouter

from web.api.problems import PROBLEMS
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.quality import encoders
from web.quality.encoders import ModelOut
from web.schemas import Out

router = APIRouter(prefix="/models", tags=["Models"], responses=PROBLEMS)


class ModelsOut(Out):
    """The embedding models that there are."""

    models: list[ModelOut]


@router.get("", operation_id="list_models", summary="List embedding models")
def models(services: ServicesDep, session: SessionDep, _principal: PrincipalDep) -> ModelsOut:
    """The models that were trained on this base, newest first, then the original; one is in use."""
    return ModelsOut(models=encoders.read(session, services.settings.model))
