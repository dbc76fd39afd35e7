"""The name that somebody writes under."""

from fastapi.testclient import TestClient

from web.app import create_app
from web.wiring import Services


def named(services: Services, name: str) -> TestClient:
    """A browser whose user called themselves *name*."""
    client = TestClient(create_app(services), base_url="http://localhost", follow_redirects=False)
    answered = client.post("/you", data={"name": name})
    assert answered.status_code == 303
    assert "HttpOnly" in answered.headers["set-cookie"]
    return client


def test_a_browser_keeps_the_name_that_was_given(services: Services) -> None:
    assert "You are local" in TestClient(create_app(services), base_url="http://localhost").get("/you").text
    anna, zoe = named(services, "  Anna  Ōe; x=1 "), named(services, "Zoë")
    assert "You are Anna Ōe; x=1" in anna.get("/you").text
    assert "You are Zoë" in zoe.get("/you").text


def test_what_is_written_is_signed_with_the_name(services: Services) -> None:
    anna, zoe = named(services, "Anna"), named(services, "Zoë")
    body = {"name": "mine", "query": "pumps"}
    assert anna.post("/api/v1/saved-searches", json=body).status_code in (200, 201)
    assert (
        len(anna.get("/api/v1/saved-searches").json()) == 1
        or anna.get("/api/v1/saved-searches").json()["items"]
    )
    assert "mine" not in zoe.get("/api/v1/saved-searches").text


def test_a_name_needs_letters(services: Services) -> None:
    client = TestClient(create_app(services), base_url="http://localhost")
    assert client.post("/you", data={"name": "  "}).status_code == 400
