import re
from dataclasses import replace
from typing import Any, cast
from xml.etree import ElementTree as ET

import feedparser  # pyright: ignore[reportMissingTypeStubs]
import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from kb import drafts, library
from kb.access import LOCAL_USER, Principal, local_user
from kb.database import transaction
from kb.errors import NotFoundError
from kb.life import lessons
from kb.life.lifecycle import Move
from kb.searching import saved, searches
from kb.values import LessonFields
from kb.vocabulary import FacetName, Status
from tests.samples import lesson, store
from web.addresses import here
from web.api.saved import FiltersIn
from web.base import work
from web.wiring import Services

SAVED = "/api/v1/saved-searches"
parse: Any = cast("Any", feedparser).parse


def read(client: TestClient, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "lxml")


def add(services: Services, *titles: str) -> None:
    with transaction(services.sessions) as session:
        store(
            session,
            *(lesson(title, f"{title}: the supplier was late with cables.") for title in titles),
            location="/files/later.csv",
            digest="b" * 64,
        )
    work.sync(services)


def test_a_search_is_saved_from_its_results_and_leads_back_to_them(browsing: TestClient) -> None:
    page = read(browsing, "/?q=late+cables&kind=lesson")
    form = page.select_one("form[action^='/searches']")
    assert form is not None
    answer = browsing.post(str(form["action"]), data={"name": "Cable trouble"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/searches")
    link = read(browsing, "/searches").find("a", string="Cable trouble")
    assert link is not None
    assert browsing.get(str(link["href"])).headers["location"] == "/?q=late+cables&kind=lesson"
    assert "Saved as “Cable trouble”" in read(browsing, "/?q=late+cables&kind=lesson").text
    assert "Saved as" not in read(browsing, "/?q=late+cables").text
    assert read(browsing, "/").find("a", string="Cable trouble")


def test_what_came_since_the_last_visit_is_counted(browsing: TestClient, shelf: Services) -> None:
    browsing.post("/searches?q=late+cables", data={"name": "Cables"})
    browsing.post("/searches?q=software+users", data={"name": "Software"})
    browsing.post("/searches?kind=lesson", data={"name": "All lessons"})
    assert read(browsing, "/searches").select(".new") == []
    add(shelf, "Cables by ship", "Cables by train")
    found = {one["name"]: one["new"] for one in browsing.get(SAVED).json()}
    assert found == {"Cables": 2, "Software": 0, "All lessons": 2}
    assert [one.text for one in read(browsing, "/searches").select(".new")] == [
        "2 new or changed",
        "2 new or changed",
    ]
    number = next(one["id"] for one in browsing.get(SAVED).json() if one["name"] == "Cables")
    browsing.get(f"/searches/{number}")
    assert browsing.get(f"{SAVED}/{number}").json()["new"] == 0
    with transaction(shelf.sessions) as session:
        changed = drafts.of_item(session, LOCAL_USER, "C-1")
        library.write(session, LOCAL_USER, replace(changed, tags=("ship",)), "C-1")
    assert browsing.get(f"{SAVED}/{number}").json()["new"] == 1


def test_a_draft_is_new_to_others_once_it_is_handed_in(browsing: TestClient, shelf: Services) -> None:
    anna = local_user("Anna")
    with transaction(shelf.sessions) as session:
        fields = LessonFields(event="The drums came late.", recommendation="Ask for the day.")
        draft = lesson("Late drums", ref="D-1", fields=fields, status=Status.DRAFT)
        library.write(session, anna, draft)
    browsing.post("/searches?kind=lesson", data={"name": "All lessons"})
    assert [one["new"] for one in browsing.get(SAVED).json()] == [0]
    with transaction(shelf.sessions) as session:
        lessons.move(session, anna, "D-1", Move.SUBMIT)
    assert [one["new"] for one in browsing.get(SAVED).json()] == [1]


def test_results_offer_their_lessons_as_a_register(browsing: TestClient) -> None:
    links = read(browsing, "/?q=late+cables&kind=lesson").select("a[href^='/api/v1/lessons/register']")
    assert [str(link["href"]).partition("?")[2] for link in links] == [
        "format=xlsx&q=late+cables&kind=lesson",
        "format=csv&q=late+cables&kind=lesson",
    ]
    told = browsing.get(str(links[1]["href"])).text
    assert "Cables came late" in told
    assert "Training paid off" not in told


def test_saved_searches_live_over_the_api(browsing: TestClient) -> None:
    body = {"name": " Late  ones ", "query": "late", "filters": {"kind": ["lesson"], "after": "2020-01-01"}}
    made = browsing.post(SAVED, json=body)
    assert made.status_code == 201
    address = made.headers["location"]
    kept = browsing.get(address).json()
    assert (kept["name"], kept["new"]) == ("Late ones", 0)
    assert kept["url"] == "/?q=late&kind=lesson&after=2020-01-01"
    assert kept["feed"] == "/feed?q=late&kind=lesson&after=2020-01-01"
    assert browsing.patch(address, json={"name": "Later"}).json()["name"] == "Later"
    assert browsing.post(f"{address}/visit").status_code == 204
    assert browsing.delete(address).status_code == 204
    assert browsing.get(address).status_code == 404
    assert browsing.get(SAVED).json() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "x"}, 400),
        ({"name": "Taken", "query": "late"}, 409),
        ({"name": "x", "query": "before:never"}, 400),
        ({"name": "x" * 300, "query": "late"}, 422),
        ({"name": "x", "query": "late", "filters": {"kind": ["nonsense"]}}, 422),
        ({"name": "x", "query": "late", "filters": {"colour": ["red"]}}, 422),
    ],
)
def test_what_can_not_be_saved_is_refused_with_a_sentence(
    browsing: TestClient, body: dict[str, Any], status: int
) -> None:
    browsing.post(SAVED, json={"name": "taken", "query": "late"})
    answer = browsing.post(SAVED, json=body)
    assert answer.status_code == status
    assert answer.json()["detail"].endswith(".")
    assert len(browsing.get(SAVED).json()) == 1


def test_recent_searches_can_be_seen_and_cleared(browsing: TestClient, shelf: Services) -> None:
    browsing.get("/?q=late+cables")
    browsing.get("/items/C-1?passage=0&q=late+cables")
    assert shelf.recorder.settle(10)
    (recent,) = browsing.get("/api/v1/recent-searches").json()
    assert (recent["query"], recent["url"]) == ("late cables", "/?q=late+cables")
    assert read(browsing, "/searches").find("a", string="late cables")
    browsing.get("/?q=software")
    assert browsing.post("/searches/forget").status_code == 303
    assert browsing.get("/api/v1/recent-searches").json() == []
    with shelf.sessions() as session:
        assert list(searches.judged_pairs(session)) == []
    browsing.get("/?q=software")
    assert browsing.delete("/api/v1/recent-searches").status_code == 204
    assert browsing.get("/api/v1/recent-searches").json() == []


def test_an_answer_is_given_changed_and_taken_back_without_javascript(browsing: TestClient) -> None:
    address = "/?q=late+cables&page_size=3"

    def press(text: str) -> list[tuple[str, str]]:
        page = read(browsing, address)
        form = {str(field["name"]): str(field["value"]) for field in page.select("#feedback input")}
        button = next(one for one in page.select("#hit-C-1 .helped button") if one.text.strip() == text)
        answer = browsing.post("/feedback", data={**form, str(button["name"]): str(button["value"])})
        assert answer.status_code == 303
        assert answer.headers["location"] == f"{address}#hit-C-1"
        buttons = read(browsing, address).select("#hit-C-1 .helped button")
        return [(one.text.strip(), str(one["aria-pressed"])) for one in buttons]

    assert press("Yes") == [("Yes", "true"), ("No", "false")]
    assert browsing.get("/api/v1/items/C-1/feedback?q=late+cables").json()["helpful"] is True
    assert press("No") == [("Yes", "false"), ("No", "true")]
    assert press("No") == [("Yes", "false"), ("No", "false")]


def test_feedback_over_the_api(browsing: TestClient, shelf: Services) -> None:
    for helpful in (True, False):
        answer = browsing.put("/api/v1/items/C-1/feedback", json={"query": "late cables", "helpful": helpful})
        assert answer.json() == {"query": "late cables", "helpful": helpful}
    with shelf.sessions() as session:
        (pair,) = searches.judged_pairs(session)
    assert (pair.words, pair.helpful, pair.unhelpful) == ("late cables", 0, 1)
    missing = browsing.put("/api/v1/items/X-9/feedback", json={"query": "late", "helpful": True})
    assert missing.status_code == 404


@pytest.mark.parametrize("path", ["/searches?q=late", "/searches/forget", "/searches/1/remove", "/feedback"])
def test_another_site_changes_no_search(browsing: TestClient, path: str) -> None:
    headers = {"Origin": "https://evil.example"}
    assert browsing.post(path, data={"name": "x"}, headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("given", "led"),
    [
        ("/?q=a%20b&page=2#hit-1", "/?q=a%20b&page=2"),
        ("/items/L-1", "/items/L-1"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_a_form_leads_back_to_this_server_only(given: str, led: str) -> None:
    assert here(given) == led


def test_a_feed_is_valid_and_has_the_newest_first(browsing: TestClient, shelf: Services) -> None:
    add(shelf, "Cables \x0c by <ship> & train")
    answer = browsing.get("/feed?q=late+cables&kind=lesson")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = parse(answer.content)
    assert not feed.bozo
    assert feed.version == "atom10"
    assert feed.feed.id.startswith("urn:uuid:")
    links = {link.rel: link.href for link in feed.feed.links}
    assert links == {
        "self": "http://localhost/feed?q=late+cables&kind=lesson",
        "alternate": "http://localhost/?q=late+cables&kind=lesson",
    }
    assert feed.entries[0].title.startswith("Cables")
    assert "<ship> & train" in feed.entries[0].title
    assert feed.entries[0].link.startswith("http://localhost/items/L-")
    days = [entry.updated for entry in feed.entries]
    assert days == sorted(days, reverse=True)
    assert feed.feed.updated == days[0]
    ids = [entry.id for entry in feed.entries]
    assert len(set(ids)) == len(ids) >= 3
    again = parse(browsing.get("/feed?kind=lesson").content)
    assert set(ids) <= {entry.id for entry in again.entries}


def test_a_feed_holds_what_the_standard_demands(browsing: TestClient) -> None:
    """RFC 4287, 4.1.1 and 4.1.2: one id, title and updated each; an author; an alternate link."""
    atom = "{http://www.w3.org/2005/Atom}"
    for address in ("/feed?q=late+cables", "/feed?q=quantum+chromodynamics", "/feed"):
        root = ET.fromstring(browsing.get(address).content)  # noqa: S314 - our own answer
        assert root.tag == f"{atom}feed"
        for node in (root, *root.findall(f"{atom}entry")):
            for name in ("id", "title", "updated"):
                (child,) = node.findall(f"{atom}{name}")
                assert child.text
            (updated,) = node.findall(f"{atom}updated")
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)", updated.text or "")
            alternates = [one for one in node.findall(f"{atom}link") if one.get("rel") == "alternate"]
            assert len(alternates) == 1
        assert len(root.findall(f"{atom}author")) == 1


def test_nothing_is_sent_twice_to_a_feed_reader(browsing: TestClient, shelf: Services) -> None:
    first = browsing.get("/feed?q=late+cables")
    tag, changed = first.headers["etag"], first.headers["last-modified"]
    for headers in (
        {"If-None-Match": tag},
        {"If-None-Match": f'"x", W/{tag}'},
        {"If-Modified-Since": changed},
    ):
        again = browsing.get("/feed?q=late+cables", headers=headers)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    for headers in ({"If-None-Match": '"x"', "If-Modified-Since": changed}, {"If-Modified-Since": "soon"}):
        assert browsing.get("/feed?q=late+cables", headers=headers).status_code == 200
    add(shelf, "Cables by ship")
    assert browsing.get("/feed?q=late+cables", headers={"If-None-Match": tag}).status_code == 200


def test_an_unanswered_search_has_an_empty_feed(browsing: TestClient) -> None:
    feed = parse(browsing.get("/feed?q=quantum+chromodynamics").content)
    assert feed.entries == []
    assert browsing.get("/feed?q=before:never").status_code == 400


def test_saved_searches_of_others_do_not_exist(browsing: TestClient, shelf: Services) -> None:
    number = browsing.post(SAVED, json={"name": "Mine", "query": "late"}).json()["id"]
    other = Principal("other", LOCAL_USER.clearance)
    with shelf.sessions() as session:
        assert saved.listed(session, other) == []
        for act in (saved.get, saved.visit, saved.remove):
            with pytest.raises(NotFoundError):
                act(session, other, number)


def test_similar_items_have_a_page_and_pages(reading: TestClient) -> None:
    whole = reading.get("/api/v1/items/HS-L-001/similar?page_size=100").json()
    halves = [
        reading.get(f"/api/v1/items/HS-L-001/similar?page_size=4&page={number}").json() for number in (1, 2)
    ]
    assert [hit["item"]["ref"] for half in halves for hit in half["hits"]] == [
        hit["item"]["ref"] for hit in whole["hits"][:8]
    ]
    page = read(reading, "/items/HS-L-001/similar?page_size=4&page=2")
    assert [str(one["id"]).removeprefix("hit-") for one in page.select(".hit")] == [
        hit["item"]["ref"] for hit in halves[1]["hits"]
    ]
    following = page.select_one("a[rel=next]")
    assert following is not None
    assert following["href"] == "/items/HS-L-001/similar?page=3&page_size=4"
    assert reading.get("/items/none/similar").status_code == 404
    assert "There is no page 99" in read(reading, "/items/HS-L-001/similar?page=99").text


def test_every_facet_can_be_kept() -> None:
    assert set(FiltersIn.model_fields) == {*FacetName, "before", "after"}
