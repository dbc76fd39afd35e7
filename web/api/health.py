"""Whether the service works."""

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from kb.errors import KbError
from search import generation
from search.generation import DamagedError
from web.api.problems import PROBLEMS
from web.http.deps import ServicesDep
from web.release import release
from web.schemas import Out
from web.wiring import Services

router = APIRouter(tags=["Health"], responses=PROBLEMS)


class PartOut(Out):
    """The state of one part of the service."""

    ok: bool
    detail: str


class HealthOut(Out):
    """Whether everything works."""

    status: str = Field(examples=["ok"], description="ok, or degraded when a part is not fit for use.")
    release: str
    database: PartOut
    index: PartOut
    model: PartOut


@router.get("/health", operation_id="get_health", summary="Ask whether everything works")
def health(services: ServicesDep, response: Response) -> HealthOut:
    """The state of the database, the search index and the embedding model; 503 when the database fails."""
    found = parts(services)
    if not found["database"].ok:
        response.status_code = 503
    status = "ok" if all(part.ok for part in found.values()) else "degraded"
    return HealthOut(status=status, release=release(), **found)


def parts(services: Services) -> dict[str, PartOut]:
    """The state of each part that searching needs."""
    return {"database": _database(services), "index": _index(services), "model": _model(services)}


def _database(services: Services) -> PartOut:
    try:
        with services.sessions() as session:
            session.execute(text("select count(*) from source"))
    except SQLAlchemyError as error:
        return PartOut(ok=False, detail=f"The database can't be read ({type(error).__name__}).")
    return PartOut(ok=True, detail=services.database.dialect.name)


def _index(services: Services) -> PartOut:
    folder = services.settings.index
    name = generation.current(folder)
    if not name:
        return PartOut(ok=False, detail="There is no search index yet.")
    try:
        manifest = generation.read_manifest(folder, name)
    except DamagedError as error:
        return PartOut(ok=False, detail=f"The search index is damaged: {error}.")
    return PartOut(ok=True, detail=f"built {manifest.built_at}")


def _model(services: Services) -> PartOut:
    try:
        return PartOut(ok=True, detail=services.encoder().model)
    except KbError as error:
        return PartOut(ok=False, detail=str(error))
    except SQLAlchemyError:
        return PartOut(ok=False, detail="Which model is used stands in the database, which can't be read.")
