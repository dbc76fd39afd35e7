import json
import logging
import re

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from kb.settings import Settings
from kb.vocabulary import Role
from tests.web.roles import client_of
from web import log, wiring
from web.app import create_app
from web.base import work
from web.http.observing import HEADER
from web.log import LogFormat
from web.wiring import Services


def counted(client: TestClient, name: str) -> dict[tuple[str, ...], float]:
    """The samples called *name*, by the values of their labels."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    samples = (sample for family in families for sample in family.samples if sample.name == name)
    return {
        tuple(sample.labels[label] for label in sorted(sample.labels)): sample.value for sample in samples
    }


def test_it_lives_and_is_ready_when_it_can_search(browsing: TestClient, client: TestClient) -> None:
    assert (browsing.get("/healthz").text, browsing.get("/readyz").text) == ("ok\n", "ready\n")


def test_it_is_not_ready_without_an_index(client: TestClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, client.get("/healthz").status_code) == (503, 200)
    assert answer.text == "index: There is no search index yet.\n"


def test_requests_are_counted_by_route_and_never_by_what_was_asked(browsing: TestClient) -> None:
    for _ in range(3):
        browsing.get("/api/v1/search", params={"q": "secret cables"})
    browsing.get("/api/v1/items/NOTHING")
    browsing.get("/nowhere/at/all")
    browsing.request("BREW", "/")
    found = counted(browsing, "hindsight_request_seconds_count")
    assert found["GET", "/api/v1/search", "200"] == 3
    assert found["GET", "other", "404"] == 1
    assert any(key[0] == "other" for key in found)
    assert counted(browsing, "hindsight_items") == {(): 4.0}
    assert counted(browsing, "hindsight_indexed_passages")[()] >= 4
    text_ = browsing.get("/metrics").text
    assert "secret" not in text_
    assert "NOTHING" not in text_


def test_figures_and_state_are_for_administrators(shelf: Services) -> None:
    for role, status in ((Role.ADMINISTRATOR, 200), (Role.READER, 404)):
        client = client_of(shelf, "ann", role)
        assert {client.get(address).status_code for address in ("/metrics", "/status")} == {status}


def test_each_request_has_a_number(browsing: TestClient) -> None:
    first, second = (browsing.get("/healthz").headers[HEADER] for _ in range(2))
    assert first != second
    assert re.fullmatch("[0-9a-f]{32}", first)
    assert browsing.get("/healthz", headers={HEADER: "proxy-17"}).headers[HEADER] == "proxy-17"
    assert browsing.get("/healthz", headers={"host": "evil.example"}).headers[HEADER]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.text(st.characters(max_codepoint=126, exclude_characters="\r\n\0"), max_size=80))
def test_no_number_from_outside_can_write_into_the_log(browsing: TestClient, given_: str) -> None:
    used = browsing.get("/healthz", headers=[(HEADER, given_.encode("latin-1").decode("latin-1"))]).headers[
        HEADER
    ]
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", used)


def test_what_is_slow_is_logged_without_what_was_asked(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    services = wiring.build(settings.model_copy(update={"slow_ms": 1}))
    work.prepare(services)
    with services.sessions() as session:
        assert (
            session.scalar(
                text(
                    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < :most) "
                    "SELECT count(*) FROM n"
                ),
                {"most": 300_000},
            )
            == 300_000
        )
    with TestClient(create_app(services), base_url="http://localhost") as client:
        client.get("/", params={"q": "confidential words"})
    said = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert any(re.fullmatch(r"A statement took \d+ ms: WITH RECURSIVE n\(x\).*", one) for one in said)
    assert any(re.fullmatch(r"GET /: \d+ after \d+ ms", one) for one in said)
    assert not any("confidential" in one or "300000" in one for one in said)


@pytest.mark.parametrize("form", list(LogFormat))
def test_a_line_of_the_log_carries_the_number_of_its_request(
    form: LogFormat, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    log.set_up(form)
    token = log.REQUEST.set("r-1")
    logging.getLogger("web.http.observing").warning("GET /: 200 after %d ms", 7)
    log.REQUEST.reset(token)
    line = capsys.readouterr().err.strip()
    if form is LogFormat.JSON:
        said = json.loads(line)
        time = said["time"]
        assert (said["request"], said["message"], said["level"], said["logger"]) == (
            "r-1",
            "GET /: 200 after 7 ms",
            "WARNING",
            "web.http.observing",
        )
    else:
        time = line.split()[0]
        assert line.endswith("WARNING web.http.observing r-1 GET /: 200 after 7 ms")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time)
