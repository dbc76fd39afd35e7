"""The life of a lesson over the API."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from kb import items, passages
from kb.access import LOCAL_USER
from kb.database import transaction
from kb.models import Passage
from tests.web import lives
from tests.web.lives import LESSON, OTHER, TEMPLATE, People
from web.wiring import Services


@pytest.fixture
def people(services: Services) -> Iterator[People]:
    lives.fill(services)
    with lives.people(services) as found:
        yield found


def move(who: TestClient, name: str, reason: str = "", status: int = 200) -> dict[str, Any]:
    answer = who.post(f"/api/v1/items/{LESSON}/moves", json={"move": name, "reason": reason})
    assert answer.status_code == status, answer.text
    return answer.json()


def act(who: TestClient, number: int, state: str, text: str = "", status: int = 200) -> dict[str, Any]:
    answer = who.patch(f"/api/v1/actions/{number}", json={"state": state, "text": text})
    assert answer.status_code == status, answer.text
    return answer.json()


def proposed(people: People, **said: str) -> int:
    move(people.bert, "endorse")
    wanted = {"what": "Ask for the day", "target": "template", "owner": "Anna", "due": "2026-01-31"}
    added = people.anna.post(f"/api/v1/items/{LESSON}/actions", json=wanted)
    assert added.status_code == 201
    action = people.anna.get(added.headers["Location"]).json()
    assert (action["owner"], action["due"], action["state"]) == ("Anna", "2026-01-31", "open")
    paragraphs = people.anna.get(f"/api/v1/items/{TEMPLATE}/paragraphs").json()
    assert [one["text"] for one in paragraphs["paragraphs"]] == [
        "Order things in time.",
        "Delivery: the week.",
        "Price.",
    ]
    present = people.anna.get(f"/api/v1/items/{TEMPLATE}/paragraphs/2").json()["source"]
    body = {"target": TEMPLATE, "present": present, "proposed": "Delivery: the day.", **said}
    made = people.anna.post(f"/api/v1/actions/{action['id']}/changes", json=body)
    assert made.status_code == 201, made.text
    assert made.headers["Location"] == f"/api/v1/changes/{made.json()['id']}"
    return made.json()["id"]


def test_a_lesson_lives_from_review_to_recurrence(people: People) -> None:
    assert people.bert.get("/api/v1/lessons").json()["counts"] == {"submitted": 2}
    assert "reason" in move(people.bert, "return", status=400)["detail"]
    standing = move(people.bert, "return", "Which pumps?")
    assert standing["status"] == "returned"
    assert "submit" in [one["move"] for one in standing["moves"]]
    people.anna.post(f"/api/v1/items/{LESSON}/comments", json={"text": "The fire pumps."})
    move(people.anna, "submit")
    change = proposed(people)
    assert move(people.bert, "learn", status=409)["detail"].startswith("1 of its actions is not validated")

    detail = people.edith.get(f"/api/v1/changes/{change}").json()
    assert [(one["change"], one["text"]) for one in detail["differences"]][1:4] == [
        ("removed", "week"),
        ("added", "day"),
        ("kept", "."),
    ]
    decided = people.edith.patch(f"/api/v1/changes/{change}", json={"state": "accepted"}).json()
    assert (decided["state"], decided["version"], decided["decided_by"]) == ("accepted", 2, "Edith")
    assert decided["differences"] == detail["differences"]
    template = people.anna.get(f"/api/v1/items/{TEMPLATE}").json()
    assert "- Delivery: the day. (Lesson L-1)\n" in template["body"]
    assert "(Lesson L-1)" in template["fields"]["fields_to_fill"]
    [action] = people.anna.get(f"/api/v1/items/{LESSON}/actions").json()
    assert (action["state"], action["done_by"]) == ("done", "Edith")
    assert action["possible"] == ["open", "cancelled"]

    assert "other than" in act(people.anna, action["id"], "validated", status=409)["detail"]
    assert act(people.bert, action["id"], "validated", "Seen in May.")["validated_by"] == "Bert"
    assert move(people.bert, "learn")["status"] == "learned"
    [*_, last] = people.anna.get(f"/api/v1/items/{LESSON}/history").json()
    assert (last["who"], last["what"], last["origin"], last["result"]) == (
        "Bert",
        "Declared learned",
        "in_action",
        "learned",
    )


def test_the_history_tells_everything_in_order(people: People) -> None:
    move(people.bert, "return", "Which pumps?")
    people.anna.post(f"/api/v1/items/{LESSON}/comments", json={"text": "The fire pumps."})
    move(people.anna, "submit")
    change = proposed(people)
    people.edith.patch(f"/api/v1/changes/{change}", json={"state": "rejected", "reason": "Not here."})
    told = people.anna.get(f"/api/v1/items/{LESSON}/history").json()
    assert [(one["who"], one["what"], one["text"]) for one in told] == [
        ("local", "Version 1", ""),
        ("Bert", "Returned with a question", "Which pumps?"),
        ("Anna", "Comment", "The fire pumps."),
        ("Anna", "Submitted for review", ""),
        ("Bert", "Endorsed", ""),
        ("Anna", "Action began", ""),
        ("Anna", "Action 1 for Anna", "Ask for the day"),
        ("Anna", "Change proposed to T-1", ""),
        ("Edith", "Change rejected to T-1", "Not here."),
    ]
    of_target = people.anna.get(f"/api/v1/items/{TEMPLATE}/history").json()
    assert [one["what"] for one in of_target] == [
        "Version 1",
        "Change proposed asked for by lesson L-1",
        "Change rejected asked for by lesson L-1",
    ]


def test_the_queue_is_filtered_and_paged_oldest_first(people: People) -> None:
    both = [one["item"]["ref"] for one in people.bert.get("/api/v1/lessons").json()["lessons"]]
    assert sorted(both) == sorted([LESSON, OTHER])
    second = people.bert.get("/api/v1/lessons?page_size=1&page=2")
    assert [one["item"]["ref"] for one in second.json()["lessons"]] == both[1:]
    assert 'rel="prev"' in second.headers["Link"]
    move(people.bert, "endorse")
    waiting = people.bert.get("/api/v1/lessons").json()
    assert [one["item"]["ref"] for one in waiting["lessons"]] == [OTHER]
    assert waiting["counts"] == {"submitted": 1, "endorsed": 1}
    chosen = people.bert.get("/api/v1/lessons?status=endorsed").json()
    assert [one["item"]["ref"] for one in chosen["lessons"]] == [LESSON]


def test_changes_are_listed_where_they_are_wanted_and_decided_once(people: People) -> None:
    change = proposed(people)
    for address in (
        "changes",
        f"changes?target={TEMPLATE}",
        f"items/{TEMPLATE}/changes",
        f"items/{LESSON}/changes",
    ):
        assert [one["id"] for one in people.anna.get(f"/api/v1/{address}").json()] == [change]
    assert people.anna.get("/api/v1/changes?target=T-9").json() == []
    where = f"/api/v1/changes/{change}"
    assert people.edith.patch(where, json={"state": "rejected"}).status_code == 400
    assert people.edith.patch(where, json={"state": "proposed"}).status_code == 400
    assert people.edith.patch(where, json={"state": "rejected", "reason": "No."}).json()["reason"] == "No."
    again = people.edith.patch(where, json={"state": "accepted"})
    assert again.status_code == 409
    assert again.headers["content-type"] == "application/problem+json"
    assert people.anna.get(f"/api/v1/items/{TEMPLATE}").json()["version"] == 1


def test_what_was_changed_meanwhile_can_not_be_accepted_and_nothing_is_written(people: People) -> None:
    first = proposed(people)
    body = {"target": TEMPLATE, "present": "Delivery: the week.", "proposed": "Delivery: the hour."}
    second = people.anna.post("/api/v1/actions/1/changes", json=body).json()["id"]
    people.edith.patch(f"/api/v1/changes/{first}", json={"state": "accepted"})
    assert "has changed since" in people.edith.get(f"/api/v1/changes/{second}").json()["obstacle"]
    assert people.edith.patch(f"/api/v1/changes/{second}", json={"state": "accepted"}).status_code == 409
    assert people.anna.get(f"/api/v1/items/{TEMPLATE}").json()["version"] == 2


def test_an_accepted_change_leaves_the_text_on_its_page(people: People, services: Services) -> None:
    change = proposed(people)
    with transaction(services.sessions) as session:
        target = items.get(session, LOCAL_USER, TEMPLATE).head.id
        session.execute(update(Passage).where(Passage.item_id == target).values(page=4))
    people.edith.patch(f"/api/v1/changes/{change}", json={"state": "accepted"})
    with services.sessions() as session:
        [stored] = passages.of_item(session, LOCAL_USER, target)
    assert (stored.version, stored.locator.page) == (2, 4)
    assert "the day" in stored.text


def test_who_finished_an_action_is_told(people: People) -> None:
    move(people.bert, "endorse")
    wanted = {"what": "Ask", "target": "tool", "owner": "Bert"}
    people.bert.post(f"/api/v1/items/{LESSON}/actions", json=wanted)
    assert act(people.anna, 1, "done", "Version 2")["done_by"] == "Anna"
    told = people.anna.get(f"/api/v1/items/{LESSON}/history").json()
    assert ("Anna", "Action 1 done") in [(one["who"], one["what"]) for one in told]
    assert act(people.edith, 1, "open", "Not yet.")["done_by"] == ""


def test_something_is_added_at_the_end(people: People) -> None:
    change = proposed(people, present="", proposed="## Dates\n\nName the day.")
    people.edith.patch(f"/api/v1/changes/{change}", json={"state": "accepted"})
    body = people.anna.get(f"/api/v1/items/{TEMPLATE}").json()["body"]
    assert body.endswith("- Price.\n\n## Dates\n\nName the day. (Lesson L-1)\n")


def test_actions_are_paged_those_due_first_first(people: People) -> None:
    move(people.bert, "endorse")
    for owner, due in (("Anna", None), ("Bert", "2026-03-01"), ("Anna", "2026-02-01")):
        wanted = {"what": f"Due {due}", "target": "tool", "owner": owner, "due": due}
        people.anna.post(f"/api/v1/items/{LESSON}/actions", json=wanted)
    listed = people.anna.get("/api/v1/actions?page_size=2")
    assert [one["id"] for one in listed.json()["actions"]] == [3, 2]
    assert 'rel="next"' in listed.headers["Link"]
    assert [one["id"] for one in people.anna.get("/api/v1/actions?owner=Anna").json()["actions"]] == [3, 1]
    act(people.bert, 3, "cancelled", "Not needed.")
    assert people.anna.get("/api/v1/actions").json()["total"] == 2


def test_relations_are_noted_and_taken_back(people: People) -> None:
    where = f"/api/v1/items/{LESSON}/relations"
    wanted = {"link": "contradicts", "other": OTHER, "note": "The dates differ."}
    assert people.anna.post(where, json=wanted).status_code == 204
    assert people.anna.post(where, json=wanted).status_code == 409
    [told] = people.anna.get(f"/api/v1/items/{OTHER}/relations").json()
    assert (told["item"]["ref"], told["outgoing"], told["note"]) == (LESSON, False, "The dates differ.")
    assert people.anna.delete(f"{where}/contradicts/{OTHER}").status_code == 204
    assert people.anna.delete(f"{where}/contradicts/{OTHER}").status_code == 404
    people.bert.post(where, json={"link": "supersedes", "other": OTHER})
    assert people.anna.get(f"/api/v1/items/{OTHER}").json()["status"] == "superseded"


def test_versions_are_compared(people: People) -> None:
    change = proposed(people)
    people.edith.patch(f"/api/v1/changes/{change}", json={"state": "accepted"})
    found = people.anna.get(f"/api/v1/items/{TEMPLATE}/versions/1/compare/2").json()
    assert found["title"] == []
    assert "".join(one["text"] for one in found["body"] if one["change"] != "added") == lives.FORM
    assert people.anna.get(f"/api/v1/items/{TEMPLATE}/versions/1/compare/9").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", f"items/{LESSON}/moves", {"move": "fly"}, 422),
        ("POST", f"items/{LESSON}/moves", {"move": "learn"}, 409),
        ("POST", f"items/{TEMPLATE}/moves", {"move": "endorse"}, 404),
        ("POST", f"items/{LESSON}/actions", {"what": "x", "target": "tool", "owner": "y"}, 409),
        ("POST", f"items/{LESSON}/comments", {"text": " "}, 400),
        ("PATCH", "actions/9", {"state": "done", "text": "x"}, 404),
        ("POST", "actions/9/changes", {"target": TEMPLATE, "proposed": "x"}, 404),
        ("PATCH", "changes/9", {"state": "accepted"}, 404),
        ("GET", f"items/{TEMPLATE}/paragraphs/9", None, 404),
    ],
)
def test_what_can_not_be_done_is_said_in_a_sentence(
    people: People, method: str, path: str, body: dict[str, str] | None, status: int
) -> None:
    answer = people.anna.request(method, f"/api/v1/{path}", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].endswith(".")
