from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from web.wiring import Services


@pytest.fixture
def own(services: Services) -> Path:
    return services.settings.synonyms


def page(client: TestClient, address: str = "/synonyms") -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def rows(found: BeautifulSoup) -> list[list[str]]:
    return [[cell.get_text() for cell in row.find_all("td")] for row in found.select("tbody tr")]


def test_what_is_shipped_is_listed_and_where_the_own_file_goes(client: TestClient, own: Path) -> None:
    body = client.get("/api/v1/synonyms").json()
    assert body["total"] == len(body["synonyms"]) > 250
    assert not any(row["own"] for row in body["synonyms"])
    assert body["file"] == {"path": str(own.absolute()), "exists": False, "problem": "", "faults": []}
    found = page(client)
    assert len(rows(found)) == body["total"]
    assert str(own.absolute()) in found.get_text()
    assert "not there yet" in found.get_text()


def test_own_rows_come_first_on_page_and_api(client: TestClient, own: Path) -> None:
    own.write_text("# ours\nCR,commissioning report\n")
    first = client.get("/api/v1/synonyms").json()["synonyms"][0]
    assert first == {"terms": ["CR", "commissioning report"], "own": True, "line": 2}
    assert rows(page(client))[0] == ["CR", "commissioning report", "Yours, line 2"]


def test_page_and_api_filter_alike(client: TestClient) -> None:
    given = client.get("/api/v1/synonyms", params={"q": "risk regis"}).json()["synonyms"]
    assert given
    found = page(client, "/synonyms?q=risk+regis")
    assert [row[0] for row in rows(found)] == [row["terms"][0] for row in given]
    field = found.select_one("main input[name=q]")
    assert field is not None
    assert field["value"] == "risk regis"
    assert "No row holds “qqqq <b>”" in page(client, "/synonyms?q=qqqq+<b>").get_text()


def test_a_faulty_file_is_told_line_by_line_and_the_shipped_rows_stay(client: TestClient, own: Path) -> None:
    own.write_text("a,b\nc,,d\ne,e\n")
    body = client.get("/api/v1/synonyms", params={"q": "EVM"}).json()
    assert [row["terms"][0] for row in body["synonyms"]] == ["EVM"]
    assert [fault["line"] for fault in body["file"]["faults"]] == [2, 3]
    assert "line 2: there is nothing between two commas" in body["file"]["problem"]
    told = [item.get_text() for item in page(client).select(".notice li")]
    assert told == ["Line 2: there is nothing between two commas", "Line 3: 'e' stands there twice"]


def test_a_file_that_can_not_be_read_is_no_fault_of_the_server(client: TestClient, own: Path) -> None:
    own.write_bytes(b"\xff\xfe\x00")
    assert "Line 1" in page(client).select(".notice li")[0].get_text()
    own.unlink()
    own.mkdir()
    assert client.get("/api/v1/synonyms").json()["file"]["faults"][0]["line"] is None
    assert page(client).select(".notice li")


def test_too_long_a_filter_is_a_problem_and_not_a_fault(client: TestClient) -> None:
    answer = client.get("/api/v1/synonyms", params={"q": "x" * 201})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
