"""What projects made of lessons: on pages, over HTTP and on the command line."""

import csv
import io
import json

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from kb.life.applications import Record
from kb.vocabulary import Classification, Role
from tests.web.commands import kb
from tests.web.roles import client_of
from tests.web.test_pages import one, opened
from tests.web.test_people import named
from web.searching import reasons
from web.wiring import Services

FORM = {"project": "Tunnel", "outcome": "effective", "saved": "12,500", "currency": "gbp", "days": "3"}


def _applied(page: BeautifulSoup) -> str:
    return " ".join(one(page, "#applied").get_text(" ").split())


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (Record(), ""),
        (Record(7, 6, 1), "applied 7 times, worked 6"),
        (Record(2, 0, 1), "applied twice, worked 0"),
        (Record(1, 1, 0), "applied once, and it worked"),
        (Record(1, 0, 1), "applied once, without effect"),
        (Record(3, 0, 0), "applied 3 times, outcome not known yet"),
    ],
)
def test_a_record_is_said_in_words(record: Record, said: str) -> None:
    assert reasons.applied(record) == said


def test_a_project_records_and_somebody_else_approves(shelf: Services) -> None:
    anna, bert = named(shelf, "Anna"), named(shelf, "Bert")
    assert "No project has told yet" in _applied(opened(anna, "/items/C-1"))
    answer = anna.post("/items/C-1/applications", data=FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/items/C-1#application-1")
    own, others = opened(anna, "/items/C-1"), opened(bert, "/items/C-1")
    assert "Applied once, and it worked. " in _applied(own)
    assert "GBP 12,500 and 3 days saved" in _applied(own)
    assert not own.select("form[action='/lessons/applications/1/approval']")
    form = one(others, "form[action='/lessons/applications/1/approval']")
    back = str(one(form, "input[name=back]")["value"])
    assert anna.post("/lessons/applications/1/approval", data={"back": back}).status_code == 409
    answer = bert.post("/lessons/applications/1/approval", data={"back": back})
    assert answer.headers["location"] == "/items/C-1#application-1"
    assert "approved by Bert" in _applied(opened(anna, "/items/C-1"))
    outcome = {"outcome": "recurrence", "reason": "Late again.", "back": "https://elsewhere.example/"}
    answer = anna.post("/lessons/applications/1/outcome", data=outcome)
    assert answer.headers["location"] == "/#application-1"
    told = _applied(opened(anna, "/items/C-1"))
    assert "Applied once, without effect." in told
    assert "Late again." in told
    assert "waits for approval" in told


def test_results_tell_what_became_of_a_lesson(shelf: Services) -> None:
    anna = named(shelf, "Anna")
    for project in ("Tunnel", "Dam"):
        anna.post("/items/C-1/applications", data={**FORM, "project": project})
    page = opened(anna, "/?q=late cables")
    assert "applied twice, worked 2" in one(page, "#hit-C-1 .marks .good").get_text()
    hits = anna.get("/api/v1/search", params={"q": "late cables"}).json()["hits"]
    why = next(hit["why"] for hit in hits if hit["item"]["ref"] == "C-1")
    assert (why["applied"], why["worked"], why["failed"]) == (2, 2, 0)
    assert why["text"].endswith("applied twice, worked 2")
    for form in ("csv", "md", "json"):
        given = anna.get("/api/v1/search/export", params={"q": "late cables", "format": form}).text
        assert "applied twice, worked 2" in given
    assert "applied twice, worked 2" in kb(shelf.settings.data, "search", "late", "cables").stdout
    assert "applied twice, worked 2" in opened(anna, "/?kind=lesson").get_text()


def test_the_ledger_adds_up_what_was_saved(shelf: Services) -> None:
    anna, bert = named(shelf, "Anna"), named(shelf, "Bert")
    assert "No project has recorded yet" in opened(anna, "/lessons/applications").get_text()
    anna.post("/items/C-1/applications", data=FORM)
    anna.post("/items/C-1/applications", data={**FORM, "project": "=Dam", "saved": "500.50"})
    anna.post("/items/T-1/applications", data={**FORM, "saved": "100", "currency": "EUR"})
    anna.post("/items/T-2/applications", data={"project": "Mine", "applied": "no", "reason": "No software."})
    bert.post("/lessons/applications/1/approval")
    page = opened(anna, "/lessons/applications")
    rows = [[cell.get_text() for cell in row.select("th, td")] for row in page.select("tbody tr")]
    assert rows == [
        ["No money named", "–", "–", "–", "–", "1"],
        ["EUR", "–", "100", "–", "3", "1"],
        ["GBP", "12,500", "500", "3", "3", "2"],
        ["=Tests began early", "EUR", "–", "100", "–", "3"],
        ["Cables came late", "GBP", "12,500", "500", "3", "3"],
    ]
    assert len(page.select(".rows > li")) == 4
    assert len(opened(anna, "/lessons/applications?waiting=true").select(".rows > li")) == 3
    ledger = anna.get("/api/v1/applications/ledger").json()
    assert [(one["item"], one["currency"], one["approved"]["saved"]) for one in ledger["lines"]] == [
        ("T-1", "EUR", 0.0),
        ("C-1", "GBP", 12500.0),
    ]
    answer = anna.get("/api/v1/applications/export")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["Project"] for row in table] == ["Mine", "Tunnel", "'=Dam", "Tunnel"]
    assert (table[3]["Saved"], table[3]["Approved by"], table[0]["Applied"]) == ("12500.0", "Bert", "no")


def test_what_makes_no_sense_is_answered_with_a_sentence(shelf: Services) -> None:
    anna = named(shelf, "Anna")
    for changed, why in (
        ({"project": " "}, "Name the project"),
        ({"currency": "pounds"}, "three letters"),
        ({"saved": "much"}, "not a number"),
        ({"saved": "nan"}, "no sum"),
        ({"applied": "no"}, "why it was not applied"),
    ):
        answer = anna.post("/items/C-1/applications", data={**FORM, **changed})
        assert answer.status_code == 400
        assert why in answer.text
    assert anna.post("/items/X-9/applications", data=FORM).status_code == 404
    assert anna.get("/api/v1/applications").json()["total"] == 0


def test_programs_record_read_and_approve(shelf: Services) -> None:
    anna, bert = named(shelf, "Anna"), named(shelf, "Bert")
    body = {"project": "tunnel", "outcome": "partly_effective", "days": 2}
    answer = anna.post("/api/v1/items/C-1/applications", json=body)
    assert (answer.status_code, answer.headers["location"]) == (201, "/api/v1/applications/1")
    kept = anna.get("/api/v1/applications/1").json()
    assert kept == answer.json()
    assert (kept["author"], kept["may_approve"], kept["approved_at"]) == ("Anna", False, None)
    assert bert.get("/api/v1/applications/1").json()["may_approve"]
    assert anna.post("/api/v1/applications/1/approval").status_code == 409
    assert bert.post("/api/v1/applications/1/approval").json()["approved_by"] == "Bert"
    changed = anna.patch("/api/v1/applications/1", json={"outcome": "effective", "reason": "Two years on."})
    assert (changed.json()["outcome"], changed.json()["approved_by"]) == ("effective", "")
    assert [one["id"] for one in anna.get("/api/v1/items/C-1/applications").json()] == [1]
    assert anna.get("/api/v1/applications", params={"waiting": True}).json()["total"] == 1
    assert anna.get("/api/v1/applications/9").status_code == 404


def test_the_command_line_records_and_approves(shelf: Services) -> None:
    data = shelf.settings.data
    said = ("--project", "Tunnel", "--outcome", "effective", "--saved", "900", "--currency", "GBP")
    kept = json.loads(kb(data, "--as", "Anna", "apply", "C-1", *said, "--json").stdout)
    assert (kept["author"], kept["saved"], kept["outcome"]) == ("Anna", 900.0, "effective")
    assert "Somebody other" in kb(data, "--as", "Anna", "applications", "approve", "1", code=1).stderr
    kb(data, "--as", "Bert", "applications", "approve", "1")
    shown = kb(data, "applications", "list", "C-1").stdout
    assert "C-1 · Tunnel · Effective, GBP 900 saved" in shown.replace("\n", " ")
    assert "GBP 900 saved; waiting: nothing saved" in kb(data, "applications", "worth").stdout
    kb(data, "applications", "outcome", "1", "not_effective", "--reason", "It was chance.")
    (found,) = json.loads(kb(data, "applications", "list", "--waiting", "--json").stdout)
    assert found["reason"] == "It was chance."
    assert "why it was not" in kb(data, "apply", "C-1", "--project", "X", "--not-applied", code=1).stderr


@pytest.mark.parametrize(
    ("roles", "recorded", "approved"),
    [((), 404, 404), ((Role.CONTRIBUTOR,), 201, 404), ((Role.COORDINATOR,), 201, 200)],
)
def test_roles_decide_who_records_and_approves(
    shelf: Services, roles: tuple[Role, ...], recorded: int, approved: int
) -> None:
    named(shelf, "Anna").post("/items/C-1/applications", data=FORM)
    client = client_of(shelf, "Carl", *roles)
    assert client.post("/api/v1/items/C-1/applications", json={"project": "P"}).status_code == recorded
    assert client.post("/api/v1/applications/1/approval").status_code == approved
    page = opened(client, "/items/C-2")
    assert bool(page.select("form[action$='/applications']")) == (recorded == 201)


def test_records_of_what_may_not_be_read_are_hidden(shelf: Services, browsing: TestClient) -> None:
    browsing.post("/items/C-1/applications", data=FORM)
    stranger = client_of(shelf, "Stranger", Role.READER, clearance=Classification.PUBLIC)
    assert stranger.get("/api/v1/applications").json()["total"] == 0
    assert stranger.get("/api/v1/applications/1").status_code == 404
    assert stranger.get("/api/v1/applications/ledger").json()["totals"] == []
    assert "Tunnel" not in stranger.get("/api/v1/applications/export").text
