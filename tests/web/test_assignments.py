"""What people are asked to learn and to read: by whom, of whom, how far they are."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.access import Principal
from kb.database import transaction
from kb.errors import InvalidError, NotFoundError
from kb.learning import assignments, catalogue, cohorts, kept, people, readings, records
from kb.learning.assignments import AssignmentDraft, Progress
from kb.learning.kept import PathDraft
from kb.learning.people import AssessmentDraft
from kb.learning.records import CertificateDraft, CompletionDraft
from kb.learning.values import Result
from kb.models import Assignment, now
from kb.values import DocumentFields, ItemDraft
from kb.vocabulary import Kind, Role
from tests.samples import store
from tests.web.commands import kb
from tests.web.roles import client_of
from tests.web.test_learners import ANN, BOB, RAE, TESS
from tests.web.test_pages import opened
from web.pictures import bars
from web.pictures.bars import Part, Row
from web.wiring import Services

TODAY = now().date()
SOON = TODAY + timedelta(10)


def standing(courses: Services, learner: str) -> dict[str, Progress]:
    """How far somebody is, by the title of what they are asked."""
    with courses.sessions() as session:
        found = assignments.listed(session, TESS, people.known_by_name(session, TESS, learner).number)
        return {one.subject.title: one.progress(TODAY) for one in found}


def test_progress_is_read_from_what_shows_it(courses: Services) -> None:
    with transaction(courses.sessions) as session:
        asked = assignments.assign(session, TESS, AssignmentDraft(("C-1", "C-2", "D-1"), ("Ann",), due=SOON))
    assert set(standing(courses, "Ann").values()) == {Progress.NOT_BEGUN}
    with transaction(courses.sessions) as session:
        assert assignments.begin(session, ANN, asked[0].number).begun_on == TODAY
        records.complete(session, ANN, CompletionDraft("Ann", "C-1", result=Result.FAILED))
    assert standing(courses, "Ann")["To listen"] is Progress.BEGUN
    with transaction(courses.sessions) as session:
        records.complete(session, ANN, CompletionDraft("Ann", "C-1"))
        records.certify(session, ANN, CertificateDraft("Ann", date(2025, 1, 1), "C-2"))
        readings.confirm(session, ANN, "D-1")
    assert set(standing(courses, "Ann").values()) == {Progress.DONE}
    with courses.sessions() as session:
        one = assignments.one(session, ANN, asked[0].number)
        assert one.done
        assert not one.done.confirmed
        assert assignments.left(session, TESS, before=date.max) == []


def test_what_is_late_is_overdue_and_seen_by_few(courses: Services) -> None:
    with transaction(courses.sessions) as session:
        (one,) = assignments.assign(session, TESS, AssignmentDraft(("C-1",), ("Ann",), due=TODAY))
        assert one.progress(TODAY) is Progress.NOT_BEGUN
        session.get_one(Assignment, one.number).due = TODAY - timedelta(1)
        session.flush()
        for who, seen in ((ANN, 1), (TESS, 1), (BOB, 0), (RAE, 0)):
            assert len(assignments.left(session, who, before=TODAY)) == seen
        with pytest.raises(NotFoundError):
            assignments.begin(session, BOB, one.number)
        with pytest.raises(NotFoundError):
            assignments.withdraw(session, ANN, one.number)
        assignments.withdraw(session, TESS, one.number)
        assert assignments.listed(session, TESS) == []


def test_a_new_version_is_asked_for_anew(courses: Services) -> None:
    draft = AssignmentDraft(("D-1",), ("Ann",), due=SOON)
    with transaction(courses.sessions) as session:
        assignments.assign(session, TESS, draft)
        readings.confirm(session, ANN, "D-1")
        changed = ItemDraft(Kind.DOCUMENT, "The guide", "Other.", DocumentFields(), key="d", ref="D-1")
        store(session, changed, location="/files/lessons.csv", digest="b" * 64)
    assert standing(courses, "Ann") == {"The guide": Progress.DONE}
    with transaction(courses.sessions) as session:
        (one,) = assignments.assign(session, TESS, draft)
        assert (one.version, one.done) == (2, None)
        readings.confirm(session, ANN, "D-1", 1)
        assert assignments.one(session, ANN, one.number).done is None
        readings.confirm(session, ANN, "D-1", 2)
        assert assignments.one(session, ANN, one.number).done


def test_a_team_becomes_a_cohort_and_a_path_is_due_step_by_step(courses: Services) -> None:
    with transaction(courses.sessions) as session:
        for who in (ANN, BOB):
            people.record(session, who, AssessmentDraft(who.name, {"listening": 1}, team="North"))
        draft = AssignmentDraft(("C-1", "C-2"), team="north", due=SOON, path="To host")
        found = assignments.assign(session, TESS, draft)
        assert {(one.name, one.place, one.cohort) for one in found} == {
            (name, place, "north") for name in ("Ann", "Bob") for place in (1, 2)
        }
        assert {one.due for one in found if one.place == 2} == {SOON}
        assert all(one.due and TODAY < one.due < SOON for one in found if one.place == 1)
        group = cohorts.named(session, TESS, "North")
        assert [one.name for one in group.members] == ["Ann", "Bob"]
        assert cohorts.listed(session, ANN) == []
        cohorts.keep(session, TESS, "north", persons=["Bob"])
        assert {one.name for one in assignments.of_cohort(session, TESS, group.number)} == {"Bob"}
        cohorts.dissolve(session, TESS, group.number)
        assert len(assignments.listed(session, TESS)) == 4


@pytest.mark.parametrize(
    ("who", "draft", "error"),
    [
        (ANN, AssignmentDraft(("C-1",), ("Ann",)), NotFoundError),
        (TESS, AssignmentDraft(("C-3",), ("Ann",)), NotFoundError),
        (TESS, AssignmentDraft((), ("Ann",)), InvalidError),
        (TESS, AssignmentDraft(("C-1",)), InvalidError),
        (TESS, AssignmentDraft(("C-1",), ("Ann",), due=TODAY - timedelta(1)), InvalidError),
        (TESS, AssignmentDraft(("C-1",), team="South"), NotFoundError),
        (TESS, AssignmentDraft(("C-1",), cohort="South"), NotFoundError),
    ],
)
def test_what_can_not_be_asked_is_refused(
    courses: Services, who: Principal, draft: AssignmentDraft, error: type[Exception]
) -> None:
    with courses.sessions() as session, pytest.raises(error):
        assignments.assign(session, who, draft)


def test_the_pages_ask_show_and_list_readers(courses: Services) -> None:
    tess, ann = client_of(courses, "Tess", Role.TRAINER), client_of(courses, "Ann", Role.CONTRIBUTOR)
    made = tess.post("/cohorts", data={"name": "Spring", "persons": "Ann\nBob\n"}).headers["location"]
    said = {"items": "C-1\nD-1", "cohort": "Spring", "due": str(SOON)}
    assert tess.post("/assign", data=said).headers["location"] == made
    opened(ann, "/items/D-1")
    ann.post("/learners/readings", data={"ref": "D-1", "version": "1"})
    page = opened(tess, made)
    assert len(page.select(".bars rect.done")) == 1 + 1  # and the legend's
    assert [cell.get_text() for cell in page.select("#progress + .wide tbody .state")].count("Done") == 1
    rows = [row.get_text(" ", strip=True) for row in opened(tess, "/readers?item=D-1").select("tbody tr")]
    assert rows[0].startswith("Bob 1")
    assert rows[1].startswith("Ann 1")
    assert "To listen" in opened(ann, "/learning").select("#to-do + .wide")[0].get_text()
    assert (
        "Tess asks you to read it" in opened(client_of(courses, "Bob", Role.READER), "/items/D-1").get_text()
    )
    for address in (made, "/assign", "/readers?item=D-1"):
        assert ann.get(address).status_code == 404
    assert ann.get("/following").headers["location"] == "/learning"
    assert opened(tess, "/following").select(f"a[href='{made}']")


def test_the_api_asks_and_tells(courses: Services) -> None:
    tess, ann = client_of(courses, "Tess", Role.TRAINER), client_of(courses, "Ann", Role.CONTRIBUTOR)
    kept = tess.put("/api/v1/cohorts", json={"name": "Spring", "persons": ["Ann"]}).json()
    asked = tess.post("/api/v1/assignments", json={"items": ["C-1"], "cohort": "spring"}).json()
    assert ann.post(f"/api/v1/assignments/{asked[0]['number']}/begin").json()["progress"] == "begun"
    told = tess.get(f"/api/v1/cohorts/{kept['number']}").json()
    assert told["tally"] == {"done": 0, "begun": 1, "not_begun": 0, "overdue": 0}
    assert ann.get("/api/v1/cohorts").json() == []
    assert ann.get(f"/api/v1/cohorts/{kept['number']}").status_code == 404
    assert ann.post("/api/v1/assignments", json={"items": ["C-1"], "persons": ["Ann"]}).status_code == 404
    assert tess.delete(f"/api/v1/cohorts/{kept['number']}").status_code == 204


def test_the_commands_ask_and_show(courses: Services) -> None:
    data = courses.settings.data
    kb(data, "cohort", "keep", "Spring", "--member", "Ann", "--member", "local")
    told = kb(data, "learner", "assign", "C-1", "D-1", "--cohort", "Spring", "--due", str(SOON)).stdout
    assert told.count(f"due {SOON}") == 4
    kb(data, "learner", "begin", told.split()[0])
    kb(data, "learner", "read", "D-1")
    shown = kb(data, "cohort", "show", "spring").stdout
    assert "local: The guide, done" in shown
    assert "Ann: To listen, begun" in shown
    assert kb(data, "learner", "readers", "D-1").stdout.splitlines()[0] == "Ann: not yet"
    assert "2 members" in kb(data, "cohort", "list").stdout
    kb(data, "cohort", "dissolve", "Spring")


@given(st.lists(st.lists(st.integers(0, 50), min_size=1, max_size=4), max_size=8))
def test_bars_are_as_long_as_their_numbers(rows: list[list[int]]) -> None:
    drawn = bars.draw([Row("x", tuple(Part(value, "done", "") for value in row)) for row in rows])
    most = max((sum(row) for row in rows), default=0)
    for row, bar in zip(rows, drawn.bars, strict=True):
        for value, stretch in zip([value for value in row if value], bar.stretches, strict=True):
            assert stretch.width == pytest.approx(value * 480 / most, abs=0.06)


def test_a_kept_path_is_asked_of_whom_it_is_for(courses: Services) -> None:
    with transaction(courses.sessions) as session:
        ann = people.enrolled(session, "Ann")
        steps = [kept.Step(offer) for offer in catalogue.offers(session, TESS)]
        path = PathDraft("To host", tuple(steps), {}, learner=ann.id)
        code = kept.keep(session, TESS, path)
        found = assignments.assign(session, TESS, AssignmentDraft(kept=code, due=SOON))
        assert [(one.name, one.path, one.place) for one in found] == [
            ("Ann", "To host", 1),
            ("Ann", "To host", 2),
        ]
        with pytest.raises(InvalidError):
            assignments.assign(session, TESS, AssignmentDraft(("C-1",), kept=code))
        with pytest.raises(NotFoundError):
            assignments.assign(session, TESS, AssignmentDraft(kept="NONE"))
    tess = client_of(courses, "Tess", Role.TRAINER)
    assert opened(tess, f"/paths/kept/{code}").select(f"a[href='/assign?kept={code}']")
    opened(tess, f"/assign?kept={code}")
    made = tess.post("/assign", data={"kept": code, "persons": "Bob"}).headers["location"]
    assert len(opened(tess, made).select("#to-do + .wide tbody tr")) == 2
    (withdraw, _) = opened(tess, made).select("form[action$=withdraw]")
    tess.post(str(withdraw["action"]))
    assert len(opened(tess, made).select("#to-do + .wide tbody tr")) == 1
