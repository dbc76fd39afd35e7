"""Recommended practices and assessments: API, pages, command line."""

import json

import pytest
from fastapi.testclient import TestClient

from kb.access import LOCAL_USER
from kb.assessments.questions import HIGHEST, by_area
from kb.database import transaction
from kb.life import applications, relations
from kb.life.applications import ApplicationDraft
from kb.values import ItemDraft, Locator, PassageDraft, PracticeFields
from kb.vocabulary import Classification, Kind, KnowledgeArea, Link, Outcome, Role
from tests.samples import lesson, store
from tests.web.commands import kb
from tests.web.roles import client_of
from tests.web.test_pages import one, opened
from web.base import work
from web.wiring import Services

ADDRESS = "/api/v1/practices/recommendations"


def practice(ref: str, title: str, problem: str, **changes: object) -> ItemDraft:
    """A practice of one step."""
    steps = "1. **Week 1:** the sponsor decides."
    body = f"{problem}\n\n{steps}"
    values = {
        "kind": Kind.PRACTICE,
        "title": title,
        "body": body,
        "fields": PracticeFields(
            problem=problem,
            steps=steps,
            preconditions="A sponsor; a board.",
            kpis="- Changes decided in time (target: 90 per cent).",
        ),
        "key": ref,
        "ref": ref,
        "passages": (PassageDraft((), body, Locator(0, len(body))),),
    }
    return ItemDraft(**{**values, **changes})  # pyright: ignore[reportArgumentType]


@pytest.fixture
def stocked(services: Services) -> Services:
    with transaction(services.sessions) as session:
        store(
            session,
            practice("P-1", "Scope change control", "Scope grows by small changes that nobody adds up."),
            practice(
                "P-2",
                "Secret change control",
                "Scope grows by small secret changes that nobody adds up.",
                classification=Classification.CONFIDENTIAL,
            ),
            practice("P-3", "Safety walks", "Accidents happen on site."),
            lesson("Small changes added up", ref="L-1"),
            lesson("Change control was too slow", ref="L-2"),
        )
    work.sync(services)
    with transaction(services.sessions) as session:
        relations.relate(session, LOCAL_USER, "L-1", Link.SUPPORTS, "P-1", "It would have helped.")
        relations.relate(session, LOCAL_USER, "L-2", Link.CONTRADICTS, "P-1")
        for project, applied, outcome in (
            ("Harbour", True, Outcome.EFFECTIVE),
            ("Bridge", True, Outcome.NOT_EFFECTIVE),
            ("Portal", False, Outcome.NOT_YET_KNOWN),
        ):
            said = ApplicationDraft(project, applied, "Because.", outcome)
            applications.record(session, LOCAL_USER, "P-1", said)
    return services


def test_a_situation_finds_practices_with_evidence_on_both_sides(stocked: Services) -> None:
    client = client_of(stocked, "Ann", Role.CONTRIBUTOR)
    found = client.get(ADDRESS, params={"situation": "Our scope grows by many small changes"}).json()
    assert [advice["practice"]["ref"] for advice in found["advice"]] == ["P-1"]
    advice = found["advice"][0]
    grounds = {(voice["ground"], voice["said"].split(".")[0]) for voice in advice["supports"]}
    assert ("relation", "It would have helped") in grounds
    assert ("application", "Harbour applied it: effective") in grounds
    against = {voice["said"].split(".")[0] for voice in advice["opposes"]}
    assert {"Bridge applied it: not effective", "Portal did not apply it"} <= against
    assert {voice["item"]["ref"] for voice in advice["opposes"] if voice["item"]} == {"L-2"}
    assert advice["preconditions"] == ["A sponsor", "A board"]
    assert advice["why"][0]["url"].startswith("/items/P-1?passage=0")
    assert found["unanswered"] == []


def test_who_may_not_read_a_practice_is_not_recommended_it(stocked: Services) -> None:
    situation = {"situation": "Our scope grows by many small secret changes"}
    all_refs = {
        advice["practice"]["ref"]
        for advice in client_of(stocked, "Eve", Role.CONTRIBUTOR, clearance=Classification.CONFIDENTIAL)
        .get(ADDRESS, params=situation)
        .json()["advice"]
    }
    assert all_refs == {"P-1", "P-2"}
    shown = client_of(stocked, "Ann", Role.CONTRIBUTOR).get(ADDRESS, params=situation)
    assert "P-2" not in shown.text
    assert "ecret change control" not in shown.text


def test_what_nothing_answers_is_said(stocked: Services) -> None:
    client = client_of(stocked, "Ann", Role.CONTRIBUTOR)
    found = client.get(ADDRESS, params={"need": ["purple elephants dance"]}).json()
    assert found == {"advice": [], "unanswered": ["purple elephants dance"]}
    assert client.get(ADDRESS).status_code == 400
    assert client.get(ADDRESS, params={"assessment": 99}).status_code == 404


def test_the_questionnaire_covers_every_area_with_every_level() -> None:
    assert set(by_area()) == set(KnowledgeArea)
    for questions in by_area().values():
        assert 2 <= len(questions) <= 3
        for question in questions:
            assert len(set(question.levels)) == HIGHEST + 1
            assert all(question.levels)


def test_an_assessment_leads_to_practices_that_close_its_gaps(stocked: Services) -> None:
    reading = client_of(stocked, "Ann", Role.CONTRIBUTOR)
    answers = {"requirements_and_scope.scope": 1, "risk.finding": 5}
    made = reading.post("/api/v1/assessments", json={"subject": "Quay", "answers": answers, "target": 3})
    assert made.status_code == 201
    kept = reading.get(made.headers["location"]).json()
    assert kept["levels"] == {"requirements_and_scope": 1.0, "risk": 5.0}
    assert [(gap["key"], gap["level"]) for gap in kept["gaps"]] == [("requirements_and_scope.scope", 1)]
    found = reading.get(ADDRESS, params={"assessment": kept["number"]}).json()
    assert found["advice"][0]["practice"]["ref"] == "P-1"
    assert found["advice"][0]["closes"][0]["key"] == "requirements_and_scope.scope"
    page = opened(reading, f"/practices/recommend?assessment={kept['number']}")
    assert one(page, "h1").get_text() == "Practices for Quay"


def test_assessments_stay_beside_one_another(client: TestClient) -> None:
    for level in (1, 3):
        form = {"subject": "Quay", "risk.finding": str(level), "risk.acting": "", "target": "4"}
        answer = client.post("/practices/assess", data=form)
        assert answer.status_code == 303
    found = client.get("/api/v1/assessments", params={"subject": "quay"}).json()
    assert [one["levels"] for one in found["assessments"]] == [{"risk": 3.0}, {"risk": 1.0}]
    assert (found["page"], found["pages"]) == (1, 1)
    assert client.get("/api/v1/assessments", params={"subject": "Other"}).json()["total"] == 0
    page = opened(client, "/practices/assess?subject=Quay")
    assert one(page, "select[name='risk.finding'] option[selected]")["value"] == "3"
    assert "3.0" in one(page, "#past ~ .wide").get_text()


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"subject": " ", "answers": {"risk.finding": 1}}, "Name the project"),
        ({"subject": "Quay", "answers": {}}, "at least one"),
        ({"subject": "Quay", "answers": {"risk.luck": 1}}, "no question 'risk.luck'"),
    ],
)
def test_senseless_assessments_are_refused(client: TestClient, wanted: object, said: str) -> None:
    answer = client.post("/api/v1/assessments", json=wanted)
    assert answer.status_code == 400
    assert said in answer.json()["detail"]


def test_a_hidden_assessment_is_not_there(services: Services) -> None:
    boss = client_of(services, "Eve", Role.MANAGER, clearance=Classification.CONFIDENTIAL)
    wanted = {"subject": "Quay", "answers": {"risk.finding": 1}, "classification": "confidential"}
    number = boss.post("/api/v1/assessments", json=wanted).json()["number"]
    ann = client_of(services, "Ann", Role.CONTRIBUTOR)
    assert ann.get(f"/api/v1/assessments/{number}").status_code == 404
    assert ann.get("/api/v1/assessments").json()["total"] == 0
    assert ann.post("/api/v1/assessments", json=wanted).status_code == 400
    assert client_of(services, "Bob").post("/api/v1/assessments", json=wanted).status_code == 404


def test_practices_are_browsed_by_area(reading: TestClient) -> None:
    page = opened(reading, "/practices?area=risk")
    assert one(page, "nav.jobs a[aria-current]").get_text() == "Practices"
    shown = {str(link["href"]) for link in page.select(".rows .what a[href^='/items/']")}
    assert "/items/HS-P-003" in shown
    assert one(page, "#all").get_text() == "Risk"


def test_the_command_line_recommends(stocked: Services) -> None:
    data = stocked.settings.data
    found = kb(data, "practice", "recommend", "scope", "grows", "by", "small", "changes", "--json")
    refs = [advice["practice"]["ref"] for advice in json.loads(found.stdout)["advice"]]
    assert set(refs) == {"P-1", "P-2"}
    told = kb(data, "practice", "recommend", "scope grows by small changes").stdout
    assert "+ L-1: It would have helped." in told
    kept = kb(data, "practice", "assess", "Quay", "--answer", "requirements_and_scope.scope=1", "--json")
    number = str(json.loads(kept.stdout)["number"])
    assert (
        "closes: requirements_and_scope.scope"
        in kb(data, "practice", "recommend", "--assessment", number).stdout
    )
    assert "Quay" in kb(data, "practice", "assessments").stdout
    kb(data, "practice", "assess", "Quay", "--answer", "risk", code=2)
