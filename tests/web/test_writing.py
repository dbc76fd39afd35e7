import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from httpx2 import Response

from ingest import pipeline
from kb import items
from kb.access import LOCAL_USER
from kb.database import transaction
from kb.life import lessons
from kb.life.lifecycle import Move
from kb.settings import Settings
from tests.samples import lesson, store
from tests.web.commands import kb
from tests.web.test_pages import one, opened
from web import wiring
from web.app import create_app
from web.base import work
from web.wiring import Services

LESSON = {
    "title": "Pumps arrived late because nobody confirmed the dates",
    "event": "Three cooling pumps arrived five weeks late at the site, as no date was ever confirmed.",
    "recommendation": "The buyer confirms delivery dates with the supplier every month until dispatch.",
    "causes": "Nobody owned the delivery dates.",
    "effect": "Commissioning moved by five weeks.",
    "project": "Harbour",
    "knowledge_areas": ["procurement_and_contract"],
    "tags": ["pumps", "delivery"],
    "dated": "2026-03-01",
}
FORM = {**LESSON, "tags": "pumps, delivery", "classification": "internal"}


def created(client: TestClient, **changes: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/lessons", json={**LESSON, **changes})
    assert answer.status_code == 201, answer.text
    return answer.json()


def found_soon(client: TestClient, words: str, ref: str) -> bool:
    """Whether search finds the item within the time that people wait."""
    for _ in range(200):
        answer = client.get("/api/v1/search", params={"q": words})
        if answer.status_code == 200 and ref in [hit["item"]["ref"] for hit in answer.json()["hits"]]:
            return True
        time.sleep(0.1)
    return False


def test_a_lesson_is_a_draft_until_it_is_submitted_and_is_found(client: TestClient) -> None:
    draft = created(client)
    assert draft["status"] == "draft"
    assert draft["fields"]["event"] == LESSON["event"]
    assert [one["ref"] for one in client.get("/api/v1/lessons/drafts").json()] == [draft["ref"]]
    assert found_soon(client, "cooling pumps late", draft["ref"])
    changed = client.put(
        f"/api/v1/items/{draft['ref']}",
        json={**LESSON, "submit": True},
        headers={"If-Match": '"1"'},
    )
    assert (changed.status_code, changed.json()["status"], changed.json()["version"]) == (200, "submitted", 1)
    assert client.get("/api/v1/lessons/drafts").json() == []


def test_the_answer_tells_where_the_lesson_is_and_its_version(client: TestClient) -> None:
    answer = client.post("/api/v1/lessons", json={**LESSON, "submit": True})
    assert answer.json()["status"] == "submitted"
    read = client.get(answer.headers["location"])
    assert read.json()["ref"] == answer.json()["ref"]
    assert read.headers["etag"] == answer.headers["etag"] == '"1"'


def test_two_who_change_the_same_version_do_not_undo_each_other(client: TestClient) -> None:
    ref = created(client)["ref"]
    first = client.put(f"/api/v1/items/{ref}", json={**LESSON, "owner": "Buyer", "version": 1})
    assert first.headers["etag"] == '"2"'
    second = client.put(f"/api/v1/items/{ref}", json={**LESSON, "owner": "Sponsor", "version": 1})
    assert second.status_code == 409
    assert "version 2" in second.json()["detail"]
    assert client.get(f"/api/v1/items/{ref}").json()["owner"] == "Buyer"


def test_what_a_program_does_not_say_of_the_rest_of_the_text_stays(client: TestClient) -> None:
    ref = created(client, more="See the supplier's letter.")["ref"]
    body = client.put(f"/api/v1/items/{ref}", json={**LESSON, "event": "Other.", "version": 1}).json()["body"]
    assert "See the supplier's letter." in body
    body = client.put(f"/api/v1/items/{ref}", json={**LESSON, "more": "", "version": 2}).json()["body"]
    assert "letter" not in body


def test_saving_the_same_again_makes_no_version(client: TestClient) -> None:
    ref = created(client)["ref"]
    assert client.put(f"/api/v1/items/{ref}", json={**LESSON, "version": 1}).json()["version"] == 1


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"title": " "}, 400, "title"),
        ({"submit": True, "recommendation": ""}, 400, "recommendation"),
        ({"knowledge_areas": ["cooking"]}, 422, "knowledge_areas"),
        ({"unknown": 1}, 422, "unknown"),
    ],
)
def test_what_can_not_be_kept_is_refused_with_a_sentence(
    client: TestClient, changes: dict[str, Any], status: int, said: str
) -> None:
    answer = client.post("/api/v1/lessons", json={**LESSON, **changes})
    assert answer.status_code == status
    assert said in answer.json()["detail"]
    assert client.get("/api/v1/items").json()["total"] == 0


def test_a_change_must_say_what_it_changes(client: TestClient) -> None:
    ref = created(client)["ref"]
    assert client.put(f"/api/v1/items/{ref}", json=LESSON).status_code == 400
    assert client.put("/api/v1/items/L-999", json={**LESSON, "version": 1}).status_code == 404
    text = {"title": "x", "summary": "", "body": "", "version": 1}
    assert client.put(f"/api/v1/items/{ref}", json=text).status_code == 409


def test_the_form_is_filled_saved_and_submitted_without_javascript(client: TestClient) -> None:
    page = opened(client, "/lessons/new")
    assert page.select("textarea[name=event]")
    draft = client.post("/lessons/new", data={**FORM, "action": "draft", "typed": "abc"})
    assert draft.status_code == 303
    where = draft.headers["location"]
    assert where.endswith("/edit?kept=abc&saved=true")
    form = opened(client, where)
    assert "kept as L-" in form.get_text()
    assert one(form, "textarea[name=event]").get_text().strip() == LESSON["event"]
    assert one(form, "input[name=tags]")["value"] == "pumps, delivery"
    assert one(form, "input[name=knowledge_areas][checked]")["value"] == "procurement_and_contract"
    assert one(opened(client, "/lessons/new"), ".side ul a").get_text() == LESSON["title"]
    sent = client.post(where.partition("?")[0], data={**FORM, "version": "1", "action": "submit"})
    assert sent.status_code == 303
    item = opened(client, sent.headers["location"])
    assert "Submitted" in item.get_text()


HOSTILE = '"><script>alert(1)</script>\n## Event\n& more'


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "title"),
        ({"dated": "some day"}, "2026-11-25"),
        ({"phases": "never"}, "none of"),
        ({"title": "x" * 501}, "500"),
        ({"recommendation": ""}, "a recommendation"),
    ],
)
def test_no_typed_text_is_lost_when_it_can_not_be_kept(
    client: TestClient, changes: dict[str, str], said: str
) -> None:
    typed = {**FORM, "event": HOSTILE, "action": "submit", **changes}
    answer = client.post("/lessons/new", data=typed)
    assert answer.status_code == 400
    page = BeautifulSoup(answer.text, "html.parser")
    assert said in one(page, ".notice.bad").get_text()
    assert one(page, "textarea[name=event]").get_text() == HOSTILE
    assert one(page, "textarea[name=causes]").get_text() == LESSON["causes"]
    assert one(page, "input[name=project]")["value"] == "Harbour"
    assert not page.select("script:not([src])")


def test_a_text_that_begins_with_an_empty_line_is_shown_as_it_was_typed(client: TestClient) -> None:
    answer = client.post("/lessons/new", data={**FORM, "event": "\n\nx", "title": "", "action": "draft"})
    assert re.search(r'<textarea id="event"[^>]*>\n\n\nx</textarea>', answer.text)


def test_who_is_overtaken_sees_both_texts_and_may_save_again(client: TestClient) -> None:
    ref = created(client)["ref"]
    theirs = {**LESSON, "causes": "The supplier was new.", "version": 1}
    assert client.put(f"/api/v1/items/{ref}", json=theirs).status_code == 200
    mine = {**FORM, "causes": "The buyer had left.", "version": "1", "action": "draft"}
    answer = client.post(f"/items/{ref}/edit", data=mine)
    assert answer.status_code == 409
    page = BeautifulSoup(answer.text, "html.parser")
    assert one(page, "textarea[name=causes]").get_text() == "The buyer had left."
    assert one(page, ".theirs dt").get_text() == "Causes, as stored now"
    assert one(page, ".theirs dd").get_text() == "The supplier was new."
    assert one(page, "input[name=version]")["value"] == "2"
    assert client.post(f"/items/{ref}/edit", data={**mine, "version": "2"}).status_code == 303
    assert client.get(f"/api/v1/items/{ref}").json()["fields"]["causes"] == "The buyer had left."


def test_an_edit_after_endorsement_goes_back_to_review(services: Services, client: TestClient) -> None:
    ref = created(client, submit=True)["ref"]
    with transaction(services.sessions) as session:
        lessons.move(session, LOCAL_USER, ref, Move.ENDORSE)
    assert "goes back to review" in opened(client, f"/items/{ref}/edit").get_text()
    client.post(f"/items/{ref}/edit", data={**FORM, "owner": "Buyer", "version": "1", "action": "save"})
    read = client.get(f"/api/v1/items/{ref}").json()
    assert (read["status"], read["version"], read["owner"]) == ("submitted", 2, "Buyer")


@pytest.fixture
def starter(services: Services) -> Iterator[TestClient]:
    """A client of a base with a little of the starter library, which may be changed."""
    work.ingest(
        services, LOCAL_USER, [Path("corpus/practices"), Path("corpus/templates")], pipeline.Options()
    )
    with TestClient(create_app(services), base_url="http://localhost", follow_redirects=False) as client:
        yield client


def test_any_kind_is_edited_as_text_and_facts(starter: TestClient) -> None:
    for kind in ("practice", "template"):
        ref = starter.get(f"/api/v1/items?kind={kind}").json()["items"][0]["ref"]
        page = opened(starter, f"/items/{ref}/edit")
        body = one(page, "textarea[name=body]").get_text()
        form = {
            "title": one(page, "input[name=title]")["value"],
            "summary": one(page, "textarea[name=summary]").get_text(),
            "body": f"{body}\n\nOne more line.",
            "version": "1",
            "action": "save",
        }
        assert starter.post(f"/items/{ref}/edit", data=form).status_code == 303
        read = starter.get(f"/api/v1/items/{ref}").json()
        assert read["body"].endswith("One more line.")
        assert read["version"] == 2


STATUS = {
    "title": "Status stayed green for nine months and turned red in one week",
    "event": "A replacement of a workforce-planning tool reported green from January to September. In "
    "the week before user acceptance testing it reported red. Mr Brown was to blame for the RQX.",
}
ABOUT_STATUS = [
    "green-until-red",
    "asx-chess-two-views-of-status",
    "ber-airport-warnings-filtered",
    "novopay-criteria-reported-as-met",
    "only-three-weeks-more",
    "small-changes-that-nobody-added-up",
    "stories-waited-until-developers-tested",
    "universal-credit-ring-fenced-good-news",
    "va-health-record-failed-scores-removed",
    "velocity-became-a-target",
]


@pytest.fixture(scope="module")
def shelf_of_lessons(tmp_path_factory: pytest.TempPathFactory, encoders: Path) -> Iterator[TestClient]:
    """A client of some lessons and courses of the starter library, indexed. Tests only read through it."""
    data = tmp_path_factory.mktemp("some") / "data"
    data.mkdir()
    (data / "models").symlink_to(encoders)
    built = wiring.build(Settings(data=data))
    work.prepare(built)
    some = [Path(f"corpus/lessons/{name}.md") for name in ABOUT_STATUS]
    work.ingest(built, LOCAL_USER, some, pipeline.Options())
    work.sync(built)
    with TestClient(create_app(built), base_url="http://localhost", follow_redirects=False) as client:
        yield client


def test_help_comes_while_one_types(shelf_of_lessons: TestClient) -> None:
    text = STATUS
    answer = shelf_of_lessons.post("/api/v1/lessons/check", json=text).json()
    rules = {finding["rule"] for finding in answer["findings"]}
    assert {"recommendation", "cause", "name", "blame", "acronym"} <= rules
    assert answer["score"] < 50
    assert answer["doubles"][0]["lesson"]["ref"] == "HS-L-009"
    assert "similarity" in answer["doubles"][0]["reason"]
    offered = {(one["subject"], one["value"]) for one in answer["suggestions"]}
    assert ("area", "assurance_and_reviews") in offered
    own = shelf_of_lessons.post(
        "/api/v1/lessons/check",
        json={**text, "ref": "HS-L-009", "knowledge_areas": ["assurance_and_reviews"]},
    ).json()
    assert "HS-L-009" not in [double["lesson"]["ref"] for double in own["doubles"]]
    assert ("area", "assurance_and_reviews") not in {
        (one["subject"], one["value"]) for one in own["suggestions"]
    }
    part = shelf_of_lessons.post("/lessons/check", data=text)
    assert "HS-L-009" in part.text
    assert shelf_of_lessons.post("/api/v1/lessons/check", json={}).json()["doubles"] == []


def test_help_and_suggestions_need_no_javascript(shelf_of_lessons: TestClient) -> None:
    typed = STATUS
    page = BeautifulSoup(
        shelf_of_lessons.post("/lessons/new", data={**typed, "action": "check"}).text, "html.parser"
    )
    assert page.select(".findings li")
    offer = next(b for b in page.select("button[name=accept]") if str(b["value"]).startswith("area:"))
    taken = shelf_of_lessons.post("/lessons/new", data={**typed, "accept": str(offer["value"])})
    ticked = BeautifulSoup(taken.text, "html.parser").select("input[name=knowledge_areas][checked]")
    assert [str(box["value"]) for box in ticked] == [str(offer["value"]).partition(":")[2]]


def test_a_competence_that_is_taken_is_kept_with_the_lesson_and_filters(client: TestClient) -> None:
    typed = {**FORM, "competences": "Supplier care"}
    taken = opened_form(
        client.post("/lessons/new", data={**typed, "accept": "competence:contract management"})
    )
    said = str(one(taken, "input[name=competences]")["value"])
    assert said == "Supplier care, contract management"
    client.post("/lessons/new", data={**FORM, "competences": said, "action": "submit"})
    listed = client.get("/api/v1/items", params={"competence": "supplier care"}).json()
    assert [found["title"] for found in listed["items"]] == [FORM["title"]]
    address = listed["items"][0]["url"]
    assert "Contract management" in opened(client, address).select(".facts")[0].get_text()
    assert str(one(opened(client, f"{address}/edit"), "input[name=competences]")["value"]) == said
    detail = client.get(f"/api/v1{address}").json()
    assert detail["facets"]["competence"] == ["contract management", "supplier care"]


def opened_form(answer: Response) -> BeautifulSoup:
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def test_help_is_given_without_an_index_too(client: TestClient) -> None:
    answer = client.post("/api/v1/lessons/check", json=LESSON).json()
    assert (answer["doubles"], answer["suggestions"], answer["score"] > 80) == ([], [], True)


FILE = """---
title: Pumps arrived late
tags: [pumps]
---

## Event

Three cooling pumps arrived five weeks late at the site because no date was confirmed.

## Recommendation

The buyer confirms dates each month.
"""


def test_the_command_line_keeps_checks_and_edits(services: Services, tmp_path: Path) -> None:
    data = services.settings.data
    with transaction(services.sessions) as session:
        store(session, lesson("Something else"))
    path = tmp_path / "lesson.md"
    path.write_text(FILE)
    assert "Say why it happened" in kb(data, "lesson", "check", str(path)).stdout
    made = json.loads(kb(data, "lesson", "new", "--file", str(path), "--json").stdout)
    ref = made["ref"]
    assert made["status"] == "draft"
    assert ref in kb(data, "search", "cooling", "pumps").stdout
    edited = kb(data, "lesson", "edit", ref, "--submit", EDITOR="sed -i 's/five weeks/six weeks/'", VISUAL="")
    assert "new version" in edited.stdout
    with services.sessions() as session:
        item = items.get(session, LOCAL_USER, ref)
    assert (item.version, item.head.status) == (2, "submitted")
    assert "six weeks" in item.body
    assert "Nothing was changed" in kb(data, "lesson", "edit", ref, EDITOR="true", VISUAL="").stdout
    broken = kb(data, "lesson", "edit", ref, code=1, EDITOR="sed -i 's/^title: .*/title: \"\"/'", VISUAL="")
    kept = re.search(r"Your text is in (\S+\.md)", broken.stderr)
    assert kept
    assert "six weeks" in Path(kept[1]).read_text()
    assert "can't be read" in kb(data, "lesson", "check", "missing.md", code=1).stderr
