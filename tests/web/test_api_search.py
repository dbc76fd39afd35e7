import pytest
from fastapi.testclient import TestClient


def test_the_best_lesson_comes_first_with_its_passage_and_reasons(reading: TestClient) -> None:
    found = reading.get("/api/v1/search", params={"q": "crossrail opening date"}).json()
    best = found["hits"][0]
    assert best["item"]["ref"] == "HS-L-001"
    assert not found["nearest_only"]
    passage = best["passages"][0]
    assert passage["url"].startswith(f"/items/HS-L-001?passage={passage['ordinal']}&q=")
    snippet = passage["snippet"]
    words = {snippet["text"][start:end].lower() for start, end in snippet["marks"]}
    assert words
    assert words <= {"crossrail", "opening", "date", "dates", "open", "opened"}
    assert {"opening", "date"} <= set(best["why"]["words"])


def test_the_passage_of_a_hit_opens_the_page_at_it(reading: TestClient) -> None:
    found = reading.get("/api/v1/search", params={"q": "unit mismatch spacecraft"}).json()
    address = found["hits"][0]["passages"][0]["url"]
    assert address.endswith("#cited")
    assert 'id="cited"' in reading.get(address.removesuffix("#cited")).text


def test_counts_facets_and_pages_are_of_one_set(reading: TestClient) -> None:
    found = reading.get("/api/v1/search", params={"q": "risk", "page_size": 30}).json()
    assert sum(one["count"] for one in found["facets"]["kind"]) == found["total"]
    every = [
        hit["item"]["ref"]
        for page in range(1, found["pages"] + 1)
        for hit in reading.get("/api/v1/search", params={"q": "risk", "page_size": 30, "page": page}).json()[
            "hits"
        ]
    ]
    assert len(every) == len(set(every)) == found["total"]
    first = reading.get("/api/v1/search", params={"q": "risk", "page_size": 100}).json()
    assert [hit["item"]["ref"] for hit in first["hits"]] == every[:100]


def test_a_filter_as_parameter_and_in_the_query_mean_the_same(reading: TestClient) -> None:
    one = reading.get("/api/v1/search", params={"q": "risk", "kind": "practice"}).json()
    other = reading.get("/api/v1/search", params={"q": "risk kind:practice"}).json()
    assert one["total"] == other["total"] > 0
    assert [hit["item"]["ref"] for hit in one["hits"]] == [hit["item"]["ref"] for hit in other["hits"]]
    assert {hit["item"]["kind"] for hit in one["hits"]} == {"practice"}


def test_no_words_list_everything_newest_first(reading: TestClient) -> None:
    found = reading.get("/api/v1/search", params={"page_size": 100}).json()
    days = [hit["item"]["dated"] for hit in found["hits"] if hit["item"]["dated"]]
    assert days == sorted(days, reverse=True)
    assert found["total"] == reading.get("/api/v1/items").json()["total"]


def test_a_page_after_the_last_is_empty_but_keeps_the_count(reading: TestClient) -> None:
    found = reading.get("/api/v1/search", params={"q": "risk", "page": 5000}).json()
    assert found["hits"] == []
    assert found["total"] > 0


HOSTILE = [
    '"',
    '"" OR ""',
    "NEAR(a b, 5)",
    "a AND NOT (b OR c)*",
    "title:risk ^ risk + {risk} : - *",
    "' OR 1=1; DROP TABLE item; --",
    "<script>alert(1)</script>",
    "%_\\",
    "\x00 risk",
    "🙂 риск 风险",
    "-",
    "kind:",
    "((((((((",
    "a" * 1999,
    " ".join("word" for _ in range(390)),
]


@pytest.mark.parametrize("query", HOSTILE)
def test_strange_queries_are_harmless(reading: TestClient, query: str) -> None:
    answer = reading.get("/api/v1/search", params={"q": query})
    assert answer.status_code == 200
    assert reading.get("/", params={"q": query}).status_code == 200
    assert reading.get("/api/v1/items").json()["total"] > 30


@pytest.mark.parametrize(
    "query", ["x" * 10_000, "before:never", "after:2020-13-01", "-risk", "kind:nonsense"]
)
def test_a_query_that_can_not_be_used_is_answered_with_a_sentence(reading: TestClient, query: str) -> None:
    answer = reading.get("/api/v1/search", params={"q": query})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].endswith(".")
    page = reading.get("/", params={"q": query})
    assert page.status_code == 400
    assert page.headers["content-type"].startswith("text/html")


def test_an_error_in_the_query_says_where_it_is_and_what_may_be_meant(reading: TestClient) -> None:
    problem = reading.get("/api/v1/search", params={"q": "risk phase:plannning"}).json()
    assert problem["position"] == [5, 20]
    assert problem["suggestion"] == "risk phase:planning"
    assert "did you mean phase:planning?" in problem["detail"]
    assert "suggestion" not in reading.get("/api/v1/search", params={"q": "risk OR"}).json()


def test_a_slip_is_noticed_and_the_query_as_it_was_meant_is_offered(reading: TestClient) -> None:
    found = reading.get("/api/v1/search", params={"q": "kind:lesson crosrail"}).json()
    assert found["suggestion"] == "kind:lesson crossrail"
    assert reading.get("/api/v1/search", params={"q": "kind:lesson crossrail"}).json()["suggestion"] == ""


def test_what_is_being_typed_is_completed(reading: TestClient) -> None:
    found = reading.get("/api/v1/suggestions", params={"q": "fixed open"}).json()["suggestions"]
    assert found[0]["source"] == "item"
    assert found[0]["url"] == "/items/HS-L-001"
    assert reading.get(found[0]["url"]).status_code == 200
    tags = reading.get("/api/v1/suggestions", params={"q": "raid", "limit": 2}).json()["suggestions"]
    assert len(tags) == 2
    assert reading.get("/api/v1/suggestions").json() == {"suggestions": []}
    assert reading.get("/api/v1/suggestions", params={"q": "x", "limit": 99}).status_code == 422


def test_unwanted_kinds_and_owners_narrow(reading: TestClient) -> None:
    every = reading.get("/api/v1/search", params={"q": "risk"}).json()
    others = reading.get("/api/v1/search", params={"q": "risk -kind:training"}).json()
    training = reading.get("/api/v1/search", params={"q": "risk", "kind": "training"}).json()
    assert others["total"] == every["total"] - training["total"] < every["total"]
    owner = "head of project controls"
    owned = reading.get("/api/v1/search", params={"owner": owner}).json()
    written = reading.get("/api/v1/search", params={"q": f'owner:"{owner}"'}).json()
    assert owned["total"] == written["total"] > 0
    assert owned["facets"]["owner"][0]["value"] == "Head of project controls"


def test_without_an_index_search_says_how_to_build_it(client: TestClient) -> None:
    answer = client.get("/api/v1/search", params={"q": "risk"})
    assert answer.status_code == 503
    assert "kb sync" in answer.json()["detail"]
