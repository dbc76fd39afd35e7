from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from kb import projects
from kb.access import LOCAL_USER, Principal
from kb.database import transaction
from kb.vocabulary import Classification
from tests.samples import lesson, store
from web.base import work
from web.wiring import Services


def test_projects_are_listed_with_their_items(browsing: TestClient) -> None:
    found = browsing.get("/api/v1/projects?page_size=2").json()
    assert (found["total"], found["pages"]) == (3, 2)
    assert [(one["name"], one["items"]) for one in found["projects"]] == [("Portal", 2), ("Bridge", 1)]
    assert found["projects"][0]["url"] == "/?project=Portal"
    assert browsing.get("/projects").text.count('href="/?project=') == 3


def test_projects_are_alike_when_their_items_mean_the_same(browsing: TestClient) -> None:
    found = browsing.get("/api/v1/projects/harbour/similar").json()
    assert [one["name"] for one in found] == ["Bridge", "Portal"]
    assert found[0]["closeness"] > found[1]["closeness"]
    assert len(browsing.get("/api/v1/projects/Harbour/similar?limit=1").json()) == 1
    assert browsing.get("/api/v1/projects/Nowhere/similar").status_code == 404


def test_a_search_in_one_project_leads_to_those_like_it(browsing: TestClient) -> None:
    for address in ("/?q=late&project=Harbour&page_size=50", '/?q=late project:"Harbour"&page_size=50'):
        page = BeautifulSoup(browsing.get(address).text, "lxml")
        link = page.select_one(".wider a")
        assert link is not None
        wider = "/?q=late&page_size=50&project=Harbour&project=Bridge&project=Portal"
        assert sorted(str(link["href"])[2:].split("&")) == sorted(wider[2:].split("&"))
        chips = BeautifulSoup(browsing.get(str(link["href"])).text, "lxml").select(".chips li")
        assert len(chips) == 4
    assert "wider" not in browsing.get("/?q=late").text
    assert browsing.get("/?q=late&project=Nowhere").status_code == 200


def test_what_may_not_be_read_tells_nothing_of_projects(shelf: Services) -> None:
    reader = Principal("reader", Classification.INTERNAL)
    with transaction(shelf.sessions) as session:
        secret = lesson(
            "Secret cables", "Late cables.", project="Secret", classification=Classification.CONFIDENTIAL
        )
        store(session, secret, location="/files/secret.csv", digest="c" * 64)
    work.sync(shelf)
    with shelf.sessions() as session:
        assert projects.count(session, LOCAL_USER) == 4
        assert projects.count(session, reader) == 3
        seen = [one.value for one in projects.listed(session, reader, offset=0, limit=9)]
        assert "Secret" not in seen
        alike = shelf.projects()
        assert "Secret" in [one.name for one in alike.similar(session, LOCAL_USER, "Harbour")]
        assert "Secret" not in [one.name for one in alike.similar(session, reader, "Harbour")]
