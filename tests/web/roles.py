"""Clients of people who may do only what their roles permit."""

from fastapi.testclient import TestClient

from kb.access import Principal
from kb.vocabulary import Classification, Role
from web.app import create_app
from web.http.deps import reader
from web.wiring import Services


def client_of(
    services: Services, name: str, *roles: Role, clearance: Classification = Classification.INTERNAL
) -> TestClient:
    """A client of *name*, who has *roles*, as sign-in would give it."""
    app = create_app(services)
    app.dependency_overrides[reader] = lambda: Principal(name, clearance, bool(roles), frozenset(roles))
    return TestClient(app, base_url="http://localhost", follow_redirects=False)
