"""`kb eval` with its gate, and the pages and API over the runs it keeps."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kb.access import LOCAL_USER
from kb.database import transaction
from kb.errors import InvalidError
from kb.searching import evaluations
from search import querysets
from search.fusion import Mode
from tests.judging import write_queryset
from tests.web.commands import kb
from web.quality import evaluating
from web.quality.evaluating import Variant
from web.wiring import Services

CORPUS = [
    {"_id": "bridge", "title": "Bridge deck", "text": "Rain delayed the concrete of the bridge deck."},
    {"_id": "valve", "title": "Late valves", "text": "The supplier delivered the valves two months late."},
    {"_id": "D-1", "title": "", "text": "A gate review found the plan of the tunnel unrealistic."},
    {"_id": "empty", "title": "", "text": " "},
]
QUERIES: list[dict[str, Any]] = [
    {"_id": "q1", "text": "supplier delivered late"},
    {"_id": "q2", "text": "unrealistic plan of the tunnel"},
    {"_id": "none", "text": "sourdough bread recipe", "answerable": False},
]
JUDGMENTS = "query-id\tcorpus-id\tscore\nq1\tvalve\t2\nq1\tbridge\t0\nq2\tD-1\t1\nq2\tgone\t1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_queryset(tmp_path / "sites", QUERIES, JUDGMENTS, CORPUS)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set over the starter library."""
    queries = [{"_id": "q1", "text": "fixed opening date"}, {"_id": "q2", "text": "unit mismatch on Mars"}]
    folder = tmp_path_factory.mktemp("judged") / "starter"
    return write_queryset(folder, queries, "q1\tHS-L-001\t1\nq2\tHS-L-999\t1\n")


def test_a_set_with_documents_has_a_base_of_its_own_that_is_made_once(
    services: Services, folder: Path
) -> None:
    told: list[str] = []
    listener = evaluating.Listener(sync=lambda progress: told.append(progress.stage))
    queryset = querysets.read(folder)
    both = [Variant(), Variant(Mode.WORDS)]
    first, words = evaluating.run(services, LOCAL_USER, queryset, both, listener=listener)
    assert {"Storing documents", "Embedding passages", "Asking queries: words"} <= set(told)
    assert first.summary.subject.items == 3
    assert first.evaluation.measures["MRR@10"] == 1.0
    assert first.evaluation.measures["recall@20"] == 0.75
    assert first.evaluation.abstention.recall == 1.0
    assert first.summary.subject.notes == (
        "1 of 4 judged documents are not in the base, such as gone; they count as not found.",
    )
    assert words.summary.subject.engine == "words"
    told.clear()
    (again,) = evaluating.run(services, LOCAL_USER, queryset, [Variant()], listener=listener)
    assert "Embedding passages" not in told
    assert again.evaluation.measures == first.evaluation.measures
    with services.sessions() as session:
        assert evaluations.count(session, LOCAL_USER, "sites") == 3


def test_another_model_is_measured_beside_with_an_index_of_its_own(services: Services, folder: Path) -> None:
    before = services.search()
    model = services.settings.model
    runs = evaluating.run(services, LOCAL_USER, querysets.read(folder), [Variant(), Variant(model=model)])
    assert runs[0].evaluation.measures == runs[1].evaluation.measures
    assert services.search() is before


def test_without_documents_the_live_base_is_measured(library: Services, live: Path) -> None:
    (run,) = evaluating.run(library, LOCAL_USER, querysets.read(live), [Variant()])
    measured = {score.id: score.measures["MRR@10"] for score in run.evaluation.queries}
    assert measured == {"q1": 1.0, "q2": 0.0}
    assert "HS-L-999" in run.summary.subject.notes[0]


def test_judgments_of_documents_that_are_elsewhere_are_refused(library: Services, tmp_path: Path) -> None:
    folder = write_queryset(tmp_path / "other", QUERIES[:1], "q1\tELSEWHERE-1\t1\n")
    with pytest.raises(InvalidError, match="None of the documents judged in other"):
        evaluating.run(library, LOCAL_USER, querysets.read(folder), [Variant()])


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('{"_id": "x", "text": 5}', "must be texts"),
        ('{"text": "x"}', '"_id" is missing'),
        ('{"_id": "valve", "text": "x"}', "line 5: the document valve was there before"),
        ("{", "line 5: this is not JSON"),
    ],
)
def test_broken_documents_are_told_with_their_line(
    services: Services, folder: Path, line: str, sentence: str
) -> None:
    with (folder / "corpus.jsonl").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(InvalidError, match=sentence):
        evaluating.run(services, LOCAL_USER, querysets.read(folder), [Variant()])


def test_the_gate_passes_what_is_as_good_and_refuses_what_is_worse(services: Services, folder: Path) -> None:
    data = services.settings.data
    told = kb(data, "eval", str(folder), "--gate", code=3).stderr
    assert "There is no baseline" in told
    assert "--baseline" in told
    kb(data, "eval", str(folder), "--baseline")
    assert "Passed" in kb(data, "eval", str(folder), "--gate").stdout
    _raise_baseline(services)
    refused = kb(data, "eval", str(folder), "--gate", code=1).stdout
    assert "Refused: worse than the baseline" in refused
    assert "recall@20 fell from 0.900 to 0.750." in refused
    assert "Passed" in kb(data, "eval", str(folder), "--gate", "--tolerance", "0.2").stdout
    told = json.loads(kb(data, "eval", str(folder), "--gate", "--json", code=1).stdout)
    assert told["gate"] == {"passed": False, "faults": ["recall@20 fell from 0.900 to 0.750."]}
    (folder / "qrels" / "dev.tsv").write_text("q1\tvalve\t1\n")
    assert "was measured on other queries" in kb(data, "eval", str(folder), "--gate", code=3).stderr


def _raise_baseline(services: Services) -> None:
    """As if search had once been better."""
    with transaction(services.sessions) as session:
        run = evaluations.baseline(session, LOCAL_USER, "sites")
        assert run is not None
        found = run.evaluation
        better = evaluations.Evaluation(
            {**found.measures, "recall@20": 0.9}, found.abstention, found.p50, found.p95, found.queries
        )
        evaluations.save(session, LOCAL_USER, run.summary.subject, better, baseline=True)


def test_systems_and_stored_runs_are_compared_query_by_query(services: Services, folder: Path) -> None:
    data = services.settings.data
    first = json.loads(
        kb(data, "eval", str(folder), "--baseline", "--compare", "engine=words", "--json").stdout
    )
    assert [run["engine"] for run in first["runs"]] == ["hybrid", "words"]
    assert first["gate"] is None
    (found,) = first["comparisons"]
    assert (found["before"], found["after"]) == (first["runs"][0]["id"], first["runs"][1]["id"])
    assert {one["query"] for one in found["differences"]} == {"q1", "q2"}
    shown = kb(data, "eval", str(folder), "--compare", "run=1", "--compare", "run=baseline").stdout
    assert "run 3 (hybrid" in shown
    assert shown.count("nDCG@10 +0.000") == 2
    listed = kb(data, "eval", str(folder), "--history").stdout
    assert listed.index("\n3 ") < listed.index("\n1* ")
    assert len(json.loads(kb(data, "eval", str(folder), "--history", "--json").stdout)) == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ["--compare", "engine=magic"],
        ["--compare", "speed"],
        ["--compare", "model="],
        ["--compare", "run=latest"],
        ["--gate", "--baseline"],
    ],
)
def test_a_wrong_use_of_eval_ends_with_2(library: Services, live: Path, arguments: list[str]) -> None:
    assert kb(library.settings.data, "eval", str(live), *arguments, code=2).stderr


def test_what_eval_can_not_use_is_one_sentence(library: Services, live: Path, tmp_path: Path) -> None:
    data = library.settings.data
    assert "There is no folder" in kb(data, "eval", str(tmp_path / "none"), code=1).stderr
    assert "no evaluation run 999" in kb(data, "eval", str(live), "--compare", "run=999", code=1).stderr
    assert "There is no run" in kb(data, "eval", "nothing", "--history").stdout


@pytest.fixture
def measured(client: TestClient, services: Services, folder: Path) -> TestClient:
    """A client of a base with three runs, the first of them the baseline."""
    queryset = querysets.read(folder)
    both = [Variant(), Variant(Mode.WORDS)]
    evaluating.run(services, LOCAL_USER, queryset, both, baseline=True)
    evaluating.run(services, LOCAL_USER, queryset, [Variant()])
    return client


def test_the_api_lists_runs_and_gives_each_with_its_queries(measured: TestClient) -> None:
    listed = measured.get("/api/v1/evaluations", params={"queryset": "sites", "page_size": 2})
    assert [run["id"] for run in listed.json()["runs"]] == [3, 2]
    assert (listed.json()["total"], listed.json()["pages"]) == (3, 2)
    assert 'rel="next"' in listed.headers["Link"]
    assert measured.get("/api/v1/evaluations", params={"queryset": "none"}).json()["runs"] == []
    run = measured.get("/api/v1/evaluations/1").json()
    assert run["baseline"]
    assert {query["id"] for query in run["queries"]} == {"q1", "q2", "none"}
    assert run["settings"]["fusion"]
    assert measured.get("/api/v1/evaluations/99").status_code == 404
    assert [known["name"] for known in measured.get("/api/v1/querysets").json()] == ["sites"]


def test_the_page_draws_the_history_and_lists_it(measured: TestClient) -> None:
    page = measured.get("/insight/quality").text
    assert page.count("<circle") == 3 + 2, "three runs, and two lines in the legend"
    assert page.count('class="marked"') == 1
    assert page.count("<tr>") == 1 + 3
    assert (
        "abstention recall on sites"
        in measured.get("/insight/quality", params={"set": "sites", "measure": "abstention recall"}).text
    )
    assert "nDCG@10 on sites" in measured.get("/insight/quality?set=no&measure=no").text


def test_the_page_of_a_run_holds_it_against_others_and_lets_try_its_queries(measured: TestClient) -> None:
    page = measured.get("/insight/quality/3").text
    assert "Against" in page
    assert 'href="/?q=supplier+delivered+late"' in page
    assert "sourdough" in page
    assert "?against=" not in measured.get("/insight/quality/1").text
    assert "run 2" in measured.get("/insight/quality/3?against=2").text
    assert measured.get("/insight/quality/99").status_code == 404
    assert measured.get("/insight/quality/3?against=99").status_code == 404


def test_before_anything_was_measured_the_page_says_how_to(client: TestClient) -> None:
    assert "Nothing was measured yet" in client.get("/insight/quality").text
