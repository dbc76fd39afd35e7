import csv
import io
from datetime import date, datetime
from typing import Any

import pytest
from bibtexparser.entrypoint import parse_string
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from kb.access import Principal
from kb.items import ItemSummary
from kb.life.records import ItemRecord
from kb.values import Filters, ItemId, Locator
from kb.vocabulary import Classification, Kind, Status
from web.files import csv_files
from web.searching import bibliography, exporting
from web.wiring import Services

MOMENT = datetime(2026, 1, 1).astimezone()


def export(client: TestClient, form: str, query: str = "early software") -> Response:
    answer = client.get("/api/v1/search/export", params={"format": form, "q": query})
    assert answer.status_code == 200, answer.text
    return answer


def found(client: TestClient, query: str = "early software") -> list[str]:
    hits = client.get("/api/v1/search", params={"q": query, "page_size": 100}).json()["hits"]
    return [hit["item"]["ref"] for hit in hits]


@pytest.mark.parametrize(
    ("form", "media_type", "suffix"),
    [
        ("csv", "text/csv; charset=utf-8", "csv"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
        ("md", "text/markdown; charset=utf-8", "md"),
        ("bibtex", "application/x-bibtex; charset=utf-8", "bib"),
        ("json", "application/json", "json"),
    ],
)
def test_each_format_comes_under_its_type_and_name(
    browsing: TestClient, form: str, media_type: str, suffix: str
) -> None:
    headers = export(browsing, form, "Früh: early/software?").headers
    assert headers["content-type"] == media_type
    assert headers["content-disposition"] == f'attachment; filename="hindsight-fruh-early-software.{suffix}"'


def test_every_format_holds_the_results_of_the_search_in_their_order(browsing: TestClient) -> None:
    refs = found(browsing)
    assert len(refs) >= 2
    table = list(csv.DictReader(io.StringIO(export(browsing, "csv").content.decode("utf-8-sig"))))
    assert [row["Reference"] for row in table] == refs
    assert [hit["item"]["ref"] for hit in export(browsing, "json").json()["hits"]] == refs
    sheet = load_workbook(io.BytesIO(export(browsing, "xlsx").content)).active
    assert sheet is not None
    assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == refs
    text = export(browsing, "md").text
    assert [text.index(f" · {ref}") for ref in refs] == sorted(text.index(f" · {ref}") for ref in refs)
    library: Any = parse_string(export(browsing, "bibtex").text)
    assert [entry.key for entry in library.entries] == refs


def test_formulas_in_texts_stay_texts(browsing: TestClient) -> None:
    rows = csv.DictReader(io.StringIO(export(browsing, "csv", "").content.decode("utf-8-sig")))
    assert "'=Tests began early" in [row["Title"] for row in rows]
    sheet = load_workbook(io.BytesIO(export(browsing, "xlsx", "").content)).active
    assert sheet is not None
    titles = [row[3] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in titles} == {"s"}
    assert "=Tests began early" in [cell.value for cell in titles]
    assert {str(row[9].value) for row in sheet.iter_rows(min_row=2)} == {"2020-05-01 00:00:00"}


@given(st.text(max_size=20))
def test_no_cell_begins_like_a_formula(text: str) -> None:
    cell = str(csv_files.harmless(text))
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert cell.removeprefix("'") == text.removeprefix("'")


def test_a_citation_names_title_author_year_place_and_address(browsing: TestClient) -> None:
    library: Any = parse_string(export(browsing, "bibtex", "training").text)
    entry = next(one for one in library.entries if one.key == "T-2")
    assert entry.entry_type == "misc"
    values = {name: field.value for name, field in entry.fields_dict.items()}
    assert values["title"] == "{Training paid off}"
    assert values["author"] == r"{Åland \& Co}"
    assert values["year"] == "2020"
    assert values["url"] == "https://example.org/t2"
    assert values["note"] == "Hindsight T-2; lessons.csv"


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=40)


@given(TEXTS, TEXTS, TEXTS, TEXTS, st.sampled_from(list(Kind)))
def test_any_item_makes_one_entry_that_can_be_read(
    ref: str, title: str, author: str, url: str, kind: Kind
) -> None:
    head = ItemSummary(
        ItemId(1),
        f"R{ref}",
        kind,
        title,
        "",
        Status.PUBLISHED,
        Classification.PUBLIC,
        "",
        author,
        date(2020, 1, 1),
        f"{title}.pdf",
        Locator(page=3),
    )
    record = ItemRecord(head, "", f"https://{url.replace(' ', '')}", "", "", "", MOMENT, MOMENT)
    library: Any = parse_string(bibliography.entry(record))
    assert len(library.entries) == 1
    assert not library.failed_blocks
    assert library.entries[0].fields_dict["note"].value.endswith("page 3")


def test_markdown_stays_what_it_is(browsing: TestClient) -> None:
    text = export(browsing, "md", "<script> *early* tests").text
    assert "<script>" not in text.replace("\\<script\\>", "")
    assert text.startswith("# \\<script\\> \\*early\\* tests\n")


def test_an_export_says_when_nothing_answers(browsing: TestClient) -> None:
    assert export(browsing, "json", "quantum chromodynamics").json()["nearest_only"]
    assert "nearest" in export(browsing, "md", "quantum chromodynamics").text
    for form in exporting.Format:
        assert export(browsing, form, '"no such phrase"').status_code == 200


def test_an_export_holds_only_what_may_be_read(shelf: Services) -> None:
    stranger = Principal("stranger", Classification.PUBLIC)
    with shelf.sessions() as session:
        nothing = exporting.collect(shelf, session, stranger, "", Filters())
        assert nothing.hits == []


@pytest.mark.parametrize(
    ("parameters", "status"), [("format=doc", 422), ("q=x", 422), ("format=csv&q=before:never", 400)]
)
def test_what_can_not_be_exported_is_told(browsing: TestClient, parameters: str, status: int) -> None:
    answer = browsing.get(f"/api/v1/search/export?{parameters}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
