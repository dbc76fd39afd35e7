"""What people completed, hold and have read: kept by whom, seen by whom, confirmed, counted in paths."""

from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from kb.access import Principal
from kb.database import transaction
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.learning import people, readings, records
from kb.learning.people import AssessmentDraft
from kb.learning.records import CertificateDraft, CompletionDraft
from kb.learning.values import HIDDEN, Activity, Result, Side
from kb.models import AuditEvent, now
from kb.vocabulary import Classification, Role
from tests.web.commands import kb
from tests.web.roles import client_of
from tests.web.test_learners import ANN, BOB, MAX, RAE, TESS, principal
from tests.web.test_pages import opened
from web.wiring import Services

TODAY = now().date()


def test_a_record_takes_what_the_training_says_and_is_seen_by_few(courses: Services) -> None:
    with transaction(courses.sessions) as session:
        mine = records.complete(session, ANN, CompletionDraft("Ann", "c-1", evidence="https://a.example/1"))
        records.complete(session, TESS, CompletionDraft("Bob", title="A talk", result=Result.FAILED))
    assert (mine.hours, mine.activity, mine.side) == (5, Activity.MEDIA, Side.POWER_SKILLS)
    assert mine.confirmed is None
    seen = {"Ann": {"Ann"}, "Bob": {"Bob"}, "Tess": {"Ann", "Bob"}, "Max": {"Ann", "Bob"}, "Rae": set[str]()}
    with courses.sessions() as session:
        for who in (ANN, BOB, TESS, MAX, RAE):
            found = records.completions(session, who)
            assert {one.name for one in found} == seen[who.name]
            assert all(one.confirmed and one.confirmed.by == "Tess" for one in found if one.name == "Bob")
        actions = {event.action for event in session.query(AuditEvent)}
    assert "complete_training" in actions


@pytest.mark.parametrize(
    ("who", "draft", "error"),
    [
        (BOB, CompletionDraft("Ann", "C-1"), NotFoundError),
        (ANN, CompletionDraft("Ann", "C-9"), NotFoundError),
        (ANN, CompletionDraft("Ann", "C-3"), NotFoundError),
        (ANN, CompletionDraft("Ann", "D-1"), NotFoundError),
        (ANN, CompletionDraft("Ann"), InvalidError),
        (ANN, CompletionDraft("Ann", "C-1", dated=TODAY + timedelta(1)), InvalidError),
        (ANN, CompletionDraft("Ann", "C-1", hours=-1), InvalidError),
        (principal("Zoe"), CompletionDraft("Zoe", "C-1"), NotFoundError),
    ],
)
def test_what_may_not_be_recorded_is_refused(
    courses: Services, who: Principal, draft: CompletionDraft, error: type[Exception]
) -> None:
    with courses.sessions() as session, pytest.raises(error):
        records.complete(session, who, draft)


def test_somebody_else_confirms_and_what_is_confirmed_stays(courses: Services) -> None:
    with transaction(courses.sessions) as session:
        mine = records.complete(session, ANN, CompletionDraft("Ann", "C-1"))
        own = records.complete(session, TESS, CompletionDraft("Tess", "C-1"))
        with pytest.raises(NotFoundError):
            records.confirm(session, BOB, mine.number)
        with pytest.raises(ConflictError):
            records.confirm(session, TESS, own.number)
        confirmed = records.confirm(session, MAX, mine.number)
        assert confirmed.confirmed
        assert confirmed.confirmed.by == "Max"
        with pytest.raises(ConflictError):
            records.withdraw(session, ANN, mine.number)
        records.withdraw(session, TESS, mine.number)
        assert records.completions(session, ANN) == []


def test_a_certificate_is_held_until_its_day_and_renewed(courses: Services) -> None:
    issued = date(2024, 1, 31)
    with transaction(courses.sessions) as session:
        held = records.certify(
            session, ANN, CertificateDraft("Ann", issued, "C-2", number="77", expires=TODAY - timedelta(1))
        )
        assert not held.held(TODAY)
        assert records.taken(session, ANN, held.learner, TODAY) == frozenset()
        with pytest.raises(InvalidError):
            records.renew(session, ANN, held.number, issued)
        assert records.renew(session, ANN, held.number, TODAY).held(TODAY)
        assert records.taken(session, ANN, held.learner, TODAY) == {"C-2"}
        with pytest.raises(InvalidError):
            records.certify(session, ANN, CertificateDraft("Ann", issued, "C-2", expires=date(2023, 1, 1)))


def test_reading_is_confirmed_by_the_reader_alone_and_for_a_version(courses: Services) -> None:
    with transaction(courses.sessions) as session:
        assert readings.confirm(session, RAE, "d-1").version == 1
        readings.confirm(session, RAE, "D-1", 1)
        assert len(readings.listed(session, RAE)) == 1
        with pytest.raises(InvalidError):
            readings.confirm(session, RAE, "D-1", 2)
        assert [one.name for one in readings.of_item(session, TESS, "D-1")] == ["Rae"]
        assert readings.of_item(session, ANN, "D-1") == []


def test_what_one_may_not_open_keeps_its_title_to_itself(courses: Services) -> None:
    cleared = Principal("Tess", Classification.RESTRICTED, True, frozenset({Role.TRAINER}))
    with transaction(courses.sessions) as session:
        records.complete(session, cleared, CompletionDraft("Ann", "C-3"))
        (mine,) = records.completions(session, ANN)
    assert (mine.subject.ref, mine.subject.title) == ("", HIDDEN)


def test_a_path_leaves_out_what_the_records_show(courses: Services) -> None:
    client = client_of(courses, "Ann", Role.CONTRIBUTOR)
    said = {"learner": "Ann", "training": "C-1", "result": "passed"}
    mine = client.post("/api/v1/learning-records", json=said).json()
    asked = {"role": "Host", "learner": mine["learner"], "certificates": True}
    unmet = client.get("/api/v1/learning-paths", params=asked).json()["unmet"]
    assert not [line for line in unmet if "listening" in line]
    assert client.delete(f"/api/v1/learning-records/{mine['number']}").status_code == 204
    assert client.get(f"/api/v1/learners/{mine['learner']}/learning").json()["completions"] == []


def test_the_page_keeps_confirms_and_hides(courses: Services) -> None:
    ann, tess = client_of(courses, "Ann", Role.CONTRIBUTOR), client_of(courses, "Tess", Role.TRAINER)
    assert "Nothing is kept yet" in opened(ann, "/learning").get_text()
    said = {"learner": "Ann", "title": "<b>A talk</b>", "hours": "2", "activity": "presentation"}
    mine = ann.post("/learners/records", data=said).headers["location"].partition("#")[0]
    ann.post(
        "/learners/certificates", data={"learner": "Ann", "issued": "2025-02-28", "certification": "C-2"}
    )
    ann.post("/learners/readings", data={"ref": "D-1", "version": "1"})
    page = opened(ann, mine)
    assert "<b>A talk</b>" in page.select("#completed + .wide tbody th")[0].get_text()
    assert not page.select("form[action$=confirm]")
    (confirm,) = opened(tess, mine).select("form[action^='/learners/records'][action$=confirm]")
    assert tess.post(str(confirm["action"])).status_code == 303
    assert "by Tess" in opened(ann, mine).get_text()
    assert client_of(courses, "Bob", Role.CONTRIBUTOR).get(mine).status_code == 404
    with transaction(courses.sessions) as session:  # who wrote an assessment, and develops nobody
        people.record(session, TESS, AssessmentDraft("Ann", {"listening": 1}))
    assert client_of(courses, "Tess", Role.CONTRIBUTOR).get(mine).status_code == 404


def test_the_commands_keep_and_show(courses: Services) -> None:
    data = courses.settings.data
    kb(data, "learner", "complete", "Ann", "C-1", "--dated", "2026-01-02", "--result", "passed")
    kb(data, "learner", "complete", "Ann", "A talk", "--activity", "presentation", "--hours", "1.5")
    kb(data, "learner", "certificate", "Ann", "C-2", "--issued", "2025-02-28", "--expires", "2027-02-28")
    kb(data, "learner", "read", "D-1")
    told = kb(data, "learner", "learning", "Ann").stdout
    assert "2026-01-02  To listen (passed, confirmed by local)" in told
    assert "until 2027-02-28  Scheduler (S)" in told
    assert "The guide, version 1" in kb(data, "learner", "learning").stdout
    assert "Choose completed" in kb(data, "learner", "complete", "Ann", "C-1", "--result", "x", code=2).stderr


def test_everybody_has_a_page_of_their_own(client: TestClient) -> None:
    assert opened(client, "/learning?held=C-2").select("#certification")[0]["value"] == "C-2"
    assert client.get("/learners/1/learning").status_code == 404


def test_professional_development_is_told_everywhere(courses: Services) -> None:
    ann = client_of(courses, "Ann", Role.CONTRIBUTOR)
    with transaction(courses.sessions) as session:
        mine = records.complete(session, ANN, CompletionDraft("Ann", title="Talks", hours=40))
        records.certify(session, ANN, CertificateDraft("Ann", date(2025, 1, 31), title="PMP"))
    told = ann.get(f"/api/v1/learners/{mine.learner}/cpd").json()
    assert (told["scheme"]["key"], told["total"], told["certificate"]) == ("pmi-60", 40, "PMP")
    page = opened(ann, f"/learners/{mine.learner}/learning/cpd?scheme=apm")
    assert "40 of 35 hours" in page.select("#standing")[0].get_text()
    assert len(page.select(".bars .goal")) == 1
    assert "check with the body" in page.get_text()
    assert opened(ann, f"/learners/{mine.learner}/learning/cpd?start=2025-13-01", 400)
    bob = client_of(courses, "Bob", Role.CONTRIBUTOR)
    assert bob.get(f"/api/v1/learners/{mine.learner}/cpd").status_code == 404
    shown = kb(courses.settings.data, "learner", "cpd", "Ann").stdout
    assert "missing: 8 PDUs: power skills" in shown
