"""Lessons briefs over HTTP and on pages: drawn up, decided about, signed, renewed, exported."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect

from kb.access import LOCAL_USER
from kb.database import transaction
from kb.settings import Settings
from kb.values import LessonFields
from kb.vocabulary import Polarity
from tests.samples import lesson, store
from tests.web import commands
from tests.web.serving import running
from tests.web.test_browser import CONTRASTS, SCHEMES
from web import wiring
from web.app import create_app
from web.base import work
from web.briefs import brief_risks
from web.wiring import Services
from web.writing import forms

CHARTER = """# Quay extension

## Suppliers

The cables and their drums are delivered by one supplier.

## Risks

- The supplier may deliver the cables late.
- Penguins might occupy the observatory dome.
"""
LATE = LessonFields(
    event="The supplier delivered the cables late, and the crew waited.",
    causes="The **order** named no day.",
    effect="Three weeks were lost.",
    recommendation="Put the day of delivery of cables into the order.",
    warning_signs="The supplier does not confirm a day.",
    polarity=Polarity.NEGATIVE,
)
DRUMS = replace(LATE, event="The supplier sent the cables without drums.", causes="The order named no drums.")


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory, encoders: Path) -> Iterator[Services]:
    """A base of lessons about cables, indexed."""
    data = tmp_path_factory.mktemp("yard")
    (data / "models").symlink_to(encoders)
    built = wiring.build(Settings(data=data))
    work.prepare(built)
    _fill(built)
    yield built
    built.close()


def _fill(services: Services, *more: Any) -> None:
    with transaction(services.sessions) as session:
        store(
            session,
            lesson("Cables came late", f"{LATE.event}", fields=LATE, ref="C-1", project="Harbour"),
            lesson("Cables lacked their drums", DRUMS.event, fields=DRUMS, ref="C-2", project="Bridge"),
            lesson("Tests began early", "Early tests of the payroll software helped.", ref="T-1"),
            *more,
        )
    work.sync(services)


@pytest.fixture(scope="module")
def client(yard: Services) -> Iterator[TestClient]:
    """A client of that base."""
    with TestClient(create_app(yard), base_url="http://localhost", follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def code(client: TestClient) -> str:
    """A brief whose lessons are C-1 and C-2."""
    return _draw(client)


def _draw(client: TestClient, **wanted: str) -> str:
    answer = client.post("/api/v1/briefs", json={"text": CHARTER, "project": "Quay", **wanted})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/api/v1/briefs/{answer.json()['brief']['code']}"
    return answer.json()["brief"]["code"]


def _read(client: TestClient, code: str, **wanted: Any) -> dict[str, Any]:
    return client.get(f"/api/v1/briefs/{code}", params=wanted).json()


def _lessons(found: dict[str, Any]) -> list[str]:
    return [one["item"]["ref"] for one in found["entries"] if one["item"]["kind"] == "lesson"]


def _decide(client: TestClient, code: str, ref: str, **said: Any) -> Any:
    wanted = {"verdict": "applicable", **said}
    return client.put(f"/api/v1/briefs/{code}/entries/{ref}/verdict", json=wanted)


def _sign(client: TestClient, code: str) -> None:
    for ref in _lessons(_read(client, code)):
        assert _decide(client, code, ref).status_code == 200
    assert client.post(f"/api/v1/briefs/{code}/sign-offs", json={"gate": "Gate 1"}).status_code == 201


def _soup(client: TestClient, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def test_a_brief_says_what_each_lesson_is_there_for(client: TestClient, code: str) -> None:
    found = _read(client, code)
    assert {*_lessons(found)} == {"C-1", "C-2"}
    first = found["entries"][0]
    assert first["recommendation"] == LATE.recommendation
    needs = {one["number"]: one for one in found["needs"]}
    match = first["matches"][0]
    assert "cables" in needs[match["need"]]["text"]
    assert "cables" in match["text"]
    assert client.get(match["url"]).status_code == 200
    dome = next(one for one in found["needs"] if "Penguins" in one["text"])
    assert dome["answered"] is False
    assert CHARTER[dome["start"] : dome["end"]] == dome["text"]
    assert (found["lessons"], found["decided"]) == (2, 0)


def test_the_page_shows_what_is_found_while_it_looks(client: TestClient) -> None:
    answer = client.post("/briefs", files={"text": (None, CHARTER), "project": (None, "Quay")})
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    pieces = []
    with client.stream("GET", address) as streamed:
        assert streamed.headers["content-security-policy"]
        pieces = list(streamed.iter_text())
    whole = "".join(pieces)
    assert whole.rstrip().endswith("</html>")
    assert "\f" not in whole
    assert whole.index("Looking") < whole.index("Cables came late") < whole.index("brief-entries")
    again = _soup(client, address)
    assert again.select_one(".looking") is None
    assert [one["id"] for one in again.select(".brief-entries > li")][:2] == ["entry-C-1", "entry-C-2"]
    assert _soup(client, "/briefs").select(".rows a")[0].text == "Quay extension"


def test_a_charter_comes_as_a_file_too(client: TestClient) -> None:
    document = docx.Document()
    document.add_heading("Quay extension", 1)
    document.add_heading("Risks", 2)
    document.add_paragraph("The supplier may deliver the cables late.")
    body = io.BytesIO()
    document.save(body)
    upload = {"files": ("charter.docx", body.getvalue()), "title": (None, "By file")}
    answer = client.post("/api/v1/briefs/upload", files=upload)
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert (found["brief"]["title"], found["version"]["source_name"]) == ("By file", "charter.docx")
    assert "C-1" in _lessons(found)
    page = client.post("/briefs", files={"files": ("charter.docx", body.getvalue())})
    assert page.status_code == 303


@pytest.mark.parametrize(
    ("files", "status", "sentence"),
    [
        ({"text": (None, " ")}, 400, "Paste the charter"),
        ({"project": (None, "Nowhere")}, 404, "No charter, business case or plan"),
        ({"files": ("a.exe", b"MZ")}, 415, "can't be imported"),
        ({"files": ("a.docx", b"PK nothing")}, 400, ""),
        ({"text": (None, "x" * 5_000_000)}, 413, "send it as a file"),
    ],
)
def test_what_is_no_charter_gets_a_sentence(
    client: TestClient, files: dict[str, Any], status: int, sentence: str
) -> None:
    answer = client.post("/briefs", files=files)
    assert answer.status_code == status
    assert sentence in BeautifulSoup(answer.text, "html.parser").text


def test_a_charter_that_says_nothing_is_told_so(client: TestClient) -> None:
    answer = client.post("/briefs", files={"text": (None, "Hello.")})
    assert answer.status_code == 303
    page = _soup(client, answer.headers["location"])
    assert "Nothing in it says what a project wants" in page.text


def test_verdicts_are_given_on_the_page_without_scripts(client: TestClient, code: str) -> None:
    page = _soup(client, f"/briefs/{code}")
    assert len(page.select("form[data-verdict]")) == 2
    form = {"ref": "C-1", "verdict": "not_applicable", "rationale": " "}
    answer = client.post(f"/briefs/{code}/verdicts", data=form | {"owner": "Ann"})
    assert answer.status_code == 400
    back = BeautifulSoup(answer.text, "html.parser").select_one("form[data-verdict='C-1']")
    assert back is not None
    assert "why it does not apply" in back.text
    owner = back.select_one("input[name=owner]")
    assert owner is not None
    assert owner["value"] == "Ann"
    answer = client.post(f"/briefs/{code}/verdicts", data=form | {"rationale": "No cables."})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/briefs/{code}#entry-C-1")
    assert "1 of 2 lessons decided" in _soup(client, f"/briefs/{code}").text
    shown = _soup(client, f"/briefs/{code}?show=undecided")
    assert next(one["id"] for one in shown.select(".brief-entries > li")) == "entry-C-2"
    for faulty in ({"verdict": "perhaps"}, {"verdict": "needs_action", "owner": "A", "due": "soon"}):
        assert client.post(f"/briefs/{code}/verdicts", data={"ref": "C-2", **faulty}).status_code == 400


def test_verdicts_over_the_api_keep_their_history(client: TestClient, code: str) -> None:
    assert _decide(client, code, "C-1", verdict="needs_action").status_code == 400
    said = {"verdict": "needs_action", "owner": "Buyer", "due": "2027-01-08", "rationale": "Ask for days."}
    for _ in range(2):
        answer = _decide(client, code, "C-1", **said).json()
        assert answer == answer | said
    history = client.get(f"/api/v1/briefs/{code}/entries/C-1/verdicts").json()
    assert [one["verdict"] for one in history] == ["needs_action", "needs_action"]
    assert _decide(client, code, "T-1").status_code == 404


def test_needs_are_changed_and_looked_up_again(client: TestClient, code: str) -> None:
    start = f"/api/v1/briefs/{code}/needs"
    made = client.post(start, json={"kind": "technology", "text": "Early tests of payroll software"})
    assert made.status_code == 201
    number = made.json()["number"]
    for one in _read(client, code)["needs"]:
        if one["number"] != number:
            assert client.patch(f"{start}/{one['number']}", json={"dropped": True}).json()["dropped"]
    found = client.post(f"/api/v1/briefs/{code}/look").json()
    assert _lessons(found) == ["T-1"]
    changed = client.patch(f"{start}/{number}", json={"text": "Penguins in an observatory"}).json()
    assert (changed["text"], changed["kind"], changed["origin"]) == (
        "Penguins in an observatory",
        "technology",
        "added",
    )
    assert _lessons(client.post(f"/api/v1/briefs/{code}/look").json()) == []
    gap = client.post(f"{start}/{number}/gap").json()
    assert client.get(f"/api/v1/insight/gaps/{gap['number']}").json()["title"] == "Penguins in an observatory"
    assert client.patch(f"{start}/99", json={"dropped": True}).status_code == 404


def test_a_signed_brief_tells_what_is_new_and_goes_on_as_a_new_version(
    services: Services,
) -> None:
    _fill(services)
    with TestClient(create_app(services), base_url="http://localhost", follow_redirects=False) as client:
        _tell_what_is_new(client, services)


def _tell_what_is_new(client: TestClient, yard: Services) -> None:
    code = _draw(client)
    assert client.post(f"/api/v1/briefs/{code}/sign-offs", json={"gate": "G"}).status_code == 409
    _sign(client, code)
    assert _decide(client, code, "C-1").status_code == 409
    nothing: dict[str, Any] = {"new": [], "changed": [], "retired": []}
    assert client.get(f"/api/v1/briefs/{code}/news").json() == nothing
    text = "A second supplier delivered the cables late as well; nobody had asked for a day."
    _fill(yard, lesson("The second supplier was late with cables", text, ref="C-3"))
    assert [one["ref"] for one in client.get(f"/api/v1/briefs/{code}/news").json()["new"]] == ["C-3"]
    page = _soup(client, f"/briefs/{code}/news")
    assert "1 new lesson since sign-off" in page.text
    assert _soup(client, f"/briefs/{code}").select_one("[data-fetch$='#news']") is not None
    made = client.post(f"/api/v1/briefs/{code}/versions", json={"reason": "One more"})
    assert made.status_code == 201
    found = made.json()
    assert (found["version"]["number"], found["lessons"], found["decided"]) == (2, 3, 2)
    assert _lessons(_read(client, code, version=1)) == ["C-1", "C-2"]
    assert client.get(f"/briefs/{code}?version=1").status_code == 200
    assert client.get(f"/briefs/{code}?version=7").status_code == 404


def test_another_charter_may_come_as_a_form(client: TestClient, code: str) -> None:
    form = {"reason": (None, "New scope"), "text": (None, "## Risks\n\nThe payroll software is tested late.")}
    assert client.post(f"/briefs/{code}/versions", files=form).status_code == 303
    assert client.get(f"/briefs/{code}").status_code == 200
    assert "payroll" in _soup(client, f"/briefs/{code}/charter").text
    assert [one["number"] for one in _read(client, code)["versions"]] == [2, 1]


def test_each_button_of_the_page_works(client: TestClient, code: str) -> None:
    start = f"/briefs/{code}"
    assert client.post(f"{start}/needs", data={"kind": "risk", "text": "Ice"}).status_code == 303
    number = _read(client, code)["needs"][-1]["number"]
    for form in ({"kind": "risk", "text": "Thick ice"}, {"action": "drop"}, {"action": "restore"}):
        assert client.post(f"{start}/needs/{number}", data=form).status_code == 303
    assert client.get(start).status_code == 200
    assert client.post(f"{start}/look").status_code == 303
    assert client.get(start).status_code == 200
    gap = client.post(f"{start}/needs/{number}", data={"action": "gap"})
    assert re.fullmatch(r"/insight/gaps/\d+", gap.headers["location"])
    _sign(client, code)
    assert "Gate 1" in _soup(client, start).text
    assert client.post(f"{start}/sign-offs", data={"gate": "Gate 2"}).status_code == 303
    assert client.get("/briefs/NOTHING").status_code == 404


def test_pages_of_a_brief_have_one_heading_labels_and_no_inline_style(client: TestClient, code: str) -> None:
    for part in ("", "/charter", "/pre-mortem", "/projects"):
        page = _soup(client, f"/briefs/{code}{part}")
        assert len(page.find_all("h1")) == 1
        assert not page.select("[style], style, script:not([src])")
        for field in page.select("input:not([type=hidden]), select, textarea"):
            assert page.select(f"label[for='{field['id']}']")
        ids = [str(one["id"]) for one in page.select("[id]")]
        assert len(ids) == len({*ids})
        for link in page.select("a[href^='#']"):
            assert str(link["href"])[1:] in ids


def test_what_needs_action_leads_to_an_action_on_the_lesson(client: TestClient, code: str) -> None:
    said = {"verdict": "needs_action", "owner": "Buyer", "due": "2027-01-08", "rationale": "Ask for days."}
    _decide(client, code, "C-1", **said)
    assert _soup(client, f"/briefs/{code}").select("#entry-C-1 a[href='/items/C-1#standing']")
    assert client.post("/items/C-1/moves", data={"move": "endorse"}).status_code == 303
    form = _soup(client, f"/briefs/{code}").select_one("#entry-C-1 form[action='/items/C-1/actions']")
    assert form is not None
    filled = {str(one["name"]): str(one.get("value") or one.text) for one in form.select("input, textarea")}
    assert filled == {"what": "Ask for days.", "owner": "Buyer", "due": "2027-01-08"}
    made = client.post("/items/C-1/actions", data=filled | {"target": "template"})
    number = int(made.headers["location"].rpartition("-")[2])
    offered = _soup(client, f"/briefs/{code}").select("#entry-C-1 .acting a")
    assert [one["href"] for one in offered] == [
        f"/items/C-1#action-{number}",
        f"/lessons/actions/{number}/propose",
    ]
    actions = {one["item"]["ref"]: one["actions"] for one in _read(client, code)["entries"]}
    assert actions == {"C-1": [number], "C-2": []}
    assert f"**Action {number}**, open: Ask for days." in client.get(f"/api/v1/briefs/{code}/export").text


def test_open_needs_lead_to_practices(client: TestClient, code: str) -> None:
    links = _soup(client, f"/briefs/{code}").select("#unanswered ~ * a[href^='/practices/recommend?need=']")
    assert len(links) == 2
    for link in links:
        page = _soup(client, str(link["href"]))
        assert page.select("input[name=need]")[0]["value"] == "Penguins might occupy the observatory dome."


def test_exports_hold_the_verdicts(client: TestClient, code: str) -> None:
    said = {"verdict": "needs_action", "owner": "Buyer", "due": "2027-01-08", "rationale": "=Ask for days."}
    _decide(client, code, "C-1", **said)
    _decide(client, code, "C-2", verdict="not_applicable", rationale="No drums.")
    start = f"/api/v1/briefs/{code}/export?format="
    markdown = client.get(start + "md")
    assert "attachment" in markdown.headers["content-disposition"]
    assert "**Verdict:** Needs action" in markdown.text
    assert "Buyer, by 8 January 2027" in markdown.text
    document = docx.Document(io.BytesIO(client.get(start + "docx").content))
    assert "Cables came late" in [paragraph.text for paragraph in document.paragraphs]
    rows = list(csv.DictReader(io.StringIO(client.get(start + "csv").content.decode("utf-8-sig"))))
    assert [row["Source"] for row in rows] == ["C-1"]
    assert rows[0] == rows[0] | {
        "ID": "R-001",
        "Type": "Threat",
        "Early sign": LATE.warning_signs,
        "Next action": "'=Ask for days.",
        "Action due": "2027-01-08",
        "Owner": "Buyer",
        "State": "Open",
    }
    assert rows[0]["Risk"].startswith("Because of: The order named no day.")
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(start + "xlsx").content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == list(brief_risks.COLUMNS)
    assert client.get(start + "pdf").status_code == 422


def test_risks_stand_in_the_columns_of_the_starter_library_s_register(library: Services) -> None:
    with library.sessions() as session:
        register = forms.get(session, LOCAL_USER, "HS-T-003")
    assert tuple(field.name for field in register.form.fields) == brief_risks.COLUMNS


def test_a_pre_mortem_tells_how_others_failed(client: TestClient, code: str) -> None:
    _decide(client, code, "C-2", verdict="not_applicable", rationale="No drums.")
    pack = client.get(f"/api/v1/briefs/{code}/pre-mortem").json()
    failures = [one for theme in pack["themes"] for one in theme["failures"]]
    assert [one["item"]["ref"] for one in failures] == ["C-1"]
    assert (failures[0]["causes"], failures[0]["in_brief"]) == (LATE.causes, True)
    assert {one["name"] for one in pack["projects"]} == {"Harbour", "Bridge"}
    page = _soup(client, f"/briefs/{code}/pre-mortem")
    assert "The supplier does not confirm a day." in page.text
    start = f"/api/v1/briefs/{code}/pre-mortem/export?format="
    assert "| Votes | Likelihood | Owner |" in client.get(start + "md").text
    tables = docx.Document(io.BytesIO(client.get(start + "docx").content)).tables
    assert tables[0].rows[0].cells[4].text == "Votes"
    rows = list(csv.DictReader(io.StringIO(client.get(start + "csv").content.decode("utf-8-sig"))))
    assert [row["Source"] for row in rows] == ["C-1"]


def test_projects_like_it_are_told_with_why(client: TestClient, code: str) -> None:
    found = client.get(f"/api/v1/briefs/{code}/projects").json()
    assert {one["name"] for one in found} == {"Harbour", "Bridge"}
    needs = {one["number"]: one["text"] for one in _read(client, code)["needs"]}
    for one in found:
        why = one["why"][0]
        assert why["item"]["project"] == one["name"]
        assert "cables" in needs[why["need"]]
        assert client.get(why["url"]).status_code == 200
    page = _soup(client, f"/briefs/{code}/projects")
    assert [one.text for one in page.select("#similar h3")] == [one["name"] for one in found]
    own = _draw(client, project="harbour")
    assert [one["name"] for one in client.get(f"/api/v1/briefs/{own}/projects").json()] == ["Bridge"]


def test_lists_are_paged_and_filtered_by_project(client: TestClient, code: str) -> None:
    _draw(client, project="Other", title="Second")
    listed = client.get("/api/v1/briefs?page_size=1")
    assert listed.json()["total"] > 1
    assert [one["title"] for one in listed.json()["briefs"]] == ["Second"]
    assert 'rel="next"' in listed.headers["link"]
    own = client.get("/api/v1/briefs?project=QUAY").json()
    assert own["briefs"][0]["code"] == code
    assert {one["project"] for one in own["briefs"]} == {"Quay"}


def test_without_an_index_the_page_says_so(services: Services) -> None:
    with TestClient(create_app(services), base_url="http://localhost", follow_redirects=False) as bare:
        answer = bare.post("/briefs", files={"text": (None, CHARTER)})
        page = bare.get(answer.headers["location"])
        assert page.status_code == 200
        assert "Try again" in page.text
        assert bare.post("/api/v1/briefs", json={"text": CHARTER}).status_code == 503


def test_the_command_line_does_it_all(yard: Services, tmp_path: Path) -> None:
    charter = tmp_path / "charter.md"
    charter.write_text(CHARTER)

    def kb(*words: str, code: int = 0) -> str:
        return commands.kb(yard.settings.data, *words, code=code, COLUMNS="160").stdout

    code = json.loads(kb("brief", str(charter), "--save", "--project", "Quay", "--json"))["brief"]["code"]
    assert code in kb("brief", "list")
    kb("brief", "verdict", code, "C-1", "not-applicable", code=1)
    kb("brief", "verdict", code, "C-1", "needs-action", "--owner", "Ann", "--due", "2027-01-08")
    kb("brief", "verdict", code, "C-2", "applicable")
    shown = kb("brief", "show", code)
    assert "Needs action" in shown
    kb("brief", "sign", code, "--gate", "Gate 1")
    for name in ("brief.docx", "risks.xlsx"):
        kb("brief", "export", code, "-o", str(tmp_path / name))
        assert (tmp_path / name).stat().st_size > 100
    assert "The order named no" in kb("brief", "pre-mortem", code)
    assert "Cables came late" in kb("brief", "projects", code)
    kb("brief", "pre-mortem", code, "-o", str(tmp_path / "sheet.docx"))
    kb("brief", "show", "NOTHING", code=1)


def test_a_brief_is_drawn_decided_and_signed_in_a_browser(yard: Services, browser: Browser) -> None:
    with running(yard) as address:
        page = browser.new_page()
        page.goto(f"{address}/briefs")
        page.get_by_label("Charter", exact=True).fill(CHARTER)
        page.get_by_role("button", name="Draw up the brief").click()
        expect(page.locator("#entry-C-1")).to_be_visible()
        expect(page.locator(".looking")).to_be_hidden()
        first = page.locator("#entry-C-1")
        first.get_by_role("radio", name="Not applicable").check()
        first.get_by_role("button", name="Give the verdict").click()
        expect(first.get_by_text("Say why it does not apply")).to_be_visible()
        first.get_by_role("textbox", name="Why").fill("We lay no cables.")
        page.reload()
        expect(first.get_by_role("textbox", name="Why")).to_have_value("We lay no cables.")
        first.get_by_role("button", name="Give the verdict").click()
        expect(page.get_by_text("1 of 2 lessons decided")).to_be_visible()
        expect(first.get_by_text("We lay no cables.").first).to_be_visible()
        expect(page.locator("#similar").get_by_role("link", name="Harbour")).to_be_visible()
        second = page.locator("#entry-C-2")
        second.get_by_role("radio", name="Applicable", exact=True).check()
        second.get_by_role("button", name="Give the verdict").click()
        page.get_by_label("Gate", exact=True).fill("Gate 1")
        page.get_by_role("button", name="Sign as").click()
        expect(page.get_by_text("Version 1 is signed and stays as it is.")).to_be_visible()
        brief = page.url.partition("#")[0].partition("?")[0]
        for shown in (f"{address}/briefs", brief, f"{brief}/pre-mortem"):
            page.goto(shown)
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                assert page.evaluate(CONTRASTS) == []
            for width in (320, 768, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()
