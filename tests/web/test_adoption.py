"""Adoption plans: API, pages, files, command line."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import docx
import icalendar
import openpyxl
import pytest
from fastapi.testclient import TestClient

from ingest.plan_project import NAMESPACE
from kb.database import transaction
from kb.vocabulary import Classification, Role
from tests.samples import store
from tests.web.commands import kb
from tests.web.roles import client_of
from tests.web.test_pages import one, opened
from tests.web.test_practices import practice
from web.base import work
from web.wiring import Services

ADDRESS = "/api/v1/adoption-plans"
TEAM = {"name": "Quay", "size": 4, "country": "GB-ENG"}


@pytest.fixture
def stocked(services: Services) -> Services:
    with transaction(services.sessions) as session:
        store(
            session,
            practice("P-1", "Scope change control", "Scope grows by small changes that nobody adds up."),
            practice(
                "P-2",
                "Secret control",
                "Scope grows by secret changes.",
                classification=Classification.CONFIDENTIAL,
            ),
        )
    work.sync(services)
    return services


@pytest.fixture
def ann(stocked: Services) -> TestClient:
    return client_of(stocked, "Ann", Role.CONTRIBUTOR)


def _plan(client: TestClient, *practices: str, **changes: Any) -> dict[str, Any]:
    wanted = {"practices": practices or ["P-1"], "team": TEAM, "start": "2026-12-21", **changes}
    answer = client.post(ADDRESS, json=wanted)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"{ADDRESS}/{answer.json()['code']}"
    return answer.json()


def _by_title(plan: dict[str, Any], begins: str) -> dict[str, Any]:
    return next(step for step in plan["steps"] if step["title"].startswith(begins))


def test_a_plan_is_dated_cites_its_sources_and_ends_with_its_critical_path(ann: TestClient) -> None:
    plan = _plan(ann, barriers={"resources": "high"})
    assert _by_title(plan, "The sponsor decides")["source"]["url"] == "/items/P-1?passage=0#cited"
    assert _by_title(plan, "Decide to begin")["own"] is True
    assert _by_title(plan, "Have the effort")["own"] is True
    last = max(plan["steps"], key=lambda step: step["due"])
    assert (last["due"], last["critical"]) == (plan["due"], True)
    days = {day for step in plan["steps"] for day in (step["start"], step["due"])}
    assert not days & {"2026-12-25", "2026-12-28", "2027-01-01"}
    assert ann.get(ADDRESS).json()["plans"][0]["code"] == plan["code"]
    assert ann.get(f"{ADDRESS}/{plan['code'].lower()}").json() == plan


def test_what_is_late_moves_what_waits_for_it(ann: TestClient) -> None:
    plan = _plan(ann, start="2026-01-05")
    first = plan["steps"][0]
    address = f"{ADDRESS}/{plan['code']}/steps/{first['number']}/progress"
    wanted = {"state": "done", "done_on": "2026-02-02", "evidence": "Signed."}
    changed = ann.put(address, json=wanted).json()
    assert changed["steps"][0]["evidence"] == "Signed."
    assert changed["due"] > plan["due"]
    assert changed["progress"] == pytest.approx(first["effort"] / plan["effort"], abs=1e-3)
    assert all(step["start"] > "2026-02-02" for step in changed["steps"][1:])
    assert ann.put(address, json={"state": "done", "done_on": "2999-01-01"}).status_code == 400
    assert ann.put(address, json={"state": "not_started"}).json()["due"] == plan["due"]


def test_steps_are_added_changed_moved_and_taken_out(ann: TestClient) -> None:
    plan = _plan(ann)
    address = f"{ADDRESS}/{plan['code']}/steps"
    first, second = (step["number"] for step in plan["steps"][:2])
    own = {"stage": "initiation", "title": "Ring a colleague", "days": 2, "after": [first]}
    added = ann.post(address, json=own).json()
    mine = _by_title(added, "Ring")
    assert mine["own"] is True
    assert mine["start"] > added["steps"][0]["due"]
    changed = ann.put(f"{address}/{mine['number']}", json=own | {"not_before": "2027-03-01"}).json()
    assert _by_title(changed, "Ring")["start"] == "2027-03-01"
    ring = ann.put(f"{address}/{first}", json=own | {"title": "Agree", "after": [mine["number"]]})
    assert ring.status_code == 400
    assert "in a ring" in ring.json()["detail"]
    assert ann.get(f"{ADDRESS}/{plan['code']}").json() == changed
    moved = ann.post(f"/adoption/{plan['code']}/steps/{second}/place", data={"up": "true"})
    assert moved.status_code == 303
    assert ann.get(f"{ADDRESS}/{plan['code']}").json()["steps"][0]["number"] == second
    gone = ann.delete(f"{address}/{second}").json()
    assert second not in {number for step in gone["steps"] for number in step["after"]}
    inherited = next(step for step in plan["steps"] if second in step["after"])["number"]
    after = next(step for step in gone["steps"] if step["number"] == inherited)["after"]
    assert first in after  # what waited for it waits for what it waited for


def test_a_plan_is_rescheduled(ann: TestClient) -> None:
    plan = _plan(ann)
    wanted = {"start": "2027-02-01", "days_off": ["2027-02-01", "2027-02-02"]}
    moved = ann.patch(f"{ADDRESS}/{plan['code']}", json=wanted).json()
    assert moved["steps"][0]["start"] == "2027-02-03"
    assert moved["team"]["days_off"] == wanted["days_off"]


def test_figures_have_baseline_target_and_readings(ann: TestClient) -> None:
    plan = _plan(ann)
    kpi = plan["kpis"][0]
    assert (kpi["name"], kpi["target"]) == ("Changes decided in time", "90 per cent")
    address = f"{ADDRESS}/{plan['code']}/kpis/{kpi['number']}"
    ann.put(address, json={"baseline": "40 per cent", "target": "80 per cent"})
    for day, value in (("2027-03-01", "60"), ("2027-02-01", "50")):
        read = ann.post(f"{address}/readings", json={"day": day, "value": value})
        assert read.status_code == 201
    found = ann.get(f"{ADDRESS}/{plan['code']}").json()["kpis"][0]
    assert (found["baseline"], found["target"]) == ("40 per cent", "80 per cent")
    assert [reading["value"] for reading in found["readings"]] == ["50", "60"]


def test_who_may_see_and_change_a_plan(stocked: Services, ann: TestClient) -> None:
    bob = client_of(stocked, "Bob", Role.CONTRIBUTOR)
    plan = _plan(ann)
    step = f"{ADDRESS}/{plan['code']}/steps/{plan['steps'][0]['number']}"
    assert bob.delete(step).status_code == 404
    assert bob.put(f"{step}/progress", json={"state": "in_progress"}).status_code == 200
    assert client_of(stocked, "Eve", Role.CONSULTANT).delete(step).status_code == 200
    assert client_of(stocked, "Zoe").post(ADDRESS, json={}).status_code == 422
    unread = {"practices": ["P-2"], "team": TEAM, "start": "2027-01-04"}
    assert ann.post(ADDRESS, json=unread).status_code == 404
    boss = client_of(stocked, "Max", Role.MANAGER, clearance=Classification.CONFIDENTIAL)
    secret = _plan(boss, "P-2")
    assert secret["classification"] == "confidential"  # it quotes what is
    assert ann.get(f"{ADDRESS}/{secret['code']}").status_code == 404
    assert ann.get(f"/adoption/{secret['code']}/export?format=ics").status_code == 404
    assert ann.get(ADDRESS).json()["total"] == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"practices": ["P-9"]}, "no item"),
        ({"team": TEAM | {"country": "XX"}}, "No holidays are known"),
        ({"team": TEAM | {"name": " "}}, "needed"),
        ({"start": "2101-01-01"}, "beyond the year"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_a_sentence(
    ann: TestClient, changes: dict[str, Any], said: str
) -> None:
    answer = ann.post(ADDRESS, json={"practices": ["P-1"], "team": TEAM, "start": "2027-01-04"} | changes)
    assert answer.status_code in (400, 404)
    assert said in answer.json()["detail"]
    assert ann.get(ADDRESS).json()["total"] == 0


def test_a_plan_is_drafted_and_followed_on_pages(ann: TestClient) -> None:
    page = opened(ann, "/adoption/new?practice=P-1")
    asked = [select["name"] for select in page.select("select[name^='precondition:']")]
    assert asked == ["precondition:P-1:A sponsor", "precondition:P-1:A board"]
    said = opened(ann, "/adoption/new?practice=P-1&precondition:P-1:A+board=met")
    chosen = [option["value"] for option in said.select("select[name^='precondition:'] option[selected]")]
    assert chosen == ["unknown", "met"]
    form = {
        "practice": "P-1",
        "team": "Quay",
        "size": "4",
        "start": "2026-01-05",
        "weekday": ["0", "2"],
        "precondition:P-1:A board": "not_met",
        "motivation": "high",
    }
    made = ann.post("/adoption/new", data=form)
    assert made.status_code == 303
    address = made.headers["location"]
    page = opened(ann, address)
    rows = page.select("#steps ~ .wide tr[id^='step-']")
    bars = page.select(".gantt svg a")
    assert len(rows) == len(bars) > 8
    assert {str(bar["href"]) for bar in bars} == {f"#{row['id']}" for row in rows}
    assert "Bring about: a board" in page.get_text()
    plan = ann.get(f"{ADDRESS}/{address.rsplit('/', 1)[1]}").json()
    assert {date.fromisoformat(step["due"]).weekday() for step in plan["steps"]} <= {0, 2}
    number = plan["steps"][0]["number"]
    step = opened(ann, f"{address}/steps/{number}")
    assert one(step, "h1").get_text().startswith("1. Agree what is to be better")
    marked = ann.post(f"{address}/steps/{number}/progress", data={"state": "done", "day": "2026-01-07"})
    assert marked.status_code == 303
    assert one(opened(ann, address), f"#step-{number} .state").get_text().strip() == "Done"
    bad = ann.post(f"{address}/steps", data={"title": "Mine", "stage": "ramp_up", "days": "1", "after": "99"})
    assert bad.status_code == 400
    assert opened(ann, "/adoption").select(".rows a")[0]["href"] == address


def test_a_plan_is_exported_for_other_programs(ann: TestClient) -> None:
    plan = _plan(ann, "P-1", start="2026-12-21")
    files = {
        form: ann.get(f"{ADDRESS}/{plan['code']}/export", params={"format": form})
        for form in ("docx", "xlsx", "ics", "xml")
    }
    assert all(answer.status_code == 200 for answer in files.values())
    text = "\n".join(one.text for one in docx.Document(io.BytesIO(files["docx"].content)).paragraphs)
    assert "The sponsor decides" in text
    assert "Source: P-1 Steps" in text
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"].content))
    assert book.sheetnames == ["Steps", "Figures", "Barriers"]
    assert book["Steps"].max_row == len(plan["steps"]) + 1
    calendar: Any = icalendar.Calendar.from_ical(files["ics"].content)
    events = calendar.walk("VEVENT")
    assert [str(event["summary"]) for event in events] == [step["title"] for step in plan["steps"]]
    assert [event["dtstart"].dt.isoformat() for event in events] == [step["start"] for step in plan["steps"]]
    _check_project(files["xml"].content, plan)


def _check_project(body: bytes, plan: dict[str, Any]) -> None:
    names = {"p": NAMESPACE}
    root = ElementTree.fromstring(body)  # noqa: S314 - our own file
    tasks = root.findall("p:Tasks/p:Task", names)
    steps = [task for task in tasks if task.findtext("p:OutlineLevel", namespaces=names) == "2"]
    assert [task.findtext("p:Name", namespaces=names) for task in steps] == [
        s["title"] for s in plan["steps"]
    ]
    uids = [task.findtext("p:UID", namespaces=names) for task in tasks]
    assert len(set(uids)) == len(uids)
    for task, step in zip(steps, plan["steps"], strict=True):
        assert task.findtext("p:Start", namespaces=names) == f"{step['start']}T08:00:00"
        assert task.findtext("p:Finish", namespaces=names) == f"{step['due']}T17:00:00"
        assert task.findtext("p:Duration", namespaces=names) == f"PT{step['days'] * 8}H0M0S"
        links = task.findall("p:PredecessorLink/p:PredecessorUID", names)
        assert len(links) == len(step["after"])
        assert {link.text for link in links} <= set(uids)
    off = {one.text for one in root.findall("p:Calendars//p:TimePeriod/p:FromDate", names)}
    assert "2026-12-25T00:00:00" in off
    resources = {
        one.findtext("p:UID", namespaces=names) for one in root.findall("p:Resources/p:Resource", names)
    }
    assigned = root.findall("p:Assignments/p:Assignment/p:ResourceUID", names)
    assert assigned
    assert {one.text for one in assigned} <= resources


def test_the_command_line_plans_and_follows(stocked: Services, tmp_path: Path) -> None:
    data = stocked.settings.data
    made = kb(data, "adoption", "plan", "P-1", "--team", "Quay", "--start", "2027-01-04", "--json")
    plan = json.loads(made.stdout)
    assert plan["code"] in kb(data, "adoption", "list").stdout
    number = str(plan["steps"][0]["number"])
    told = kb(data, "adoption", "progress", plan["code"], number, "in-progress").stdout
    assert "of the effort is done" in told
    assert "in progress" in kb(data, "adoption", "show", plan["code"]).stdout
    target = tmp_path / "plan.xml"
    kb(data, "adoption", "export", plan["code"], "-o", str(target))
    assert target.read_bytes().startswith(b"<?xml")
    kb(data, "adoption", "export", plan["code"], "-o", str(tmp_path / "plan.pdf"), code=2)
