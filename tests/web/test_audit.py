import json

from fastapi.testclient import TestClient
from sqlalchemy import text

from kb.database import transaction
from kb.vocabulary import Role
from tests.web import commands
from tests.web.roles import client_of
from web.wiring import Services

EVENTS = "/api/v1/audit-events"


def test_programs_read_the_record_and_check_it(browsing: TestClient) -> None:
    page = browsing.get(EVENTS, params={"page_size": 1}).json()
    assert (page["total"], page["events"][0]["number"], page["events"][0]["actor"]) == (
        page["total"],
        page["total"],
        "local",
    )
    assert browsing.get(EVENTS, params={"subject": "nothing"}).json()["total"] == 0
    found = browsing.get(f"{EVENTS}/verification").json()
    assert (found["whole"], found["events"], found["digest"]) == (
        True,
        page["total"],
        page["events"][0]["digest"],
    )
    kept = browsing.get(f"{EVENTS}/verification", params={"holding": "0" * 64}).json()
    assert kept["whole"] is False
    assert browsing.get(f"{EVENTS}/verification", params={"holding": "short"}).status_code == 422


def test_the_page_lists_and_filters(browsing: TestClient) -> None:
    assert "/files/lessons.csv" in browsing.get("/audit").text
    assert "No change is noted that fits" in browsing.get("/audit?actor=nobody").text
    assert "There is no page 99" in browsing.get("/audit?page=99").text


def test_only_administrators_see_it(shelf: Services) -> None:
    for role, status in (
        (Role.ADMINISTRATOR, 200),
        (Role.MANAGER, 200),
        (Role.COORDINATOR, 404),
        (Role.READER, 404),
    ):
        client = client_of(shelf, "ann", role)
        for address in (EVENTS, f"{EVENTS}/verification", "/audit"):
            assert client.get(address).status_code == status


def test_the_command_tells_what_was_changed_behind_its_back(shelf: Services) -> None:
    def kb(*arguments: str, code: int = 0) -> str:
        return commands.kb(shelf.settings.data, "audit", *arguments, code=code).output

    events = json.loads(kb("list", "--json"))
    assert "/files/lessons.csv" in kb("list", "--limit", "5")
    digest = kb("verify").split()[-1]
    assert digest == events[0]["digest"]
    assert json.loads(kb("verify", "--holding", digest, "--json"))["whole"] is True
    with transaction(shelf.sessions) as session:
        session.execute(text("UPDATE audit_event SET actor = 'other' WHERE number = 1"))
    assert "Event 1 is not as it was written. The 0 events before hold." in kb("verify", code=1)
    assert json.loads(kb("verify", "--json", code=1))["whole"] is False
