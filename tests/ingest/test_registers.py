"""Tables that are registers, and what their rows become."""

from datetime import date
from pathlib import Path

import pytest

from ingest import reading
from ingest.columns import ColumnUse
from ingest.reading import Reading, Task
from ingest.recognise import Names
from kb.settings import Limits
from kb.values import LessonFields, Taught, TrainingFields
from kb.vocabulary import Kind, KnowledgeArea, Polarity, Sector, TrainingFormat, TrainingLevel
from tests.ingest import making


def _read(tmp_path: Path, name: str, content: str | bytes) -> Reading:
    path = tmp_path / "bytes"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return reading.read(Task(path, Names(name), Limits(), {}))


def test_nasas_lessons_are_all_there(corpora: Path) -> None:
    path = corpora / "nasa-llis" / "llis.csv"
    found = reading.read(Task(path, Names(path.name, ("nasa-llis",)), Limits(), {}))
    drafts = found.drafts
    assert len(drafts) == 1637
    assert {draft.kind for draft in drafts} == {Kind.LESSON}
    assert len({draft.key for draft in drafts}) == 1637
    for draft in drafts:
        assert isinstance(draft.fields, LessonFields)
        assert draft.fields.recommendation
        assert draft.title
        assert draft.title != "Without a title"
        assert draft.organisation
        assert draft.dated
        assert draft.url == f"https://nen.nasa.gov/web/11/viewall/-/viewall/{draft.external_ref}"
        assert not {"NA", "Categories"} & set(draft.tags)
        assert not draft.sectors
        assert draft.passages
    assert sum(1 for draft in drafts if isinstance(draft.fields, LessonFields) and draft.fields.event) == 868
    first = drafts[0]
    assert (first.external_ref, first.title) == ("9501", "Manhole Arc-Flash Risk Reduction")
    assert (first.organisation, first.dated, first.contributor) == ("KSC", date(2014, 6, 6), "Bell, Michael")
    assert "KSC’s unreduced" in first.body
    assert (first.locator.row, first.passages[0].locator.row) == (2, 2)
    mapped = {use.column: use.field for use in found.columns if use.field}
    assert mapped["Abstract"] == "event"
    assert mapped["Lesson"] == "recommendation"


@pytest.mark.parametrize(
    ("name", "courses", "repeated"),
    [("Udacity.csv", 263, 0), ("UdemyCourses.csv", 339, 0), ("Udemy2.csv", 3672, 6)],
)
def test_real_course_catalogues_become_training(
    corpora: Path, name: str, courses: int, repeated: int
) -> None:
    path = corpora / "training" / "course-catalogues" / name
    found = reading.read(Task(path, Names(name), Limits(), {}))
    drafts = found.drafts
    assert {draft.kind for draft in drafts} == {Kind.TRAINING}
    assert (len(drafts), len(found.left_out), found.notes) == (courses, repeated, {})
    assert all("It gives the same course as row" in one.reason for one in found.left_out)
    assert all(draft.title and draft.url and draft.passages for draft in drafts)


def test_the_header_may_stand_below_titles(tmp_path: Path) -> None:
    data = making.xlsx(
        {
            "Log": [
                ["Lessons log of the bridge"],
                ["Updated", "May", "by", "Ada"],
                [],
                ["No.", "Date", "What happened?", "Root cause", "Recommendation", "Type", "Weather"],
                [1, date(2024, 5, 1), "Steel late", "One supplier", "Two suppliers", "Negative", "rain"],
                [2, date(2024, 6, 1), "Good drawings", "", "Keep the team", "Positive", ""],
            ]
        }
    )
    found = _read(tmp_path, "bridge.xlsx", data)
    first, second = found.drafts[:2]
    assert first.fields == LessonFields(
        event="Steel late", causes="One supplier", recommendation="Two suppliers", polarity=Polarity.NEGATIVE
    )
    assert (first.title, first.key, first.dated) == ("Steel late", "Log:1", date(2024, 5, 1))
    assert str(first.locator) == "sheet Log, row 5"
    assert first.body.endswith("## Other details\n\n- **Weather:** rain")
    assert isinstance(second.fields, LessonFields)
    assert second.fields.polarity is Polarity.POSITIVE
    assert ColumnUse("What happened?", "event", "synonym") in found.columns
    assert ColumnUse("Weather", "", "") in found.columns


def test_a_sheet_that_is_no_register_stays_a_document_beside_one(tmp_path: Path) -> None:
    data = making.xlsx(
        {
            "Lessons": [["Title", "Lesson learned", "Event"], ["Steel", "Order early", "Late"]],
            "Budget": [
                ["Item", "Cost"],
                ["Steel for all of the spans of the bridge", 100],
                ["Concrete for the piers", 50],
            ],
        }
    )
    drafts = _read(tmp_path, "bridge.xlsx", data).drafts
    assert [draft.kind for draft in drafts] == [Kind.LESSON, Kind.DOCUMENT]
    assert "Budget" in drafts[1].body
    assert "Order early" not in drafts[1].body


@pytest.mark.parametrize(
    "header",
    [
        "ID,Risk,Description,Root Cause,Impact,Recommendation",
        "ID,User Story,Description,Acceptance Criteria,Action",
        "Requirement ID,Title,Description,Test",
        "Name,Phone,Title",
    ],
)
def test_other_registers_are_documents(tmp_path: Path, header: str) -> None:
    row = ",".join(f"value {i}" for i in range(header.count(",") + 1))
    drafts = _read(tmp_path, "some register.csv", f"{header}\n{row}\n").drafts
    assert [draft.kind for draft in drafts] == [Kind.DOCUMENT]


def test_rows_without_ids_keep_their_keys_when_others_come(tmp_path: Path) -> None:
    header = "Lesson title,Event,Recommendation\n"
    before = _read(tmp_path, "log.csv", f"{header}A,e1,r1\nA,e1,r1\nB,e2,r2\n").drafts
    after = _read(tmp_path, "log.csv", f"{header}New,e0,r0\nA,e1,r1\nA,e1,r1\nB,e2,r2\n").drafts
    keys = [draft.key for draft in before]
    assert len(set(keys)) == 3
    assert [draft.key for draft in after][1:] == keys


def test_a_lesson_takes_facets_from_its_columns(tmp_path: Path) -> None:
    text = "Lesson ID;Event;Lesson;Category;Sector;Project;URL\n7;<p>It <b>broke</b></p>;Mend it;Risk Management;Rail;Dam;https://x.org/7\n"
    (draft,) = _read(tmp_path, "log.csv", text).drafts
    assert isinstance(draft.fields, LessonFields)
    assert draft.fields.event == "It **broke**"
    assert draft.knowledge_areas == (KnowledgeArea.RISK,)
    assert draft.sectors == (Sector.TRANSPORT,)
    assert (draft.project, draft.url, draft.external_ref, draft.tags) == (
        "Dam",
        "https://x.org/7",
        "7",
        ("Risk Management",),
    )
    assert draft.title == "It broke"


def test_the_starter_catalogue_is_understood(tmp_path: Path) -> None:
    text = (
        "Reference,Title,Provider,Format,Level,Hours,Cost,Currency,Competences,Prerequisites,Skills\n"
        'HS-C-1,Risk,PMO,workshop,Beginner,90 minutes,free,GBP,risk (2); planning,HS-C-2; HS-C-3,"a, b"\n'
        "HS-C-4,Other,PMO,,All Levels,3 weeks,,,,,\n"
    )
    first, second = _read(tmp_path, "catalogue.csv", text).drafts
    assert first.ref == "HS-C-1"
    assert first.fields == TrainingFields(
        provider="PMO",
        format=TrainingFormat.WORKSHOP,
        level=TrainingLevel.FOUNDATION,
        hours=1.5,
        cost=0.0,
        currency="GBP",
        competences=(Taught("risk", 2),),
        prerequisites=("HS-C-2", "HS-C-3"),
    )
    assert first.tags == ("planning", "a", "b")
    assert "- **Level:** All Levels" in second.body
    assert "- **Hours:** 3 weeks" in second.body


def test_an_empty_form_is_no_register(tmp_path: Path) -> None:
    data = making.xlsx({"Log": [["Lesson ID", "Event", "Recommendation"], ["", "", ""]]})
    (draft,) = _read(tmp_path, "lessons log template.xlsx", data).drafts
    assert draft.kind is Kind.TEMPLATE
