from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from kb.settings import MEGABYTE
from web import wiring
from web.app import create_app
from web.http.guard import MAX_BODY
from web.wiring import Services

FILE = {"files": ("a.md", b"# A\n\ntext")}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "[::1"])
def test_a_foreign_host_name_is_refused(reading: TestClient, host: str) -> None:
    answer = reading.get("/api/v1/health", headers={"Host": host})
    assert answer.status_code == 421
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST"])
def test_this_machines_own_names_are_served(reading: TestClient, host: str) -> None:
    assert reading.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost:9999"},
    ],
)
@pytest.mark.parametrize("path", ["/imports", "/api/v1/imports"])
def test_another_site_can_change_nothing(client: TestClient, headers: dict[str, str], path: str) -> None:
    answer = client.post(path, files=FILE, headers=headers)
    assert answer.status_code == 403
    assert client.get("/api/v1/imports").json() == []


def test_another_site_may_lead_here(reading: TestClient) -> None:
    assert reading.get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/items/none", "/api/v1/search?page=0", "/static/app.css"])
def test_every_answer_carries_the_security_headers(reading: TestClient, path: str) -> None:
    headers = reading.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers  # this server speaks no https


@pytest.mark.parametrize("path", ["/", "/nowhere", "/static/app.css"])
def test_where_people_come_by_https_browsers_keep_to_it(services: Services, path: str) -> None:
    settings = services.settings.model_copy(update={"address": "https://kb.example.org"})
    client = TestClient(create_app(wiring.build(settings)), base_url="http://localhost")
    assert client.get(path).headers["strict-transport-security"] == "max-age=31536000"


def test_a_body_without_end_does_not_fill_the_memory(client: TestClient) -> None:
    sent: list[int] = []

    def pieces() -> Iterator[bytes]:
        while len(sent) < 40:
            sent.append(1)
            yield b"x" * MEGABYTE

    for kind in ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = client.post("/api/v1/saved-searches", content=pieces(), headers={"Content-Type": kind})
        assert answer.status_code == 413
        assert answer.json()["detail"].startswith("That is more than 16 MB")
        sent.clear()


def test_what_is_streamed_to_disk_has_limits_of_its_own(client: TestClient) -> None:
    answer = client.post("/api/v1/imports", files={"files": ("a.xyz", b"x" * (MAX_BODY + 1))})
    assert answer.status_code == 415  # read to its end, and then not a type that can be read


def test_neither_trace_nor_folders_are_answered(client: TestClient) -> None:
    assert [client.request("TRACE", path).status_code for path in ("/", "/static/app.css")] == [405, 405]
    assert client.get("/static/").status_code == 404


def test_a_fault_tells_nothing_of_the_inside(services: Services, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(services)

    @app.get("/fault")
    def fault() -> None:  # pyright: ignore[reportUnusedFunction] - the application calls it
        raise RuntimeError("what stands inside")

    client = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
    answer = client.get("/fault", headers={"X-Request-ID": "r-1"})
    assert answer.headers["x-request-id"] == "r-1"
    assert "A fault ended this request: RuntimeError" in caplog.messages
    assert answer.status_code == 500
    assert "inside" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
