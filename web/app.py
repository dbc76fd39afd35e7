"""The web application."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from prometheus_client import CollectorRegistry, ProcessCollector
from starlette.types import Scope

from web.api import (
    actions,
    adoption,
    applications,
    assignments,
    audit,
    briefs,
    certifications,
    changes,
    disagreements,
    evaluations,
    feedback,
    forms,
    frameworks,
    gaps,
    health,
    imports,
    insight,
    items,
    kept_paths,
    learners,
    learning,
    learning_units,
    lessons,
    models,
    paths,
    practices,
    projects,
    proposals,
    registers,
    relations,
    restrictions,
    reviews,
    saved,
    search,
    session_notes,
    sessions,
    subscriptions,
    suggestions,
    synonyms,
    teaching,
    training,
    training_needs,
    writing,
)
from web.api import (
    people as people_api,
)
from web.base.runner import Runner
from web.base.studies import Studies
from web.files.headers import response_headers
from web.http import errors
from web.http.guard import LOOPBACK, Guard
from web.http.observing import API, Observer, Times
from web.pages import (
    about,
    encoders,
    feed,
    filling,
    gathering,
    importing,
    item,
    living,
    people,
    quality,
    searches,
    searching,
    signing,
    similar,
    users,
    watching,
)
from web.pages import adoption as adoption_pages
from web.pages import applications as application_pages
from web.pages import audit as audit_pages
from web.pages import briefs as brief_pages
from web.pages import certifications as certification_pages
from web.pages import changes as change_pages
from web.pages import disagreements as disagreement_pages
from web.pages import following as following_pages
from web.pages import frameworks as framework_pages
from web.pages import gaps as gap_pages
from web.pages import insight as insight_pages
from web.pages import kept_paths as kept_path_pages
from web.pages import learners as learner_pages
from web.pages import learning as learning_pages
from web.pages import learning_units as unit_pages
from web.pages import lessons as lesson_pages
from web.pages import paths as path_pages
from web.pages import practices as practice_pages
from web.pages import projects as project_pages
from web.pages import proposals as proposal_pages
from web.pages import restrictions as restriction_pages
from web.pages import reviews as review_pages
from web.pages import sessions as session_pages
from web.pages import subscriptions as subscription_pages
from web.pages import synonyms as synonym_pages
from web.pages import teaching as teaching_pages
from web.pages import training as training_pages
from web.pages import training_needs as need_pages
from web.pages import writing as writing_pages
from web.push.pusher import Pusher
from web.release import release
from web.schemas import ProblemOut
from web.sessions.streams import Revisions
from web.signin.entrance import Entrance
from web.signin.gate import Gate
from web.wiring import Services

_STOP_SECONDS = 5.0
_DESCRIPTION = (
    "Lessons, practices, templates, training and documents of a Project Management Office, found again. "
    "Errors are problem details (RFC 9457) with a sentence for people."
)


_SECURITY: dict[str, Any] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API token (`kb token create`, or the page /you), once there are users.",
    },
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "hindsight",
        "description": "What signing in at /sign-in leaves in a browser.",
    },
}


def create_app(services: Services, *, hosts: Iterable[str] = ()) -> FastAPI:
    """The application over *services*; answers to this machine's own names and to *hosts*."""

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncGenerator[None]:
        runner: Runner = app.state.runner
        pusher = Pusher(services)
        app.state.entrance.look()
        runner.start()
        pusher.start()
        yield
        pusher.stop(_STOP_SECONDS)
        runner.stop(_STOP_SECONDS)
        app.state.studies.stop(_STOP_SECONDS)
        services.close()

    app = FastAPI(
        title="Hindsight",
        version=release(),
        summary="The knowledge base of a Project Management Office.",
        description=_DESCRIPTION,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=running,
    )
    app.state.services = services
    app.state.runner = Runner(services)
    app.state.studies = Studies(services)
    app.state.revisions = Revisions(services.sessions)
    app.state.headers = response_headers(https=services.settings.base.startswith("https://"))
    errors.install(app)
    app.state.registry = CollectorRegistry()
    ProcessCollector(registry=app.state.registry)
    entrance = Entrance(services)
    app.state.entrance = entrance
    app.add_middleware(Gate, entrance=entrance, settings=services.settings)
    answered = frozenset((*LOOPBACK, *(host.lower() for host in hosts)))
    app.add_middleware(Guard, hosts=answered, headers=app.state.headers)
    # Added last, so that it stands outermost and counts what the guard refuses, too.
    app.add_middleware(Observer, times=Times(app.state.registry), slow=services.settings.slow_ms / 1000)
    for module in (
        search,
        suggestions,
        synonyms,
        saved,
        subscriptions,
        projects,
        feedback,
        forms,
        registers,
        lessons,
        actions,
        changes,
        relations,
        disagreements,
        proposals,
        writing,
        practices,
        adoption,
        frameworks,
        learners,
        learning,
        assignments,
        paths,
        teaching,
        kept_paths,
        training,
        learning_units,
        certifications,
        training_needs,
        applications,
        reviews,
        sessions,
        session_notes,
        briefs,
        items,
        imports,
        evaluations,
        insight,
        gaps,
        models,
        people_api,
        audit,
        restrictions,
        health,
    ):
        app.include_router(module.router, prefix=API)
    app.webhooks.include_router(subscriptions.hooks)
    pages = (
        searching,
        searches,
        subscription_pages,
        project_pages,
        practice_pages,
        adoption_pages,
        framework_pages,
        learner_pages,
        learning_pages,
        following_pages,
        path_pages,
        teaching_pages,
        kept_path_pages,
        training_pages,
        unit_pages,
        certification_pages,
        need_pages,
        feed,
        similar,
        filling,
        lesson_pages,
        change_pages,
        disagreement_pages,
        proposal_pages,
        living,
        writing_pages,
        application_pages,
        review_pages,
        item,
        importing,
        insight_pages,
        gap_pages,
        quality,
        encoders,
        synonym_pages,
        session_pages,
        gathering,
        brief_pages,
        people,
        signing,
        users,
        audit_pages,
        restriction_pages,
        watching,
        about,
    )
    for module in pages:
        app.include_router(module.router, include_in_schema=False)
    app.mount("/static", _Static(packages=[("web", "static")]), name="static")
    _describe(app)
    return app


class _Static(StaticFiles):
    """Static files, whose addresses change with their content."""

    def file_response(self, *args: Any, **kwargs: Any) -> Any:
        """Let browsers keep what they have: see web.layout.static."""
        response = super().file_response(*args, **kwargs)
        scope: Scope = args[2] if len(args) > 2 else kwargs["scope"]
        if scope.get("query_string"):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def _describe(app: FastAPI) -> None:
    """Complete the OpenAPI document with the one shape of errors."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            document["components"]["securitySchemes"] = _SECURITY
            document["security"] = [{name: []} for name in _SECURITY]
            schemas = document["components"]["schemas"]
            schemas["ProblemOut"] = ProblemOut.model_json_schema()
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
        return plain()

    app.openapi = openapi
