"""Following a session: each listener hears of each change, also after an interruption, within bounds."""

import asyncio
import json
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from typing import Any

import httpx2 as httpx
import pytest

from kb.access import LOCAL_USER
from kb.database import transaction
from kb.errors import UnavailableError
from kb.sessions import gatherings, notes
from kb.sessions.gatherings import GatheringDraft
from kb.sessions.notes import NoteDraft
from kb.vocabulary import SessionKind
from tests.web.serving import running
from web.sessions.streams import Revisions
from web.wiring import Services

SECONDS = 20.0
"""Only so that a test that fails ends."""


@pytest.fixture
def code(services: Services) -> str:
    with transaction(services.sessions) as session:
        draft = GatheringDraft(SessionKind.AFTER_ACTION, "Night 42", "Harbour")
        return gatherings.arrange(session, LOCAL_USER, draft).code


def _add(services: Services, code: str, number: int) -> None:
    """As another process would: past the server."""
    with transaction(services.sessions) as session:
        notes.add(session, LOCAL_USER, code, f"key-0000{number}", NoteDraft(f"Event {number}", "Act."))


class Listener:
    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.iter_lines()

    def next(self) -> dict[str, Any]:
        """The next event."""
        found: dict[str, Any] = {}
        for line in self._lines:
            name, _, value = line.partition(": ")
            if not line and found:
                return found
            if name:
                found[name] = json.loads(value) if name == "data" else value
        raise AssertionError("the stream ended")


@contextmanager
def listening(address: str, code: str, last: str = "") -> Generator[Listener]:
    headers = {"Last-Event-ID": last} if last else {}
    url = f"{address}/api/v1/sessions/{code}/events"
    with httpx.Client(timeout=SECONDS) as client, client.stream("GET", url, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Listener(answer)


def test_two_listeners_hear_of_each_note(services: Services, code: str) -> None:
    with running(services) as address, listening(address, code) as one, listening(address, code) as two:
        for listener in (one, two):
            first = listener.next()
            assert (first["event"], first["data"]["note_count"]) == ("change", 0)
        for number in (1, 2):
            _add(services, code, number)
            heard = [listener.next() for listener in (one, two)]
            assert heard[0] == heard[1]
            assert heard[0]["data"]["note_count"] == number
            assert heard[0]["id"] == str(heard[0]["data"]["revision"])


def test_what_was_missed_is_made_up_for(services: Services, code: str) -> None:
    with running(services) as address:
        with listening(address, code) as one:
            last = one.next()["id"]
        _add(services, code, 1)
        _add(services, code, 2)
        with listening(address, code, last) as again:
            heard = again.next()
            assert heard["data"]["note_count"] == 2
        # Who knows the present revision hears nothing until the next change.
        with listening(address, code, heard["id"]) as third:
            _add(services, code, 3)
            assert third.next()["data"]["note_count"] == 3


def test_a_session_that_is_not_there_has_no_events(services: Services) -> None:
    with running(services) as address:
        answer = httpx.get(f"{address}/api/v1/sessions/NONE22/events", timeout=SECONDS)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_places_are_bounded_and_given_back(
    services: Services, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.app.Revisions", partial(Revisions, limit=1))
    with running(services) as address:
        url = f"{address}/api/v1/sessions/{code}/events"
        with listening(address, code) as one:
            one.next()
            refused = httpx.get(url, timeout=SECONDS)
            assert refused.status_code == 503
            assert "Too many people" in refused.json()["detail"]
        for _ in range(100):
            with httpx.Client(timeout=SECONDS) as client, client.stream("GET", url) as answer:
                if answer.status_code == 200:
                    return
        raise AssertionError("the place was not given back")


def test_one_look_at_the_database_serves_all_who_listen(services: Services, code: str) -> None:
    looks = 0

    class Counting(Revisions):
        def _read(self) -> dict[str, int]:
            nonlocal looks
            looks += 1
            return super()._read()

    async def follow() -> list[int]:
        revisions = Counting(services.sessions, pause=0.05)
        with revisions.listening(code):
            waiting = [asyncio.create_task(revisions.after(code, 1)) for _ in range(50)]
            await asyncio.sleep(0.1)
            await asyncio.to_thread(_add, services, code, 1)
            return list(await asyncio.gather(*waiting))

    assert asyncio.run(follow()) == [2] * 50
    assert looks < 50


def test_a_place_is_free_again_whatever_happens(services: Services) -> None:
    revisions = Revisions(services.sessions, limit=2)
    with revisions.listening("A"), revisions.listening("B"):
        assert revisions.listeners == 2
        with pytest.raises(UnavailableError), revisions.listening("A"):
            pass
    with pytest.raises(RuntimeError), revisions.listening("A"):
        raise RuntimeError
    assert revisions.listeners == 0
