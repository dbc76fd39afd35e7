"""Kept learning paths: opened and taken away without solving, seen by few, changed by one at a time."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect

from kb import library
from kb.access import LOCAL_USER
from kb.database import transaction
from kb.errors import ConflictError
from kb.learning import kept, people
from kb.learning.people import AssessmentDraft, Judged
from kb.learning.values import HIDDEN
from kb.models import AuditEvent
from kb.values import DocumentFields, ItemDraft, Taught, TrainingFields
from kb.vocabulary import Classification, DocumentKind, Kind, Role, TrainingFormat
from tests.samples import lesson, source, store
from tests.web.commands import kb
from tests.web.roles import client_of
from tests.web.serving import running
from tests.web.test_learners import ANN, ASKED, BOB, NAMES, RAE, TESS
from tests.web.test_pages import one, opened
from web.base import work
from web.wiring import Services

ADDRESS = "/api/v1/learning-paths/kept"
BEST = ["C-5", "C-3", "C-1", "C-2"]


def training(
    ref: str,
    title: str,
    hours: float,
    *teaches: Taught,
    cost: float = 0,
    language: str = "en",
    after: str = "",
) -> ItemDraft:
    fields = TrainingFields(
        format=TrainingFormat.E_LEARNING,
        hours=hours,
        cost=cost,
        currency="EUR",
        competences=teaches,
        prerequisites=(after,) if after else (),
    )
    return ItemDraft(Kind.TRAINING, title, f"{title}, text.", fields, key=ref, ref=ref, language=language)


COURSES = [
    training("C-1", "To listen", 3, Taught("listening", 2)),
    training("C-2", "To listen well", 6, Taught("listening", 4), after="C-1"),
    training("C-3", "To schedule", 5, Taught("scheduling", 2), cost=100),
    training("C-4", "Prévoir", 9, Taught("scheduling", 2), Taught("cost control", 1), language="fr"),
    training("C-5", "To control cost", 2, Taught("cost control", 1)),
]


@pytest.fixture
def base(services: Services) -> Services:
    """Five courses, three competences, a role, and Ann, whom Tess assessed."""
    documents = [
        ItemDraft(Kind.DOCUMENT, name, "", DocumentFields(DocumentKind.COMPETENCE), key=name)
        for name in NAMES
    ]
    role = ItemDraft(
        Kind.DOCUMENT, "Host", ASKED, DocumentFields(DocumentKind.ROLE_PROFILE), key="h", ref="R-1"
    )
    with transaction(services.sessions) as session:
        store(session, *documents, role, *COURSES)
        people.record(session, TESS, AssessmentDraft("Ann", {"scheduling": 1}, team="North"))
    work.sync(services)
    return services


def tess(base: Services) -> TestClient:
    return client_of(base, "Tess", Role.TRAINER)


def keep(client: TestClient, **said: Any) -> Any:
    answer = client.post(ADDRESS, json={"role": ["Host"]} | said)
    assert answer.status_code == 201, answer.text
    return answer.json()


def refs(told: Any) -> list[str]:
    return [one["step"]["ref"] for one in told["steps"]]


def test_a_kept_path_says_what_was_shown_and_is_taken_away_without_solving(base: Services) -> None:
    client = tess(base)
    made = keep(client, learner=1, hours=20)
    assert (made["head"]["title"], made["head"]["name"]) == ("To Host for Ann", "Ann")
    assert set(refs(made)) == set(BEST)
    assert (made["hours"], made["cost"], made["weeks"], made["bound"]) == (16, 100, 4, 16)
    assert made["asked"] == {"role": ["Host"], "learner": 1, "hours": 20}
    code = made["head"]["code"]
    with transaction(base.sessions) as session:  # what is taught changes, what was kept does not
        for row in kept.get(session, LOCAL_USER, code).draft.steps:
            assert row.closes
        assert "keep_path" in {event.action for event in session.query(AuditEvent)}
        library.withdraw(session, LOCAL_USER, source().location)
    told = client.get(f"{ADDRESS}/{code}").json()
    assert told["hours"] == 16
    assert all("withdrawn" in one["notices"][0] for one in told["steps"])
    text = client.get(f"{ADDRESS}/{code}/export").text
    assert text.startswith("# To Host for Ann")
    assert "- Closes: listening, level 0 to 2 (asked 4)" in text
    linked = client.get(f"{ADDRESS}/{code}/export", params={"wanted": "jsonld"}).json()
    assert len(linked["itemListElement"]) == 4
    word = client.get(f"{ADDRESS}/{code}/export", params={"wanted": "docx"})
    assert word.content.startswith(b"PK")
    (head,) = client.get(ADDRESS).json()["paths"]
    assert (head["steps"], head["pending"]) == (4, 4)


def test_what_became_of_training_is_told_and_what_may_not_be_opened_is_not(base: Services) -> None:
    code = keep(tess(base), learner=1)["head"]["code"]
    changed = [
        training("C-1", "To listen", 4, Taught("listening", 2)),
        replace(COURSES[4], fields=replace(COURSES[4].fields, offered_until=date(2026, 1, 31))),
        ItemDraft(
            Kind.TRAINING, "To schedule", "A secret.", TrainingFields(hours=5), key="C-3", ref="C-3",
            classification=Classification.RESTRICTED,
        ),
    ]  # fmt: skip
    with transaction(base.sessions) as session:
        others = [draft for draft in COURSES if draft.ref not in {"C-1", "C-3", "C-5"}]
        store(session, *others, *changed)
    ann = client_of(base, "Ann", Role.CONTRIBUTOR)
    told = ann.get(f"{ADDRESS}/{code}").json()
    notices = {one["step"]["title"]: one["notices"] for one in told["steps"]}
    assert "schedule" not in json.dumps(told)
    assert notices[HIDDEN] == ["You may not open it."]
    (listed,) = ann.get(ADDRESS).json()["paths"]
    assert listed["pending"] == told["head"]["pending"]  # what she may not open is counted in neither
    assert "changed since" in notices["To listen"][0]
    assert notices["To control cost"][0] == "It is not on offer any more."
    assert notices["To listen well"] == []


def test_a_path_is_seen_by_its_person_who_kept_it_and_those_who_develop_people(base: Services) -> None:
    code = keep(tess(base), learner=1)["head"]["code"]
    own = keep(client_of(base, "Bob", Role.CONTRIBUTOR))["head"]["code"]
    seen = {"Ann": {code}, "Bob": {own}, "Tess": {code, own}, "Rae": set[str]()}
    with base.sessions() as session:
        for who in (ANN, BOB, TESS, RAE):
            found = {head.code for head in kept.listed(session, who)}
            assert found == seen[who.name]
            assert kept.count(session, who) == len(found)
    ann = client_of(base, "Ann", Role.CONTRIBUTOR)
    assert ann.get(f"/paths/kept/{code}").status_code == 200
    assert ann.get(f"/paths/kept/{own}").status_code == 404
    assert ann.delete(f"{ADDRESS}/{code}").status_code == 404
    assert client_of(base, "Rae", Role.READER).post(ADDRESS, json={"role": ["Host"]}).status_code == 404
    other = client_of(base, "Bob", Role.CONTRIBUTOR).post(ADDRESS, json={"role": ["Host"], "learner": 1})
    assert other.status_code == 404


def test_of_two_who_change_it_at_once_the_second_is_told(base: Services) -> None:
    client = tess(base)
    code = keep(client)["head"]["code"]
    assert client.get(f"{ADDRESS}/{code}").headers["etag"] == '"1"'
    first = client.patch(f"{ADDRESS}/{code}", json={"title": "To be a host"}, headers={"If-Match": '"1"'})
    assert (first.json()["head"]["title"], first.headers["etag"]) == ("To be a host", '"2"')
    late = client.patch(f"{ADDRESS}/{code}", json={"title": "Late"}, headers={"If-Match": '"1"'})
    assert late.status_code == 409
    assert "Tess" in late.json()["detail"]
    assert client.patch(f"{ADDRESS}/{code}", json={"title": "Blind"}).status_code == 400
    with pytest.raises(ConflictError), transaction(base.sessions) as session:
        kept.rename(session, TESS, code, 1, "Late")
    assert client.delete(f"{ADDRESS}/{code}").status_code == 204
    assert client.get(f"{ADDRESS}/{code}").status_code == 404


def test_what_cannot_be_kept_is_refused_with_a_reason(base: Services) -> None:
    client = tess(base)
    for said, status in (
        ({"hours": 1}, 400),
        ({"steps": ["C-9"]}, 404),
        ({"role": ["Juggler"]}, 404),
        ({"learner": 99}, 404),
        ({"take": ["C-1"], "without": ["c-1"]}, 400),
        ({"title": "x" * 201}, 422),
    ):
        assert client.post(ADDRESS, json={"role": ["Host"]} | said).status_code == status, said


def test_the_pages_keep_list_rename_and_remove(base: Services) -> None:
    client = tess(base)
    form = opened(client, "/paths?role=Host&cost=500").select("form[action='/paths/kept']")[0]
    said: dict[str, list[str]] = {}
    for field in form.select("input"):
        said.setdefault(str(field["name"]), []).append(str(field.get("value", "")))
    where = client.post("/paths/kept", data=said).headers["location"]
    page = opened(client, where)
    assert len(page.select("ol.path > li")) == len(said["step"])
    assert "Proven" in page.get_text()
    assert client.post(f"{where}/title", data={"version": 1, "title": "Ours"}).status_code == 303
    assert client.post(f"{where}/title", data={"version": 1, "title": "Late"}).status_code == 409
    assert one(opened(client, "/paths/kept"), ".rows a").get_text() == "Ours"
    client.post(f"{where}/removal")
    assert "No path is kept yet" in opened(client, "/paths/kept").get_text()


def test_each_edit_is_checked_at_once_and_told_beside_the_step(base: Services) -> None:
    client = tess(base)
    made = keep(client, hours=20, language=["en"])
    where = f"{ADDRESS}/{made['head']['code']}"
    assert made["sound"] is True

    def edited(version: int, **said: Any) -> Any:
        answer = client.patch(where, json=said, headers={"If-Match": f'"{version}"'})
        assert answer.status_code == 200, answer.text
        return answer.json()

    turned = edited(1, steps=["C-2", "C-1", "C-3", "C-5"])
    assert turned["sound"] is False
    assert turned["steps"][0]["faults"] == [
        "It asks for listening at level 2, and 0 is reached by then; "
        "step 2 leads there: move this one below.",
        "It follows To listen (C-1), which comes later: move this one below.",
    ]
    assert turned["steps"][1]["faults"] == [
        "It adds nothing: all that it teaches is known by then, by step 1."
    ]
    assert (turned["bound"], turned["unmet"]) == (16, [])
    other = edited(2, steps=["C-1", "C-2", "C-4", "c-5"])
    assert other["asked"]["take"] == ["C-4"]
    assert other["asked"]["without"] == ["C-3"]
    assert other["steps"][2]["faults"] == ["It is not in a language that was asked for."]
    assert other["steps"][3]["faults"] == [
        "It adds nothing: all that it teaches is known by then, by step 3."
    ]
    assert other["steps"][3]["step"]["closes"] == []
    short = edited(3, steps=["C-2"], without=[])
    assert short["unmet"] == ["scheduling reaches level 0 of 2.", "cost control reaches level 0 of 1."]
    assert short["steps"][0]["faults"][1] == "It follows To listen (C-1), which is not in the path: add it."
    assert short["bound"] is None
    assert client.patch(where, json={"steps": ["C-9"]}, headers={"If-Match": '"4"'}).status_code == 404


def test_what_is_solved_anew_keeps_what_was_picked_and_lacks_what_was_ruled_out(base: Services) -> None:
    client = tess(base)
    code = keep(client)["head"]["code"]
    steps = {"steps": ["C-1", "C-2", "C-4"]}
    client.patch(f"{ADDRESS}/{code}", json=steps, headers={"If-Match": '"1"'})
    solved = client.post(f"{ADDRESS}/{code}/solution", headers={"If-Match": '"2"'}).json()
    assert set(refs(solved)) == {"C-1", "C-2", "C-4"}
    assert (solved["hours"], solved["bound"], solved["sound"]) == (18, 18, True)
    lost = client.patch(f"{ADDRESS}/{code}", json={"without": ["C-1"]}, headers={"If-Match": '"3"'})
    assert lost.json()["asked"]["take"] == ["C-4"]
    stuck = client.post(f"{ADDRESS}/{code}/solution", headers={"If-Match": '"4"'})
    assert stuck.status_code == 400
    assert "Nothing here leads to listening at level 4" in stuck.json()["detail"]
    assert stuck.json()["detail"].endswith("Ruled out: C-1.")


def test_each_button_changes_a_step_without_a_script(base: Services) -> None:
    client = tess(base)
    code = keep(client)["head"]["code"]
    where = f"/paths/kept/{code}"

    def shown() -> list[str]:
        return [str(step["data-step"]) for step in opened(client, where).select("[data-step]")]

    def press(action: str, status: int = 303, **said: str) -> None:
        version = one(opened(client, where), "[action$='/title'] [name=version]")["value"]
        answer = client.post(f"{where}/steps", data={"version": str(version), "action": action, **said})
        assert answer.status_code == status, answer.text

    first, second, *_ = shown()
    press("down", step=first)
    assert shown()[:2] == [second, first]
    press("up", step=first)
    assert shown()[:2] == [first, second]
    press("remove", step="C-5")
    page = opened(client, where)
    assert "It does not do all that was asked" in one(page, "#check").get_text()
    assert one(page, "#fill-1 option[value=C-4]").get_text() == "Prévoir (C-4, 9 hours)"
    press("add", ref="C-4")
    assert shown()[-1] == "C-4"
    press("replace", step="C-4", ref="C-5")
    assert shown()[-1] == "C-5"
    press("pick", step="C-3")
    press("unpick", step="C-5")
    press("allow", step="C-4")
    press("add", 400)
    press("add", 404, ref="C-9")
    client.post(f"{where}/solution", data={"version": 9})
    told = client.get(f"{ADDRESS}/{code}").json()
    assert told["asked"] == {"role": ["Host"], "take": ["C-3"]}
    assert [one["picked"] for one in told["steps"]].count(True) == 1
    reader = client_of(base, "Ann", Role.CONTRIBUTOR)
    assert (
        reader.post(f"{where}/steps", data={"version": 10, "action": "up", "step": "C-1"}).status_code == 404
    )


def test_a_path_for_a_team_lists_each_course_once_with_who_needs_it(base: Services) -> None:
    with transaction(base.sessions) as session:
        levels = {"listening": 2, "cost control": 1}
        people.record(session, TESS, AssessmentDraft("Bob", levels, Judged.MANAGER, team="North"))
    client = tess(base)
    made = keep(client, role=[], competence=["listening=4", "Scheduling=2"], team="north", without=["C-4"])
    assert made["head"]["title"] == "To listening and Scheduling for north"
    who = {one["step"]["ref"]: one["step"]["who"] for one in made["steps"]}
    assert who == {"C-1": ["Ann"], "C-2": ["Ann", "Bob"], "C-3": ["Ann", "Bob"]}
    where = f"{ADDRESS}/{made['head']['code']}"
    turned = client.patch(where, json={"steps": ["C-3", "C-1", "C-2"]}, headers={"If-Match": '"1"'}).json()
    assert turned["sound"]
    assert turned["steps"][2]["step"]["who"] == ["Ann", "Bob"]
    page = opened(client, "/paths?competence=listening%3D4&team=North")
    assert "For Ann, Bob" in page.get_text()
    ann = client_of(base, "Ann", Role.CONTRIBUTOR)
    refused: list[tuple[dict[str, Any], int]] = [
        ({"team": "North"}, 404),
        ({"competence": ["juggling=2"]}, 404),
        ({"competence": ["listening"]}, 422),
        ({"role": []}, 400),
    ]
    for said, status in refused:
        assert ann.post(ADDRESS, json={"role": ["Host"]} | said).status_code == status, said


def test_with_a_script_the_page_stays_and_the_focus_goes_with_the_step(
    base: Services, browser: Browser
) -> None:
    code = keep(tess(base))["head"]["code"]
    with running(base) as address:
        page = browser.new_page()
        page.goto(f"{address}/paths/kept/{code}")
        page.evaluate("window.stays = true")
        first = page.locator("[data-step]").first
        ref = first.get_attribute("data-step")
        first.locator("button[value=down]").click()
        expect(page.locator("[data-step]").nth(1)).to_have_attribute("data-step", str(ref))
        expect(page.locator(f"[data-step='{ref}'] button[value=down]")).to_be_focused()
        page.fill("#add", "C-9")
        page.get_by_role("button", name="Add it at the end").click()
        expect(page.locator("[data-live]")).to_contain_text("There is no training 'C-9'")
        assert page.evaluate("window.stays")
        page.close()


def test_lessons_of_own_projects_justify_a_step_and_are_told_from_general_ones(base: Services) -> None:
    told = [
        lesson("Nobody was listening", "Nobody was listening to the crew.", ref="L-1", project="Harbour"),
        lesson("Poor scheduling", "Scheduling was poor.", ref="L-2", project="Bridge"),
        lesson(
            "A secret plan", "A secret.", ref="L-3", project="S", classification=Classification.RESTRICTED
        ),
    ]
    with transaction(base.sessions) as session:
        store(session, *told, location="/files/told.csv", digest="b" * 64)
    work.sync(base)
    client = tess(base)
    address = "/api/v1/learners/1/projects"
    assert client.put(address, json={"projects": ["harbour"]}).json() == ["Harbour"]
    assert client.put(address, json={"projects": ["S"]}).status_code == 404
    assert client.put(address, json={"projects": ["Nowhere"]}).status_code == 404
    made = keep(client, learner=1)
    steps = {one["step"]["ref"]: one["step"] for one in made["steps"]}
    assert steps["C-1"]["own_lessons"] == ["L-1"]
    assert [one["ref"] for one in steps["C-3"]["lessons"]] == ["L-2"]
    assert steps["C-3"]["own_lessons"] == []
    page = opened(client, f"/paths/kept/{made['head']['code']}")
    assert "Lessons of own projects behind it: Nobody was listening (Harbour)" in page.get_text()
    text = client.get(f"{ADDRESS}/{made['head']['code']}/export").text
    assert "- Lesson of an own project behind it: Nobody was listening (L-1)" in text
    assert client.post("/learners/1/projects", data={"projects": "Bridge\nHarbour"}).status_code == 303
    assert one(opened(client, "/learners/1"), "#engaged").get_text() == "Bridge\nHarbour"
    assert kb(base.settings.data, "learner", "projects", "Ann").stdout.split() == ["Bridge", "Harbour"]
    bob = client_of(base, "Bob", Role.CONTRIBUTOR)
    assert bob.get(address).status_code == 404
    assert bob.put(address, json={"projects": []}).status_code == 404
    own = client_of(base, "Ann", Role.CONTRIBUTOR)
    assert own.put(address, json={"projects": ["Bridge"]}).json() == ["Bridge"]


def test_the_command_keeps_and_shows(base: Services, tmp_path: Path) -> None:
    data = base.settings.data
    said = kb(data, "path", "Host", "--without", "C-5", "--keep", "Ours").stdout
    code = said.rsplit(" ", 1)[-1].strip()
    assert "C-4" in kb(data, "paths", "show", code).stdout
    assert code in kb(data, "paths", "list").stdout
    assert "nothing later leads there" in kb(data, "paths", "steps", code, "C-2", "--allow").stdout
    assert "C-1" in kb(data, "paths", "solve", code).stdout
    assert "Yours" in kb(data, "paths", "rename", code, "Yours").stdout
    kb(data, "paths", "export", code, str(tmp_path / "a.md"))
    assert (tmp_path / "a.md").read_text().startswith("# Yours")
    kb(data, "paths", "remove", code)
    assert json.loads(kb(data, "paths", "list", "--json").stdout) == []
