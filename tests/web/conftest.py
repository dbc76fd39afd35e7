"""Clients of the web application."""

import os
import shutil
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, sync_playwright

from kb.database import transaction
from kb.values import DocumentFields, ItemDraft, Taught, TrainingFields
from kb.vocabulary import Classification, DocumentKind, Kind, Phase, TrainingFormat
from tests.samples import lesson, store
from web.app import create_app
from web.base import work
from web.wiring import Services

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


LISTENING = """## Names in other frameworks

| Framework | Name there |
|---|---|
| PMI Talent Triangle | power skills; ways of working |
"""
ROLE = """## Required competences

| Competence | Level |
|---|---|
| listening | 4 |
| scheduling | 2 |
| cost control | 1 |
"""


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


@pytest.fixture
def shelf(services: Services) -> Services:
    """A base of four lessons of three projects, indexed."""
    with transaction(services.sessions) as session:
        store(
            session,
            lesson(
                "Cables came late", "The supplier delivered the cables late.", ref="C-1", project="Harbour"
            ),
            lesson(
                "Drums were missing", "The supplier sent no drums for cables.", ref="C-2", project="Bridge"
            ),
            lesson("=Tests began early", "Early tests of the software helped.", ref="T-1", project="Portal"),
            lesson(
                "Training paid off",
                "Users who were trained early accepted the software.",
                ref="T-2",
                project="Portal",
                phases=(Phase.DELIVERY,),
                url="https://example.org/t2",
                organisation="Åland & Co",
            ),
        )
    work.sync(services)
    return services


@pytest.fixture
def courses(services: Services) -> Services:
    """A course, a certification, a secret course, a guide, a competence and a role."""
    course = TrainingFields(
        format=TrainingFormat.WEBINAR, hours=6, cpd_hours=5, competences=(Taught("Listening", 4),)
    )
    held = TrainingFields(format=TrainingFormat.CERTIFICATION, competences=(Taught("scheduling", 2),))
    with transaction(services.sessions) as session:
        store(
            session,
            ItemDraft(Kind.TRAINING, "To listen", "Text.", course, key="c1", ref="C-1"),
            ItemDraft(Kind.TRAINING, "Scheduler (S)", "Text.", held, key="c2", ref="C-2"),
            ItemDraft(
                Kind.TRAINING, "A secret", "", course, key="c3", ref="C-3",
                classification=Classification.RESTRICTED,
            ),
            ItemDraft(Kind.DOCUMENT, "The guide", "Text.", DocumentFields(), key="d", ref="D-1"),
            ItemDraft(
                Kind.DOCUMENT, "listening", LISTENING, DocumentFields(DocumentKind.COMPETENCE), key="l"
            ),
            ItemDraft(
                Kind.DOCUMENT, "Host", ROLE, DocumentFields(DocumentKind.ROLE_PROFILE), key="h", ref="R-1"
            ),
        )  # fmt: skip
    return services


@pytest.fixture
def browsing(shelf: Services) -> Iterator[TestClient]:
    """A client of that base."""
    with TestClient(create_app(shelf), base_url="http://localhost", follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser."""
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is missing, and this is CI")
        pytest.skip("chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()
