"""The register of lessons: given out, worked on, taken back."""

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from sqlalchemy.orm import Session

from ingest import composed, pipeline
from ingest.composed import Facts, LessonEntry
from ingest.exchange import applying, form
from ingest.exchange import reading as returning
from ingest.exchange.applying import Manner
from ingest.exchange.reading import Returned
from ingest.fields import LESSON_HEADINGS
from ingest.formats import Format
from ingest.pipeline import Options
from ingest.report import RowOutcome, RowState
from kb import drafts, items, library
from kb.access import LOCAL_USER, Principal
from kb.database import Sessions, transaction
from kb.life import lessons
from kb.life.lifecycle import Move
from kb.settings import Limits
from kb.values import Filters, ItemDraft, LessonFields, Locator
from kb.vocabulary import (
    Approach,
    Classification,
    KnowledgeArea,
    Phase,
    Polarity,
    Priority,
    Role,
    Sector,
    Status,
    Term,
)
from tests.samples import lesson, store
from web.life import registers
from web.life.registers import RegisterFormat
from web.wiring import Services

FORMATS = {RegisterFormat.XLSX: Format.EXCEL, RegisterFormat.CSV: Format.CSV}
AWKWARD = [
    '=HYPERLINK("http://evil","click")',
    "+1 day",
    "-5 %",
    "@SUM(A1)",
    "'=quoted",
    "''-twice",
    "'plain",
    "a;b",
    '"',
    "_x000D_",
    "_x005F_",
    "_x005F_x000D_",
    "_x0041_x0042_x0043_",
    "<r>a</r>",
    "l'été\u2028суд 😀",
    "## Event",
    "## Other details",
    "| a | b |",
    "é" * 20_000,
    "long, longer; longest\n\n" * 2_000,
    "\t",
    "NA",
    "1.50",
    "2026-11-25",
    "TRUE",
]
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=20)
lines = st.one_of(words, st.sampled_from(AWKWARD))
texts = st.lists(lines, max_size=4).map("\n".join)
short = st.one_of(words, st.sampled_from([one for one in AWKWARD if len(one) < 80]))
days = st.none() | st.dates(date(1800, 1, 1), date(2100, 1, 1))


def some(vocabulary: type[Term]) -> st.SearchStrategy[tuple[Term, ...]]:
    return st.lists(st.sampled_from(list(vocabulary)), max_size=3).map(tuple)


@st.composite
def entries(draw: st.DrawFn) -> ItemDraft:
    """A lesson as the form makes it, with what only files and the API say."""
    said = LessonFields(
        **{name: draw(texts) for name in LESSON_HEADINGS},
        polarity=draw(st.none() | st.sampled_from(Polarity)),
        priority=draw(st.none() | st.sampled_from(Priority)),
    )
    facts = Facts(
        title=draw(short.filter(lambda text: bool(composed.tidy(_titled(text)).facts.title))),
        project=draw(short),
        owner=draw(short),
        dated=draw(days),
        review_date=draw(days),
        classification=draw(st.sampled_from(Classification)),
        knowledge_areas=draw(some(KnowledgeArea)),
        phases=draw(some(Phase)),
        approaches=draw(some(Approach)),
        sectors=draw(some(Sector)),
        tags=tuple(draw(st.lists(short, max_size=3))),
        competences=tuple(draw(st.lists(short, max_size=2))),
    )
    draft = composed.draft(LessonEntry(facts, said, draw(texts)))
    tidied = composed.tidy(_titled(draw(short), draw(short), draw(short))).facts
    return replace(
        draft,
        organisation=tidied.title,
        contributor=tidied.project,
        citation=tidied.owner,
        external_ref=draw(st.sampled_from(["", "LL-7", "=A1"])),
        url=draw(st.sampled_from(["", "https://example.org/?a=1&b='2'"])),
        language=draw(st.sampled_from(["", "en-GB"])),
        status=draw(st.sampled_from([Status.DRAFT, Status.SUBMITTED, Status.ENDORSED, Status.LEARNED])),
    )


def _titled(title: str, project: str = "", owner: str = "") -> LessonEntry:
    return LessonEntry(Facts(title=title, project=project, owner=owner), LessonFields())


def given_out(session: Session, wanted: RegisterFormat) -> bytes:
    ids = items.in_order(session, LOCAL_USER, Filters())
    return registers.write(session, LOCAL_USER, ids, wanted)


def returned(body: bytes, wanted: RegisterFormat, folder: Path) -> Returned:
    path = folder / f"register.{wanted}"
    path.write_bytes(body)
    return returning.read(path, FORMATS[wanted], Limits(), {})


def contents(session: Session) -> dict[str, tuple[ItemDraft, Status]]:
    ids = items.in_order(session, LOCAL_USER, Filters())
    return {one.draft.ref or "": (one.draft, one.status) for one in applying.kept(session, LOCAL_USER, ids)}


def states(rows: list[RowOutcome]) -> list[RowState]:
    return [row.state for row in rows]


@pytest.mark.parametrize("wanted", RegisterFormat)
@given(found=st.lists(entries(), min_size=1, max_size=3))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_lessons_go_out_and_come_back_the_same(
    sessions: Sessions, tmp_path: Path, wanted: RegisterFormat, found: list[ItemDraft]
) -> None:
    with sessions() as session:
        for draft in found:
            library.write(session, LOCAL_USER, draft)
        before = contents(session)
        register = returned(given_out(session, wanted), wanted, tmp_path)
        again = applying.apply(session, LOCAL_USER, register.rows)
        assert states(again) == [RowState.UNCHANGED] * len(found), again
        assert contents(session) == before
        session.rollback()
    with sessions() as session:
        assert not contents(session)
        restored = applying.apply(session, LOCAL_USER, register.rows, Manner(restore=True))
        assert states(restored) == [RowState.NEW] * len(found), restored
        assert contents(session) == before
        assert states(applying.apply(session, LOCAL_USER, register.rows)) == [RowState.UNCHANGED] * len(found)
        session.rollback()


def import_(services: Services, folder: Path, body: bytes, name: str, **options: Any) -> pipeline.Report:
    path = folder / name
    path.write_bytes(body)
    return pipeline.run(services.sessions, services.files, LOCAL_USER, Limits(), [path], Options(**options))


def table(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def as_csv(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [*form.COLUMNS.values()], restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def test_an_edited_row_is_a_version_of_its_lesson_and_a_row_without_reference_a_lesson(
    shelf: Services, tmp_path: Path
) -> None:
    with shelf.sessions() as session:
        rows = table(given_out(session, RegisterFormat.CSV))
    first = next(row for row in rows if row["Reference"] == "C-1")
    first["Recommendation"] = "Order cables before the design is frozen."
    first["Tags"] = "cables; =late"
    rows.append({"Title": "Cranes were booked twice", "What happened": "Two sites booked one crane.",
                 "Recommendation": "Keep one calendar of cranes.", "Project": "Bridge"})  # fmt: skip
    rows.append({"Title": "Only a thought", "Status": "Draft"})
    rows.append({"Reference": "L-999", "Title": "From elsewhere"})
    report = import_(shelf, tmp_path, as_csv(rows), "register.csv")
    assert (report.tally.added, report.tally.updated, report.tally.unchanged) == (2, 1, 3)
    assert [(row.ref, row.state) for row in report.files[0].rows] == [("L-999", RowState.LEFT_OUT)]
    assert "No lesson here has the reference L-999" in report.files[0].rows[0].note
    with shelf.sessions() as session:
        changed = items.get(session, LOCAL_USER, "C-1")
        assert changed.version == 2
        assert isinstance(changed.fields, LessonFields)
        assert changed.fields.recommendation == "Order cables before the design is frozen."
        assert drafts.of_item(session, LOCAL_USER, "C-1").tags == ("cables", "=late")
        found = contents(session)
        new = next(pair for pair in found.values() if pair[0].title == "Cranes were booked twice")
        assert (new[0].project, new[1]) == ("Bridge", Status.SUBMITTED)
        assert next(pair[1] for pair in found.values() if pair[0].title == "Only a thought") == Status.DRAFT
        assert len(found) == 6
    again = import_(shelf, tmp_path, as_csv(rows), "register.csv")
    assert (again.tally.added, again.tally.updated, again.tally.unchanged) == (0, 0, 6)


def test_what_was_changed_here_meanwhile_is_not_undone(shelf: Services, tmp_path: Path) -> None:
    with shelf.sessions() as session:
        rows = table(given_out(session, RegisterFormat.CSV))
    with transaction(shelf.sessions) as session:
        base = drafts.of_item(session, LOCAL_USER, "C-1")
        library.write(session, LOCAL_USER, form.changed(base, {"causes": "Nobody asked."}), "C-1")
    stale = import_(shelf, tmp_path, as_csv(rows), "register.csv")
    assert (stale.tally.updated, stale.tally.unchanged) == (0, 4)
    assert "at version 2 here; the row tells of 1" in stale.files[0].rows[0].note
    for row in rows:
        row["Causes"] = "The buyer was new."
    refused = import_(shelf, tmp_path, as_csv(rows), "register.csv")
    assert refused.tally.updated == 3
    assert "C-1 was changed here since" in refused.files[0].rows[0].note


def test_a_register_moves_no_lesson_and_opens_none(shelf: Services, tmp_path: Path) -> None:
    with transaction(shelf.sessions) as session:
        base = drafts.of_item(session, LOCAL_USER, "C-1")
        secret = replace(base, classification=Classification.CONFIDENTIAL)
        library.write(session, LOCAL_USER, secret, "C-1")
    with shelf.sessions() as session:
        rows = [row for row in table(given_out(session, RegisterFormat.CSV)) if row["Reference"] == "C-1"]
    rows[0] |= {"Status": "Endorsed", "Classification": "", "Effect": "A week was lost."}
    report = import_(shelf, tmp_path, as_csv(rows), "register.csv")
    assert report.tally.updated == 1
    assert "It stays submitted" in report.files[0].rows[0].note
    with shelf.sessions() as session:
        after = items.get(session, LOCAL_USER, "C-1")
        assert (after.head.status, after.head.classification) == (
            Status.SUBMITTED,
            Classification.CONFIDENTIAL,
        )


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"Priority": "soon"}, "Priority: 'soon' is none of Urgent"),
        ({"Knowledge areas": "Risk; Astrology"}, "Knowledge areas: 'Astrology' is none of"),
        ({"Date": "the day after"}, "Date: 'the day after' is no day"),
        ({"Version": "two"}, "Version: 'two' is no number"),
        ({"Organisation": "x" * 301}, "Organisation has 301 characters, more than the 300"),
        ({"Title": "x" * 501}, "Title has 501 characters"),
        ({"Causes": "x" * 200_001}, "longer than 200,000"),
        (
            {"Reference": "", "Title": "", "What happened": "", "Effect": "", "Recommendation": ""},
            "has no title",
        ),
        ({"Title": ""}, "Give it a title"),
    ],
)
def test_a_row_that_cannot_be_kept_is_left_out_with_its_reason(
    shelf: Services, tmp_path: Path, cells: dict[str, str], said: str
) -> None:
    with shelf.sessions() as session:
        rows = table(given_out(session, RegisterFormat.CSV))
    rows[1] |= cells
    rows[2]["Effect"] = "It cost a week."
    report = import_(shelf, tmp_path, as_csv(rows), "register.csv")
    assert (report.tally.updated, report.tally.unchanged) == (1, 2)
    assert [row.row for row in report.files[0].rows] == [3]
    assert said in report.files[0].rows[0].note


def test_columns_left_out_stay_as_they_are_and_two_of_a_kind_are_refused(
    shelf: Services, tmp_path: Path
) -> None:
    names = ["Reference", "Version", "Title", "What happened", "Effect", "Causes"]
    head, row = ",".join(names), "C-1,1,Cables came late again,The supplier delivered the cables late.,,"
    report = import_(shelf, tmp_path, f"{head}\r\n{row}\r\n".encode(), "short.csv")
    assert report.tally.updated == 1
    with shelf.sessions() as session:
        after = items.get(session, LOCAL_USER, "C-1").head
        assert (after.title, after.project) == ("Cables came late again", "Harbour")
    twice = import_(shelf, tmp_path, f"{head},Causes\r\n{row},x\r\n".encode(), "twice.csv")
    assert "Two columns hold 'Causes'" in twice.failures[0].reason


def test_a_workbook_that_excel_kept_is_taken_back(shelf: Services, tmp_path: Path) -> None:
    """Dates as dates, numbers as numbers, columns in another order, an empty row between."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Title", "Reference", "Date", "Version", "Effect", "Priority", "Causes"])
    sheet.append([])
    sheet.append(["Cables came late", "C-1", date(2020, 5, 2), 1, 12, "urgent", None])
    path = tmp_path / "x.xlsx"
    book.save(path)
    report = import_(shelf, tmp_path, path.read_bytes(), "x.xlsx")
    assert report.tally.updated == 1, report
    with shelf.sessions() as session:
        after = drafts.of_item(session, LOCAL_USER, "C-1")
        assert isinstance(after.fields, LessonFields)
        assert (after.dated, after.fields.effect, after.fields.priority) == (
            date(2020, 5, 2), "12", Priority.URGENT,
        )  # fmt: skip


def test_no_cell_of_a_workbook_is_a_formula(shelf: Services) -> None:
    with shelf.sessions() as session:
        body = given_out(session, RegisterFormat.XLSX)
    sheet = load_workbook(io.BytesIO(body)).active
    assert sheet is not None
    cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "=Tests began early")
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert b"<f>" not in ZipFile(io.BytesIO(body)).read("xl/worksheets/sheet1.xml")


def test_what_one_may_not_see_is_neither_given_out_nor_changed(shelf: Services, tmp_path: Path) -> None:
    with transaction(shelf.sessions) as session:
        base = drafts.of_item(session, LOCAL_USER, "C-1")
        library.write(session, LOCAL_USER, replace(base, classification=Classification.CONFIDENTIAL), "C-1")
    guest = Principal("guest", Classification.INTERNAL, may_write=True, roles=frozenset({Role.CONTRIBUTOR}))
    with shelf.sessions() as session:
        ids = items.in_order(session, LOCAL_USER, Filters())
        known = table(registers.write(session, LOCAL_USER, ids, RegisterFormat.CSV))
        assert "C-1" not in registers.write(session, guest, ids, RegisterFormat.CSV).decode()
        for row in known:
            row["Effect"] = "Seen."
        register = returned(as_csv(known), RegisterFormat.CSV, tmp_path)
        for restore in (False, True):
            rows = applying.apply(session, guest, register.rows, Manner(restore=restore))
            assert [row.state for row in rows if row.ref == "C-1"] == [RowState.LEFT_OUT]


def test_a_contributor_restores_no_review(sessions: Sessions, tmp_path: Path) -> None:
    clerk = Principal("clerk", Classification.INTERNAL, may_write=True, roles=frozenset({Role.CONTRIBUTOR}))
    row = {"Reference": "L-5", "Title": "Old lesson", "Status": "Learned"}
    register = returned(as_csv([row]), RegisterFormat.CSV, tmp_path)
    with transaction(sessions) as session:
        outcome = applying.apply(session, clerk, register.rows, Manner(restore=True))
        assert outcome[0].state is RowState.NEW
        assert "submitted, to be reviewed" in outcome[0].note
        assert lessons.find(session, clerk, "L-5").status == Status.SUBMITTED
    with transaction(sessions) as session:
        for number in range(8):
            library.write(session, clerk, lesson(f"Lesson {number}", key=""))
        assert len(contents(session)) == 9


@pytest.mark.parametrize(
    ("citation", "elsewhere"), [("", "report.pdf, page 4"), ("Rain, 2020", "Rain, 2020 [report.pdf, page 4]")]
)
def test_a_lesson_from_a_file_comes_back_whole_with_its_place(
    sessions: Sessions, tmp_path: Path, citation: str, elsewhere: str
) -> None:
    told = "Intro before any heading.\n\n## What happened\n\nIt rained.\n\n## Odd\n\n"
    body = f"{told}| a | b |\n|---|---|\n| 1 | 2 |"
    draft = lesson(
        "Rain", body, fields=LessonFields(event="It rained."), summary="Rain, in short",
        tags=("a;b", 'say "hi"'), locator=Locator(page=4), ref="R-1", citation=citation,
    )  # fmt: skip
    with sessions() as session:
        store(session, draft, location="/reports/report.pdf")
        before, _ = contents(session)["R-1"]
        register = returned(given_out(session, RegisterFormat.XLSX), RegisterFormat.XLSX, tmp_path)
        session.rollback()
    with sessions() as session:
        applying.apply(session, LOCAL_USER, register.rows, Manner(restore=True))
        after, _ = contents(session)["R-1"]
        assert after == replace(before, locator=Locator(), citation=elsewhere)
        assert states(applying.apply(session, LOCAL_USER, register.rows)) == [RowState.UNCHANGED]
        other = returned(given_out(session, RegisterFormat.XLSX), RegisterFormat.XLSX, tmp_path)
        session.rollback()
    with sessions() as session:
        store(session, draft, location="/reports/report.pdf")
        [row] = applying.apply(session, LOCAL_USER, other.rows)
        assert (row.state, row.note) == (RowState.UNCHANGED, "")
        texts = {**register.rows[0].texts, "citation": "Another", "body": "Other words.", "file": "x.pdf"}
        [row] = applying.apply(session, LOCAL_USER, [replace(register.rows[0], texts=texts)])
        assert row.said == (("Citation", "Another"),)
        assert "“Source file” and “Whole text” is not taken" in row.note


def test_a_reviewed_lesson_that_a_row_changes_goes_back_to_review(shelf: Services, tmp_path: Path) -> None:
    with transaction(shelf.sessions) as session:
        base = drafts.of_item(session, LOCAL_USER, "C-2")
        library.write(session, LOCAL_USER, form.changed(base, {"recommendation": "Count drums."}), "C-2")
        lessons.move(session, LOCAL_USER, "C-2", Move.ENDORSE)
    with shelf.sessions() as session:
        rows = table(given_out(session, RegisterFormat.CSV))
    next(row for row in rows if row["Reference"] == "C-2")["Causes"] = "Nobody counted."
    import_(shelf, tmp_path, as_csv(rows), "register.csv")
    import_(shelf, tmp_path, as_csv(rows), "register.csv")
    with shelf.sessions() as session:
        after = items.get(session, LOCAL_USER, "C-2")
        assert (after.head.status, after.version) == (Status.SUBMITTED, 3)


def test_the_register_is_downloaded_by_filter_and_by_search(browsing: TestClient) -> None:
    answer = browsing.get("/api/v1/lessons/register", params={"format": "csv", "project": "Portal"})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="lessons-register.csv"'
    assert {row["Reference"] for row in table(answer.content)} == {"T-1", "T-2"}
    found = browsing.get("/api/v1/lessons/register", params={"format": "csv", "q": "drums"}).content
    assert table(found)[0]["Reference"] == "C-2"
    sheet = load_workbook(
        io.BytesIO(browsing.get("/api/v1/lessons/register", params={"format": "xlsx"}).content)
    ).active
    assert sheet is not None
    assert sheet.max_row == 5
    assert browsing.get("/api/v1/lessons/register").status_code == 422


def test_the_starter_library_comes_back_from_its_register(library: Services, tmp_path: Path) -> None:
    with library.sessions() as session:
        for wanted in RegisterFormat:
            register = returned(given_out(session, wanted), wanted, tmp_path)
            assert len(register.rows) > 100
            assert {*states(applying.apply(session, LOCAL_USER, register.rows))} == {RowState.UNCHANGED}
        before = contents(session)
        session.rollback()
    assert before
