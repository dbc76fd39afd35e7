"""Clients of people who may do only what their roles permit."""

from collections.abc import Iterable

from fastapi.testclient import TestClient

from kb.access import Principal
from kb.vocabulary import Classification, Role
from web.app import create_app
from web.http.deps import reader
from web.wiring import Services


def client_of(
    services: Services,
    name: str,
    *roles: Role,
    clearance: Classification = Classification.INTERNAL,
    groups: Iterable[str] = (),
) -> TestClient:
    """A client of *name*, who has *roles* and belongs to *groups*, as sign-in would give it."""
    app = create_app(services)
    person = Principal(name, clearance, bool(roles), frozenset(roles), frozenset(groups))
    app.dependency_overrides[reader] = lambda: person
    return TestClient(app, base_url="http://localhost", follow_redirects=False)
