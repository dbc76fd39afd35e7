import pytest
from fastapi.testclient import TestClient

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
