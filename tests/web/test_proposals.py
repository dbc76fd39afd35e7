"""Observations mined out of documents, on pages, over the API and on the command line."""

import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ingest import rewriting
from kb import library
from kb.access import LOCAL_USER
from kb.database import transaction
from kb.values import DocumentFields, ItemDraft, LessonFields
from kb.vocabulary import Classification, DocumentKind, Kind, Role
from tests.samples import lesson
from tests.web import commands
from tests.web.roles import client_of
from tests.web.test_pages import one, opened
from web.base import work
from web.wiring import Services

API = "/api/v1/proposals"
PAGE = "/lessons/proposals"
REPORT = """## Lessons

**1. The permit for the crane came late.** *Event:* we applied for the permit of the crane in May.
*Recommendation:* the project manager applies for the permit of the crane first.

## Summary

The move failed because the addresses were missing.
"""


@pytest.fixture
def reported(services: Services) -> Services:
    """A report, a confidential one, and a lesson that says what the first does."""
    report = ItemDraft(Kind.DOCUMENT, "Closure report", "", DocumentFields(DocumentKind.REPORT), ref="D-1")
    secret = replace(report, title="Secret", ref="D-2", classification=Classification.CONFIDENTIAL)
    title = "The permit for the crane came late"
    body = "## Event\n\nWe applied for the permit of the crane in May.\n\n## Recommendation\n\n"
    body += "The project manager applies for the permit of the crane first."
    with transaction(services.sessions) as session:
        for draft in (report, secret):
            library.write(session, LOCAL_USER, rewriting.rewritten(draft, REPORT))
        known = lesson(title, body, ref="L-9", fields=LessonFields(event=body))
        library.write(session, LOCAL_USER, rewriting.rewritten(known, body))
    work.sync(services)
    return services


def test_a_report_is_mined_and_an_observation_becomes_a_private_draft(
    reported: Services, client: TestClient
) -> None:
    assert "Mine for lessons" in one(opened(client, "/items/D-1"), "#mining").get_text()
    assert client.post(PAGE, data={"document": "D-1"}).headers["location"] == f"{PAGE}?document=D-1"
    page = opened(client, f"{PAGE}?document=D-1")
    titles = [tag.get_text() for tag in page.select(".proposals h2")]
    assert titles == [
        "The permit for the crane came late",
        "The move failed because the addresses were missing",
    ]
    first = page.select(".proposals > li")[0]
    assert "L-9" in str(first.select(".doubles a"))
    assert "/items/D-1?passage=0#cited" in str(first)
    assert "2 proposals to decide on" in one(opened(client, "/items/D-1"), "#mining").get_text()

    number = str(first["id"]).removeprefix("proposal-")
    answer = client.post(f"{PAGE}/{number}/accept")
    form = opened(client, answer.headers["location"])
    assert one(form, "#title")["value"] == "The permit for the crane came late"
    assert one(form, "#event").get_text().strip() == "We applied for the permit of the crane in May."
    assert "D-1, Closure report, “Lessons”, version 1" in form.get_text()
    ref = answer.headers["location"].split("/")[2]
    assert client.get(f"/api/v1/items/{ref}").json()["status"] == "draft"
    assert client_of(reported, "Carl", Role.CONTRIBUTOR).get(f"/items/{ref}").status_code == 404
    assert client.post(f"{PAGE}/{number}/accept").status_code == 409
    assert ref in opened(client, f"{PAGE}?state=accepted").get_text()


def test_what_is_dismissed_says_why_and_can_be_taken_up_again(reported: Services, client: TestClient) -> None:
    client.post(PAGE, data={})
    cast(FastAPI, client.app).state.studies.stop(20)
    (number, *_) = (found["id"] for found in client.get(API).json()["proposals"])
    assert client.post(f"{PAGE}/{number}/dismiss", data={"note": " "}).status_code == 400
    client.post(f"{PAGE}/{number}/dismiss", data={"note": "Everybody knows.", "document": "D-1"})
    page = opened(client, f"{PAGE}?state=dismissed")
    assert "Everybody knows." in one(page, ".proposals").get_text()
    assert "All reports and minutes were read" not in page.get_text()
    client.post(f"{PAGE}/{number}/reopen")
    assert client.get(f"{API}?state=dismissed").json()["total"] == 0


def test_programs_mine_decide_and_see_only_what_they_may_read(reported: Services) -> None:
    anna = client_of(reported, "Anna", Role.CONTRIBUTOR)
    rolf = client_of(reported, "Rolf", Role.READER)
    assert rolf.post(API, json={}).status_code == 404
    assert anna.post(API, json={"documents": ["D-2"]}).status_code == 404
    assert anna.post(API, json={"documents": ["L-9"]}).status_code == 400
    assert anna.post(API, json={"documents": []}).status_code == 422
    done = anna.post(API, json={}).json()
    assert done == {"documents": 1, "new": 2, "open": 2, "decided": 0, "left": 0}
    boss = client_of(reported, "Boss", Role.MANAGER, clearance=Classification.CONFIDENTIAL)
    assert boss.post(API, json={"documents": ["D-2"]}).json()["new"] == 2
    assert (boss.get(API).json()["total"], anna.get(API).json()["total"]) == (4, 2)
    hidden = boss.get(f"{API}?document=D-2").json()["proposals"][0]["id"]
    assert anna.get(f"{API}/{hidden}").status_code == 404
    assert anna.get(f"{API}?document=D-2").status_code == 404

    found = rolf.get(f"{API}?page_size=1")
    assert 'rel="next"' in found.headers["link"]
    number = found.json()["proposals"][0]["id"]
    detail = anna.get(f"{API}/{number}").json()
    assert detail["headings"] == "Lessons"
    assert [similar["lesson"]["ref"] for similar in detail["similar"]] == ["L-9"]
    assert detail["said"]["event"] == "we applied for the permit of the crane in May."
    assert rolf.post(f"{API}/{number}/lesson").status_code == 404
    assert anna.patch(f"{API}/{number}", json={"state": "dismissed"}).status_code == 400
    gone = anna.patch(f"{API}/{number}", json={"state": "dismissed", "note": "Known."}).json()
    assert (gone["state"], gone["note"], gone["decided_by"]) == ("dismissed", "Known.", "Anna")
    assert anna.patch(f"{API}/{number}", json={"state": "open"}).json()["state"] == "open"
    made = boss.post(f"{API}/{hidden}/lesson")
    assert made.status_code == 201
    draft = boss.get(made.headers["location"]).json()
    assert draft["classification"] == "confidential"
    assert draft["citation"].startswith("D-2, Secret")


def test_a_file_is_mined_on_the_command_line(services: Services, tmp_path: Path) -> None:
    def said(*words: str, code: int = 0) -> str:
        done = commands.kb(services.settings.data, "lesson", *words, code=code, COLUMNS="160")
        return done.stdout if code == 0 else done.stderr

    file = tmp_path / "closure report.md"
    file.write_text(f"# Closure report of the move\n\n{REPORT}")
    done = json.loads(said("propose", str(file), "--json"))
    assert (done["documents"], done["new"]) == (1, 2)
    first, second = (str(found["id"]) for found in json.loads(said("proposals", "--json"))["proposals"])
    assert f"{first}  The permit for the crane came late" in said("proposals")
    assert json.loads(said("accept", first, "--json"))["url"].startswith("/items/L-")
    assert "accepted by" in said("dismiss", first, "No", code=1)
    assert said("dismiss", second, "Known", "here") == "Dismissed.\n"
    assert "It waits again" in said("reopen", second)
    assert "no item 'D-77'" in said("propose", "D-77", code=1)
    assert "0 documents read: 0 new proposals" in said("propose")
