"""What those who run Hindsight watch: whether it lives and is ready, its figures, and a page of its state."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from kb import jobs
from kb.access import Permission, require
from web.api.health import parts
from web.base import state
from web.http import gauges
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.layout import page

router = APIRouter()


@router.get("/healthz")
def alive() -> PlainTextResponse:
    """Whether the process answers; nothing else is asked."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
def ready(services: ServicesDep) -> PlainTextResponse:
    """Whether searches can be answered; 503 and a line for each part that is not fit for it."""
    unfit = [f"{name}: {part.detail}\n" for name, part in parts(services).items() if not part.ok]
    return PlainTextResponse("".join(unfit) or "ready\n", 503 if unfit else 200)


@router.get("/metrics")
def metrics(
    request: Request, services: ServicesDep, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Figures in the text format of Prometheus."""
    require(principal, Permission.ADMINISTER)
    registry: CollectorRegistry = request.app.state.registry
    body = generate_latest(registry) + generate_latest(gauges.now(services, session))
    return Response(body, media_type=CONTENT_TYPE_PLAIN_0_0_4)


@router.get("/status")
def status(services: ServicesDep, session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """Health, storage and imports, for administrators."""
    require(principal, Permission.ADMINISTER)
    return page(
        "status.html",
        parts=parts(services),
        rows=list(state.read(services).rows()),
        jobs=jobs.recent(session, principal),
    )
