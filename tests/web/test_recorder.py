import threading
from collections.abc import Iterator

import pytest

from kb import database
from kb.access import LOCAL_USER
from kb.searching import searches
from kb.searching.searches import RecentSearch, Searched, Through
from kb.values import Filters
from web.recorder import Recorder
from web.wiring import Services


def note(query: str) -> Searched:
    return Searched(LOCAL_USER.name, query, query, Filters(), 1, True, 5, Through.API)


def stored(services: Services) -> list[RecentSearch]:
    with services.sessions() as session:
        return searches.recent(session, LOCAL_USER, 100)


@pytest.fixture
def recorder(services: Services) -> Iterator[Recorder]:
    made = Recorder(services.sessions, days=365, capacity=5)
    yield made
    made.stop(5)


def test_what_is_noted_is_written_soon(services: Services, recorder: Recorder) -> None:
    recorder.note(note("risk"))
    assert recorder.settle(5)
    assert [one.query for one in stored(services)] == ["risk"]


def test_stopping_writes_what_waits_and_a_later_note_begins_anew(
    services: Services, recorder: Recorder
) -> None:
    recorder.note(note("one"))
    recorder.stop(5)
    recorder.note(note("two"))
    recorder.stop(5)
    recorder.stop(5)
    assert {one.query for one in stored(services)} == {"one", "two"}


def test_another_writer_delays_neither_searches_nor_readers_and_nothing_is_lost(
    services: Services, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    writing, ended = threading.Event(), threading.Event()

    def ingest() -> None:
        with services.database.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            writing.set()
            ended.wait(20)
            connection.rollback()

    thread = threading.Thread(target=ingest)
    thread.start()
    assert writing.wait(5)
    recorder.note(note("0"))
    assert not recorder.settle(0.2)
    for number in range(1, 10):
        recorder.note(note(str(number)))
    assert stored(services) == []
    ended.set()
    thread.join()
    assert recorder.settle(10)
    kept = {one.query for one in stored(services)}
    assert {"0", "1", "2"} <= kept
    assert 5 <= len(kept) < 10
    assert "too many wait" in caplog.text


def test_a_base_that_can_not_be_written_harms_no_search(
    services: Services, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    with database.transaction(services.sessions) as session:
        session.connection().exec_driver_sql("DROP TABLE search_event")
    recorder.note(note("risk"))
    assert recorder.settle(60)
    assert "not recorded" in caplog.text
