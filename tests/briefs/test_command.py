"""`kb brief FILE`."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from web.cli import app
from web.wiring import Services

CHARTER = """# New payroll system

## Objectives

- Replace the payroll system that the vendor no longer supports.

## Risks

- Staff data is migrated with errors, and people are not paid on the first day.
- The only supplier of the new system delivers late.
"""


def _run(services: Services, *words: str) -> Any:
    return CliRunner().invoke(app, ["--data", str(services.settings.data), "brief", *words])


@pytest.fixture
def charter(tmp_path: Path) -> Path:
    path = tmp_path / "charter.md"
    path.write_text(CHARTER)
    return path


def test_needs_entries_and_their_passages_are_shown(library: Services, charter: Path) -> None:
    result = _run(library, str(charter))
    assert result.exit_code == 0, result.output
    assert "New payroll system" in result.output
    assert "3 needs read from it" in result.output
    assert "need 2" in result.output or "need 3" in result.output


def test_json_says_which_need_each_passage_answers(library: Services, charter: Path) -> None:
    body = json.loads(_run(library, str(charter), "--json", "--limit", "5").stdout)
    assert [need["kind"] for need in body["needs"]] == ["objective", "risk", "risk"]
    assert 0 < len(body["entries"]) <= 5
    for entry in body["entries"]:
        assert entry["matches"]
        assert all(match["text"] and match["url"].startswith("/items/") for match in entry["matches"])
    answered = {match["need"] for entry in body["entries"] for match in entry["matches"]}
    assert all(body["needs"][need]["answered"] for need in answered)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.md", "", "empty"),
        ("blank.md", " \n\n ", "no text"),
    ],
)
def test_a_file_without_text_is_refused(
    library: Services, tmp_path: Path, name: str, content: str, told: str
) -> None:
    path = tmp_path / name
    path.write_text(content)
    result = _run(library, str(path))
    assert result.exit_code == 1
    assert told in result.stderr


def test_a_spreadsheet_is_read_like_any_charter(library: Services, tmp_path: Path) -> None:
    path = tmp_path / "risks.csv"
    path.write_text(
        "Risk,Owner,Recommendation\n"
        "The only supplier of the new system delivers late,Jo,Agree on penalties for late delivery\n"
        "Data is migrated with errors and nobody notices,Al,Reconcile totals after every rehearsal\n"
    )
    body = json.loads(_run(library, str(path), "--json").stdout)
    assert any("supplier of the new system delivers late" in need["text"] for need in body["needs"])


def test_a_text_without_needs_says_what_to_do(library: Services, tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_text("Hello.")
    result = _run(library, str(path))
    assert result.exit_code == 0
    assert "Add needs by hand" in " ".join(result.output.split())
