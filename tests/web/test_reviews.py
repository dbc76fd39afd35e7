"""The review clock: on pages, over HTTP and on the command line."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from kb.database import transaction
from kb.vocabulary import ReviewState, Role
from tests.samples import lesson, store
from tests.web.commands import kb
from tests.web.roles import client_of
from tests.web.test_pages import one, opened
from tests.web.test_people import named
from web.base import work
from web.searching import reasons
from web.wiring import Services

TODAY = datetime.now(UTC).date()
LATE = date(2020, 5, 10)


@pytest.fixture
def kept(services: Services) -> Services:
    """A base of items in every state of the clock."""
    drafts = [
        lesson("Pumps came late", ref="L-1", owner="Carl", review_date=LATE),
        lesson("Valves came late", ref="L-2", owner="Dora", review_date=TODAY + timedelta(days=9)),
        lesson("Cables came late", ref="L-3", owner="Carl", review_date=TODAY + timedelta(days=400)),
        lesson("Drums came late", ref="L-4"),
    ]
    with transaction(services.sessions) as session:
        store(session, *drafts)
    work.sync(services)
    return services


def _refs(page: BeautifulSoup) -> list[str]:
    return [str(row["id"]).removeprefix("due-") for row in page.select("[id^=due-]")]


def test_the_clock_shows_each_state_with_its_items(kept: Services) -> None:
    client = named(kept, "Anna")
    found = {state: _refs(opened(client, f"/lessons/reviews?state={state}")) for state in ReviewState}
    assert found == {
        ReviewState.OVERDUE: ["L-1"],
        ReviewState.DUE_SOON: ["L-2"],
        ReviewState.CURRENT: ["L-3"],
        ReviewState.UNSET: ["L-4"],
    }
    page = opened(client, "/lessons/reviews?owner=Carl")
    tabs = [link.get_text() for link in page.select(".tabs a")]
    assert tabs == ["Overdue (1)", "Due within 30 days (0)", "Current (1)", "No day set (0)"]
    assert "overdue since 10 May 2020" in page.get_text()
    empty = opened(client, "/lessons/reviews?state=unset&owner=Carl").get_text()
    assert "Everything has a day for its review of what Carl looks after." in empty


def test_stale_items_are_marked_in_results(kept: Services) -> None:
    client = named(kept, "Anna")
    mark = one(opened(client, "/?q=pumps came late"), "#hit-L-1 .marks .bad").get_text()
    assert mark == "review overdue since May 2020"
    hit = client.get("/api/v1/search", params={"q": "pumps came late"}).json()["hits"][0]
    assert (hit["item"]["review_date"], hit["why"]["review_overdue"]) == ("2020-05-10", True)
    assert "review overdue since May 2020" in kb(kept.settings.data, "search", "pumps").stdout
    assert reasons.overdue(TODAY, TODAY) == reasons.overdue(None, TODAY) == ""


def test_an_item_is_confirmed_until_a_day(kept: Services) -> None:
    client = named(kept, "Anna")
    page = opened(client, "/items/L-1")
    assert "overdue" in one(page, "#keeping").get_text()
    form = one(page, "#keeping form")
    assert client.post(str(form["action"]), data={"until": "soon"}).status_code == 400
    assert client.post(str(form["action"]), data={"until": str(TODAY)}).status_code == 400
    day = str(one(form, "input[name=until]")["value"])
    answer = client.post(str(form["action"]), data={"until": day, "note": "Still so."})
    assert (answer.status_code, answer.headers["location"]) == (303, "/items/L-1#keeping")
    assert "overdue" not in one(opened(client, "/items/L-1"), "#keeping").get_text()
    assert _refs(opened(client, "/lessons/reviews")) == []
    again = client.post("/items/L-2/reviews", data={"until": day, "back": "/lessons/reviews?state=due_soon"})
    assert again.headers["location"] == "/lessons/reviews?state=due_soon"


def test_a_leavers_items_go_to_a_successor(kept: Services) -> None:
    client = named(kept, "Anna")
    form = {"leaver": "Carl", "successor": "Dora"}
    answer = client.post("/lessons/reviews/reassignments", data=form)
    assert answer.headers["location"] == "/lessons/reviews?owner=Dora"
    assert client.get("/api/v1/reviews/owners").json() == [{"name": "Dora", "items": 3}]
    assert client.post("/lessons/reviews/reassignments", data={"leaver": "Dora"}).status_code == 400


def test_programs_read_confirm_and_reassign(kept: Services) -> None:
    client = named(kept, "Anna")
    found = client.get("/api/v1/reviews").json()
    assert found["counts"] == {"current": 1, "due_soon": 1, "overdue": 1, "unset": 1}
    assert [(due["item"]["ref"], due["owner"], due["state"]) for due in found["items"]] == [
        ("L-1", "Carl", "overdue")
    ]
    until = str(TODAY + timedelta(days=200))
    answer = client.post("/api/v1/items/L-1/reviews", json={"until": until})
    assert (answer.json()["state"], answer.json()["item"]["review_date"]) == ("current", until)
    assert client.post("/api/v1/items/L-9/reviews", json={"until": until}).status_code == 404
    body = {"leaver": "Carl", "successor": "Eve", "refs": ["L-3"]}
    assert client.post("/api/v1/reviews/reassignments", json=body).json() == {"successor": "Eve", "items": 1}
    assert client.get("/api/v1/items/L-1").json()["owner"] == "Carl"


def test_the_command_line_lists_confirms_and_reassigns(kept: Services) -> None:
    data = kept.settings.data
    shown = kb(data, "reviews", "list").stdout
    assert "Pumps came late · Carl · 10 May 2020" in shown
    assert "Overdue 1" in shown
    kb(data, "--as", "Anna", "reviews", "confirm", "L-1", "--until", str(TODAY + timedelta(days=90)))
    assert json.loads(kb(data, "reviews", "list", "--json").stdout)["items"] == []
    assert "Dora looks after 2 more items now." in kb(data, "reviews", "reassign", "Carl", "Dora").stdout
    assert (
        "lies in the future" in kb(data, "reviews", "confirm", "L-1", "--until", "2020-01-01", code=1).stderr
    )


@pytest.mark.parametrize(
    ("roles", "confirmed", "reassigned"),
    [((), 404, 404), ((Role.CONTRIBUTOR,), 200, 404), ((Role.COORDINATOR,), 200, 200)],
)
def test_roles_decide_who_confirms_and_reassigns(
    kept: Services, roles: tuple[Role, ...], confirmed: int, reassigned: int
) -> None:
    client = client_of(kept, "Zoë", *roles)
    body = {"until": str(TODAY + timedelta(days=90))}
    assert client.post("/api/v1/items/L-1/reviews", json=body).status_code == confirmed
    body = {"leaver": "Carl", "successor": "Dora"}
    assert client.post("/api/v1/reviews/reassignments", json=body).status_code == reassigned
    page = opened(client, "/lessons/reviews?state=due_soon")
    assert bool(page.select("form[action$='/reviews']:not(.inline)")) == (confirmed == 200)
    assert bool(page.select("#reassign")) == (reassigned == 200)
