"""Learning units drawn from lessons: how they begin, are published, marked and taken away."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ingest import composed, units
from ingest.composed import Facts, LessonEntry
from kb import drafts, items, library
from kb.access import LOCAL_USER, Principal
from kb.database import transaction
from kb.errors import InvalidError, NotFoundError
from kb.learning import catalogue
from kb.life import relations
from kb.values import Filters, LessonFields
from kb.vocabulary import Classification, Kind, Link, Polarity, Role, Status
from tests.samples import lesson, store
from tests.web.commands import kb
from tests.web.test_pages import one, opened
from web.learning import learning_units
from web.wiring import Services

SAID = LessonFields(
    event="The crane was booked for the wrong week. " * 30,
    effect="Nine people waited four days.",
    causes="Two calendars = two truths; {nobody} compared them.",
    recommendation="1. Keep one calendar.\n2. The planner reads it out on Mondays.",
    polarity=Polarity.NEGATIVE,
)


@pytest.fixture
def ref(services: Services) -> str:
    """A lesson in the base."""
    facts = Facts("The crane came late", project="Harbour", competences=("scheduling",))
    draft = replace(composed.draft(LessonEntry(facts, SAID)), status=Status.ENDORSED)
    with transaction(services.sessions) as session:
        id_ = library.write(session, LOCAL_USER, draft)
        return items.summaries(session, LOCAL_USER, [id_])[id_].ref


def drawn(client: TestClient, ref: str) -> Any:
    answer = client.post(f"/api/v1/items/{ref}/learning-units")
    assert answer.status_code == 201
    return answer.json()


def test_a_unit_is_a_draft_in_the_words_of_the_lesson(client: TestClient, ref: str) -> None:
    unit = drawn(client, ref)
    assert (unit["lesson"]["ref"], unit["version"], unit["standing"]) == (ref, 1, "current")
    item = client.get(f"/api/v1{unit['item']['url']}").json()
    assert (item["kind"], item["status"], item["fields"]["format"]) == ("training", "draft", "unit")
    assert item["fields"]["competences"] == [{"name": "scheduling", "level": 1}]
    assert 5 <= item["fields"]["hours"] * 60 + 0.5 <= 11
    assert "Shortened" in item["body"]
    assert [asked.answer for asked in units.questions(item["body"])] == [SAID.causes, SAID.recommendation]
    assert item["citation"].startswith(f"{ref}, The crane came late, version 1")


def test_only_its_author_sees_a_draft_and_no_path_uses_it_until_it_is_published(
    client: TestClient, services: Services, ref: str
) -> None:
    unit = drawn(client, ref)["item"]["ref"]
    other = Principal("Other", Classification.CONFIDENTIAL, roles=frozenset({Role.CONTRIBUTOR}))
    with services.sessions() as session:
        assert items.count(session, other, Filters()) == 1
        with pytest.raises(NotFoundError):
            items.get(session, other, unit)
        assert catalogue.offers(session, LOCAL_USER) == []
        with pytest.raises(NotFoundError):
            learning_units.draw(services, session, other, ref)
    assert client.post(f"/api/v1/items/{unit}/publication").json()["item"]["status"] == "published"
    assert client.post(f"/api/v1/items/{unit}/publication").status_code == 409
    with services.sessions() as session:
        assert items.get(session, other, unit).head.kind is Kind.TRAINING
        assert [offer.ref for offer in catalogue.offers(session, other)] == [unit]


def test_it_is_marked_when_its_lesson_changes_or_goes_out_of_use(
    client: TestClient, services: Services, ref: str
) -> None:
    unit = drawn(client, ref)["item"]
    with transaction(services.sessions) as session:
        draft = replace(drafts.of_item(session, LOCAL_USER, ref), summary="Another")
        library.write(session, LOCAL_USER, draft, ref)
    changed = client.get("/api/v1/learning-units").json()["units"][0]
    assert (changed["standing"], changed["version"]) == ("changed", 1)
    with transaction(services.sessions) as session:
        newer = library.write(session, LOCAL_USER, lesson("Newer", status=Status.ENDORSED))
        head = items.summaries(session, LOCAL_USER, [newer])[newer]
        relations.relate(session, LOCAL_USER, head.ref, Link.SUPERSEDES, ref)
    page = opened(client, unit["url"])
    assert "out of use" in one(page, "#unit").get_text()
    assert client.post(f"/api/v1/items/{unit['ref']}/publication").status_code == 409
    assert client.post(f"/api/v1/items/{ref}/learning-units").status_code == 409
    assert "out of use" in opened(client, "/units").get_text()


def test_its_questions_go_to_moodle_as_long_as_there_are_any(
    client: TestClient, services: Services, ref: str
) -> None:
    unit = drawn(client, ref)["item"]["ref"]
    gift = client.get(f"/api/v1/items/{unit}/learning-unit", params={"wanted": "gift"}).text
    first, second = gift.strip().split("\n\n")
    assert "Two calendars \\= two truths; \\{nobody\\}" in first
    for question in (first, second):
        assert re.search(r"^::.+::\[markdown\].+ \{####.+\}$", question, re.MULTILINE)
    assert len(re.findall(r"(?<!\\)[{}]", gift)) == 4
    text = client.get(f"/api/v1/items/{unit}/learning-unit").text
    assert text.startswith("# Case: The crane came late")
    with transaction(services.sessions) as session:
        bare = replace(drafts.of_item(session, LOCAL_USER, unit), body="## What happened\n\nNothing.")
        library.write(session, LOCAL_USER, bare, unit)
    answer = client.get(f"/api/v1/items/{unit}/learning-unit", params={"wanted": "gift"})
    assert answer.status_code == 400
    assert "no question any more" in answer.json()["detail"]


def test_the_case_ends_where_the_first_question_begins_however_it_is_written() -> None:
    body = "## What happened\n\nIt fell.\n\n##  question\n\nWhy?\n\n## ANSWER\n\nIt was loose."
    assert units.case(body) == "## What happened\n\nIt fell."
    assert units.questions(body) == [units.Question("Why?", "It was loose.")]


def test_a_lesson_that_tells_no_case_makes_no_unit(client: TestClient, services: Services) -> None:
    with transaction(services.sessions) as session:
        store(session, lesson("Bare", status=Status.ENDORSED, ref="B-1"))
        bare = items.get(session, LOCAL_USER, "B-1")
    with pytest.raises(InvalidError, match="complete it first"):
        units.draft(bare, ())
    assert client.post("/api/v1/items/B-1/learning-units").status_code == 400


def test_the_page_draws_edits_and_publishes(client: TestClient, ref: str) -> None:
    assert one(opened(client, f"/items/{ref}"), "#units form")
    made = client.post(f"/items/{ref}/unit")
    assert made.status_code == 303
    assert opened(client, made.headers["location"]).select("textarea[name=body]")
    unit = made.headers["location"].removesuffix("/edit")
    assert "version 1" in one(opened(client, unit), "#unit").get_text()
    assert client.post(f"{unit}/publication").status_code == 303
    assert unit in str(one(opened(client, f"/items/{ref}"), "#units ul"))


def test_the_commands(services: Services, client: TestClient, ref: str, tmp_path: Path) -> None:
    unit = drawn(client, ref)["item"]["ref"]
    data = services.settings.data
    assert unit in kb(data, "unit", "list").stdout
    assert kb(data, "unit", "publish", unit).stdout == "Published.\n"
    target = tmp_path / "unit.gift"
    kb(data, "unit", "export", unit, "-o", str(target))
    assert target.read_text().startswith(f"// {unit}")
