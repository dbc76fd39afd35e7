import io
import json
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import docx
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from openpyxl import load_workbook

from ingest import reading
from ingest.reading import Task
from ingest.recognise import Names
from ingest.report import Options
from kb.access import LOCAL_USER, Principal
from kb.errors import NotFoundError
from kb.settings import Limits, Settings
from kb.vocabulary import Classification
from tests.web.commands import kb
from web import wiring
from web.app import create_app
from web.base import work
from web.wiring import Services
from web.writing import forms

TEMPLATES = Path(__file__).parents[2] / "corpus" / "templates"
TEXT = """---
kind: template
ref: X-1
title: Letter
classification: restricted
---

## Dear

- one
- two
"""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, encoders: Path) -> Iterator[Services]:
    """A base of a register, a document, a restricted text without fields, and a lesson."""
    folder = tmp_path_factory.mktemp("forms")
    (folder / "data").mkdir()
    (folder / "data" / "models").symlink_to(encoders)
    (folder / "letter.md").write_text(TEXT)
    (folder / "lesson.md").write_text("---\nkind: lesson\nref: L-1\ntitle: Late\n---\n\n## Event\n\nLate.\n")
    own = [folder / name for name in ("letter.md", "lesson.md")]
    starter = [TEMPLATES / name for name in ("risk-register.md", "project-charter.md")]
    built = wiring.build(Settings(data=folder / "data"))
    work.prepare(built)
    assert not work.ingest(built, LOCAL_USER, [*starter, *own], Options()).failed
    work.sync(built)
    yield built
    built.close()


@pytest.fixture(scope="module")
def browsing(shelf: Services) -> Iterator[TestClient]:
    """A client of that base."""
    with TestClient(create_app(shelf), base_url="http://localhost", follow_redirects=False) as client:
        yield client


def sheet(answer: Response, name: str = "Register") -> Any:
    assert answer.status_code == 200, answer.text
    return load_workbook(io.BytesIO(answer.content))[name]


def document(answer: Response) -> Any:
    assert answer.status_code == 200, answer.text
    return docx.Document(io.BytesIO(answer.content))


def test_a_template_comes_in_the_format_that_fits_it_under_its_name(browsing: TestClient) -> None:
    register = browsing.get("/api/v1/items/HS-T-003/form")
    assert register.headers["content-disposition"] == 'attachment; filename="risk-register-hs-t-003.xlsx"'
    assert register.headers["content-type"].endswith("spreadsheetml.sheet")
    assert sheet(register)["A2"].value is None
    charter = browsing.get("/api/v1/items/HS-T-001/form")
    assert charter.headers["content-disposition"] == 'attachment; filename="project-charter-hs-t-001.docx"'
    assert document(charter).paragraphs[0].text == "Project charter"
    other = {"format": "xlsx", "example": "true"}
    assert sheet(browsing.get("/api/v1/items/HS-T-001/form", params=other), "Milestones")["A2"].value


def test_values_are_filled_in(browsing: TestClient) -> None:
    rows = [{"ID": "=R", "Probability (1–5)": 4, "Type": "threat"}, {"ID": "R-2"}]
    filled = sheet(browsing.post("/api/v1/items/HS-T-003/form", json=rows))
    assert [filled[cell].value for cell in ("A2", "C2", "E2", "A3")] == ["=R", "Threat", 4, "R-2"]
    assert filled["A2"].data_type == "s"
    entered = {"Purpose": "To cross.", "Milestones": [{"Milestone": "Open", "Date": "May"}]}
    charter = document(browsing.post("/api/v1/items/HS-T-001/form?format=docx", json=entered))
    assert "To cross." in [paragraph.text for paragraph in charter.paragraphs]
    assert ["Open", "May", ""] in [
        [cell.text for cell in row.cells] for t in charter.tables for row in t.rows
    ]


@pytest.mark.parametrize(
    ("address", "body", "status", "named"),
    [
        ("HS-T-003/form", {"Propability": "4"}, 400, "'Propability'"),
        ("HS-T-003/form", {"Type": "Fear"}, 400, "Type: 'Fear' is not one of Threat, Opportunity."),
        ("HS-T-001/form", {"Roles": [{"Role": "x", "Rule": "y"}]}, 400, "'Rule'"),
        ("HS-T-001/form", 7, 400, "Give the values as an object"),
        ("HS-T-001/form?format=pdf", {}, 422, "format"),
        ("X-1/form?format=xlsx", {}, 400, "ask for it as DOCX"),
        ("L-1/form", {}, 400, "only a template can be filled"),
        ("none/form", {}, 404, "none"),
    ],
)
def test_what_can_not_be_filled_is_told(
    browsing: TestClient, address: str, body: Any, status: int, named: str
) -> None:
    answer = browsing.post(f"/api/v1/items/{address}", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert named in answer.json()["detail"]


def test_a_text_without_fields_is_a_document(browsing: TestClient) -> None:
    lines = [(p.style.name, p.text) for p in document(browsing.get("/api/v1/items/X-1/form")).paragraphs]
    assert lines == [
        ("Title", "Letter"),
        ("Heading 1", "Dear"),
        ("List Bullet", "one"),
        ("List Bullet", "two"),
    ]


def test_what_may_not_be_read_can_not_be_filled(shelf: Services) -> None:
    stranger = Principal("stranger", Classification.PUBLIC)
    with shelf.sessions() as session:
        assert forms.get(session, stranger, "HS-T-003")
        with pytest.raises(NotFoundError):
            forms.get(session, stranger, "X-1")


def test_a_template_s_page_offers_it(browsing: TestClient) -> None:
    shown = browsing.get("/items/HS-T-003").text
    for address in ("form?format=xlsx", "form?format=docx", "form?format=xlsx&amp;example=true"):
        assert f'href="/api/v1/items/HS-T-003/{address}"' in shown
    assert 'href="/items/HS-T-003/fill"' in shown
    assert "/fill" not in browsing.get("/items/X-1").text
    assert "/form?" not in browsing.get("/items/L-1").text


def test_the_page_to_fill_has_a_label_for_each_field_and_keeps_what_was_entered(browsing: TestClient) -> None:
    shown = browsing.get("/items/HS-T-003/fill").text
    for name in ("Risk", "Probability (1–5)", "Further rows"):
        assert f">{name}</label>" in shown
    assert "<option>Opportunity</option>" in shown
    assert 'type="date"' in shown
    entered = {"field:Risk": "<b>Rain</b>", "rows": "|".join("x" * 20), "format": "xlsx"}
    refused = browsing.post("/items/HS-T-003/fill", data=entered)
    assert refused.status_code == 400
    assert "Further rows, line 1: there are 20 cells for 15 columns" in refused.text
    assert "&lt;b&gt;Rain&lt;/b&gt;</textarea>" in refused.text


def test_the_page_gives_the_filled_file(browsing: TestClient) -> None:
    entered = {"field:ID": "R-1", "field:Type": "Threat", "rows": "R-2 | More rain\r\nR-3", "format": "xlsx"}
    filled = sheet(browsing.post("/items/HS-T-003/fill", data=entered))
    assert [[cell.value for cell in row[:3]] for row in filled["A2:C4"]] == [
        ["R-1", None, "Threat"], ["R-2", "More rain", None], ["R-3", None, None],
    ]  # fmt: skip
    blank = browsing.post("/items/HS-T-001/fill", data={"format": "docx"})
    assert document(blank).paragraphs[0].text == "Project charter"


@pytest.mark.parametrize("ref", ["HS-T-001", "HS-T-003"])
def test_the_page_can_begin_with_the_example(browsing: TestClient, shelf: Services, ref: str) -> None:
    with shelf.sessions() as session:
        template = forms.get(session, LOCAL_USER, ref)
    shown = browsing.get(f"/items/{ref}/fill", params={"example": True})
    assert shown.status_code == 200
    entered = [entry for entry in template.form.example[0].values() if isinstance(entry, str)]
    assert all(entry in unescape(shown.text) for entry in entered)


def test_the_command_writes_templates(shelf: Services, tmp_path: Path) -> None:
    data = shelf.settings.data
    target = tmp_path / "risks.xlsx"
    kb(data, "template", "HS-T-003", "--to", str(target), "--example")
    assert load_workbook(target)["Register"]["A2"].value == "R-001"
    values = tmp_path / "values.json"
    values.write_text(json.dumps({"Purpose": "To cross.", "Roles": "Sponsor | Jane"}))
    charter = tmp_path / "charter.docx"
    kb(
        data,
        "template",
        "HS-T-001",
        "--to",
        str(charter),
        "--values",
        str(values),
        "--set",
        "Scope in=Both=sides",
    )
    lines = [paragraph.text for paragraph in docx.Document(str(charter)).paragraphs]
    assert {"To cross.", "Both=sides"} <= set(lines)
    said = kb(data, "template", "HS-T-001", "--to", str(charter), "--set", "Purpos=x", code=1).stderr
    assert "did you mean 'Purpose'?" in " ".join(said.split())
    kb(data, "template", "HS-T-001", "--to", str(tmp_path / "charter.pdf"), code=2)
    kb(data, "template", "HS-T-001", "--set", "Purpose", code=2)
    kb(data, "template", "HS-T-001", "--example", "--set", "Purpose=x", code=2)
    values.write_text("{")
    kb(data, "template", "HS-T-001", "--values", str(values), code=1)


def test_the_filled_file_is_read_back(browsing: TestClient, tmp_path: Path) -> None:
    """What the product writes, its own import reads."""
    for ref, name in (("HS-T-001", "charter.docx"), ("HS-T-003", "risks.xlsx")):
        path = tmp_path / name
        path.write_bytes(browsing.get(f"/api/v1/items/{ref}/form", params={"example": True}).content)
        drafts = reading.read(Task(path, Names(name, ()), Limits(), {})).drafts
        body = "\n".join(draft.body for draft in drafts)
        assert (
            "Data protection assessment" if ref == "HS-T-001" else "Name and train a second approver"
        ) in body
