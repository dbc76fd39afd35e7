"""Subscriptions as a whole: real mail and web servers, real processes."""

import hmac
import json
import logging
import os
import re
import shutil
import signal
import ssl
import subprocess
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import update

from kb.database import transaction
from kb.errors import InvalidError, UnavailableError
from kb.models import Delivery, Item, Subscription, now
from kb.push import deliveries
from kb.settings import Encryption, Settings, Smtp
from kb.vocabulary import Classification, KnowledgeArea, Phase
from tests.samples import lesson, store
from tests.web.commands import PROGRAM
from tests.web.receiving import PASSWORD, USER, Hook, hook_server, mail_server
from tests.web.test_people import named
from web import wiring
from web.app import create_app
from web.base import work
from web.push import mail, pushing, webhooks
from web.push.pusher import Pusher
from web.push.webhooks import Message
from web.wiring import Services

SUBSCRIPTIONS = "/api/v1/subscriptions"
MAIL = {"name": "Late cables", "filters": {"kind": ["lesson"]}, "way": "email", "address": "anna@example.org"}


def built(settings: Settings, **changes: Any) -> Services:
    made = wiring.build(settings.model_copy(update=changes))
    work.prepare(made)
    return made


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hook_server() as hook:
        yield hook


@pytest.fixture
def posting(settings: Settings) -> Iterator[Services]:
    """An empty base whose webhooks may go to this machine."""
    made = built(settings, webhook_hosts="127.0.0.1", address="https://kb.example.org/")
    yield made
    made.close()


def client_of(services: Services) -> TestClient:
    return TestClient(create_app(services), base_url="http://localhost", follow_redirects=False)


def subscribe(client: TestClient, **body: Any) -> tuple[int, str]:
    answer = client.post(SUBSCRIPTIONS, json=body)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"{SUBSCRIPTIONS}/{answer.json()['subscription']['id']}"
    return answer.json()["subscription"]["id"], answer.json()["secret"]


def add(services: Services, *titles: str, **changes: Any) -> None:
    with transaction(services.sessions) as session:
        drafts = (lesson(title, ref=title[:1].upper() + "-1", **changes) for title in titles)
        store(session, *drafts, location=f"/files/{titles[0]}.csv")


def log(client: TestClient, number: int) -> list[dict[str, Any]]:
    return client.get(f"{SUBSCRIPTIONS}/{number}/deliveries").json()["deliveries"]


def valid(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As the receiver of Standard Webhooks would tell."""
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    mac = hmac.digest(b64decode(secret.split("_", 1)[1]), signed, sha256)
    return headers["webhook-signature"] == "v1," + b64encode(mac).decode()


def test_a_webhook_tells_what_is_new_signed_and_once(posting: Services, hook: Hook) -> None:
    client = client_of(posting)
    number, secret = subscribe(client, filters={"kind": ["lesson"]}, way="webhook", address=hook.url)
    add(posting, "Cables came late")
    assert pushing.run(posting).sent == 1
    [(headers, body)] = hook.requests
    assert valid(secret, headers, body)
    assert not valid(secret, headers, body.replace(b"late", b"soon"))
    assert abs(int(headers["webhook-timestamp"]) - now().timestamp()) < 60
    assert hook.paths == ["/in?tenant=1"]
    told = json.loads(body)
    assert (told["id"], told["type"], told["subscription"]["id"]) == (
        headers["webhook-id"],
        "items.changed",
        number,
    )
    [item] = told["items"]
    assert (item["change"], item["title"]) == ("new", "Cables came late")
    assert item["url"] == "https://kb.example.org/items/C-1"
    assert pushing.run(posting).found == 0
    [sent] = log(client, number)
    assert (sent["state"], sent["items"], sent["tries"]) == ("sent", 1, 1)
    assert secret not in client.get(f"{SUBSCRIPTIONS}/{number}").text + client.get(SUBSCRIPTIONS).text


def test_faults_of_the_receiver_are_tried_again_later_under_the_same_key(
    posting: Services, hook: Hook
) -> None:
    client = client_of(posting)
    number, secret = subscribe(client, filters={"kind": ["lesson"]}, way="webhook", address=hook.url)
    add(posting, "Cables came late")
    hook.statuses = [500, 503]
    moment = now()
    assert pushing.run(posting, moment).failed == 1
    assert pushing.run(posting, moment + timedelta(seconds=29)).failed == 0
    assert "500" in log(client, number)[0]["error"]
    assert pushing.run(posting, moment + timedelta(seconds=31)).failed == 1
    assert pushing.run(posting, moment + timedelta(minutes=3)).sent == 1
    assert len({headers["webhook-id"] for headers, _ in hook.requests}) == 1
    assert all(valid(secret, *request) for request in hook.requests)
    [sent] = log(client, number)
    assert (sent["state"], sent["tries"], sent["error"]) == ("sent", 3, "")


def test_what_is_never_taken_is_given_up_until_its_owner_asks_again(posting: Services, hook: Hook) -> None:
    client = client_of(posting)
    number, _ = subscribe(client, filters={"kind": ["lesson"]}, way="webhook", address=hook.url)
    add(posting, "Cables came late")
    hook.statuses = [500] * deliveries.TRIES
    moment, dead = now(), 0
    for _ in range(deliveries.TRIES):
        dead += pushing.run(posting, moment).dead
        moment += timedelta(hours=12)
    assert (dead, len(hook.requests)) == (1, deliveries.TRIES)
    assert pushing.run(posting, moment + timedelta(days=9)).sent == 0
    [given_up] = log(client, number)
    assert (given_up["state"], given_up["next_at"]) == ("dead", None)
    page = BeautifulSoup(client.get(f"/subscriptions/{number}").text, "lxml")
    form = page.select_one("form[action$='/retry']")
    assert form is not None
    assert client.post(str(form["action"])).status_code == 303
    assert client.post(f"{SUBSCRIPTIONS}/{number}/deliveries/{given_up['id']}/retry").status_code == 409
    assert pushing.run(posting).sent == 1
    assert len({headers["webhook-id"] for headers, _ in hook.requests}) == 1


def kb(services: Services, *words: str) -> subprocess.Popen[bytes]:
    command = [*PROGRAM, "--data", str(services.settings.data)]
    environment = {**os.environ, "KB_WEBHOOK_HOSTS": "127.0.0.1"}
    return subprocess.Popen([*command, *words], env=environment, stdout=subprocess.PIPE)


def test_a_program_killed_between_sending_and_noting_sends_it_again_under_the_same_key(
    posting: Services, hook: Hook
) -> None:
    client = client_of(posting)
    number, _ = subscribe(client, filters={"kind": ["lesson"]}, way="webhook", address=hook.url)
    add(posting, "Cables came late")
    process = kb(posting, "digest")
    hook.on_request = lambda: os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert [one["state"] for one in log(client, number)] == ["waiting"]
    hook.on_request = lambda: None
    with transaction(posting.sessions) as session:
        session.execute(update(Delivery).values(next_at=now()))  # the ten minutes that it keeps others away
    out, _ = kb(posting, "digest", "--json").communicate()
    assert json.loads(out) == {"found": 0, "sent": 1, "failed": 0, "dead": 0, "unknown": 0}
    first, second = (headers["webhook-id"] for headers, _ in hook.requests)
    assert first == second
    assert hook.requests[0][1] == hook.requests[1][1]
    assert [one["state"] for one in log(client, number)] == ["sent"]


def test_a_receiver_that_goes_away_or_redirects_is_a_failure(posting: Services, hook: Hook) -> None:
    message = Message("k" * 32, now(), b"{}")
    secret, hosts = "whsec_" + b64encode(b"x" * 24).decode(), frozenset({"127.0.0.1"})
    hook.statuses, hook.location = [307], hook.url
    with pytest.raises(UnavailableError, match="status 307"):
        webhooks.post(hook.url, secret, message, hosts)
    assert len(hook.requests) == 1
    with pytest.raises(UnavailableError, match="could not be reached"):
        webhooks.post("http://127.0.0.1:9/x", secret, message, hosts)


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        ("http://127.0.0.1/x", "*"),
        ("http://hooks.example.org/x", "*"),
        ("http://hooks.example.org/x", ""),
        ("https://hooks.example.org/x", ""),
        ("https://hooks.example.org/x", "other.example.org"),
        ("https://user:word@hooks.example.org/x", "*"),
        ("https://hooks.example.org@127.0.0.1/x", "hooks.example.org"),
        ("ftp://hooks.example.org/x", "*"),
        ("https:///x", "*"),
        ("https://hooks.example.org/x\r\nX: y", "*"),
        ("https://hooks.example.org:port/x", "*"),
        ("https://[::1/x", "*"),
    ],
)
def test_webhooks_go_nowhere_else_than_the_settings_say(address: str, hosts: str) -> None:
    with pytest.raises(InvalidError):
        webhooks.check(address, webhooks.allowed(hosts))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",  # noqa: S104 - refused
        "2130706433",
        "0x7f.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fd00::1]",
        "224.0.0.1",
    ],
)
def test_a_public_name_may_not_lead_into_a_private_network(host: str) -> None:
    message = Message("k" * 32, now(), b"{}")
    secret = "whsec_" + b64encode(b"x" * 24).decode()
    with pytest.raises(InvalidError, match="private network"):
        webhooks.post(f"https://{host}/x", secret, message, webhooks.allowed("*"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate of localhost, and a server's context that shows it."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    key, chain = folder / "key.pem", folder / "cert.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command = [program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*command, "-keyout", str(key), "-out", str(chain)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return chain, context


def test_a_webhook_over_tls_needs_a_certificate_that_is_trusted(
    certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    chain, context = certificate
    message, hosts = Message("k" * 32, now(), b"{}"), frozenset({"localhost"})
    secret = "whsec_" + b64encode(b"x" * 24).decode()
    with hook_server(context) as hook:
        address = f"https://localhost:{hook.port}/in"
        with pytest.raises(UnavailableError, match="certificate"):
            webhooks.post(address, secret, message, hosts)
        monkeypatch.setenv("SSL_CERT_FILE", str(chain))
        webhooks.post(address, secret, message, hosts)
        assert [headers["host"] for headers, _ in hook.requests] == [f"localhost:{hook.port}"]


def test_a_digest_comes_as_text_and_html_and_its_link_stops_it_without_signing_in(
    settings: Settings,
) -> None:
    with mail_server() as mailbox:
        smtp = Smtp(host="127.0.0.1", port=mailbox.port, tls=Encryption.NONE, sender="kb@example.org")
        services = built(settings, smtp=smtp, address="https://kb.example.org")
        client = named(services, "Anna")
        number, secret = subscribe(client, **MAIL)
        other, _ = subscribe(client, **MAIL | {"name": "Weekly", "rhythm": "weekly"})
        assert secret == ""
        add(services, "Cables <b>came</b> late", "Drums were missing")
        assert pushing.run(services).sent == 0
        tomorrow = now() + timedelta(days=1)
        weekly_due = client.get(f"{SUBSCRIPTIONS}/{other}").json()["next_at"] <= tomorrow.isoformat()
        assert pushing.run(services, tomorrow).sent == 1 + weekly_due
        message = next(one for one in mailbox.messages if one["Subject"].startswith("Late cables"))
        assert message["Subject"] == "Late cables: 2 new"
        assert (message["To"], message["From"]) == ("anna@example.org", "Hindsight <kb@example.org>")
        [sent] = log(client, number)
        assert message["Message-ID"] == f"<{sent['key']}@example.org>"
        text, markup = body(message, "plain"), body(message, "html")
        assert "Cables <b>came</b> late" in text
        assert "https://kb.example.org/items/C-1" in text
        assert "Cables &lt;b&gt;came&lt;/b&gt; late" in markup
        assert re.search(rb"\nList-Unsubscribe: <https://[\w./-]+>\r?\n", mailbox.raw[0])
        leave = str(message["List-Unsubscribe"]).strip("<>").removeprefix("https://kb.example.org")
        assert leave in text
        assert leave in markup
        stranger = client_of(services)
        assert "Stop “Late cables”?" in stranger.get(leave).text
        assert client.get(f"{SUBSCRIPTIONS}/{number}").json()["active"]
        one_click = stranger.post(leave, data={"List-Unsubscribe": "One-Click"})
        assert one_click.status_code == 200
        assert [client.get(f"{SUBSCRIPTIONS}/{one}").json()["active"] for one in (number, other)] == [
            False,
            True,
        ]
        assert stranger.post(leave[:-2]).status_code == 404
        assert stranger.get(f"{SUBSCRIPTIONS}/{number}").status_code == 404
        add(services, "Later one")
        assert pushing.run(services, tomorrow + timedelta(days=8)).sent == 1
        services.close()


def body(message: EmailMessage, form: str) -> str:
    part = message.get_body((form,))
    assert part is not None
    return part.get_content()


def test_a_mail_server_that_refuses_is_tried_again(settings: Settings) -> None:
    with mail_server() as mailbox:
        smtp = Smtp(host="127.0.0.1", port=mailbox.port, tls=Encryption.NONE)
        services = built(settings, smtp=smtp)
        client = client_of(services)
        number, _ = subscribe(client, **MAIL)
        add(services, "Cables came late")
        mailbox.refuse = True
        moment = now() + timedelta(days=1)
        assert pushing.run(services, moment).failed == 1
        assert "451 Try again later" in log(client, number)[0]["error"]
        mailbox.refuse = False
        assert pushing.run(services, moment + timedelta(minutes=1)).sent == 1
        assert len(mailbox.messages) == 1
        services.close()


def test_the_password_signs_in_over_tls_and_is_told_to_nobody(
    certificate: tuple[Path, ssl.SSLContext],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    chain, context = certificate
    caplog.set_level(logging.DEBUG)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "Hello"
    message.set_content("Hello")
    with mail_server(signing_in=True, tls=context, host="localhost") as mailbox:
        smtp = Smtp(host="localhost", port=mailbox.port, user=USER, password=SecretStr(PASSWORD))
        with pytest.raises(UnavailableError, match="certificate"):
            mail.send(smtp, message)
        monkeypatch.setenv("SSL_CERT_FILE", str(chain))
        mail.send(smtp, message)
        assert len(mailbox.messages) == 1
        wrong = smtp.model_copy(update={"password": SecretStr("wrong-pony")})
        with pytest.raises(UnavailableError, match="KB_SMTP_PASSWORD") as refused:
            mail.send(wrong, message)
    said = caplog.text + "".join(capfd.readouterr()) + repr(smtp) + str(refused.value)
    assert PASSWORD not in said
    assert "wrong-pony" not in said
    assert b64encode(PASSWORD.encode()).decode() not in said


def test_a_password_is_not_sent_in_the_clear() -> None:
    smtp = Smtp(host="mail.example.org", user=USER, password=SecretStr(PASSWORD), tls=Encryption.NONE)
    with pytest.raises(UnavailableError, match="in the clear"):
        mail.send(smtp, EmailMessage())


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"HOST": "mail", "PORT": "25", "TLS": "none", "FROM": "PMO <pmo@x.org>"}.items():
        monkeypatch.setenv(f"KB_SMTP_{name}", value)
    smtp = Settings().smtp
    assert (smtp.host, smtp.port, smtp.tls, smtp.sender) == ("mail", 25, "none", "PMO <pmo@x.org>")


def test_nothing_is_sent_and_no_thread_runs_unless_it_is_set_up(services: Services) -> None:
    client = client_of(services)
    for body in (MAIL, {**MAIL, "way": "webhook", "address": "https://hooks.example.org/"}):
        answer = client.post(SUBSCRIPTIONS, json=body)
        assert answer.status_code == 400
        assert "KB_" in answer.json()["detail"]
    assert pushing.ways(services.settings) == frozenset()
    pusher = Pusher(services, every=0.01)
    pusher.start()
    pusher.stop(1)
    number, _ = subscribe(client, **MAIL | {"way": "feed", "address": ""})
    page = client.get(f"/subscriptions/{number}").text
    assert "/feed?kind=lesson" in page
    assert client.get("/feed?kind=lesson").status_code == 200


def test_the_server_tells_by_itself(posting: Services, hook: Hook) -> None:
    subscribe(client_of(posting), filters={"kind": ["lesson"]}, way="webhook", address=hook.url)
    arrived = threading.Event()
    hook.on_request = arrived.set
    pusher = Pusher(posting, every=0.05)
    pusher.start()
    add(posting, "Cables came late")
    assert arrived.wait(20)
    pusher.stop(20)
    assert len(hook.requests) == 1


def test_words_areas_phases_projects_and_saved_searches_can_be_subscribed_to(
    posting: Services, hook: Hook
) -> None:
    client = client_of(posting)
    kept = client.post("/api/v1/saved-searches", json={"name": "Ships", "query": "ships"}).json()["id"]
    wanted = {
        "words": {"query": "late cables"},
        "area": {"filters": {"area": ["risk"]}},
        "phase": {"filters": {"phase": ["closure"]}},
        "project": {"filters": {"project": ["Harbour"]}},
        "saved": {"saved_search": kept},
    }
    for name, what in wanted.items():
        subscribe(client, name=name, way="webhook", address=hook.url, **what)
    with transaction(posting.sessions) as session:
        store(
            session,
            lesson("A cable", "The supplier delivered the cables late.", project="Harbour"),
            lesson("B risk", "Money was short.", knowledge_areas=(KnowledgeArea.RISK,)),
            lesson("C end", "Papers were missing.", phases=(Phase.CLOSURE,)),
            lesson("D sea", "Ships waited in the storm."),
        )
    assert pushing.run(posting).unknown == 2
    work.sync(posting)
    pushing.run(posting)
    told: dict[str, set[str]] = {}
    for _, body_ in hook.requests:
        read = json.loads(body_)
        told.setdefault(read["subscription"]["name"], set()).update(one["title"] for one in read["items"])
    assert told == {
        "words": {"A cable"},
        "area": {"B risk"},
        "phase": {"C end"},
        "project": {"A cable"},
        "saved": {"D sea"},
    }


def test_the_api_stops_resumes_tests_and_removes(posting: Services, hook: Hook) -> None:
    client, stranger = client_of(posting), named(posting, "Zoë")
    number, secret = subscribe(client, filters={"kind": ["lesson"]}, way="webhook", address=hook.url)
    address = f"{SUBSCRIPTIONS}/{number}"
    add(posting, "Cables came late")
    assert client.post(f"{address}/test").json() == {"items": 1}
    [(headers, body_)] = hook.requests
    assert valid(secret, headers, body_)
    assert json.loads(body_)["type"] == "test"
    assert client.patch(address, json={"active": False}).json()["active"] is False
    assert pushing.run(posting).found == 0
    assert client.patch(address, json={"active": True}).json()["active"] is True
    for request in (stranger.get, stranger.delete):
        assert request(address).status_code == 404
    assert stranger.get(f"{address}/deliveries").status_code == 404
    assert stranger.get(f"/subscriptions/{number}").status_code == 404
    hook.statuses = [500]
    assert client.post(f"{address}/test").status_code == 503
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_the_page_subscribes_shows_the_secret_once_and_the_log(posting: Services, hook: Hook) -> None:
    client = client_of(posting)
    page = BeautifulSoup(client.get("/subscriptions?q=late+cables&kind=lesson&tag=x").text, "lxml")
    form = page.select_one("form.fields")
    assert form is not None
    made = client.post(str(form["action"]), data={"way": "webhook", "to": hook.url, "rhythm": "", "name": ""})
    assert made.status_code == 201
    secret = re.search(r"whsec_[\w+/=]+", made.text)
    assert secret
    number = client.get(SUBSCRIPTIONS).json()[0]["id"]
    one = client.get(f"{SUBSCRIPTIONS}/{number}").json()
    assert (one["query"], one["filters"]) == ("late cables", {"kind": ["lesson"], "tag": ["x"]})
    shown = client.get(f"/subscriptions/{number}")
    assert secret.group() not in shown.text
    assert "Nothing yet" in shown.text
    data = {"words": "", "area": "risk", "phase": "", "kind": "", "project": "", "way": "feed", "rhythm": ""}
    made = client.post("/subscriptions", data=data)
    assert made.status_code == 303, made.text
    listing = client.get("/subscriptions").text
    assert "Area: Risk" in listing
    for action in ("stop", "resume", "remove"):
        assert client.post(f"/subscriptions/{number}/{action}").status_code == 303
    refused = client.post("/subscriptions", data={"way": "webhook", "to": "https://elsewhere.example/"})
    assert refused.status_code == 400


def test_the_command_line_subscribes_previews_sends_and_lists(posting: Services, hook: Hook) -> None:
    def said(*words: str) -> str:
        out, _ = kb(posting, *words).communicate()
        return out.decode()

    made = said("subscriptions", "add", "--kind", "lesson", "--webhook", hook.url, "--name", "All lessons")
    assert "Subscription 1: All lessons" in made
    assert "whsec_" in made
    add(posting, "Cables came late")
    assert "1 item" in said("digest", "--dry-run")
    assert hook.requests == []
    assert "1 delivery sent" in said("digest")
    assert json.loads(said("subscriptions", "log", "1", "--json"))[0]["state"] == "sent"
    assert "test message with 1 item" in said("subscriptions", "test", "1")
    assert "All lessons" in said("subscriptions", "list")
    assert "Removed." in said("subscriptions", "remove", "1")
    assert json.loads(said("subscriptions", "list", "--json")) == []


def test_what_was_sent_stays_within_the_readers_clearance(posting: Services, hook: Hook) -> None:
    client = client_of(posting)
    subscribe(client, filters={"kind": ["lesson"]}, way="webhook", address=hook.url)
    add(posting, "Open one")
    with transaction(posting.sessions) as session:
        session.execute(update(Subscription).values(clearance=Classification.PUBLIC))
        session.execute(update(Item).values(classification=Classification.CONFIDENTIAL))
    assert pushing.run(posting) == pushing.Tally()
    assert hook.requests == []
