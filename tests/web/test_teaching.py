"""The plan of a session on a topic, on the starter library: API, page, handouts, command line."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from fastapi.testclient import TestClient

from kb.access import ANONYMOUS, LOCAL_USER
from kb.learning.audiences import Audience
from kb.vocabulary import Classification, Kind, TrainingLevel
from tests.web.commands import kb
from tests.web.test_pages import one, opened
from web.learning import teaching
from web.learning.teaching import Step
from web.wiring import Services

ADDRESS = "/api/v1/teaching-plans"
TOPIC = "risk register nobody reads"
LEVELS = list(TrainingLevel)


@pytest.fixture(scope="module")
def told(reading: TestClient) -> Any:
    return reading.get(ADDRESS, params={"q": TOPIC}).json()


def test_a_session_has_its_steps_in_order_and_each_item_its_reason(told: Any) -> None:
    steps = {step["step"]: step for step in told["steps"]}
    assert list(steps) == list(Step)
    kinds = {name: {found["item"]["kind"] for found in step["items"]} for name, step in steps.items()}
    assert kinds[Step.CASE] == kinds[Step.TASK] == {Kind.LESSON}
    assert kinds[Step.PRINCIPLE] == {Kind.PRACTICE}
    assert kinds[Step.METHOD] == {Kind.TRAINING, Kind.TEMPLATE}
    every = [found for step in steps.values() for found in step["items"] if step["step"] != Step.TASK]
    assert len({found["item"]["ref"] for found in every}) == len(every)
    for found in every:
        assert found["why"]
        assert found["citation"].startswith(found["item"]["ref"])
        assert found["passage"]["url"].startswith(found["item"]["url"])
    training = [found for found in steps[Step.METHOD]["items"] if found["item"]["kind"] == Kind.TRAINING]
    assert all(found["hours"] for found in training)
    order = [LEVELS.index(found["level"]) for found in training]
    assert order == sorted(order)


def test_the_case_says_what_happened_and_answers_the_questions(told: Any, reading: TestClient) -> None:
    case, task = told["steps"][0]["items"][0], told["steps"][3]
    lesson = reading.get(f"/api/v1{case['item']['url']}").json()
    assert case["happened"]
    assert task["items"][0]["item"]["ref"] == lesson["ref"]
    answers = [exercise["answer"] for exercise in task["exercises"]]
    assert lesson["fields"]["recommendation"] in answers
    assert set(answers) <= {str(text).strip() for text in lesson["fields"].values()}


def test_level_and_hours_choose_among_training_before_it_is_ranked(reading: TestClient) -> None:
    asked = {"q": TOPIC, "level": "practitioner", "hours": "6"}
    method = reading.get(ADDRESS, params=asked).json()["steps"][2]["items"]
    training = [found for found in method if found["item"]["kind"] == Kind.TRAINING]
    assert training
    assert all(found["level"] == "practitioner" and found["hours"] <= 6 for found in training)
    german = reading.get(ADDRESS, params={"q": TOPIC, "language": "de"}).json()
    assert not german["found"]
    assert reading.get(ADDRESS, params={"q": " "}).status_code == 400
    assert reading.get(ADDRESS, params={"q": TOPIC, "hours": "-1"}).status_code == 422


def test_what_nothing_answers_is_said(reading: TestClient) -> None:
    none = reading.get(ADDRESS, params={"q": "zzzz qqqq xxyyzz"}).json()
    assert not none["found"]
    assert all(step["empty"] and not step["items"] for step in none["steps"])
    assert "nothing here to teach" in opened(reading, "/teach?q=zzzz+qqqq+xxyyzz").get_text()


def test_nobody_is_shown_what_they_may_not_see(library: Services) -> None:
    with library.sessions() as session:
        whole = teaching.plan(library, session, LOCAL_USER, TOPIC, Audience())
        public = teaching.plan(library, session, ANONYMOUS, TOPIC, Audience())
    shown = [found.item.head for found in (one for part in public.parts.values() for one in part)]
    assert all(head.classification is Classification.PUBLIC for head in shown)
    assert whole.found


def test_the_page_shows_what_the_api_gives_and_folds_the_answers_away(reading: TestClient, told: Any) -> None:
    page = opened(reading, f"/teach?q={TOPIC.replace(' ', '+')}")
    refs = [link["href"] for link in page.select(".path h3 a")]
    assert refs == [
        found["item"]["url"] for step in told["steps"] if step["step"] != Step.TASK for found in step["items"]
    ]
    assert "In contrast" in page.get_text()
    assert len(page.select("#task ~ ol details")) == len(told["steps"][3]["exercises"])
    assert (
        one(opened(reading, "/?q=risk+register"), "a[href^='/teach?q=']")["href"] == "/teach?q=risk+register"
    )


def test_a_handout_is_text_or_a_word_document_with_citations(reading: TestClient, told: Any) -> None:
    text = reading.get(f"{ADDRESS}/export", params={"q": TOPIC})
    assert text.text.startswith(f"# Session plan: {TOPIC}")
    assert "Source: HS-" in text.text
    word = reading.get(f"{ADDRESS}/export", params={"q": TOPIC, "wanted": "docx"})
    said = [paragraph.text for paragraph in Document(io.BytesIO(word.content)).paragraphs]
    assert [step["title"] for step in told["steps"]] == [
        line for line in said if line in [step["title"] for step in told["steps"]]
    ]


def test_the_command_gives_the_same(library: Services, told: Any, tmp_path: Path) -> None:
    data = library.settings.data
    assert json.loads(kb(data, "teach", TOPIC, "--json").stdout) == told
    assert told["steps"][0]["items"][0]["item"]["ref"] in kb(data, "teach", TOPIC).stdout
    target = tmp_path / "plan.md"
    kb(data, "teach", TOPIC, "-o", str(target))
    assert target.read_text().startswith("# Session plan")
    assert "ends in .md or .docx" in kb(data, "teach", TOPIC, "-o", "plan.pdf", code=1).stderr


def test_training_shows_the_lessons_that_it_answers_and_they_show_it(reading: TestClient) -> None:
    lessons = reading.get("/api/v1/items/HS-C-016/teaching").json()
    assert "HS-L-044" in [found["item"]["ref"] for found in lessons]
    assert all(found["nearness"] >= (0.5 if found["shared"] else 0.6) for found in lessons)
    training = reading.get("/api/v1/items/HS-L-044/teaching").json()
    assert training[0]["item"]["ref"] == "HS-C-016"
    assert training[0]["nearness"] == pytest.approx(
        next(found["nearness"] for found in lessons if found["item"]["ref"] == "HS-L-044")
    )
    section = one(opened(reading, "/items/HS-L-044"), "#answers")
    assert [link["href"] for link in section.select(".what > a")] == [x["item"]["url"] for x in training]
    assert reading.get("/api/v1/items/HS-P-003/teaching").status_code == 400
    assert reading.get("/api/v1/items/HS-L-999/teaching").status_code == 404


def test_the_command_tells_what_training_answers(library: Services) -> None:
    assert "HS-C-016" in kb(library.settings.data, "teaching", "HS-L-044").stdout
    found = json.loads(kb(library.settings.data, "teaching", "HS-L-044", "--json").stdout)
    assert found[0]["reason"]
