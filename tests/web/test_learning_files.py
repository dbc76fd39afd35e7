"""Learning records as files: statements for learning record stores, tables out and in again."""

import csv
import io
import json
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from bs4 import BeautifulSoup

from ingest import completions
from kb.database import transaction
from kb.learning import readings, records
from kb.learning.records import CertificateDraft, CompletionDraft
from kb.learning.values import Activity, Result
from kb.settings import Limits
from kb.vocabulary import Role
from tests.web.commands import kb
from tests.web.roles import client_of
from tests.web.test_learners import ANN, TESS
from tests.web.test_pages import one, opened
from web.wiring import Services

EXPORT, IMPORTS = "/api/v1/learning-records/export", "/api/v1/learning-records/imports"
TABLE = """Person,Course name,Completed on,Hours,Status,Way of learning
Ann,To listen,2026-03-02,7.5 h,Passed,
Ann,A talk,3 April 2026,2,complete,presentation
Ann,A talk,2026-04-03,2,complete,presentation
Bob,C-9,2026-03-02,1,done,
Bob,A walk,03/04/2026,1,done,
Bob,A walk,2026-03-04,long,done,
Bob,A walk,2026-03-04,1,perhaps,
,A walk,2026-03-04,1,,
Bob,A walk,2999-03-04,1,,
"""


@pytest.fixture
def kept(courses: Services) -> Services:
    """Ann passed a course, failed at something, holds a certificate and has read a guide."""
    with transaction(courses.sessions) as session:
        passed = CompletionDraft("Ann", "C-1", "", date(2026, 3, 2), 7.5, Result.PASSED)
        records.complete(session, TESS, passed)
        records.complete(session, ANN, CompletionDraft("Ann", title="=1+1", result=Result.FAILED))
        held = CertificateDraft("Ann", date(2024, 1, 1), title="PMP", number="7", expires=date(2027, 1, 1))
        records.certify(session, ANN, held)
        readings.confirm(session, ANN, "D-1")
    return courses


def test_statements_have_the_shape_of_xapi_and_never_change(kept: Services) -> None:
    ann = client_of(kept, "Ann", Role.CONTRIBUTOR)
    told = ann.get(EXPORT, params={"wanted": "xapi"}).json()
    for said in told:
        assert said.keys() <= {"id", "actor", "verb", "object", "result", "timestamp"}
        assert str(UUID(said["id"])) == said["id"]
        assert said["actor"] == {
            "objectType": "Agent",
            "name": "Ann",
            "account": {"homePage": kept.settings.base, "name": "Ann"},
        }
        assert said["verb"]["id"] == f"http://adlnet.gov/expapi/verbs/{said['verb']['display']['en']}"
        assert re.match(r"https?://|urn:uuid:", said["object"]["id"])
        assert said["object"]["definition"]["type"].startswith("http://adlnet.gov/expapi/activities/")
        assert datetime.fromisoformat(said["timestamp"]).utcoffset() == timedelta(0)
    verbs = [said["verb"]["display"]["en"] for said in told]
    assert verbs == ["failed", "passed", "passed", "experienced"]
    course = told[1]
    assert course["result"] == {"completion": True, "success": True, "duration": "PT7H30M"}
    assert course["object"]["id"].endswith("/items/C-1")
    assert course["timestamp"] == "2026-03-02T00:00:00.000+00:00"
    with transaction(kept.sessions) as session:
        for completed in records.completions(session, TESS):
            records.confirm(session, TESS, completed.number)
        (held,) = records.certificates(session, ANN)
        records.renew(session, ANN, held.number, date(2030, 1, 1))
    again = {said["id"]: said for said in ann.get(EXPORT, params={"wanted": "xapi"}).json()}
    assert all(again[said["id"]] == said for said in told if said["id"] in again)
    assert len(again.keys() & {said["id"] for said in told}) == 3  # the renewed one is a new statement


def test_a_table_goes_out_and_comes_in_again(kept: Services) -> None:
    ann = client_of(kept, "Ann", Role.CONTRIBUTOR)
    answer = ann.get(EXPORT)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["Kind"], row["Title"]) for row in rows] == [
        ("completion", "'=1+1"),
        ("completion", "To listen"),
        ("certificate", "PMP"),
        ("reading", "The guide"),
    ]
    again = ann.post(IMPORTS, files={"files": ("r.csv", answer.content)}).json()
    assert (again["new"], again["kept"], again["faulty"]) == (0, 2, 2)
    assert [one["fault"] for one in again["rows"] if one["fault"]] == [
        "It is a certificate, not something that was completed.",
        "It is a reading, not something that was completed.",
    ]
    bob = client_of(kept, "Bob", Role.CONTRIBUTOR)
    assert bob.get(EXPORT, params={"wanted": "xapi"}).json() == []
    (learner,) = {one["learner"] for one in ann.get("/api/v1/my-learning").json()["completions"]}
    assert bob.get(EXPORT, params={"learner": learner}).status_code == 404


def test_each_row_is_looked_at_before_anything_is_written(courses: Services) -> None:
    tess = client_of(courses, "Tess", Role.TRAINER)
    answer = tess.post("/learning/import", files={"files": ("t.csv", TABLE)})
    assert answer.status_code == 200
    page = opened_text(answer.text)
    assert "2 rows to be kept, 1 kept before, 6 faulty" in page
    for sentence in (
        "There is no training 'C-9' here",
        "is not one day for certain",
        "is not a number of hours",
        "is no result",
        "It names nobody",
        "can't lie in the future",
    ):
        assert sentence in page
    with courses.sessions() as session:
        assert records.completions(session, TESS) == []
    table = one(BeautifulSoup(answer.text, "html.parser"), "input[name=table]")["value"]
    form = {"table": (None, str(table)), "action": (None, "import")}
    assert "2 rows kept" in opened_text(tess.post("/learning/import", files=form).text)
    with courses.sessions() as session:
        found = {row.subject.title: row for row in records.completions(session, TESS)}
    assert found["To listen"].subject.ref == "C-1"
    assert (found["To listen"].hours, found["To listen"].result) == (7.5, Result.PASSED)
    assert found["A talk"].activity is Activity.PRESENTATION
    ann = client_of(courses, "Ann", Role.CONTRIBUTOR)
    told = ann.post(IMPORTS, files={"files": ("t.csv", TABLE)}, params={"dry_run": True}).json()
    assert (told["new"], told["kept"]) == (0, 3)  # Bob's rows are not hers to keep
    assert ann.post(IMPORTS, files={"files": ("t.csv", "a,b\n1,2\n")}).status_code == 400
    opened(tess, "/learning/import")


def opened_text(text: str) -> str:
    return BeautifulSoup(text, "html.parser").get_text(" ", strip=True)


def test_a_table_that_was_read_can_be_read_again() -> None:
    lines = completions.parse(TABLE, Limits())
    again = completions.parse(completions.text(lines), Limits())
    assert [(one.draft, one.fault) for one in again] == [(one.draft, one.fault) for one in lines]


def test_the_commands_export_and_import(kept: Services, tmp_path: Path) -> None:
    data, target, table = kept.settings.data, tmp_path / "x.json", tmp_path / "t.csv"
    kb(data, "learner", "export", "Ann", "--xapi", "-o", str(target))
    assert len(json.loads(target.read_bytes())) == 4
    kb(data, "learner", "export", "-o", str(tmp_path / "x.csv"))
    assert len((tmp_path / "x.csv").read_text("utf-8-sig").splitlines()) == 5
    table.write_text(TABLE, "utf-8")
    told = kb(data, "learner", "import", "--dry-run", str(table)).stdout
    assert "1 would be kept, 2 kept before, 6 faulty." in told
    assert "row 9: It names nobody." in told
    assert "1 kept, 2 kept before" in kb(data, "learner", "import", str(table)).stdout
