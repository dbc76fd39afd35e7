"""Insight: pages, files, API and commands give the same figures, each with the lessons behind it."""

import csv
import json
import re
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from sqlalchemy import select

from kb.access import LOCAL_USER, Principal
from kb.database import transaction
from kb.models import AuditEvent
from kb.values import LessonFields
from kb.vocabulary import Classification, Kind, KnowledgeArea, Phase, Polarity
from tests.samples import lesson, store
from tests.web.commands import kb
from tests.web.test_people import named
from web.app import create_app
from web.base import work
from web.http import deps
from web.wiring import Services

API = "/api/v1/insight"
PAGES = ("", "/trends", "/trends?by=phase", "/themes", "/progress", "/coverage", "/gaps", "/lessons")
FILES = ("trends", "themes", "progress", "coverage", "gaps", "lessons")
ABOUT = {
    "Pump seals leaked": "The pump seals leaked under pressure and the valves failed.",
    "Crane lifting stopped": "Lifting with the crane stopped because the rigging was not inspected.",
    "Data migration failed": "The migration of legacy data failed because records were not cleansed.",
}
WHERE = ("at the harbour", "in the north", "on the bridge", "again")


@pytest.fixture
def base(services: Services) -> Services:
    """Three themes of four lessons each, one of them confidential."""
    with transaction(services.sessions) as session:
        store(
            session,
            *(
                lesson(
                    f"{title} {where}",
                    text,
                    fields=LessonFields(
                        event=text, polarity=Polarity.POSITIVE if where == "again" else Polarity.NEGATIVE
                    ),
                    classification=Classification.CONFIDENTIAL
                    if title.startswith("Crane")
                    else Classification.INTERNAL,
                    dated=date(2018 + number, 5, 1),
                    knowledge_areas=(KnowledgeArea.RISK,),
                    phases=(Phase.DELIVERY,),
                )
                for title, text in ABOUT.items()
                for number, where in enumerate(WHERE)
            ),
        )
    work.sync(services)
    return services


@pytest.fixture
def inside(base: Services) -> Iterator[TestClient]:
    """A browser of that base."""
    with TestClient(create_app(base), base_url="http://localhost", follow_redirects=False) as client:
        yield client


def opened(client: TestClient, address: str) -> BeautifulSoup:
    """The page, once nothing on it is still being worked out."""
    for _ in range(200):
        answer = client.get(f"/insight{address}")
        assert answer.status_code == 200, answer.text
        if "data-again" not in answer.text:
            return BeautifulSoup(answer.text, "lxml")
        time.sleep(0.05)
    raise AssertionError(f"{address} is never ready")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.removeprefix("\ufeff").splitlines()))


def fail(services: Services, client: TestClient, *queries: str) -> None:
    for query in queries:
        assert client.get("/", params={"q": query}).status_code == 200
    assert services.recorder.settle(5)


def test_every_page_is_there_when_the_base_is_empty(client: TestClient) -> None:
    for address in PAGES:
        page = client.get(f"/insight{address}")
        assert page.status_code == 200, page.text
        assert len(BeautifulSoup(page.text, "lxml").find_all("h1")) == 1
    assert "There is no search index yet" in client.get("/insight/themes").text
    assert client.get(f"{API}/themes").status_code == 503


def test_each_number_leads_to_its_lessons(inside: TestClient) -> None:
    for address in ("/trends", "/trends?by=area", "/progress", "/coverage", ""):
        page = opened(inside, address)
        links = page.select("td a[href^='/insight/lessons'], dd a[href^='/insight/lessons']")
        assert links, address
        for link in links:
            number = int(re.findall(r"[\d,]+", link.get_text())[0].replace(",", ""))
            listed = opened(inside, str(link["href"]).removeprefix("/insight"))
            assert listed.h1 is not None
            assert listed.h1.get_text().startswith(f"{number} lesson"), link["href"]
            assert len(listed.select(".rows > li")) == number
            assert inside.get(API + str(link["href"]).removeprefix("/insight")).json()["total"] == number


def test_trends_are_drawn_and_told(inside: TestClient) -> None:
    page = opened(inside, "/trends?by=area")
    assert [tag.get_text() for tag in page.select(".legend li")] == [" Risk"]
    assert page.select_one("svg a[href='/insight/lessons?area=risk&year=2019']") is not None
    (row,) = inside.get(f"{API}/trends?by=area").json()["rows"]
    assert (row["value"], row["total"], row["positive"], row["negative"]) == ("risk", 12, 3, 9)
    assert row["years"] == {"2018": 3, "2019": 3, "2020": 3, "2021": 3}
    (line,) = rows(inside.get("/insight/trends.csv?by=area").text)
    assert (line["Area"], line["Lessons"], line["Share negative"], line["2020"]) == (
        "Risk",
        "12",
        "0.75",
        "3",
    )


def test_themes_are_named_and_list_their_lessons(inside: TestClient) -> None:
    page = opened(inside, "/themes")
    names = [link.get_text() for link in page.select("td:first-child a")]
    assert len(names) == 3
    assert {"pump", "crane", "data"} <= {word for name in names for word in re.findall(r"\w+", name.lower())}
    for theme in inside.get(f"{API}/themes").json()["themes"]:
        assert (theme["lessons"], theme["share_negative"], len(theme["examples"])) == (4, 0.75, 3)
        own = opened(inside, theme["url"].removeprefix("/insight"))
        titles = {link.get_text() for link in own.select(".rows a")}
        assert len({title.split()[0] for title in titles}) == 1
        assert len(titles) == inside.get(f"{API}/themes/{theme['key']}").json()["total"] == 4
    assert len(rows(inside.get("/insight/themes.csv").text)) == 3
    assert inside.get("/insight/themes/gone").status_code == 404


def test_coverage_shows_what_is_lacking(inside: TestClient) -> None:
    page = opened(inside, "/coverage")
    (marked,) = page.select("svg a.marked")
    assert marked["aria-label"] == "Risk, delivery: 12 lessons, no practice, no template"
    (cell,) = [one for one in inside.get(f"{API}/coverage").json() if one["lessons"]]
    assert cell["lacks"] == [Kind.PRACTICE, Kind.TEMPLATE]
    assert len(rows(inside.get("/insight/coverage.csv").text)) == len(KnowledgeArea) * len(Phase)


def test_searches_that_fail_become_gaps_that_people_close_and_that_open_again(
    base: Services, inside: TestClient
) -> None:
    fail(base, inside, "drone flight permits", "permits for flights with drones", "protected newts")
    fail(base, named(base, "Zoe"), "drone flight permits")
    page = opened(inside, "/gaps")
    found = [[cell.get_text(strip=True) for cell in row.select("td")][:3] for row in page.select("tbody tr")]
    assert found == [["drone flight permits", "2", "3"], ["protected newts", "1", "1"]]
    assert "Zoe" not in page.get_text()
    assert "Zoe" not in inside.get("/insight/gaps.csv").text
    address = str(page.select("tbody a")[0]["href"])
    typed = {link.get_text() for link in opened(inside, address.removeprefix("/insight")).select(".rows a")}
    assert typed == {"drone flight permits", "permits for flights with drones"}
    assert inside.post(address, data={"state": "assigned", "owner": "Bert"}).status_code == 303
    assert "Bert looks for an answer" in inside.get(address).text
    assert inside.post(address, data={"state": "resolved"}).status_code == 400
    assert inside.post(address, data={"state": "resolved", "item": "L-1"}).status_code == 303
    assert len(opened(inside, "/gaps").select("tbody tr")) == 1
    number = int(address.rsplit("/", 1)[1])
    closed = inside.get(f"{API}/gaps?state=resolved").json()["gaps"]
    assert [(gap["id"], gap["item"]["ref"], gap["people"]) for gap in closed] == [(number, "L-1", 2)]
    fail(base, inside, "Drone  flight permits")
    opened(inside, "/gaps")
    again = inside.get(f"{API}/gaps/{number}").json()
    assert (again["state"], again["reopened"], again["times"]) == ("assigned", 1, 4)
    said = inside.patch(f"{API}/gaps/{number}", json={"state": "dismissed", "note": "Not ours."})
    assert (said.status_code, said.json()["state"]) == (200, "dismissed")
    assert inside.patch(f"{API}/gaps/{number}", json={"state": "assigned", "owner": "A"}).status_code == 409
    assert inside.patch(f"{API}/gaps/999", json={"state": "open"}).status_code == 404
    assert inside.patch(f"{API}/gaps/{number}", json={"state": "lost"}).status_code == 422
    with base.sessions() as session:
        actions = session.scalars(
            select(AuditEvent.action).where(AuditEvent.subject == f"gap {number}")
        ).all()
    assert list(actions) == ["gap_assigned", "gap_resolved", "gap_dismissed"]


def test_a_reader_sees_only_what_they_may(base: Services) -> None:
    app = create_app(base)
    reader = Principal("Carl", Classification.INTERNAL)
    app.dependency_overrides[deps.reader] = lambda: reader
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        assert "crane" not in opened(client, "/themes").get_text().lower()
        assert sum(row["total"] for row in client.get(f"{API}/trends").json()["rows"]) == 8
        for name in FILES:
            answer = client.get(f"/insight/{name}.csv")
            assert answer.status_code == (404 if name == "gaps" else 200)
            assert "crane" not in answer.text.lower()
        assert client.get("/insight/gaps").status_code == client.get(f"{API}/gaps").status_code == 404
        assert "knowledge gaps open" not in opened(client, "").get_text()


def test_a_wrong_address_is_answered_with_a_sentence(inside: TestClient) -> None:
    for address in ("/trends?by=colour", "/lessons?year=20x", "/lessons?area=sky", "/gaps?state=lost"):
        answer = inside.get(f"/insight{address}")
        assert answer.status_code == 422
        assert "Traceback" not in answer.text
    assert "The list ends on page 1" in inside.get("/insight/lessons?page=9").text


def test_the_command_line_tells_the_same(base: Services) -> None:
    data = base.settings.data

    def told(*words: str) -> Any:
        return json.loads(kb(data, "insight", *words, "--json").stdout)

    assert told("trends", "--by", "area")["rows"][0]["total"] == 12
    assert "Risk" in kb(data, "insight", "trends", "--by", "area").stdout
    keys = [theme["key"] for theme in told("themes")["themes"]]
    assert len(keys) == 3
    assert len(told("theme", keys[0])) == 4
    assert "There is no theme 'gone'" in kb(data, "insight", "theme", "gone", code=1).stderr
    assert told("progress")["ages"][0]["lessons"] == 12
    assert len(rows(kb(data, "insight", "coverage", "--csv").stdout)) == 1
    assert len(told("lessons", "--polarity", "negative", "--year", "2019")) == 3
    kb(data, "search", "drone flight permits")
    (gap,) = told("gaps")
    number = str(gap["id"])
    kb(data, "insight", "assign", number, "Bert")
    kb(data, "insight", "resolve", number, "L-1")
    assert "resolved already" in kb(data, "insight", "dismiss", number, "why", code=1).stderr
    assert told("gaps") == []
    assert told("gaps", "--state", "resolved")[0]["item"]["ref"] == "L-1"
    kb(data, "insight", "reopen", number)
    kb(data, "insight", "dismiss", number, "Not ours.")
    with base.sessions() as session:
        assert (
            session.scalars(select(AuditEvent.actor).where(AuditEvent.subject == f"gap {number}")).all()
            == [LOCAL_USER.name] * 4
        )
