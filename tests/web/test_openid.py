"""Signing in through an OpenID provider: a real one in a process of its own, and one that lies."""

import hmac
import json
import re
import socket
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from kb import audit
from kb.access import LOCAL_USER
from kb.database import transaction
from kb.errors import UnavailableError
from kb.people import groups, users
from kb.people.users import UserDraft
from kb.settings import Oidc, Settings
from kb.vocabulary import Classification, Role
from tests.web.lying_provider import Lying, lying
from tests.web.openid_provider import CLIENT, SECRET, SUBJECT
from tests.web.signing import WORDS, Office
from web import wiring
from web.base import work
from web.signin.openid import DONE, Provider
from web.wiring import Services

BASE = "http://localhost:8000"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The address of a real provider."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.web.openid_provider", str(port), BASE + DONE, WORDS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield f"http://127.0.0.1:{port}/o"
        process.kill()


def office(data: Path, **oidc: object) -> Office:
    """A base whose people a provider signs in."""
    given = {"client_id": CLIENT, "client_secret": SecretStr(SECRET), "name": "Example Ltd"} | oidc
    settings = Settings(data=data, address=BASE, oidc=Oidc.model_validate(given))
    services = wiring.build(settings)
    work.prepare(services)
    return Office(services)


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory, issuer: str) -> Iterator[Office]:
    """A base that takes roles and groups from the provider."""
    found = office(
        tmp_path_factory.mktemp("mapped") / "data",
        issuer=issuer,
        roles_claim="teams",
        roles={"pmo-coordinators": Role.COORDINATOR},
        groups_claim="teams",
    )
    yield found
    found.services.close()


def browser(found: Office) -> TestClient:
    return found.browser(BASE)


def at_provider(address: str) -> str:
    """What somebody does there: type their password. Gives where the provider sends the browser then."""
    with httpx2.Client(follow_redirects=True) as there:
        form = there.get(address)
        fields = dict(re.findall(r'name="(csrfmiddlewaretoken|next)" value="([^"]*)"', form.text))
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(address))
        login = {**fields, "username": SUBJECT, "password": WORDS}
        login["next"] = login["next"].replace("&amp;", "&")
        there.follow_redirects = False
        entered = there.post(form.url, data=login, headers={"Referer": str(form.url), "Origin": origin})
        assert entered.status_code == 302
        return there.get(origin + entered.headers["location"]).headers["location"]


def test_the_provider_signs_somebody_in(mapped: Office) -> None:
    client = browser(mapped)
    assert client.get("/insight").headers["location"] == "/sign-in?next=%2Finsight"
    page = client.get("/sign-in?next=/insight").text
    assert "Sign in with Example Ltd" in page
    (start,) = re.findall(r'href="(/sign-in/openid[^"]*)"', page)
    begun = client.get(start)
    asked = dict(parse_qsl(urlsplit(begun.headers["location"]).query))
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == BASE + DONE
    back = at_provider(begun.headers["location"])
    done = client.get(back)
    assert (done.status_code, done.headers["location"]) == (303, "/insight")
    you = client.get("/you").text
    assert "You are Anna Berg" in you
    assert "Coordinator" in you
    assert "pmo-coordinators" in you
    assert client.get(back).status_code == 401  # a code serves once
    with mapped.services.sessions() as session:
        (person,) = users.listed(session, LOCAL_USER)
        assert (person.login, person.email, person.has_password) == ("anna", "anna@example.org", False)
        noted = audit.listed(session, LOCAL_USER, actor="Anna Berg")
    assert (noted[0].action, noted[0].detail["way"]) == ("sign_in", "OpenID")


def test_who_comes_again_is_known_and_gets_what_the_provider_says_now(mapped: Office) -> None:
    client = browser(mapped)
    client.get(at_provider(client.get("/sign-in/openid").headers["location"]))
    with transaction(mapped.services.sessions) as session:
        users.allow(session, LOCAL_USER, "anna", [Role.MANAGER], Classification.INTERNAL)
        groups.add(session, LOCAL_USER, "Board")
        groups.join(session, LOCAL_USER, "Board", "anna")
    client.get(at_provider(client.get("/sign-in/openid").headers["location"]))
    with mapped.services.sessions() as session:
        (person,) = users.listed(session, LOCAL_USER)
    assert (person.roles, person.groups) == ((Role.COORDINATOR,), ("pmo-coordinators",))
    with transaction(mapped.services.sessions) as session:
        users.set_disabled(session, LOCAL_USER, "anna", disabled=True)
    refused = client.get(at_provider(client.get("/sign-in/openid").headers["location"]))
    assert refused.status_code == 401
    assert "kept out" in refused.text
    with transaction(mapped.services.sessions) as session:
        users.set_disabled(session, LOCAL_USER, "anna", disabled=False)


def test_an_account_with_a_password_is_never_taken_over(tmp_path: Path, issuer: str) -> None:
    found = office(tmp_path / "data", issuer=issuer)
    with transaction(found.services.sessions) as session:
        draft = UserDraft("anna", "Anna Berg", [Role.MANAGER], email="anna@example.org", password=WORDS)
        users.add(session, LOCAL_USER, draft)
    client = browser(found)
    client.get(at_provider(client.get("/sign-in/openid").headers["location"]))
    assert "You are Anna Berg (anna.2)" in client.get("/you").text
    assert "Reader" in client.get("/you").text
    found.services.close()


def test_whoever_has_no_password_is_recognised_by_their_address(tmp_path: Path, issuer: str) -> None:
    found = office(tmp_path / "data", issuer=issuer)
    with transaction(found.services.sessions) as session:
        draft = UserDraft("ab", "Anna B.", [Role.ADMINISTRATOR], email="Anna@example.org")
        users.add(session, LOCAL_USER, draft)
    client = browser(found)
    client.get(at_provider(client.get("/sign-in/openid").headers["location"]))
    assert "You are Anna B." in client.get("/you").text
    assert client.get("/users").status_code == 200
    found.services.close()


def test_another_state_or_browser_is_refused(mapped: Office) -> None:
    client, other = browser(mapped), browser(mapped)
    back = at_provider(client.get("/sign-in/openid").headers["location"])
    assert other.get(back).status_code == 401  # began nothing
    other.get("/sign-in/openid")
    assert other.get(back).status_code == 401  # began something else
    assert client.get(re.sub(r"state=[^&]+", "state=x", back)).status_code == 401
    assert client.get(back).status_code == 401  # what was begun serves once
    assert client.get(f"{DONE}?error=access_denied").status_code == 401


def test_a_code_is_worth_nothing_without_the_verifier(mapped: Office) -> None:
    client, thief = browser(mapped), browser(mapped)
    back = at_provider(client.get("/sign-in/openid").headers["location"])
    state = dict(parse_qsl(urlsplit(thief.get("/sign-in/openid").headers["location"]).query))["state"]
    stolen = dict(parse_qsl(urlsplit(back).query))["code"]
    refused = thief.get(DONE, params={"code": stolen, "state": state})
    assert refused.status_code == 401
    assert "does not accept that code" in refused.text


Forge = Callable[[str], str]
"""An ID token for a nonce."""
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


@pytest.fixture(scope="module")
def liar() -> Iterator[Lying]:
    with lying() as provider:
        provider.keys = {"keys": [KEY.as_dict(private=False)]}
        yield provider


@pytest.fixture(scope="module")
def believing(tmp_path_factory: pytest.TempPathFactory, liar: Lying) -> Iterator[Office]:
    found = office(tmp_path_factory.mktemp("office") / "data", issuer=liar.issuer)
    yield found
    found.services.close()


def claims(liar: Lying, **other: object) -> dict[str, object]:
    now = int(time.time())
    given: dict[str, object] = {
        "iss": liar.issuer,
        "aud": CLIENT,
        "sub": "7",
        "iat": now,
        "exp": now + 300,
        "name": "Zoë",
    }
    return {name: value for name, value in (given | other).items() if value is not None}


def outcome(found: Office, liar: Lying, forge: Forge, **more: str) -> httpx2.Response:
    """What comes of it when the provider gives *forge* of the nonce as its word."""
    client = browser(found)
    asked = dict(parse_qsl(urlsplit(client.get("/sign-in/openid").headers["location"]).query))
    liar.id_token = forge(asked["nonce"])
    return client.get(DONE, params={"code": "c", "state": asked["state"], **more})


def signed(liar: Lying, key: RSAKey = KEY, **other: object) -> Forge:
    """What the provider would say, but for *other* claims; None leaves one out."""

    def forge(nonce: str) -> str:
        header = {"alg": "RS256", "kid": key.kid or ""}
        return jwt.encode(header, claims(liar, **{"nonce": nonce} | other), key)

    return forge


def encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()


def unsigned(liar: Lying, alg: str = "none", secret: bytes | None = None) -> Forge:
    """Signed by nobody, or with a *secret* that all know."""

    def forge(nonce: str) -> str:
        parts = ({"alg": alg}, claims(liar, nonce=nonce))
        text = ".".join(encoded(json.dumps(part).encode()) for part in parts)
        return f"{text}.{encoded(hmac.digest(secret, text.encode(), 'sha256')) if secret else ''}"

    return forge


def test_a_provider_that_tells_the_truth_is_believed(believing: Office, liar: Lying) -> None:
    assert outcome(believing, liar, signed(liar)).status_code == 303
    assert outcome(believing, liar, signed(liar), iss=liar.issuer).status_code == 303
    assert outcome(believing, liar, signed(liar, aud=[CLIENT, "other"], azp=CLIENT)).status_code == 303


def test_a_word_that_can_t_be_trusted_is_refused(believing: Office, liar: Lying) -> None:
    past = int(time.time()) - 3600
    lies: dict[str, Forge] = {
        "none": unsigned(liar),
        "public key as a secret": unsigned(liar, "HS256", KEY.as_pem(private=False)),
        "client secret": unsigned(liar, "HS256", SECRET.encode()),
        "other key": signed(liar, RSAKey.generate_key(2048, {"kid": "one"})),
        "expired": signed(liar, exp=past),
        "never expires": signed(liar, exp=None),
        "from the future": signed(liar, iat=past + 7200),
        "other audience": signed(liar, aud="other"),
        "audience and nobody it is for": signed(liar, aud=[CLIENT, "other"]),
        "for another": signed(liar, azp="other"),
        "other issuer": signed(liar, iss="https://evil.example"),
        "other nonce": signed(liar, nonce="x"),
        "no nonce": signed(liar, nonce=None),
        "nobody": signed(liar, sub=None),
    }
    for name, lie in lies.items():
        answer = outcome(believing, liar, lie)
        assert answer.status_code == 401, name
        assert "hindsight=" not in answer.headers.get("set-cookie", "").replace('hindsight-openid=""', "")
    assert outcome(believing, liar, signed(liar), iss="https://evil.example").status_code == 401


def test_keys_may_change(believing: Office, liar: Lying) -> None:
    new = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    assert outcome(believing, liar, signed(liar)).status_code == 303
    before, liar.keys = liar.keys, {"keys": [new.as_dict(private=False)]}
    assert outcome(believing, liar, signed(liar, new)).status_code == 303
    assert outcome(believing, liar, signed(liar)).status_code == 401
    liar.keys = before


def test_a_provider_that_can_t_be_used_is_told(liar: Lying) -> None:
    for issuer, said in (
        ("http://idp.example.org", "begin with https"),
        (liar.issuer + "/", "calls itself"),
        ("http://127.0.0.1:9", "does not answer"),
        (liar.issuer + "/nowhere", "answers 404"),
    ):
        with pytest.raises(UnavailableError, match=said):
            Provider(Oidc(issuer=issuer, client_id=CLIENT), BASE).begin("/")


def test_nobody_is_signed_in_by_a_link_of_another_site(mapped: Office) -> None:
    led = browser(mapped).get("/sign-in/openid?next=/audit", headers={"Sec-Fetch-Site": "cross-site"})
    assert (led.status_code, "set-cookie" in led.headers) == (200, False)
    assert 'value="/audit"' in led.text


def test_without_a_provider_there_is_none(services: Services) -> None:
    found = Office(services)
    assert found.browser().get("/sign-in/openid").status_code == 404
