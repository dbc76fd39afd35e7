import csv
import json
from pathlib import Path

from openpyxl import load_workbook

from tests.web.commands import kb
from web.wiring import Services


def test_a_search_is_saved_run_renamed_and_removed(shelf: Services) -> None:
    data = shelf.settings.data
    assert "Nothing is saved" in kb(data, "saved", "list").stdout
    kb(data, "saved", "add", "Cables", "late", "cables", "kind:lesson")
    assert "saved as 'cables' already" in kb(data, "saved", "add", "cables", "x", code=1).stderr
    assert "Cables came late" in kb(data, "saved", "run", "cables").stdout
    kb(data, "saved", "rename", "Cables", "Wires")
    (kept,) = json.loads(kb(data, "saved", "list", "--json").stdout)
    assert (kept["name"], kept["query"], kept["new"]) == ("Wires", "late cables kind:lesson", 0)
    assert json.loads(kb(data, "recent", "--json").stdout)[0]["query"] == "late cables kind:lesson"
    assert "Forgotten: 1 search." in kb(data, "recent", "--forget").stdout
    kb(data, "saved", "remove", "Wires")
    assert "No search is saved as 'Wires'" in kb(data, "saved", "run", "Wires", code=1).stderr


def test_results_are_written_to_a_file(shelf: Services, tmp_path: Path) -> None:
    data, target = shelf.settings.data, tmp_path / "found.xlsx"
    assert str(target) in kb(data, "search", "late", "cables", "-o", str(target)).stderr.replace("\n", "")
    sheet = load_workbook(target).active
    assert sheet is not None
    assert sheet["B2"].value == "C-1"
    shown = kb(data, "search", "late cables", "--format", "csv").stdout
    assert next(csv.DictReader(shown.removeprefix("\ufeff").splitlines()))["Reference"] == "C-1"
    assert "not one of" in kb(data, "search", "x", "--format", "doc", code=2).stderr
    assert "needs a file" in kb(data, "search", "x", "--format", "xlsx", code=2).stderr
    missing = tmp_path / "no" / "folder.csv"
    assert "can't be written" in kb(data, "search", "late", "-o", str(missing), code=1).stderr


def test_what_is_like_an_item_and_whether_it_helped(shelf: Services) -> None:
    data = shelf.settings.data
    similar = json.loads(kb(data, "similar", "C-1", "--json").stdout)
    assert similar["hits"][0]["item"]["ref"] == "C-2"
    assert "Drums were missing" in kb(data, "similar", "C-1").stdout
    kb(data, "feedback", "C-1", "late", "cables", "--helpful")
    assert "There is no item 'X-9'" in kb(data, "feedback", "X-9", "late", "--helpful", code=1).stderr
