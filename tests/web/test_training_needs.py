"""Training needs out of recurring themes and failed searches: proposed, decided on, proposed again."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kb.access import LOCAL_USER, Principal
from kb.database import transaction
from kb.errors import NotFoundError
from kb.insight import gaps
from kb.learning import needs
from kb.settings import Settings
from kb.values import ItemDraft, LessonFields, Locator, PassageDraft, TrainingFields
from kb.vocabulary import Classification, Kind, NeedState, Role
from tests.samples import lesson, store
from tests.web.commands import kb
from tests.web.test_pages import opened
from web import wiring
from web.app import create_app
from web.base import work
from web.wiring import Services

ADDRESS = "/api/v1/training-needs"
ABOUT = {
    "Pump seals leaked": "The pump seals leaked under pressure and the valves failed.",
    "Crane lifting stopped": "Lifting with the crane stopped because the rigging was not inspected.",
}
CONFIDENTIAL = Classification.CONFIDENTIAL
WHERE = ("at the harbour", "in the north", "on the bridge", "again")
COURSE = "Lifting with a crane: inspect the rigging, stop the lifting when the crane is not safe."


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, encoders: Path) -> Services:
    """Two themes of four lessons each, one of them confidential; a course on it; a search that failed."""
    data = tmp_path_factory.mktemp("needs") / "data"
    data.mkdir()
    (data / "models").symlink_to(encoders)
    built = wiring.build(Settings(data=data))
    work.prepare(built)
    course = ItemDraft(
        Kind.TRAINING,
        "Crane lifting and rigging",
        COURSE,
        TrainingFields(hours=4),
        ref="C-CRANE",
        key="course",
        passages=(PassageDraft((), COURSE, Locator(0, len(COURSE))),),
    )
    lessons = [
        lesson(
            f"{title} {where}",
            text,
            fields=LessonFields(event=text, causes=f"- Nobody checked {where}.\n- Haste."),
            project=where,
            classification=CONFIDENTIAL if title.startswith("Crane") else Classification.INTERNAL,
        )
        for title, text in ABOUT.items()
        for where in WHERE
    ]
    with transaction(built.sessions) as session:
        store(session, course, *lessons)
        gaps.begin(session, LOCAL_USER, "Kanban limits", "Asked in a brief")
    work.sync(built)
    return built


@pytest.fixture(scope="module")
def client(base: Services) -> Iterator[TestClient]:
    with TestClient(create_app(base), base_url="http://localhost", follow_redirects=False) as opened_:
        yield opened_


def proposed(client: TestClient) -> dict[str, Any]:
    answer = client.get(f"{ADDRESS}/proposals")
    for _ in range(100):
        if answer.status_code != 503:
            break
        time.sleep(0.05)  # themes are being found
        answer = client.get(f"{ADDRESS}/proposals")
    return {one["key"]: one for one in answer.json()["proposals"]}


def test_what_recurs_or_was_searched_for_in_vain_is_proposed_with_its_evidence(client: TestClient) -> None:
    found = proposed(client)
    gap = next(one for key, one in found.items() if key.startswith("gap-"))
    assert (gap["title"], gap["covered"]) == ("Kanban limits", [])
    assert "1 person searched in vain" in gap["evidence"]["said"]
    themes = {
        one["evidence"]["lessons"][0]["title"][:4]: one for one in found.values() if one["key"] != gap["key"]
    }
    assert [training["item"]["ref"] for training in themes["Cran"]["covered"]] == ["C-CRANE"]
    assert themes["Pump"]["covered"] == []
    assert themes["Pump"]["evidence"]["said"] == "4 lessons in 4 projects"
    assert themes["Pump"]["evidence"]["causes"][0].startswith("Nobody checked")
    assert list(found)[-1] == themes["Cran"]["key"]  # what nothing covers comes first
    page = opened(client, "/training-needs")
    assert len(page.select(".path > li")) == 3
    assert "No training here covers it." in page.get_text()


def test_people_decide_and_change_their_minds(client: TestClient, base: Services) -> None:
    found = proposed(client)
    gap = next(key for key in found if key.startswith("gap-"))
    pump, crane = (key for key in found if not key.startswith("gap-"))
    assert client.post(ADDRESS, json={"key": gap, "state": "dismissed"}).status_code == 400
    assert client.post(ADDRESS, json={"key": pump, "state": "accepted"}).status_code == 400
    assert client.post(ADDRESS, json={"key": crane, "state": "met"}).status_code == 400
    form = {"which": gap, "state": "dismissed", "note": "We do no kanban"}
    assert client.post("/training-needs", data=form).status_code == 303
    need = client.post(ADDRESS, json={"key": pump, "state": "accepted", "owner": "Ann"}).json()
    assert (need["state"], need["owner"], need["size"]) == ("accepted", "Ann", 4)
    met = client.post(ADDRESS, json={"key": crane, "state": "met", "item": "C-CRANE"}).json()
    assert met["item"]["ref"] == "C-CRANE"
    assert proposed(client) == {}
    assert client.post(ADDRESS, json={"key": pump, "state": "accepted", "owner": "B"}).status_code == 404
    assert "We do no kanban" in opened(client, "/training-needs?state=dismissed").get_text()
    changed = {"state": "met", "item": "C-CRANE"}
    assert client.patch(f"{ADDRESS}/{need['id']}", json=changed).json()["state"] == "met"
    assert client.get(ADDRESS, params={"state": "met"}).json()["total"] == 2
    data = base.settings.data
    assert (
        kb(data, "need", "accept", str(need["id"]), "Bob").stdout == f"Training need {need['id']}: accepted\n"
    )
    listed = json.loads(kb(data, "need", "list", "--json").stdout)["needs"]
    assert [one["owner"] for one in listed] == ["Bob"]
    assert "0 proposals" in kb(data, "need", "proposals").stdout


def test_only_who_plans_learning_sees_needs_and_no_name_of_hidden_lessons(base: Services) -> None:
    reader = Principal("R", CONFIDENTIAL, roles=frozenset({Role.CONTRIBUTOR}))
    trainer = Principal("T", Classification.INTERNAL, roles=frozenset({Role.TRAINER}))
    with base.sessions() as session:
        with pytest.raises(NotFoundError):
            needs.counts(session, reader)
        seen = [
            need for state in NeedState for need in needs.listed(session, trainer, state, offset=0, limit=9)
        ]
    assert seen
    assert not [need for need in seen if "rane" in need.subject.title]
