"""Pairs that may disagree, on pages, over the API, on the command line and at the keyboard."""

from datetime import date

import pytest
from fastapi.testclient import TestClient

from ingest import rewriting
from kb import library
from kb.access import LOCAL_USER
from kb.database import transaction
from kb.values import LessonFields
from kb.vocabulary import Role
from tests.samples import lesson
from tests.web.roles import client_of
from tests.web.test_pages import one, opened
from web.base import work
from web.wiring import Services

API = "/api/v1/disagreements"
SAID = {
    "L-1": (
        "Cables for the site from one supplier",
        "Buy all cables for the site from a single supplier.",
        2019,
    ),
    "L-2": ("Cables for the site from two suppliers", "Buy cables for the site from two suppliers.", 2024),
    "L-3": ("Lunch", "Order lunch for workshops a day ahead.", 2022),
}


@pytest.fixture
def disagreeing(services: Services) -> Services:
    """Three lessons, of which two disagree."""
    with transaction(services.sessions) as session:
        for ref, (title, advice, year) in SAID.items():
            fields = LessonFields(event=f"{title} was tried.", recommendation=advice)
            body = f"## Event\n\n{fields.event}\n\n## Recommendation\n\n{advice}"
            draft = lesson(title, body, fields=fields, ref=ref, dated=date(year, 1, 1), organisation=ref)
            library.write(session, LOCAL_USER, rewriting.rewritten(draft, body))
    work.sync(services)
    return services


def test_a_pair_is_found_shown_and_decided(disagreeing: Services, client: TestClient) -> None:
    page = opened(client, "/lessons/disagreements")
    assert "advise the opposite (2019, 2024)" in one(page, "ul.rows").get_text()
    assert "Disagreements (1)" in opened(client, "/lessons").get_text()
    assert "may contradict" in one(opened(client, "/items/L-1"), "#relations").get_text()
    (flag,) = client.get(API).json()["disagreements"]
    assert {flag["item"]["ref"], flag["other"]["ref"]} == {"L-1", "L-2"}
    address = f"/lessons/disagreements/{flag['id']}"
    answer = client.post(address, data={"state": "confirmed", "back": "one"})
    assert answer.headers["location"].endswith("#relations")
    assert client.get(API).json()["total"] == 0
    assert [f["state"] for f in client.get(f"{API}?state=confirmed").json()["disagreements"]] == ["confirmed"]
    assert client.post(address, data={"state": "dismissed"}).status_code == 409
    (related,) = client.get("/api/v1/items/L-1/relations").json()
    assert related["link"] == "contradicts"


def test_deciding_is_for_reviewers_and_what_is_dismissed_stays_so(disagreeing: Services) -> None:
    anna = client_of(disagreeing, "Anna", Role.CONTRIBUTOR)
    rita = client_of(disagreeing, "Rita", Role.COORDINATOR)
    opened(rita, "/lessons/disagreements")
    (flag,) = rita.get(API).json()["disagreements"]
    address = f"{API}/{flag['id']}"
    assert not opened(anna, "/lessons/disagreements").select("ul.rows form")
    assert anna.patch(address, json={"state": "dismissed"}).status_code == 404
    assert rita.patch(address, json={"state": "open"}).status_code == 422
    assert rita.patch(address, json={"state": "dismissed"}).json()["decided_by"] == "Rita"
    assert rita.get(API).json()["total"] == 0


def test_a_disagreement_is_told_while_typing(disagreeing: Services, client: TestClient) -> None:
    form = {
        "title": "Cables for the site: a second supplier",
        "event": "The only supplier of cables was on strike.",
        "recommendation": "Buy cables for the site from two suppliers.",
        "dated": "2026-01-01",
    }
    panel = client.post("/lessons/check", data=form).text
    assert "Does it disagree?" in panel
    assert "single supplier" in panel
    said = client.post("/api/v1/lessons/check", json={**form, "dated": None})
    assert said.status_code == 200, said.text
    assert [clash["item"]["ref"] for clash in said.json()["clashes"]] == ["L-1"]
