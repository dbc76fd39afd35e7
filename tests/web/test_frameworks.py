"""Competences and roles: read from texts, shown on pages, over the API and on the command line, imported."""

import csv
import io
import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ingest import workbook
from kb.access import LOCAL_USER, Principal
from kb.database import transaction
from kb.errors import InvalidError, NotFoundError
from kb.learning import frameworks
from kb.learning import reading as texts
from kb.learning.values import Stage
from kb.values import DocumentFields, ItemDraft
from kb.vocabulary import Classification, DocumentKind, Kind
from tests.corpus import front
from tests.corpus.front import Competence, RoleProfile
from tests.samples import store
from tests.web.commands import kb
from tests.web.test_pages import one, opened
from web.learning import frameworks as framing
from web.pictures import ladders
from web.wiring import Services

COMPETENCES = ["Competence", "Group", "Summary", *(f"Level {number}" for number in range(6)), "APM"]
TABLE = [
    COMPETENCES,
    [
        "Listening",
        "people",
        "Hearing what is meant.",
        "Talks.",
        "Waits.",
        "Asks.",
        "Sums up.",
        "Hears.",
        "Is",
        "Team | work",
    ],
]
ROLES = [
    ["Role", "Summary", "Stage", "Years", "Competences", "Next roles"],
    ["Host", "Holds sessions.", "entry", "0-2", "listening (2); scheduling (1)", "Guide"],
    ["Guide", "Leads hosts.", "senior", "6+", "Listening (4); scheduling (3)", ""],
]


def test_texts_of_the_starter_library_tell_what_their_front_matter_does() -> None:
    for path in front.files():
        read, body = front.read(path)
        if isinstance(read, Competence):
            told = texts.competence(read.ref, read.title, read.summary, body)
            assert [level.number for level in told.levels] == [0, 1, 2, 3, 4, 5]
            assert all(level.name and level.text for level in told.levels)
            assert told.group == read.group
            assert told.names["IPMA ICB4"] == tuple(read.ipma)
        if isinstance(read, RoleProfile):
            role = texts.role(read.ref, read.title, read.summary, body)
            assert role.levels == {level.name: level.level for level in read.requires}
            assert role.stage == Stage(read.stage)
            assert role.experience == read.experience
            assert role.following == tuple(read.next)


def test_sections_are_replaced_where_they_are_and_added_where_they_are_not() -> None:
    body = "Lead.\n\n## Levels\n\nold\n\n## Evidence\n\nkept\n"
    changed = texts.with_sections(body, {"Levels": "new", "More": "last"})
    assert changed == "Lead.\n\n## Levels\n\nnew\n\n## Evidence\n\nkept\n\n## More\n\nlast\n"
    assert texts.with_sections(changed, {"Levels": "new"}) == changed


def test_competences_name_who_asks_for_them_and_what_teaches_them(reading: TestClient) -> None:
    found = reading.get("/api/v1/competences").json()
    assert len(found) >= 31
    risk = reading.get("/api/v1/competences/Risk%20and%20issues").json()
    assert risk["ref"] == "HS-D-129"
    assert risk["names"]["IPMA ICB4"] == ["Risk and opportunity", "Conflict and crisis"]
    assert {"role": "Project manager", "ref": "HS-D-153", "level": 3} in risk["asked"]
    assert risk["training"][0]["level"] <= risk["training"][-1]["level"]
    assert reading.get("/api/v1/competences/juggling").status_code == 404


def test_a_step_of_the_ladder_says_what_is_missing(reading: TestClient) -> None:
    role = reading.get("/api/v1/roles/Project manager").json()
    step = next(step for step in role["after"] if step["end"] == "Senior project manager")
    assert step["experience"] == "6+"
    assert {"name": "governance and decision-making", "level": 2, "wanted": 3} in step["missing"]
    rows = reading.get("/api/v1/career-ladder").json()
    page = opened(reading, "/roles")
    assert len(page.select(".ladder path.step")) == len(rows) == len(page.select("#steps + .wide tbody tr"))
    assert len(page.select(".ladder a")) == len(reading.get("/api/v1/roles").json())


def test_every_role_has_a_place_of_its_own_in_the_picture(library: Services) -> None:
    with library.sessions() as session:
        roles = frameworks.roles(session, LOCAL_USER)
    drawn = ladders.draw(roles, frameworks.ladder(roles))
    assert len({(box.x, box.y) for box in drawn.boxes}) == len(roles)
    assert all(box.x + drawn.box_width <= drawn.width for box in drawn.boxes)
    assert all(box.y + drawn.box_height <= drawn.height for box in drawn.boxes)


def _written(path: Path, table: list[list[str]]) -> Path:
    if path.suffix == ".csv":
        text = io.StringIO()
        csv.writer(text).writerows(table)
        path.write_text(text.getvalue())
    else:
        path.write_bytes(workbook.write("Sheet", table[0], table[1:]))
    return path


def test_a_table_becomes_competences_and_roles_and_later_their_versions(
    services: Services, tmp_path: Path
) -> None:
    first = [_written(tmp_path / "c.csv", TABLE), _written(tmp_path / "r.xlsx", ROLES)]
    with transaction(services.sessions) as session:
        taken = [framing.take(services, session, LOCAL_USER, path) for path in first]
        assert [one.added for one in taken] == [("Listening",), ("Host", "Guide")]
    with transaction(services.sessions) as session:
        again = [framing.take(services, session, LOCAL_USER, path) for path in first]
        assert [(one.changed, one.unchanged) for one in again] == [((), 1), ((), 2)]
        changed = _written(tmp_path / "c.csv", [TABLE[0], [*TABLE[1][:5], "Asks twice.", *TABLE[1][6:]]])
        assert framing.take(services, session, LOCAL_USER, changed).changed == ("Listening",)
    with services.sessions() as session:
        listening = frameworks.competence(session, LOCAL_USER, "listening")
        assert listening.level(2).text == "Asks twice."  # pyright: ignore[reportOptionalMemberAccess]
        assert (listening.group, listening.names) == (
            "people", {"APM Competence Framework, 3rd edition": ("Team | work",)},
        )  # fmt: skip
        rungs = frameworks.ladder(frameworks.roles(session, LOCAL_USER))
        assert [(rung.start.name, rung.end.name, rung.levels) for rung in rungs] == [("Host", "Guide", 4)]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([["What", "Who"], ["x", "y"]], "No competences or roles are in it"),
        ([ROLES[0], ["Host", "", "", "", "listening", ""]], "give each competence its level"),
        ([COMPETENCES, ["", "people", "", "a", "b", "c", "d", "e", "f", ""]], "Row 2: a name"),
    ],
)
def test_a_table_that_says_too_little_is_refused_with_what_is_missing(
    services: Services, tmp_path: Path, table: list[list[str]], said: str
) -> None:
    with services.sessions() as session, pytest.raises(InvalidError, match=said):
        framing.take(services, session, LOCAL_USER, _written(tmp_path / "t.csv", table))


def test_who_may_not_edit_takes_nothing_in_and_who_may_not_see_learns_nothing(
    services: Services, tmp_path: Path
) -> None:
    reader = Principal("Rae", Classification.PUBLIC)
    secret = ItemDraft(
        Kind.DOCUMENT, "Spycraft", "## Levels", DocumentFields(DocumentKind.COMPETENCE),
        classification=Classification.CONFIDENTIAL,
    )  # fmt: skip
    with transaction(services.sessions) as session:
        store(session, secret)
        with pytest.raises(NotFoundError):
            framing.take(services, session, reader, _written(tmp_path / "c.csv", TABLE))
        assert frameworks.competences(session, reader) == []
        with pytest.raises(NotFoundError):
            frameworks.competence(session, reader, "Spycraft")


def test_the_page_takes_a_table_and_says_what_became_of_it(client: TestClient, tmp_path: Path) -> None:
    file = _written(tmp_path / "c.csv", TABLE).read_bytes()
    answer = client.post("/competences/import", files={"files": ("c.csv", file)})
    assert answer.status_code == 303
    page = opened(client, answer.headers["location"])
    assert "1 added" in one(page, "[role=status]").get_text()
    assert (
        client.post("/api/v1/competences/imports", files={"files": ("c.csv", file)}).json()["unchanged"] == 1
    )
    assert client.post("/competences/import", data={"x": "y"}, files={}).status_code in (400, 415)


def test_the_command_shows_a_competence(library: Services) -> None:
    said = json.loads(kb(library.settings.data, "competence", "show", "risk and issues", "--json").stdout)
    assert said["ref"] == "HS-D-129"
