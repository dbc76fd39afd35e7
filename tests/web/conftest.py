"""Clients of the web application."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from web.app import create_app
from web.wiring import Services


@pytest.fixture(scope="session")
def reading(library: Services) -> Iterator[TestClient]:
    """A client of the starter library. Tests only read through it."""
    with TestClient(create_app(library), base_url="http://localhost", follow_redirects=False) as client:
        yield client


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    """A client of an empty base."""
    with TestClient(create_app(services), base_url="http://localhost", follow_redirects=False) as client:
        yield client
