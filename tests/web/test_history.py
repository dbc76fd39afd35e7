import pytest
from fastapi.testclient import TestClient

from kb.access import LOCAL_USER
from kb.searching import searches
from kb.searching.searches import RecentSearch
from web import wiring
from web.app import create_app
from web.wiring import Services


def recorded(services: Services) -> list[RecentSearch]:
    assert services.recorder.settle(10)
    with services.sessions() as session:
        return searches.recent(session, LOCAL_USER)


def test_searches_on_the_page_and_over_the_api_are_recorded(browsing: TestClient, shelf: Services) -> None:
    browsing.get("/", params={"q": "late cables", "kind": "lesson"})
    browsing.get("/api/v1/search", params={"q": "quantum chromodynamics"})
    found = recorded(shelf)
    assert [(one.query, one.answered) for one in found] == [
        ("quantum chromodynamics", False),
        ("late cables", True),
    ]
    assert found[1].filters.as_json() == {"kind": ["lesson"]}
    assert found[1].found > 0


@pytest.mark.parametrize("address", ["/", "/?kind=lesson", "/?q=late+cables&page=2", "/?q=before:never"])
def test_looking_around_is_no_search(browsing: TestClient, shelf: Services, address: str) -> None:
    browsing.get(address)
    assert recorded(shelf) == []


def test_what_is_opened_from_the_results_is_recorded(browsing: TestClient, shelf: Services) -> None:
    browsing.get("/items/C-1?passage=0&q=late+cables&rank=1#cited")
    browsing.get("/items/C-2")
    assert shelf.recorder.settle(10)
    with shelf.sessions() as session:
        (pair,) = searches.judged_pairs(session)
    assert (pair.words, pair.opened) == ("late cables", 1)


def test_nothing_is_recorded_where_that_is_not_wanted(shelf: Services) -> None:
    quiet = wiring.build(shelf.settings.model_copy(update={"search_log": False}))
    with TestClient(create_app(quiet), base_url="http://localhost") as client:
        client.get("/", params={"q": "late cables"})
        client.get("/items/C-1?passage=0&q=late+cables")
    assert recorded(shelf) == []
    with shelf.sessions() as session:
        assert list(searches.judged_pairs(session)) == []
