import json
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from kb.access import LOCAL_USER
from kb.searching import searches
from tests.web.commands import PROGRAM, kb
from web.base.lock import serving, writing
from web.wiring import Services

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def data(library: Services) -> Path:
    return library.settings.data


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    folder = tmp_path / "lessons"
    folder.mkdir()
    (folder / "log.csv").write_text(
        "ID,Lesson title,What happened,Recommendation,Date\n"
        "1,Late cables,The cables came late.,Order them earlier.,2024-03-01\n"
        "2,Early tests,Tests began early and helped.,Begin early again.,2024-04-01\n"
    )
    return folder


def test_help_loads_nothing_heavy(data: Path) -> None:
    assert "ingest" in kb(data, "--help").stdout
    loaded = "import sys, web.cli; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True
    )
    heavy = {"torch", "faiss", "onnxruntime", "numpy", "fastapi", "sqlalchemy", "openpyxl", "rich.progress"}
    assert heavy.isdisjoint(done.stdout.split())


def test_a_server_starts_without_what_only_some_pages_need() -> None:
    loaded = "import sys, web.app; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {"torch", "transformers", "datasets", "scipy"}.isdisjoint(done.stdout.split())


@pytest.mark.parametrize(
    "command", ["init", "ingest", "sync", "search", "synonyms", "show", "serve", "status", "doctor", "eval"]
)
def test_every_command_explains_itself(data: Path, command: str) -> None:
    assert "Usage: kb" in kb(data, command, "--help").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["search"],
        ["search", "x", "--limit", "0"],
        ["search", "x", "--kind", "book"],
        ["ingest"],
        ["ingest", ".", "--map", "no-equals-sign"],
        ["show"],
        ["serve", "--port", "70000"],
    ],
)
def test_a_wrong_use_ends_with_2(data: Path, arguments: list[str]) -> None:
    assert kb(data, *arguments, code=2).stderr


def test_a_search_shows_results_with_their_reasons(data: Path) -> None:
    shown = kb(data, "search", "crossrail", "opening", "date").stdout
    first = shown.split("\n\n")[0]
    assert "A fixed opening date drove decisions" in first
    assert "HS-L-001" in first
    assert "Matches: " in first
    assert "\x1b" not in shown


def test_json_is_all_there_is_on_standard_output(data: Path) -> None:
    found = json.loads(kb(data, "search", "risk", "--kind", "practice", "--json").stdout)
    assert len(found["hits"]) == min(10, found["total"])
    assert {hit["item"]["kind"] for hit in found["hits"]} == {"practice"}
    shown = json.loads(kb(data, "show", "HS-L-001", "--json").stdout)
    assert shown["fields"]["polarity"] == "negative"
    state = json.loads(kb(data, "status", "--json").stdout)
    assert state["items"] == sum(state["kinds"].values()) > 30
    assert state["index"]["pending"] == 0
    assert (state["lexicon"]["items"], state["lexicon"]["pending"]) == (state["items"], 0)


def test_the_command_line_and_the_api_give_the_same(data: Path, reading: Any) -> None:
    shown = json.loads(kb(data, "search", "supplier", "late", "--limit", "20", "--json").stdout)
    assert shown == reading.get("/api/v1/search", params={"q": "supplier late"}).json()


def test_no_search_loads_what_only_compiling_needs(data: Path) -> None:
    script = (
        "import sys\nfrom web.cli import app\n"
        "try: app(['--data', sys.argv[1], 'search', 'risk'])\nexcept SystemExit: pass\n"
        "print([m for m in ('torch', 'sentence_transformers', 'fastapi', 'ingest') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(data)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_an_item_is_shown_whole(data: Path) -> None:
    shown = kb(data, "show", "HS-L-001").stdout
    assert "Head of project controls" in shown
    assert "£17.6 billion" in shown
    assert "Event" in kb(data, "show", "HS-L-001", "--version", "1").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["show", "NO-SUCH"], 1, "There is no item"),
        (["show", "HS-L-001", "--version", "9"], 1, "has no version 9"),
        (["search", "before:never"], 1, "is not a date"),
        (["search", "x" * 10_000], 1, "characters"),
        (["ingest", "/no/such/folder"], 1, "/no/such/folder"),
        (["serve", "--host", "192.0.2.1"], 3, "before somebody can sign in"),
    ],
)
def test_errors_are_one_sentence(data: Path, arguments: list[str], code: int, sentence: str) -> None:
    done = kb(data, *arguments, code=code)
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert sentence in done.stderr


def test_synonyms_in_force_are_shown_and_a_faulty_file_named(services: Services) -> None:
    data = services.settings.data
    own = data / "synonyms.csv"
    assert "EVM = earned value management" in kb(data, "synonyms", "evm").stdout
    own.write_text("EVM,earned value method\n")
    shown = json.loads(kb(data, "synonyms", "evm", "--json").stdout)
    assert [row["terms"] for row in shown["synonyms"]] == [["EVM", "earned value method"]]
    own.write_text("EVM,earned value method\nx,,y\n")
    assert "line 2: there is nothing between two commas" in kb(data, "synonyms", code=1).stderr


def test_an_error_in_a_query_is_pointed_at(data: Path) -> None:
    said = kb(data, "search", "risk phase:plannning", code=1).stderr.splitlines()
    assert "did you mean phase:planning?" in said[0]
    assert said[1:3] == ["  risk phase:plannning", "       ^^^^^^^^^^^^^^^"]


def test_a_base_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    for command in (["search", "x"], ["show", "x"], ["sync"], ["status"], ["doctor"]):
        assert "kb init" in kb(tmp_path / "none", *command, code=3).stderr
    assert not (tmp_path / "none").exists()


def test_a_setting_that_can_not_be_used_is_named(data: Path) -> None:
    assert "port" in kb(data, "status", code=1, KB_PORT="many").stderr


def test_a_dry_run_shows_what_it_would_write_and_writes_nothing(services: Services, lessons: Path) -> None:
    data = services.settings.data
    shown = kb(data, "ingest", str(lessons), "--dry-run").stdout
    assert "Recommendation" in shown
    assert "Would be written: 2 added" in shown
    assert json.loads(kb(data, "status", "--json").stdout)["items"] == 0


def test_what_is_read_can_be_found_and_read_again_changes_nothing(services: Services, lessons: Path) -> None:
    data = services.settings.data
    first = json.loads(kb(data, "ingest", str(lessons), "--json").stdout)
    assert first["items"]["added"] == 2
    assert first["passages_indexed"] == 2
    assert (
        json.loads(kb(data, "search", "cables", "--json").stdout)["hits"][0]["item"]["title"] == "Late cables"
    )
    again = json.loads(kb(data, "ingest", str(lessons), "--json").stdout)
    assert again["items"] == {"added": 0, "updated": 0, "unchanged": 2, "withdrawn": 0}
    assert again["passages_indexed"] == 0


def test_a_column_can_be_given_by_hand(services: Services, lessons: Path) -> None:
    data = services.settings.data
    (lessons / "log.csv").write_text(
        "Nr,Heading,Story,Advice for others,Recommendation\n1,Late cables,Came late.,Order earlier.,none\n"
    )
    kb(data, "ingest", str(lessons), "--map", "Story=event", "--map", "Advice for others=recommendation")
    ref = json.loads(kb(data, "search", "cables", "--json").stdout)["hits"][0]["item"]["ref"]
    fields = json.loads(kb(data, "show", ref, "--json").stdout)["fields"]
    assert (fields["event"], fields["recommendation"]) == ("Came late.", "Order earlier.")


def test_a_failed_file_ends_with_1_and_the_others_are_read(services: Services, lessons: Path) -> None:
    (lessons / "broken.docx").write_bytes(b"PK\x03\x04 and then nothing")
    done = kb(services.settings.data, "ingest", str(lessons), code=1)
    assert "broken.docx" in done.stdout
    assert "2 added" in done.stdout


def test_text_of_a_document_can_not_command_the_terminal(services: Services, lessons: Path) -> None:
    data = services.settings.data
    (lessons / "evil.md").write_text(
        '---\nkind: lesson\ntitle: "Evil \\e]0;owned\\a [bold red]title[/]"\n---\n\n'
        "## Event\n\nclear \x1b[2J screen\n"
    )
    kb(data, "ingest", str(lessons))
    for command in (["search", "evil"], ["search", "clear screen"], ["show", "L-1"], ["show", "L-3"]):
        shown = kb(data, *command)
        assert "\x1b" not in shown.stdout
    assert "[bold red]title" in kb(data, "search", "evil").stdout


def test_two_writers_do_not_meet(services: Services, lessons: Path) -> None:
    data = services.settings.data
    with writing(data, wait=False):
        with subprocess.Popen(
            [*PROGRAM, "--data", str(data), "ingest", str(lessons)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as other:
            assert other.stderr is not None
            assert "waiting for it to end" in other.stderr.readline()
            other.send_signal(signal.SIGINT)
            assert other.wait(20) == 130
        kb(data, "doctor", code=1)
    kb(data, "ingest", str(lessons))


def test_a_second_server_is_refused(services: Services) -> None:
    with serving(services.settings.data):
        done = kb(services.settings.data, "serve", "--port", "0", code=1)
    assert "Another server" in done.stderr


def test_a_server_tells_its_address_answers_and_stops(library: Services, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(library.settings.data, data, symlinks=True, ignore=shutil.ignore_patterns("index"))
    for start in ("first", "second"):
        with subprocess.Popen(
            [*PROGRAM, "--data", str(data), "serve", "--port", "0"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as server:
            assert server.stdout is not None
            assert server.stderr is not None
            lines = [server.stdout.readline()]
            while lines[-1] and "Hindsight is at" not in lines[-1]:
                lines.append(server.stdout.readline())
            assert lines[-1], server.stderr.read()
            address = lines[-1].split()[3]
            with urllib.request.urlopen(f"{address}/api/v1/search?q=risk", timeout=30) as answer:  # noqa: S310
                assert json.load(answer)["total"] > 0
            taken = kb(data / ".." / "other", "serve", "--port", address.rsplit(":", 1)[1], code=1)
            assert "is taken" in taken.stderr
            server.send_signal(signal.SIGINT)
            assert server.wait(20) in (0, 130)
            loaded = len(lines) > 1
            assert loaded is (start == "first"), "at the second start nothing is new"
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(address, timeout=5)  # noqa: S310


def test_a_search_is_recorded_without_a_word(shelf: Services) -> None:
    assert kb(shelf.settings.data, "search", "late", "cables").stderr == ""
    with shelf.sessions() as session:
        assert [one.query for one in searches.recent(session, LOCAL_USER)] == ["late cables"]
