"""Learning paths on the starter library: API, page, files, command line."""

import io
import json
from datetime import date
from typing import Any

import pytest
from docx import Document
from fastapi.testclient import TestClient

from kb.access import LOCAL_USER
from kb.errors import NotFoundError
from tests.web.commands import kb
from tests.web.test_pages import one, opened
from web.learning import learning_paths, path_files
from web.learning.learning_paths import Found
from web.learning.path_files import Format
from web.learning.path_schemas import PathQuery, PathsOut
from web.wiring import Services

ADDRESS = "/api/v1/learning-paths"
STEP = {"role": "PMO analyst", "start": "Project coordinator"}


@pytest.fixture(scope="module")
def found(library: Services) -> Found:
    """The paths of one step of the career."""
    asked = PathQuery(role=[STEP["role"]], start=[STEP["start"]]).asked()
    with library.sessions() as session:
        return learning_paths.find(library, session, LOCAL_USER, asked)


@pytest.fixture(scope="module")
def told(found: Found) -> Any:
    """The same as programs are told."""
    return PathsOut.of(found).model_dump(mode="json")


def test_a_path_closes_every_gap_in_an_order_that_can_be_kept(told: Any) -> None:
    missing = {gap["name"]: gap["wanted"] for gap in told["missing"]}
    assert len(told["options"]) == 3
    for option in told["options"]:
        assert option["bound"] <= option["hours"]
        reached = {gap["name"]: gap["level"] for gap in told["missing"]}
        for step in option["steps"]:
            assert step["closes"] or step["opens"] or step["adds"]
            for rise in step["closes"]:
                assert rise["before"] == reached[rise["competence"]]
                reached[rise["competence"]] = rise["after"]
        assert all(reached[name] >= level for name, level in missing.items())
    first = told["options"][0]
    assert first["bound"] == pytest.approx(first["hours"])
    assert first["hours"] == min(option["hours"] for option in told["options"])


def test_each_step_cites_a_passage_of_its_own_and_lessons(reading: TestClient, told: Any) -> None:
    steps = told["options"][0]["steps"]
    assert reading.get(steps[0]["shown_by"]["url"].partition("#")[0]).status_code == 200
    for step in steps:
        assert step["shown_by"]["url"].startswith(step["url"])
        assert all(lesson["kind"] == "lesson" for lesson in step["lessons"])
    assert any(step["lessons"] for step in steps)
    assert any(step["shown_by"]["text"].startswith("After ") for step in steps)


def test_when_nothing_fits_it_says_what_to_give_up_and_that_is_enough(reading: TestClient, told: Any) -> None:
    step = {"role": "Senior project manager", "start": "Project manager", "format": "reading"}
    none = reading.get(ADDRESS, params=step).json()
    assert none["options"] == []
    assert "certificates and assessments" in none["ways"][0]
    tight = reading.get(ADDRESS, params=STEP | {"hours": 20}).json()
    assert f"Allow hours: {told['options'][0]['hours']:g} instead of 20." in tight["ways"]


def test_certifications_of_unknown_hours_are_requirements_told_apart(reading: TestClient) -> None:
    step = {"role": "PMO consultant", "start": "PMO analyst"}
    answer = reading.get(ADDRESS, params=step).json()
    first = answer["options"][0]
    assert answer["widened"]
    assert first["unstated"] == ["HS-C-113", "HS-C-132"]
    hours = [stop["hours"] for stop in first["steps"]]
    assert first["hours"] == first["bound"] == pytest.approx(sum(one or 0 for one in hours))
    page = opened(reading, "/paths?role=PMO+consultant&start=PMO+analyst")
    assert "No training of known length" in page.select("section:has(#option-1) > .notice")[0].get_text()
    assert "Nobody states the hours of Chartered" in reading.get(f"{ADDRESS}/export", params=step).text


def test_a_path_is_taken_away_as_text_and_as_linked_data(reading: TestClient, found: Found) -> None:
    answer = reading.get(f"{ADDRESS}/export", params=STEP)
    assert answer.text.startswith("# Learning path to PMO analyst")
    assert "- Closes: " in answer.text
    today = date(2027, 1, 2)
    linked = json.loads(path_files.write(found.title, found.option(3), Format.JSON_LD, today))
    assert [one["item"]["courseCode"] for one in linked["itemListElement"]] == [*found.options[2].path.keys]
    assert linked["itemListElement"][0]["item"]["@type"] == "Course"
    with pytest.raises(NotFoundError):
        found.option(4)
    word = Document(io.BytesIO(path_files.write(found.title, found.option(1), Format.WORD, today)))
    headings = [paragraph.text for paragraph in word.paragraphs]
    assert any(found.options[0].stops[-1].offer.title in heading for heading in headings)


def test_the_page_shows_the_options_with_what_speaks_for_them(reading: TestClient) -> None:
    page = opened(reading, "/paths?role=PMO+analyst&start=Project+coordinator&hours=&least=hours")
    assert one(page, "#option-1").get_text().startswith("Option 1: ")
    assert "Proven" in page.select("section:has(#option-1) > .hint")[0].get_text()
    assert page.select("ol.path blockquote")
    assert opened(reading, "/paths").select("#role")


def test_what_former_roles_ask_for_is_held_as_well(reading: TestClient) -> None:
    step = {"role": "Portfolio manager", "start": ["PMO manager", "Programme manager"]}
    one_role = reading.get(ADDRESS, params=step | {"start": "PMO manager"}).json()
    both = reading.get(ADDRESS, params=step).json()
    assert len(both["missing"]) < len(one_role["missing"])
    assert both["options"][0]["hours"] <= one_role["options"][0]["hours"]


def test_what_is_asked_wrongly_is_told(reading: TestClient) -> None:
    assert reading.get(ADDRESS).status_code == 400
    assert reading.get(ADDRESS, params={"role": "Juggler"}).status_code == 404
    assert reading.get(ADDRESS, params={"role": "Sponsor", "hours": -1}).status_code == 422


def test_the_command_finds_paths(library: Services) -> None:
    said = kb(library.settings.data, "path", "Scrum master", "--from", "Assistant project manager", "--json")
    assert json.loads(said.stdout)["options"]
