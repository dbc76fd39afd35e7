"""Lessons sessions over HTTP and on pages: joining, notes, votes, sorting, lessons, reports."""

import io
import json
import re
from pathlib import Path
from typing import Any

import docx
import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from kb import items
from kb.access import LOCAL_USER
from kb.life import lessons
from tests.web.commands import kb
from tests.web.test_pages import one, opened
from tests.web.test_people import named
from web.wiring import Services

PUMPS = ("Pumps came late.", "The buyer asks for dates weekly.")


@pytest.fixture
def code(client: TestClient) -> str:
    return _open(client)


@pytest.fixture
def guest(services: Services) -> TestClient:
    """Another browser."""
    return named(services, "Gustav")


def _open(client: TestClient, **changes: Any) -> str:
    wanted = {"kind": "stage_end", "title": "Gate 2", "project": "Harbour", "anonymous": False, **changes}
    answer = client.post("/api/v1/sessions", json=wanted)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/sessions/{answer.json()['code']}"
    return answer.json()["code"]


def _add(client: TestClient, code: str, key: str = "key-00001", **changes: str) -> int:
    wanted = {"key": key, "happened": PUMPS[0], "differently": PUMPS[1], **changes}
    answer = client.post(f"/api/v1/sessions/{code}/notes", json=wanted)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def _read(client: TestClient, code: str, **headers: str) -> dict[str, Any]:
    return client.get(f"/api/v1/sessions/{code}", headers=headers).json()


def test_kinds_tell_what_a_session_begins_with(client: TestClient) -> None:
    kinds = {one["kind"]: one for one in client.get("/api/v1/session-kinds").json()}
    assert set(kinds) == {"after_action", "stage_end", "project_end", "interview"}
    made = _read(client, _open(client, kind="project_end", anonymous=None))
    assert made["agenda"] == kinds["project_end"]["agenda"]
    assert made["anonymous"] is True
    own = _read(client, _open(client, agenda=["Talk"], prompts=[], votes=0))
    assert (own["agenda"], own["prompts"], own["votes"]) == (["Talk"], [], 0)


def test_sessions_are_listed_by_state(client: TestClient, code: str) -> None:
    planned = _open(client, state="planned")
    assert [one["code"] for one in client.get("/api/v1/sessions").json()["sessions"]] == [planned, code]
    answer = client.get("/api/v1/sessions?state=planned").json()
    assert (answer["total"], [one["code"] for one in answer["sessions"]]) == (1, [planned])
    assert client.patch(f"/api/v1/sessions/{planned}", json={"state": "closed"}).status_code == 409
    assert client.patch(f"/api/v1/sessions/{planned}", json={"state": "open"}).json()["state"] == "open"


def test_what_is_planned_changes_until_it_is_opened(client: TestClient) -> None:
    planned = _open(client, state="planned", agenda=["Talk"])
    wanted = {
        "kind": "interview",
        "title": "Talk with Ines",
        "project": "Quay",
        "agenda": ["Ask"],
        "votes": 2,
    }
    assert client.put(f"/api/v1/sessions/{planned}/plan", json={**wanted, "votes": 99}).status_code == 422
    changed = client.put(f"/api/v1/sessions/{planned}/plan", json=wanted).json()
    assert wanted.items() <= changed.items()

    form = one(opened(client, f"/s/{planned}/plan"), "form.entry")
    assert (one(form, "#title")["value"], one(form, "#agenda").text, one(form, "#votes")["value"]) == (
        "Talk with Ines",
        "Ask",
        "2",
    )
    typed = {"kind": "interview", "title": "Talk with Ines B.", "project": "Quay", "votes": "1"}
    answer = client.post(f"/s/{planned}/plan", data=typed, follow_redirects=False)
    assert answer.headers["location"] == f"/s/{planned}"
    assert (_read(client, planned)["title"], _read(client, planned)["agenda"]) == ("Talk with Ines B.", [])

    client.patch(f"/api/v1/sessions/{planned}", json={"state": "open"})
    refused = client.put(f"/api/v1/sessions/{planned}/plan", json=wanted)
    assert (refused.status_code, "opened already" in refused.json()["detail"]) == (409, True)


def test_the_list_of_sessions_has_pages(client: TestClient) -> None:
    codes = [_open(client) for _ in range(3)]
    answer = client.get("/api/v1/sessions?page=2&page_size=2")
    assert ([one["code"] for one in answer.json()["sessions"]], answer.json()["pages"]) == ([codes[0]], 2)
    assert 'rel="prev"' in answer.headers["link"]


def test_a_note_sent_again_is_kept_once(client: TestClient, code: str) -> None:
    number = _add(client, code)
    wanted = {"key": "key-00001", "happened": PUMPS[0], "differently": PUMPS[1]}
    again = client.post(f"/api/v1/sessions/{code.lower()}/notes", json=wanted)
    assert (again.status_code, again.json()) == (200, {"id": number, "new": False})
    other = client.post(f"/api/v1/sessions/{code}/notes", json=wanted | {"happened": "Other."})
    assert other.status_code == 409
    assert "other words" in other.json()["detail"]
    assert len(_read(client, code)["notes"]) == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("get", "/api/v1/sessions/NONE22", None, 404),
        ("get", "/api/v1/sessions/NONE22/report", None, 404),
        ("get", "/api/v1/sessions/NONE22/events", None, 404),
        ("post", "/api/v1/sessions", {"title": " ", "project": "P"}, 400),
        ("post", "/api/v1/sessions", {"title": "T", "project": "P", "kind": "party"}, 422),
        ("post", "/api/v1/sessions", {"title": "T", "project": "P", "state": "closed"}, 422),
        ("post", "/api/v1/sessions/CODE/notes", {"key": "short", "happened": "x", "differently": "y"}, 422),
        (
            "post",
            "/api/v1/sessions/CODE/notes",
            {"key": "key-00009", "happened": " ", "differently": "y"},
            400,
        ),
        ("put", "/api/v1/sessions/CODE/notes/99/vote", None, 404),
        ("patch", "/api/v1/sessions/CODE/groups/99", {"name": "x"}, 404),
        ("post", "/api/v1/sessions/CODE/lessons", {"notes": [99]}, 400),
        ("post", "/api/v1/sessions/CODE/lessons", {"notes": [1], "status": "learned"}, 422),
        ("get", "/api/v1/sessions/CODE/report?format=pdf", None, 422),
    ],
)
def test_what_can_not_be_is_answered_with_a_sentence(
    client: TestClient, code: str, method: str, path: str, body: dict[str, Any] | None, status: int
) -> None:
    answer = client.request(method, path.replace("CODE", code), json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_each_person_has_the_sessions_votes(client: TestClient, guest: TestClient) -> None:
    code = _open(client, votes=1)
    first, second = _add(client, code, "key-00001"), _add(client, code, "key-00002", happened="It rained.")
    url = f"/api/v1/sessions/{code}/notes"
    assert [client.put(f"{url}/{first}/vote").status_code for _ in range(2)] == [204, 204]
    refused = client.put(f"{url}/{second}/vote")
    assert refused.status_code == 409
    assert "take one back" in refused.json()["detail"]
    assert guest.put(f"{url}/{first}/vote").status_code == 204
    assert [n["votes"] for n in _read(client, code)["notes"]] == [0, 2]
    assert client.delete(f"{url}/{first}/vote").status_code == 204
    assert _read(client, code)["votes_left"] == 1
    assert _read(guest, code)["votes_left"] == 0


def test_an_anonymous_session_asks_for_a_mark_instead_of_a_name(client: TestClient) -> None:
    code = _open(client, anonymous=True)
    number = _add(client, code)
    url = f"/api/v1/sessions/{code}/notes/{number}/vote"
    assert client.put(url).status_code == 400
    mark = {"voter": "a-mark-that-nobody-knows"}
    assert client.put(url, headers=mark).status_code == 204
    (note,) = _read(client, code, **mark)["notes"]
    assert (note["author"], note["voted"], note["votes"]) == ("", True, 1)
    assert _read(client, code)["notes"][0]["voted"] is False


def test_groups_are_suggested_by_meaning_and_sorted_by_hand(client: TestClient, code: str) -> None:
    texts = [
        "The pump supplier delivered five weeks late.",
        "Pumps of the supplier arrived weeks after the promised date.",
        "The canteen closed at seven, before the night shift.",
    ]
    numbers = [_add(client, code, f"key-0000{n}", happened=text) for n, text in enumerate(texts)]
    (suggested,) = client.get(f"/api/v1/sessions/{code}/suggested-groups").json()
    assert [note["id"] for note in suggested["notes"]] == numbers[:2]
    assert suggested["name"].rstrip(".") in [text.rstrip(".") for text in texts[:2]]
    assert _read(client, code)["groups"] == []
    made = client.post(f"/api/v1/sessions/{code}/groups", json={"name": "Pumps", "notes": numbers[:2]}).json()
    url = f"/api/v1/sessions/{code}"
    assert client.patch(f"{url}/groups/{made['id']}", json={"name": "Late pumps"}).status_code == 204
    assert client.patch(f"{url}/notes/{numbers[2]}", json={"group": made["id"]}).status_code == 204
    assert client.patch(f"{url}/notes/{numbers[0]}", json={"group": None}).status_code == 204
    board = _read(client, code)
    assert [(g["name"], len(g["notes"])) for g in board["groups"]] == [("Late pumps", 2)]
    assert client.delete(f"{url}/notes/{numbers[0]}").status_code == 204
    assert _read(client, code)["notes"] == []


def test_a_note_becomes_a_lesson_that_cites_the_session(
    client: TestClient, guest: TestClient, services: Services, code: str
) -> None:
    hostile = "Pumps came late.\n# Not a heading\nReally\n---\nlate."
    number = _add(guest, code, happened=hostile, expected="In May.", why="Strike.")
    answer = client.post(f"/api/v1/sessions/{code}/lessons", json={"notes": [number], "status": "submitted"})
    assert answer.status_code == 201
    ref = answer.json()["ref"]
    with services.sessions() as session:
        found = items.get(session, LOCAL_USER, ref)
        fields = lessons.find(session, LOCAL_USER, ref)
        assert (found.head.status, found.head.project) == ("submitted", "Harbour")
        assert found.contributor == "Gustav"
        assert code in found.citation
        assert found.head.title == "The buyer asks for dates weekly"
        assert re.findall("^#.*$", found.body, re.MULTILINE) == ["## Event", "## Causes", "## Recommendation"]
        assert "Expected was:\n\nIn May." in fields.event
        assert (fields.causes, fields.recommendation) == ("Strike.", PUMPS[1])
    page = opened(client, f"/items/{ref}")
    assert "Not a heading" not in [tag.get_text() for tag in page.find_all(["h1", "h2", "h3"])]
    assert opened(client, f"/s/{code}").select(f"a[href='/items/{ref}']")
    again = client.post(f"/api/v1/sessions/{code}/lessons", json={"notes": [number]})
    assert again.status_code == 409
    assert ref in again.json()["detail"]


def test_a_group_becomes_one_lesson_without_names_where_none_are_kept(
    client: TestClient, guest: TestClient, services: Services
) -> None:
    code = _open(client, anonymous=True, classification="restricted")
    numbers = [_add(guest, code, f"key-0000{n}", happened=f"Event {n}.") for n in range(2)]
    client.post(f"/api/v1/sessions/{code}/groups", json={"name": "Late pumps", "notes": numbers})
    made = client.post(f"/api/v1/sessions/{code}/lessons", json={"notes": numbers}).json()
    with services.sessions() as session:
        found = items.get(session, LOCAL_USER, made["ref"])
        assert (found.head.title, found.head.status, found.contributor) == ("Late pumps", "draft", "")
        assert found.head.classification == "restricted"
        assert "- Event 0.\n- Event 1." in found.body
        assert items.versions(session, LOCAL_USER, made["ref"])[0].author == LOCAL_USER.name


def test_the_report_is_markdown_or_a_word_document(client: TestClient, code: str) -> None:
    odd = "Pumps | pipes *came*\n# late <b>again</b>"
    numbers = [_add(client, code, "key-00001", happened=odd), _add(client, code, "key-00002", why="Strike.")]
    client.post(f"/api/v1/sessions/{code}/groups", json={"name": "Late [pumps]", "notes": numbers[:1]})
    client.put(f"/api/v1/sessions/{code}/notes/{numbers[0]}/vote")
    url = f"/api/v1/sessions/{code}/report"
    text = client.get(url).text
    assert text.startswith("# Gate 2\n")
    for expected in (r"## Late \[pumps\]", "1 note, 1 vote.", r"Pumps \| pipes \*came\*", "**Why:** Strike."):
        assert expected in text
    answer = client.get(f"{url}?format=docx")
    assert answer.headers["content-disposition"] == f'attachment; filename="lessons-session-{code}.docx"'
    document = docx.Document(io.BytesIO(answer.content))
    said = [paragraph.text for paragraph in document.paragraphs]
    assert said[0] == "Gate 2"
    assert "Late [pumps]" in said
    assert "What happened: Pumps | pipes *came*\n# late <b>again</b>" in said
    cells = [cell.text for cell in document.tables[0].columns[1].cells]
    assert {"Harbour", "End of stage", code} <= set(cells)
    headings = [p.text for p in document.paragraphs if p.style and (p.style.name or "").startswith("Heading")]
    assert headings[:4] == ["Agenda", "Questions asked", "Late [pumps]", f"Note {numbers[0]}"]


# Pages


def test_a_session_is_opened_joined_and_held_without_javascript(
    client: TestClient, guest: TestClient
) -> None:
    form = opened(client, "/lessons/sessions/new?kind=after_action")
    fields = {
        "kind": one(form, "input[name=kind]")["value"],
        "title": "Night 42",
        "project": "Harbour",
        "votes": "2",
        "agenda": one(form, "#agenda").get_text(),
        "prompts": "What?\n\nWhy?",
    }
    where = client.post("/lessons/sessions", data=fields).headers["location"]
    assert guest.get(f"/s?code={where[-6:].lower()}").headers["location"] == where
    page = opened(guest, where)
    assert [tag.get_text() for tag in page.select(".prompts li")] == ["What?", "Why?"]
    note = {"key": str(one(page, "input[name=key]")["value"]), "happened": "A\r\nB", "differently": "C"}
    landed = [guest.post(f"{where}/notes", data=note).headers["location"] for _ in range(2)]
    assert landed[0] == landed[1]
    shown = opened(client, where)
    assert "A\nB" in one(shown, ".note").get_text()
    assert "Gustav" in one(shown, ".note .byline").get_text()
    number = landed[0].rpartition("-")[2]
    assert client.post(f"{where}/votes", data={"give": number}).status_code == 303
    assert one(opened(client, where), f"#vote-{number}")["aria-pressed"] == "true"
    assert client.post(f"{where}/votes", data={"take": number}).status_code == 303
    assert client.post(f"{where}/notes/move", data={"note": number, "name": "Ideas"}).status_code == 303
    group = str(one(opened(client, where), ".group")["id"]).rpartition("-")[2]
    assert client.post(f"{where}/groups/name", data={"group": group, "name": "Best"}).status_code == 303
    assert client.post(f"{where}/lessons", data={"note": number, "status": "submitted"}).status_code == 303
    assert client.post(f"{where}/state", data={"state": "closed"}).status_code == 303
    closed = opened(guest, where)
    assert not closed.select("form.jot")
    assert "closed" in one(closed, ".notice:not([hidden])").get_text()
    watched = opened(guest, f"{where}/notes")
    assert one(watched, "noscript meta[http-equiv=refresh]")["content"] == "10"


def test_grouping_by_meaning_is_a_button(client: TestClient, code: str) -> None:
    for number in range(2):
        _add(client, code, f"key-0000{number}", happened=f"Pumps came late, case {number}.")
    page = opened(client, f"/s/{code}")
    assert one(page, "form[action$='/groups/suggested'] button").get_text() == "Group by meaning"
    assert client.post(f"/s/{code}/groups/suggested").status_code == 303
    group = one(opened(client, f"/s/{code}"), ".group")
    assert len(group.select(".note")) == 2
    group_id = str(group["id"]).rpartition("-")[2]
    assert client.post(f"/s/{code}/lessons", data={"group": group_id}).status_code == 303
    assert len(opened(client, f"/s/{code}").select(".note a[href^='/items/L-']")) == 2


def test_an_anonymous_page_marks_a_browser_and_not_a_person(client: TestClient, guest: TestClient) -> None:
    code = _open(client, anonymous=True)
    number = _add(client, code)
    for browser in (client, guest):
        answer = browser.get(f"/s/{code}")
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "Path=/s" in cookie
        assert "Your name is not kept" in answer.text
        assert browser.post(f"/s/{code}/votes", data={"give": number}).status_code == 303
        page = opened(browser, f"/s/{code}")
        assert one(page, f"#vote-{number}")["aria-pressed"] == "true"
        assert not page.select(".note .byline")
    assert "set-cookie" not in guest.get(f"/s/{code}").headers
    assert _read(client, code)["notes"][0]["votes"] == 2


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def test_what_people_type_is_only_text(client: TestClient) -> None:
    code = _open(client, title=HOSTILE, project=HOSTILE, prompts=[HOSTILE], agenda=[HOSTILE])
    number = _add(client, code, happened=HOSTILE, differently=HOSTILE)
    client.post(f"/api/v1/sessions/{code}/groups", json={"name": HOSTILE, "notes": [number]})
    for address in (f"/s/{code}", f"/s/{code}/notes", "/lessons/sessions", "/lessons/sessions/new"):
        page = BeautifulSoup(client.get(address).text, "html.parser")
        assert all(str(script.get("src")).startswith("/static/") for script in page.find_all("script"))
        assert not page.select("[onerror], img[src=x]")
        assert not page.select("[style], style")
        for field in page.select("input:not([type=hidden]), textarea, select"):
            assert page.select(f"label[for={field['id']}]")


@pytest.mark.parametrize(
    ("path", "data", "status", "sentence"),
    [
        ("/notes", {"key": "key-00001", "happened": "x"}, 400, "needs what happened"),
        ("/votes", {}, 400, "which note"),
        ("/lessons", {}, 400, "Choose notes"),
        ("/notes/move", {"note": "99"}, 404, "no note 99"),
    ],
)
def test_faults_on_pages_are_sentences(
    client: TestClient, code: str, path: str, data: dict[str, str], status: int, sentence: str
) -> None:
    answer = client.post(f"/s/{code}{path}", data=data)
    assert answer.status_code == status
    assert sentence in answer.text


# Command line


def test_the_command_line_opens_lists_shows_and_reports(services: Services, tmp_path: Path) -> None:
    data = services.settings.data
    assert "no such session" in kb(data, "session", "list").stdout
    said = kb(
        data, "--as", "Rita", "session", "open", "Gate 2", "--project", "Harbour", "--kind", "interview"
    )
    code = said.stdout.strip()[-6:]
    assert code in kb(data, "session", "list", "--state", "open").stdout
    (listed,) = json.loads(kb(data, "session", "list", "--json").stdout)
    assert (listed["kind"], listed["facilitator"]) == ("interview", "Rita")
    assert json.loads(kb(data, "session", "show", code, "--json").stdout)["groups"] == []
    assert "Questions asked" in kb(data, "session", "show", code).stdout
    target = tmp_path / "report.docx"
    kb(data, "session", "report", code, "-o", str(target))
    assert docx.Document(str(target)).paragraphs[0].text == "Gate 2"
    assert "closed" in kb(data, "session", "set", code, "closed").stdout
    assert "NONE22" in kb(data, "session", "show", "NONE22", code=1).stderr
    assert "party" in kb(data, "session", "open", "x", "--project", "y", "--kind", "party", code=2).stderr
    waiting = kb(data, "session", "open", "Gate 3", "--project", "Quay", "--planned").stdout.strip()[-6:]
    kb(data, "session", "edit", waiting, "--title", "Gate 3a", "--prompt", "What surprised you?")
    shown = json.loads(kb(data, "session", "show", waiting, "--json").stdout)
    assert (shown["title"], shown["project"], shown["prompts"]) == (
        "Gate 3a",
        "Quay",
        ["What surprised you?"],
    )
    missing = str(tmp_path / "no" / "report.md")
    assert "can't be written" in kb(data, "session", "report", code, "-o", missing, code=1).stderr
