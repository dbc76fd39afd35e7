"""Catalogues of courses: JSON-LD, and rows that are left out or not understood."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingest.reading import Reading, Task, read
from ingest.recognise import Names
from kb.errors import InvalidError
from kb.settings import Limits
from kb.values import ItemDraft, Tally, Taught, TrainingFields
from kb.vocabulary import TrainingFormat, TrainingLevel
from tests.ingest.conftest import Library

BOARDS = {
    "@type": "Course",
    "courseCode": "ABC-7",
    "name": "Boards that decide",
    "description": "How a board takes a decision and keeps to it.",
    "provider": {"@type": "Organization", "name": "Harbour Academy"},
    "educationalLevel": "Intermediate",
    "teaches": [
        "governance and decision-making, level 3",
        {"@type": "DefinedTerm", "name": "leadership (2)"},
    ],
    "coursePrerequisites": ["ABC-1", {"@type": "AlignmentObject", "targetName": "Two years in projects"}],
    "timeRequired": "PT7H30M",
    "inLanguage": {"@type": "Language", "name": "English", "alternateName": "en"},
    "offers": [{"@type": "Offer", "price": 450, "priceCurrency": "GBP"}],
    "educationalCredentialAwarded": {
        "@type": "EducationalOccupationalCredential",
        "name": "Board certificate",
        "description": "Every three years",
    },
    "numberOfCredits": {"@type": "StructuredValue", "value": 7},
    "subjectOf": {"@type": "WebPage", "lastReviewed": "2026-10-01"},
    "hasCourseInstance": {"@id": "#autumn"},
    "url": "https://example.org/boards",
}
AUTUMN = {
    "@id": "#autumn",
    "@type": "CourseInstance",
    "courseMode": ["blended", "workshop"],
    "startDate": "2026-09-01T09:00",
    "endDate": "2026-12-20",
}
FORMS: list[Any] = [
    {"@context": "https://schema.org", "@graph": [BOARDS, AUTUMN]},
    [BOARDS | {"hasCourseInstance": [AUTUMN]}],
    {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": BOARDS}, AUTUMN]},
    {"@graph": [{f"schema:{k}" if k[0] != "@" else k: v for k, v in BOARDS.items()}, AUTUMN]},
]


def given(folder: Path, name: str, text: str) -> Reading:
    path = folder / name
    path.write_text(text)
    return read(Task(path, Names(name), Limits(), {}))


def fields(draft: ItemDraft) -> TrainingFields:
    assert isinstance(draft.fields, TrainingFields)
    return draft.fields


@pytest.mark.parametrize("form", FORMS, ids=["graph", "list", "item list", "prefixed"])
def test_a_course_is_read_however_json_ld_holds_it(tmp_path: Path, form: object) -> None:
    [draft] = given(tmp_path, "courses.jsonld", json.dumps(form)).drafts
    assert fields(draft) == TrainingFields(
        provider="Harbour Academy",
        format=TrainingFormat.WORKSHOP,
        level=TrainingLevel.PRACTITIONER,
        hours=7.5,
        cost=450,
        currency="GBP",
        competences=(Taught("governance and decision-making", 3), Taught("leadership", 2)),
        prerequisites=("ABC-1", "Two years in projects"),
        leads_to="Board certificate",
        cpd_hours=7,
        renewal="Every three years",
        offered_from=date(2026, 9, 1),
        offered_until=date(2026, 12, 20),
        reviewed_on=date(2026, 10, 1),
    )
    assert (draft.title, draft.external_ref, draft.key) == ("Boards that decide", "ABC-7", "ABC-7")
    assert (draft.language, draft.url, draft.locator.row) == ("en", "https://example.org/boards", 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"@type": "Course", }', "This is not valid JSON: .*, at line 1, column"),
        ('{"@type": "Person", "name": "A"}', "No course is in it"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_catalogue_is_refused_with_a_reason(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InvalidError, match=said):
        given(tmp_path, "courses.jsonld", text)


def test_a_course_without_a_name_and_a_second_one_of_the_same_id_are_left_out(tmp_path: Path) -> None:
    reading = given(
        tmp_path, "c.jsonld", json.dumps([BOARDS, BOARDS | {"name": "Other"}, {"@type": "Course"}])
    )
    assert [draft.title for draft in reading.drafts] == ["Boards that decide"]
    assert {(left.row, left.reason) for left in reading.left_out} == {
        (2, "Its id ABC-7 is that of row 1."),
        (3, "It has no title, so there is no course to keep."),
    }


def test_what_a_row_says_wrongly_is_told_by_field_with_what_to_write(tmp_path: Path) -> None:
    head = "Course name,Level,Hours,Cost,Competences,Offered from,Offered until,Format"
    row = "Boards,All levels,-3,dear,scheduling (7); leadership (2),2026-05-01,2026-04-01,by post"
    reading = given(tmp_path, "catalogue.csv", f"{head}\n{row}\nBoards,,,,,,,\n,,2,,,,,\n")
    [draft] = reading.drafts
    assert fields(draft) == TrainingFields(competences=(Taught("leadership", 2),))
    note = reading.notes[draft.key]
    assert "'scheduling (7)': levels go from 0 to 5." in note
    assert "It ends on 2026-04-01, before it begins on 2026-05-01: neither is kept." in note
    assert "Hours: '-3' (write a number of hours, 90 min or PT1H30M)" in note
    assert "Cost: 'dear' (write an amount such as 750, or free)" in note
    assert "Format: 'by post' (write course, workshop, e_learning" in note
    assert "Level" not in note
    assert [(left.row, left.reason) for left in reading.left_out] == [
        (4, "It has no title, so there is no course to keep."),
        (3, "It gives the same course as row 2."),
    ]


HEAD = "Course id,Course name,Provider,Hours"


def test_a_course_of_the_same_id_is_changed_whatever_file_gives_it(library: Library) -> None:
    library.write(
        "spring.csv", f"{HEAD}\nB-1,Boards,Harbour,6\nB-2,Budgets,Harbour,8\n7,Numbered,Harbour,1\n"
    )
    library.ingest()
    ref = library.item("Boards").head.ref
    text = f"{HEAD}\n7,Other,Harbour,1\nB-2,Budgets,Harbour,8\nB-1,Boards,Harbour,7\nB-1,Boards,Quay,2\n"
    path = library.write("autumn.csv", text.replace("B-1,Boards,Quay", "Q-1,Boards of Quay,Quay"))
    assert library.ingest().tally == Tally(added=2, updated=1, unchanged=4)
    boards = library.item("Boards")
    assert (boards.head.ref, boards.version, boards.fields) == (
        ref,
        2,
        TrainingFields(provider="Harbour", hours=7),
    )
    assert library.ingest().tally == Tally(unchanged=5)
    library.write("spring.csv", f"{HEAD}\nB-1,Boards,Harbour,5\n")
    assert library.ingest().tally.updated == 1
    path.unlink()
    library.ingest()
    assert library.titles() == ["Boards"]
