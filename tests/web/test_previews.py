"""Looking at what a register holds before it is imported."""

import re
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import update

from kb import jobs
from kb.database import transaction
from kb.models import ImportJob, Item, now
from tests.web import test_pages
from web.app import create_app
from web.base import waiting
from web.base.lock import writing
from web.base.runner import upload_folder
from web.wiring import Services

REGISTER = (
    b"Ref;Title;What went wrong;Suggestion;Date raised;Priority;Room\n"
    b"1;Cables came late;The supplier delivered late.;Order earlier.;2020-05-01;urgent;A12\n"
    b"2;Cranes were booked twice;Two sites booked one crane.;;31/31/2020;soon;\n"
)
KNOWN = REGISTER.replace(b"Suggestion", b"Lesson learned")


def upload(client: TestClient, *files: tuple[str, bytes]) -> Response:
    return client.post("/imports", files=[("files", file) for file in files])


def soup(client: TestClient, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def shown(page: BeautifulSoup) -> list[str]:
    return [number.get_text() for number in page.select(".tally dd")]


def form_of(page: BeautifulSoup) -> dict[str, str]:
    """What a browser would send of the form."""
    form = page.select_one("form.preview")
    assert isinstance(form, Tag)
    sent = {str(field["name"]): str(field["value"]) for field in form.select("input[type=hidden]")}
    for select in form.select("select"):
        option = select.select_one("option[selected]")
        assert isinstance(option, Tag)
        sent[str(select["name"])] = str(option["value"])
    return sent


def finished(client: TestClient, address: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while (job := client.get(f"/api/v1{address}").json())["state"] not in ("done", "failed"):
        assert time.monotonic() < deadline, job
        time.sleep(0.1)
    return job


def test_a_register_is_shown_first_its_columns_changed_and_only_then_imported(
    client: TestClient, services: Services
) -> None:
    answer = upload(client, ("log.csv", REGISTER), ("note.txt", b"A note on cables, long enough to be kept."))
    address = answer.headers["location"]
    assert re.fullmatch(r"/imports/\w+/preview", address)
    page = soup(client, address)
    assert shown(page) == ["1", "0", "0"]
    assert "it becomes one document. If it is one" in page.get_text()
    assert "1 other file: note.txt" in page.get_text()
    assert client.get("/api/v1/items").json()["total"] == 0
    sent = form_of(page)
    assert sent["map:What went wrong"] == "event"
    assert sent["map:Suggestion"] == "detail"
    sent |= {"map:Suggestion": "recommendation", "map:Room": "ignore", "action": "look"}
    page = BeautifulSoup(client.post(address, data=sent).text, "html.parser")
    sent = form_of(page)
    assert shown(page) == ["2", "0", "0"]
    assert sent["map:Suggestion"] == "recommendation"
    assert "Not understood, and kept under other details: Priority: 'soon'" in page.get_text()
    assert "Order earlier." in page.get_text()
    assert "Room" not in [cell.get_text() for cell in page.select(".facts dt")]
    began = client.post(address, data=sent | {"action": "import"})
    assert began.status_code == 303
    job = finished(client, began.headers["location"])
    assert job["report"]["items"]["added"] == 3
    found = client.get("/api/v1/items", params={"kind": "lesson"}).json()["items"]
    cables = next(item for item in found if item["title"] == "Cables came late")
    detail = client.get(f"/api/v1/items/{cables['ref']}").json()
    assert detail["fields"]["recommendation"] == "Order earlier."
    assert "A12" not in detail["body"]
    assert not list(upload_folder(services).iterdir())
    assert client.get(address).status_code == 303


def test_the_same_register_again_shows_what_changed(client: TestClient) -> None:
    first = upload(client, ("log.csv", KNOWN)).headers["location"]
    finished(client, client.post(first, data={"action": "import"}).headers["location"])
    page = soup(client, upload(client, ("log.csv", KNOWN.replace(b"urgent", b"caution"))).headers["location"])
    assert shown(page) == ["0", "1", "1"]


def test_an_upload_without_tables_is_imported_at_once(client: TestClient) -> None:
    answer = upload(client, ("note.txt", b"A note on cables, long enough to be kept."))
    assert re.fullmatch(r"/imports/\w+", answer.headers["location"])
    finished(client, answer.headers["location"])


def test_a_sheet_that_is_no_register_is_told_so(client: TestClient) -> None:
    page = soup(client, upload(client, ("budget.csv", b"Month,Spent\nMay,12\nJune,14\n")).headers["location"])
    assert "it becomes one document" in page.get_text()
    assert len(page.select("select")) == 2
    broken = soup(client, upload(client, ("broken.xlsx", b"no workbook")).headers["location"])
    assert broken.select(".notice.bad")


def test_a_register_of_ours_tells_of_unknown_references_and_keeps_them_on_demand(
    browsing: TestClient,
) -> None:
    body = browsing.get("/api/v1/lessons/register", params={"format": "csv"}).content
    body = body.replace(b"T-2,", b"T-9,").replace(b"Drums were missing", b"Drums went missing")
    address = upload(browsing, ("register.csv", body)).headers["location"]
    page = soup(browsing, address)
    assert shown(page) == ["0", "1", "2"]
    assert "No lesson here has the reference T-9" in page.get_text()
    assert page.select("input[name=restore]")
    again = BeautifulSoup(browsing.post(address, data={"restore": "true"}).text, "html.parser")
    assert shown(again) == ["1", "1", "2"]
    began = browsing.post(address, data={"restore": "true", "action": "import"})
    report = finished(browsing, began.headers["location"])["report"]
    assert (report["items"]["added"], report["items"]["updated"]) == (1, 1)
    assert browsing.get("/api/v1/items/T-9").json()["title"] == "Training paid off"


def test_what_is_looked_at_outlives_the_server_until_its_time_is_over(
    client: TestClient, services: Services
) -> None:
    first, second = (upload(client, ("log.csv", REGISTER)).headers["location"] for _ in range(2))
    waiting.folder(services, "left-behind").mkdir()
    with TestClient(create_app(services), base_url="http://localhost", follow_redirects=False) as again:
        assert shown(soup(again, first)) == ["1", "0", "0"]
        job = first.split("/")[2]
        with transaction(services.sessions) as session:
            session.get_one(ImportJob, job).created_at = now() - jobs.KEPT - timedelta(hours=1)
        third = upload(again, ("log.csv", REGISTER)).headers["location"]
        closed = again.get(f"/api/v1/imports/{job}").json()
        assert (closed["state"], "give them again" in closed["report"]["error"]) == ("failed", True)
        assert again.post(first, data={"action": "import"}).status_code == 409
        left = {path.name for path in (services.settings.data / "waiting").iterdir()}
        assert left == {second.split("/")[2], third.split("/")[2]}
        shutil.rmtree(waiting.folder(services, second.split("/")[2]))
        assert "no longer here" in again.get(second).text
        assert again.post(second, data={"action": "import"}).status_code == 409


def test_an_import_that_a_stopped_server_left_is_begun_once_more(
    client: TestClient, services: Services
) -> None:
    address = upload(client, ("log.csv", KNOWN)).headers["location"]
    job = address.split("/")[2]
    with transaction(services.sessions) as session:
        jobs.progress(session, job, 0, 1, "log.csv")
    with TestClient(create_app(services), base_url="http://localhost", follow_redirects=False) as again:
        page = soup(again, address)
        assert "The server stopped before this import ended" in page.get_text()
        assert shown(page) == ["2", "0", "0"]
        began = again.post(address, data=form_of(page) | {"action": "import"})
        assert finished(again, began.headers["location"])["report"]["items"]["added"] == 2


def test_a_look_waits_for_no_import_and_writes_nothing(browsing: TestClient, services: Services) -> None:
    body = browsing.get("/api/v1/lessons/register", params={"format": "csv"}).content
    body = body.replace(b"Drums were missing", b"Drums went missing")
    files = [("files", ("register.csv", body)), ("files", ("log.csv", KNOWN))]
    kept = browsing.post("/api/v1/imports/previews", files=files).json()
    with services.sessions() as other, writing(services.settings.data, wait=False):
        other.execute(update(Item).values(language="en"))
        again = browsing.post(f"/api/v1/imports/{kept['id']}/preview", json={})
        other.rollback()
    assert again.json() == kept
    assert {file["name"]: (file["new"], file["changed"]) for file in kept["files"]} == {
        "log.csv": (2, 0),
        "register.csv": (0, 1),
    }


@pytest.mark.parametrize(
    "check",
    [
        test_pages.test_every_page_has_one_heading_a_search_box_and_a_way_past_the_header,
        test_pages.test_no_page_needs_what_the_security_policy_forbids,
        test_pages.test_every_field_has_a_label_and_every_link_a_name,
        test_pages.test_links_within_lead_somewhere,
    ],
)
def test_the_preview_keeps_what_pages_promise(
    browsing: TestClient, check: Callable[[TestClient, str], None]
) -> None:
    own = browsing.get("/api/v1/lessons/register", params={"format": "csv"}).content.replace(b"T-2,", b"T-9,")
    check(browsing, upload(browsing, ("log.csv", REGISTER), ("register.csv", own)).headers["location"])


def test_programs_look_and_import_alike(client: TestClient) -> None:
    answer = client.post("/api/v1/imports/previews", files=[("files", ("log.csv", KNOWN))])
    assert answer.status_code == 201, answer.text
    found = answer.json()
    file = found["files"][0]
    assert (file["new"], file["changed"], file["unchanged"]) == (2, 0, 0)
    assert {use["column"]: use["field"] for use in file["mapping"]}["What went wrong"] == "event"
    assert [row["row"] for row in file["rows"]] == [2, 3]
    assert "It has no recommendation." in file["rows"][1]["note"]
    where = f"/api/v1/imports/{found['id']}"
    chosen = {"mapping": {"Lesson learned": "causes"}}
    again = client.post(f"{where}/preview", json=chosen).json()
    assert {"name": "Causes", "text": "Order earlier."} in again["files"][0]["rows"][0]["fields"]
    refused = client.post(f"{where}/preview", json={"mapping": {"Suggestion": "colour"}})
    assert refused.status_code == 400
    assert "there is no field 'colour'" in refused.json()["detail"]
    began = client.post(f"{where}/start", json=chosen)
    assert began.status_code == 202
    assert finished(client, f"/imports/{found['id']}")["report"]["items"]["added"] == 2
    assert client.post(f"{where}/start", json=chosen).status_code == 409
    assert client.post(f"{where}/preview", json=chosen).status_code == 409
    assert client.post("/api/v1/imports/nothing/start", json={}).status_code == 404


def test_a_preview_is_nobody_elses(client: TestClient) -> None:
    address = upload(client, ("log.csv", REGISTER)).headers["location"]
    client.cookies.set("person", "Someone%20else")
    assert client.get(address).status_code == 404
    assert client.post(address, data={"action": "import"}).status_code == 404
