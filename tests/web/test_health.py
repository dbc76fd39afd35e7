from fastapi.testclient import TestClient

from web.wiring import Services


def test_a_base_in_order_is_well(reading: TestClient) -> None:
    health = reading.get("/api/v1/health")
    assert health.status_code == 200
    body = health.json()
    assert body["status"] == "ok"
    assert all(body[part]["ok"] for part in ("database", "index", "model"))


def test_a_base_without_an_index_is_degraded_and_says_why(client: TestClient) -> None:
    health = client.get("/api/v1/health")
    assert health.status_code == 200
    assert health.json()["status"] == "degraded"
    assert "no search index" in health.json()["index"]["detail"]


def test_a_database_that_is_gone_is_unavailable(client: TestClient, services: Services) -> None:
    services.database.dispose()
    for file in services.settings.data.glob("hindsight.db*"):
        file.unlink()
    health = client.get("/api/v1/health")
    assert health.status_code == 503
    assert not health.json()["database"]["ok"]
