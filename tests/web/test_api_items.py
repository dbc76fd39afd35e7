import hashlib
from importlib.resources import files

import pytest
from fastapi.testclient import TestClient

LESSON = "HS-L-001"


def test_a_list_counts_all_and_gives_one_page(reading: TestClient) -> None:
    first = reading.get("/api/v1/items", params={"page_size": 7}).json()
    assert len(first["items"]) == 7
    assert first["total"] > 30
    assert first["pages"] == -(-first["total"] // 7)
    every = [
        item["ref"]
        for page in range(1, first["pages"] + 1)
        for item in reading.get("/api/v1/items", params={"page_size": 7, "page": page}).json()["items"]
    ]
    assert len(every) == len(set(every)) == first["total"]


def test_links_lead_from_page_to_page(reading: TestClient) -> None:
    answer = reading.get("/api/v1/items?kind=lesson&page_size=5")
    assert set(answer.links) == {"first", "next", "last"}
    second = reading.get(answer.links["next"]["url"])
    assert second.json()["page"] == 2
    assert set(second.links) >= {"first", "prev", "last"}
    assert all(item["kind"] == "lesson" for item in second.json()["items"])


def test_filters_hold_together_and_values_of_one_filter_are_alternatives(reading: TestClient) -> None:
    def refs(query: str) -> set[str]:
        pages = reading.get(f"/api/v1/items?page_size=100&{query}").json()["pages"]
        every = (
            reading.get(f"/api/v1/items?page_size=100&page={number}&{query}").json()
            for number in range(1, pages + 1)
        )
        return {item["ref"] for found in every for item in found["items"]}

    both = refs("kind=lesson&kind=practice")
    assert both == refs("kind=lesson") | refs("kind=practice")
    assert refs("kind=lesson&phase=planning") == refs("kind=lesson") & refs("phase=planning")
    assert refs("year=2019&kind=lesson") == refs("kind=lesson&after=2019-01-01&before=2020-01-01")
    assert LESSON in refs("project=crossrail%20(elizabeth%20line)")


def test_an_item_comes_with_everything_known(reading: TestClient) -> None:
    item = reading.get(f"/api/v1/items/{LESSON}").json()
    assert item["kind"] == "lesson"
    assert item["fields"]["polarity"] == "negative"
    assert item["fields"]["recommendation"]
    assert item["facets"]["sector"] == ["construction", "transport"]
    assert item["body"].startswith("## Event")
    assert item["version"] == 1
    assert item["withdrawn_at"] is None


def test_a_reference_that_leads_nowhere_is_a_problem_with_a_sentence(reading: TestClient) -> None:
    for path in ("", "/versions", "/versions/1", "/file", "/similar"):
        answer = reading.get(f"/api/v1/items/NO-SUCH{path}")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == 404
        assert "NO-SUCH" in problem["detail"]
        assert problem["instance"] == f"/api/v1/items/NO-SUCH{path}"


@pytest.mark.parametrize(
    "ref", ["..", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "a/b/c", "'; DROP TABLE item; --", "%00", "x" * 5000]
)
def test_strange_references_are_merely_unknown(reading: TestClient, ref: str) -> None:
    assert reading.get(f"/api/v1/items/{ref}").status_code in (404, 200 if ref == ".." else 404)


def test_versions_are_listed_and_can_be_read(reading: TestClient) -> None:
    versions = reading.get(f"/api/v1/items/{LESSON}/versions").json()
    assert [version["number"] for version in versions] == [1]
    version = reading.get(f"/api/v1/items/{LESSON}/versions/1").json()
    assert version["body"].startswith("## Event")
    assert version["record"]["owner"] == "Head of project controls"
    assert reading.get(f"/api/v1/items/{LESSON}/versions/2").status_code == 404
    assert reading.get(f"/api/v1/items/{LESSON}/versions/0").status_code == 422


def test_the_original_file_comes_back_byte_for_byte_and_is_never_shown(reading: TestClient) -> None:
    answer = reading.get(f"/api/v1/items/{LESSON}/file")
    original = files("corpus") / "lessons" / "crossrail-fixed-opening-date.md"
    assert hashlib.sha256(answer.content).digest() == hashlib.sha256(original.read_bytes()).digest()
    assert answer.headers["content-disposition"] == 'attachment; filename="crossrail-fixed-opening-date.md"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_similar_items_are_others(reading: TestClient) -> None:
    found = reading.get(f"/api/v1/items/{LESSON}/similar?page_size=3").json()
    assert len(found["hits"]) == 3 < found["total"]
    assert LESSON not in [hit["item"]["ref"] for hit in found["hits"]]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("page=0", "page"),
        ("page=x", "page"),
        ("page=999999999999999999999", "page"),
        ("page_size=101", "page_size"),
        ("kind=book", "kind"),
        ("year=19", "year"),
        ("before=yesterday", "before"),
        ("tag=" + "x" * 301, "tag"),
        ("&".join(["tag=x"] * 51), "tag"),
    ],
)
def test_a_bad_parameter_is_named_in_a_sentence(reading: TestClient, query: str, named: str) -> None:
    answer = reading.get(f"/api/v1/items?{query}")
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["detail"].startswith(f"{named}: ")
    assert len(problem["detail"]) < 400


def test_unknown_parameters_are_ignored(reading: TestClient) -> None:
    assert reading.get("/api/v1/items?utm_source=mail").status_code == 200
