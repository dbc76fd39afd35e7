"""Signing in, on pages and over the API, and what is closed to whoever has not."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser
from sqlalchemy import event, select, update
from sqlalchemy.engine import Engine

from kb import audit
from kb.access import LOCAL_USER, PERMISSIONS, Permission
from kb.database import transaction
from kb.models import SignIn, now
from kb.people import users
from kb.people.values import Scope
from kb.settings import Settings
from kb.vocabulary import Role
from tests.web.serving import running
from tests.web.signing import WORDS, Office
from web import wiring
from web.base import work
from web.signin.throttle import ACCOUNT, ADDRESS, Throttle
from web.wiring import Services

BOB = {"login": "bob", "password": WORDS}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A base with an administrator and a reader. Tests that change somebody add their own."""
    services = wiring.build(Settings(data=tmp_path_factory.mktemp("office") / "data"))
    work.prepare(services)
    found = Office(services)
    found.add("anna", Role.ADMINISTRATOR)
    found.add("bob", Role.READER)
    yield found
    services.close()


def test_a_laptop_needs_no_sign_in(client: TestClient) -> None:
    assert client.get("/").status_code == 200
    assert client.get("/sign-in").headers["location"] == "/"
    assert "There are no users" in client.get("/users").text


def test_pages_lead_a_stranger_to_the_sign_in_and_back(office: Office) -> None:
    client = office.browser()
    asked = client.get("/insight/trends?by=area")
    assert asked.status_code == 303
    assert asked.headers["location"] == "/sign-in?next=%2Finsight%2Ftrends%3Fby%3Darea"
    form = client.get(asked.headers["location"])
    assert 'value="/insight/trends?by=area"' in form.text
    assert "<script" not in form.text or "/static/" in form.text
    done = client.post(
        "/sign-in", data={"login": "bob", "password": WORDS, "next": "/insight/trends?by=area"}
    )
    assert (done.status_code, done.headers["location"]) == (303, "/insight/trends?by=area")
    assert client.get("/you").text.count("You are Bob") == 1
    assert client.get("/sign-in?next=/imports").headers["location"] == "/imports"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", ""]
)
def test_nobody_is_led_to_another_site(office: Office, target: str) -> None:
    client = office.browser()
    assert "evil" not in client.get("/sign-in", params={"next": target}).text
    done = client.post("/sign-in", data=BOB | {"next": target})
    assert done.headers["location"] == "/"
    assert client.get("/sign-in", params={"next": target}).headers["location"] == "/"


def test_what_is_open_is_only_what_must_be(office: Office) -> None:
    client = office.browser()
    for address in ("/healthz", "/sign-in", "/static/app.css"):
        assert client.get(address).status_code == 200
    for address in (
        "/",
        "/readyz",
        "/metrics",
        "/status",
        "/nowhere",
        "/feed",
        "/api",
        "/static",
        "/unsubscribe",
    ):
        assert client.get(address).status_code == 303, address
    for address in ("/unsubscribe/none", "/calendars/none.ics"):
        assert client.get(address).status_code == 404
    for address in ("/api/v1/openapi.json", "/api/v1/health", "/api/v1/nowhere"):
        answer = client.get(address)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == 'Bearer realm="Hindsight"'
    assert client.post("/imports", files={"files": ("a.md", b"# A")}).status_code == 401


def test_a_form_sent_after_the_session_ended_says_so(office: Office) -> None:
    client = office.browser()
    answer = client.post("/you/tokens", headers={"Referer": "http://localhost/you"})
    assert answer.status_code == 401
    assert "nothing was changed" in answer.text
    assert 'value="/you"' in answer.text


@pytest.mark.parametrize(
    ("base", "name", "secure"),
    [("http://localhost", "hindsight", False), ("https://localhost", "__Host-hindsight", True)],
)
def test_the_cookie_is_for_this_server_alone(office: Office, base: str, name: str, *, secure: bool) -> None:
    done = office.browser(base).post("/sign-in", data=BOB)
    cookie = done.headers["set-cookie"]
    assert cookie.startswith(f"{name}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert ("Secure" in cookie) is secure
    assert done.headers["cache-control"] == "no-store"


def test_a_sign_in_gets_a_new_secret_and_ends_the_one_before(office: Office) -> None:
    client = office.signed_in("bob")
    first = client.cookies["hindsight"]
    client.post("/sign-in", data=BOB)
    second = client.cookies["hindsight"]
    assert first != second
    thief = office.browser()
    thief.cookies["hindsight"] = first
    assert thief.get("/").status_code == 303
    left = client.post("/sign-out")
    assert left.headers["clear-site-data"] == '"storage"'
    thief.cookies["hindsight"] = second
    assert thief.get("/").status_code == 303


def test_a_secret_that_somebody_planted_is_not_taken_over(office: Office) -> None:
    client = office.browser()
    client.cookies["hindsight"] = planted = "x" * 43
    client.post("/sign-in", data=BOB)
    thief = office.browser()
    thief.cookies["hindsight"] = planted
    assert thief.get("/").status_code == 303


def test_a_new_password_ends_all_other_sign_ins(office: Office) -> None:
    office.add("kim", Role.READER)
    mine, other = office.signed_in("kim"), office.signed_in("kim")
    assert mine.post("/you/password", data={"old": "wrong", "new": f"{WORDS} anew"}).status_code == 400
    assert mine.post("/you/password", data={"old": WORDS, "new": "short"}).status_code == 400
    assert other.get("/you").status_code == 200
    assert mine.post("/you/password", data={"old": WORDS, "new": f"{WORDS} anew"}).status_code == 303
    assert mine.get("/you").status_code == 200
    assert other.get("/you").status_code == 303


def test_one_sees_and_ends_ones_sign_ins(office: Office) -> None:
    office.add("ida", Role.READER)
    mine, other, annas = office.signed_in("ida"), office.signed_in("ida"), office.signed_in("anna")
    (number,) = re.findall(r"/you/sign-ins/(\d+)/end", mine.get("/you").text)
    annas.post(f"/you/sign-ins/{number}/end")
    assert other.get("/you").status_code == 200
    mine.post(f"/you/sign-ins/{number}/end")
    assert other.get("/you").status_code == 303
    mine.post("/sign-out", data={"everywhere": "true"})
    assert mine.get("/you").status_code == 303


def test_a_sign_in_expires(office: Office) -> None:
    office.add("max", Role.READER)
    client = office.signed_in("max")
    sessions = office.services.sessions
    with sessions() as session:
        his = SignIn.user_id == users.get(session, LOCAL_USER, "max").number
    with transaction(sessions) as session:
        session.execute(update(SignIn).where(his).values(seen_at=now() - timedelta(hours=7)))
    assert client.get("/you").status_code == 200
    with sessions() as session:
        assert now() - session.scalars(select(SignIn.seen_at).where(his)).one() < timedelta(minutes=1)
    with transaction(sessions) as session:
        session.execute(update(SignIn).where(his).values(seen_at=now() - timedelta(hours=9)))
    assert client.get("/you").status_code == 303


def test_wrong_passwords_are_noted_and_soon_have_to_wait(office: Office) -> None:
    office.add("lee", Role.READER)
    client = office.browser()
    said = {"login": "lee", "password": "wrong"}
    answers = [client.post("/sign-in", data=said) for _ in range(ACCOUNT.free + 1)]
    assert [one.status_code for one in answers] == [401] * ACCOUNT.free + [429]
    assert "don&#39;t belong together" in answers[0].text
    assert 'value="lee"' in answers[0].text
    assert int(answers[-1].headers["retry-after"]) >= 1
    right = client.post("/sign-in", data={"login": "lee", "password": WORDS})
    assert right.status_code == 429
    with office.services.sessions() as session:
        noted = audit.listed(session, LOCAL_USER, subject="user lee", actor="nobody")
    assert [one.action for one in noted] == ["sign_in_failed"] * ACCOUNT.free
    assert "wrong" not in str(noted)


def test_an_unknown_login_is_answered_as_a_known_one(office: Office) -> None:
    client = office.browser()
    answers = [
        client.post("/sign-in", data={"login": login, "password": "wrong"}) for login in ("anna", "zoe_")
    ]
    assert answers[0].status_code == answers[1].status_code == 401
    assert answers[0].text.replace("anna", "") == answers[1].text.replace("zoe_", "")


def test_a_stranger_can_t_fill_the_memory(office: Office) -> None:
    client = office.browser()
    assert client.post("/sign-in", data=BOB | {"next": "x" * 70_000}).status_code == 413
    assert client.post("/sign-in", content=iter([b"login=bob"])).status_code == 413
    assert client.post("/unsubscribe/none").status_code == 404


def test_pages_say_who_is_signed_in_and_lead_where_they_may_go(office: Office) -> None:
    footers = [office.signed_in(login).get("/you").text.split("<footer")[1] for login in ("anna", "bob")]
    assert ["You: Anna" in footers[0], "You: Bob" in footers[1]] == [True, True]
    assert ["/audit" in footer for footer in footers] == [True, False]


def test_in_a_real_browser(office: Office, browser: Browser) -> None:
    with running(office.services) as address:
        context = browser.new_context(base_url=address)
        page = context.new_page()
        page.goto("/you")
        page.fill("#login", "bob")
        page.fill("#password", WORDS)
        page.get_by_role("button", name="Sign in").click()
        assert page.url == f"{address}/you"
        page.fill("#note", "Feed")
        page.get_by_role("button", name="Make a token").click()
        assert "hs_" in page.inner_text("pre")
        (cookie,) = context.cookies()
        assert (cookie.get("httpOnly"), cookie.get("sameSite")) == (True, "Lax")
        page.get_by_role("button", name="Sign out", exact=True).click()
        assert page.url == f"{address}/sign-in"
        assert context.cookies() == []
        context.close()


def test_waits_double_and_end() -> None:
    clock = [0.0]
    throttle = Throttle(lambda: clock[0])
    waits: list[float] = []
    for _ in range(ACCOUNT.free + 9):
        clock[0] += throttle.attempt("anna", "192.0.2.1")
        assert throttle.attempt("ANNA ", "192.0.2.2") == 0 or waits
        waits.append(max(0.0, throttle.attempt("anna", "198.51.100.1")))
    assert max(waits) == ACCOUNT.longest
    assert throttle.attempt("bob", "192.0.2.9") == 0
    clock[0] += 1000
    assert throttle.attempt("anna", "192.0.2.1") == 0


@given(st.lists(st.floats(0, 300), max_size=200))
def test_from_however_many_addresses_guesses_are_few(pauses: list[float]) -> None:
    clock = [0.0]
    throttle = Throttle(lambda: clock[0])
    guesses = 0
    for number, pause in enumerate(pauses):
        clock[0] += pause
        guesses += throttle.attempt("anna", f"10.0.{number // 256}.{number % 256}") <= 0
    doubling = 6  # waits of 1, 2, 4, 8, 16 and 32 seconds
    assert guesses <= ACCOUNT.free + doubling + clock[0] / ACCOUNT.longest + 1


def test_one_address_can_t_try_many_logins() -> None:
    throttle = Throttle(lambda: 0.0)
    waits = [throttle.attempt(f"user{number}", f"2001:db8::{number:x}") for number in range(ADDRESS.free + 1)]
    assert waits == [0.0] * ADDRESS.free + [1.0]
    assert throttle.attempt("other", "2001:db8:0:1::1") == 0
    for _ in range(ADDRESS.free * 2):
        assert throttle.attempt("anna", "192.0.2.1") == 0
        throttle.succeeded("anna", "192.0.2.1")


def test_another_site_can_t_use_somebodys_cookie(office: Office) -> None:
    client = office.signed_in("anna")
    form = {"name": "Board"}
    for headers, status in (
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "", "Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({}, 303),
    ):
        assert (
            client.post("/users/groups", data=form | {"name": str(headers)}, headers=headers).status_code
            == status
        )
    del client.headers["Sec-Fetch-Site"]
    assert client.post("/users/groups", data=form).status_code == 403
    assert client.get("/users").status_code == 200


def test_a_token_lets_a_program_in_as_far_as_its_scope_goes(office: Office) -> None:
    read, write = office.program("anna", Scope.READ), office.program("anna", Scope.WRITE)
    admin = office.program("anna", Scope.ADMIN)
    body = {"name": "mine", "query": "pumps"}
    assert read.get("/api/v1/saved-searches").status_code == 200
    assert read.post("/api/v1/saved-searches", json=body).status_code == 403
    assert write.post("/api/v1/saved-searches", json=body).status_code in (200, 201)
    assert read.get("/metrics").status_code == write.get("/metrics").status_code == 404
    assert admin.get("/metrics").status_code == 200
    for wrong in ("Bearer hs_nothing", "Bearer ", "Basic YTpi"):
        answer = office.browser().get("/api/v1/items", headers={"Authorization": wrong})
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    thief = office.browser()
    thief.cookies["hindsight"] = read.headers["Authorization"].removeprefix("Bearer ")
    assert thief.get("/").status_code == 303


def test_one_makes_tokens_oneself(office: Office) -> None:
    office.add("liv", Role.READER)
    client = office.signed_in("liv")
    made = client.post("/you/tokens", data={"note": "Feed", "scope": "read", "days": "30"})
    (secret,) = re.findall(r"<code>(hs_[\w-]{43})</code>", made.text)
    reader = office.browser()
    reader.headers["Authorization"] = f"Bearer {secret}"
    assert reader.get("/api/v1/items").status_code == 200
    listing = client.get("/you").text
    assert secret not in listing
    (number,) = re.findall(r"/you/tokens/(\d+)/revoke", listing)
    client.post(f"/you/tokens/{number}/revoke")
    assert reader.get("/api/v1/items").status_code == 401


def test_administrators_manage_users_on_pages(office: Office) -> None:
    client = office.signed_in("anna")
    new = {"login": "zoe", "name": "Zoë", "role": ["trainer"], "clearance": "internal", "password": WORDS}
    assert client.post("/users", data=new).headers["location"] == "/users/zoe"
    zoe = office.signed_in("zoe")
    client.post("/users/groups", data={"name": "Board"})
    client.post("/users/zoe/groups", data={"group": ["Board"]})
    assert "Board" in zoe.get("/you").text
    client.post("/users/zoe/groups", data={})
    assert "Board" not in zoe.get("/you").text
    client.post("/users/zoe/access", data={"role": ["reader", "analyst"], "clearance": "public"})
    assert zoe.get("/you").status_code == 303
    assert "Reader, Analyst" in client.get("/users").text
    assert (
        client.post("/users/anna/access", data={"role": ["reader"], "clearance": "public"}).status_code == 409
    )
    assert client.post("/users/zoe/access", data={"role": [], "clearance": "public"}).status_code == 400
    assert (
        client.post("/users", data=new | {"login": "y", "name": "Y", "clearance": "confidential"}).status_code
        == 400
    )
    zoe = office.signed_in("zoe")
    client.post("/users/zoe/disable")
    assert zoe.get("/you").status_code == 303
    client.post("/users/zoe/enable")
    client.post("/users/zoe/password", data={"password": f"{WORDS} anew"})
    assert office.browser().post("/sign-in", data={"login": "zoe", "password": WORDS}).status_code == 401


def test_the_page_shows_the_table_of_roles(office: Office) -> None:
    page = office.signed_in("anna").get("/users").text.split('id="table"')[1]
    rows = re.findall(r"<tr><th scope=\"row\">(\w+)</th>(.+?)</tr>", page)
    shown = {role: ["yes" in cell for cell in re.findall(r"<td>(.*?)</td>", row)] for role, row in rows}
    assert shown == {role.capitalize(): [one in PERMISSIONS[role] for one in Permission] for role in Role}


def test_the_first_user_closes_the_door_behind_whoever_added_them(client: TestClient) -> None:
    first = {"login": "anna", "name": "Anna", "role": ["administrator"], "clearance": "confidential"}
    assert client.post("/users", data=first).status_code == 400
    assert client.post("/users", data=first | {"password": WORDS}).status_code == 303
    assert client.get("/users").headers["location"] == "/sign-in?next=%2Fusers"
    assert client.post("/sign-in", data={"login": "anna", "password": WORDS}).status_code == 303


def test_a_request_with_a_cookie_or_token_costs_one_query(office: Office) -> None:
    for client in (office.signed_in("bob"), office.program("bob", Scope.READ)):
        client.get("/healthz")
        seen: list[str] = []

        def note(*given: Any, seen: list[str] = seen) -> None:
            seen.append(given[2])

        engine: Engine = office.services.database
        client.get("/api/v1/nowhere")  # a token's first use is noted
        event.listen(engine, "before_cursor_execute", note)
        client.get("/api/v1/nowhere")
        event.remove(engine, "before_cursor_execute", note)
        assert len(seen) == 1, seen


def test_a_laptop_pays_nothing(client: TestClient, services: Services) -> None:
    seen: list[object] = []
    event.listen(services.database, "before_cursor_execute", lambda *given: seen.append(given[2]))
    for _ in range(3):
        assert client.get("/healthz").status_code == 200
    assert len(seen) <= 2  # looked up once a second


def test_behind_a_proxy_with_https_cookies_are_secure(office: Office) -> None:
    settings = office.services.settings.model_copy(update={"address": "https://kb.example.org"})
    client = Office(wiring.build(settings)).browser()
    done = client.post("/sign-in", data=BOB)
    assert done.headers["set-cookie"].startswith("__Host-hindsight=")


def test_users_and_tokens_are_managed_over_the_api(office: Office) -> None:
    client = office.program("anna", Scope.ADMIN)
    new = {"login": "una", "name": "Una", "roles": ["reader"], "password": WORDS}
    made = client.post("/api/v1/users", json=new)
    assert (made.status_code, made.headers["location"]) == (201, "/api/v1/users/una")
    assert "password" not in made.json()
    assert client.post("/api/v1/users", json=new).status_code == 409
    assert client.post("/api/v1/groups", json={"name": "Panel"}).status_code == 201
    changes = {"roles": ["analyst"], "clearance": "public", "groups": ["Panel"], "disabled": False}
    assert client.patch("/api/v1/users/una", json=changes).json()["groups"] == ["Panel"]
    assert client.patch("/api/v1/users/una", json={"groups": ["Nobody"]}).status_code == 404
    secret = client.post("/api/v1/tokens", json={"login": "una", "note": "x"}).json()["token"]
    una = office.browser(Authorization=f"Bearer {secret}")
    assert una.get("/api/v1/me").json() == {
        "name": "Una",
        "login": "una",
        "roles": ["analyst"],
        "permissions": [],
        "clearance": "public",
        "groups": ["Panel"],
        "scope": "read",
    }
    assert una.get("/api/v1/users").status_code == 404
    assert una.get("/api/v1/users/una").status_code == 200
    (told,) = una.get("/api/v1/tokens").json()
    assert client.delete(f"/api/v1/tokens/{told['number']}").status_code == 204
    assert una.get("/api/v1/me").status_code == 401
    fresh = {"password": f"{WORDS} anew"}
    assert client.put("/api/v1/users/una/password", json=fresh).status_code == 204
    assert client.put("/api/v1/users/anna/password", json=fresh).status_code == 400
    assert {"name": "Panel", "logins": ["una"]} in client.get("/api/v1/groups").json()
    assert office.program("anna", Scope.WRITE).post("/api/v1/tokens", json={"note": "x"}).status_code == 404


THEIR_OWN = {
    "save_search",
    "rename_saved_search",
    "remove_saved_search",
    "visit_saved_search",
    "forget_recent_searches",
    "subscribe",
    "change_subscription",
    "unsubscribe",
    "test_subscription",
    "retry_delivery",
    "give_feedback",
    "fill_form",
    "check_lesson",
    "make_token",
    "revoke_token",
}
"""What is nobody else's, or keeps nothing."""
TEXT = "The harbour bridge needs cables and drums from a supplier. " * 9
BODIES: dict[str, Any] = {
    "draw_brief": {"text": TEXT},
    "decide_change": {"state": "accepted"},
    "update_item": {"version": 1, "title": "Other", "event": "Other.", "recommendation": "Other."},
}
"""Bodies that get past what is checked first."""


def sent(operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """The least that an operation takes."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        return {"json": least(content["application/json"]["schema"], schemas)}
    return {"files": [(name, ("a.md", TEXT.encode())) for name in ("file", "files")]} if content else {}


def least(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """A value that fits *schema*."""
    if "$ref" in schema:
        return least(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "anyOf" in schema:
        return least(schema["anyOf"][0], schemas)
    if "enum" in schema:
        return schema["enum"][0]
    if "examples" in schema:
        return schema["examples"][0]
    if schema.get("type") == "object":
        return {one: least(schema["properties"][one], schemas) for one in schema.get("required", ())}
    if schema.get("type") == "array":
        return [least(schema["items"], schemas)] * schema.get("minItems", 0)
    plain = {"integer": schema.get("minimum", 1), "number": schema.get("minimum", 1), "boolean": True}
    days = {"date": "2026-01-01", "date-time": "2026-01-01T00:00:00Z"}
    return plain.get(schema.get("type", ""), days.get(schema.get("format", ""), "some words"))


def operations(client: TestClient) -> list[tuple[str, str, dict[str, Any]]]:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    return [(method, path, one) for path, methods in paths.items() for method, one in methods.items()]


def test_without_credentials_every_operation_answers_401(office: Office) -> None:
    known = operations(office.program("bob", Scope.READ))
    assert len(known) > 150
    with office.browser() as stranger:
        for method, path, _ in known:
            answer = stranger.request(method, re.sub(r"{[^}]+}", "1", path))
            assert answer.status_code == 401, (method, path)
            assert answer.json()["status"] == 401


def test_a_reader_changes_nothing_over_the_api(shelf: Services) -> None:
    office = Office(shelf)
    office.add("anna", Role.MANAGER)
    office.add("bob", Role.READER)
    with office.program("bob", Scope.ADMIN) as client:
        before = client.get("/api/v1/items").json()
        refused = set(refusals(client))
        assert client.get("/api/v1/items").json() == before
    assert len(refused) > 50
    assert refused.issuperset(BODIES)
    with shelf.sessions() as session:
        assert {one.action for one in audit.listed(session, LOCAL_USER, actor="Bob")} == set()


def refusals(client: TestClient) -> Iterator[str]:
    """The operations that say they are not for *client*; all others refuse what they are sent."""
    schemas = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    for method, path, operation in operations(client):
        name = operation["operationId"]
        if method == "get" or name in THEIR_OWN:
            continue
        given = sent(operation, schemas) | ({"json": BODIES[name]} if name in BODIES else {})
        address = path.replace("{ref}", "C-1").replace("{name}", "Harbour").replace("{link}", "supports")
        answer = client.request(method, re.sub(r"{[^}]+}", "1", address), **given)
        assert answer.status_code >= 400, (name, answer.text)
        assert answer.status_code != 500, (name, answer.text)
        if answer.status_code in (401, 403, 404):  # others failed before it was asked who may
            yield name
