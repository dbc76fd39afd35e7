"""What projects, practices and roles ask of people, and who lacks it."""

import json
from datetime import date

import pytest
from fastapi.testclient import TestClient

from kb.access import LOCAL_USER
from kb.adoption import plans
from kb.adoption.calendars import Calendar
from kb.adoption.values import Experience, Source, Stage, StepDraft, Team
from kb.database import transaction
from kb.learning import people
from kb.learning.people import AssessmentDraft
from kb.values import DocumentFields, ItemDraft, Locator, PassageDraft, PracticeFields, Taught, TrainingFields
from kb.vocabulary import DocumentKind, Kind, Role, TrainingFormat
from tests.samples import store
from tests.web.commands import kb
from tests.web.roles import client_of
from tests.web.test_learners import ASKED, NAMES, TESS
from tests.web.test_pages import opened
from web.adoption import adoption
from web.adoption.adoption import Wanted
from web.base import work
from web.wiring import Services

ADDRESS = "/api/v1/competence-demands"


def told(kind: Kind, title: str, fields: object, ref: str) -> ItemDraft:
    passage = PassageDraft((), title, Locator(0, len(title)))
    return ItemDraft(kind, title, title, fields, key=ref, ref=ref, passages=(passage,))  # pyright: ignore[reportArgumentType] - each kind has its own


@pytest.fixture
def base(services: Services) -> Services:
    """Competences, a role, a practice with training for it, and Ann of the team North."""
    course = TrainingFields(
        format=TrainingFormat.COURSE, hours=4, cost=0, competences=(Taught("scheduling", 2),)
    )
    practice = PracticeFields(practice="Scheduling the week together.", steps="1. Schedule the week.")
    drafts = [
        *(told(Kind.DOCUMENT, name, DocumentFields(DocumentKind.COMPETENCE), f"D-{name}") for name in NAMES),
        ItemDraft(
            Kind.DOCUMENT, "Host", ASKED, DocumentFields(DocumentKind.ROLE_PROFILE), key="h", ref="R-1"
        ),
        told(Kind.PRACTICE, "Scheduling the week together", practice, "P-1"),
        told(Kind.TRAINING, "Scheduling the week", course, "C-1"),
    ]
    with transaction(services.sessions) as session:
        store(session, *drafts)
        people.record(session, TESS, AssessmentDraft("Ann", {"scheduling": 1, "listening": 4}, team="North"))
    work.sync(services)
    return services


def tess(base: Services) -> TestClient:
    return client_of(base, "Tess", Role.TRAINER)


def test_a_plan_asks_for_what_its_practices_are_about_and_its_training_teaches(base: Services) -> None:
    with transaction(base.sessions) as session:
        team = Team("North", 4, Experience.NONE, Calendar())
        code = adoption.begin(base, session, LOCAL_USER, Wanted(["P-1"], team, date(2027, 1, 4)))
        trained = StepDraft(Stage.IMPLEMENTATION, "Train the team", source=Source("C-1", "", "Scheduling"))
        plans.add_step(session, LOCAL_USER, code, trained)
    found = tess(base).get(ADDRESS, params={"plan": code, "team": "North"}).json()
    need = found["demands"][0]
    assert (need["name"], need["level"], need["lacking"]) == ("scheduling", 3, {"Ann": 1})
    assert {reason["text"] for reason in need["reasons"]} == {
        "The plan has “Scheduling the week”", "Scheduling the week together",
    }  # fmt: skip
    assert found["people"][0]["gaps"][0] == {"name": "scheduling", "level": 1, "wanted": 3}
    page = opened(tess(base), f"/learners/demands?plan={code}&team=North")
    assert page.select("a[href^='/paths?competence=scheduling%3D3']")
    assert page.select(f"#plan option[value='{code}'][selected]")


def test_several_roles_and_practices_are_asked_about_at_once(base: Services) -> None:
    client = tess(base)
    found = client.get(ADDRESS, params={"practice": "P-1", "role": "Host", "learner": 1}).json()
    levels = {one["name"]: one["level"] for one in found["demands"]}
    assert levels == {"listening": 4, "scheduling": 3, "cost control": 1}
    assert found["titles"] == ["Scheduling the week together", "Host"]
    said = kb(base.settings.data, "learner", "demands", "--role", "Host", "--team", "North", "--json").stdout
    assert json.loads(said)["competences"] == ["cost control=1", "listening=4", "scheduling=2"]


def test_what_is_not_there_or_not_for_the_reader_is_told_apart_from_nothing(base: Services) -> None:
    client = tess(base)
    assert client.get(ADDRESS).status_code == 400
    for said in ({"plan": "XXXXXX"}, {"brief": "XXXXXX"}, {"role": "Juggler"}, {"practice": "P-9"}):
        assert client.get(ADDRESS, params=said).status_code == 404
    reader = client_of(base, "Rae", Role.READER)
    assert reader.get(ADDRESS, params={"role": "Host", "team": "North"}).status_code == 404
    assert reader.get(ADDRESS, params={"role": "Host"}).json()["people"] == []
