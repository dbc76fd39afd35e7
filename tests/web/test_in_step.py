import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from ingest.pipeline import Options
from kb import audit
from kb.access import LOCAL_USER
from kb.database import transaction
from web import wiring
from web.base import in_step, work
from web.wiring import Services


@pytest.fixture
def loaded(services: Services, tmp_path: Path) -> Services:
    ingest(services, tmp_path / "lesson.md", "The cables came late.")
    work.sync(services)
    return services


def ingest(services: Services, file: Path, event: str) -> None:
    file.write_text(f"---\nkind: lesson\ntitle: Cables\n---\n\n## Event\n\n{event}\n")
    work.ingest(services, LOCAL_USER, [file], Options())


def test_nothing_is_compared_while_nothing_was_written(loaded: Services) -> None:
    with transaction(loaded.sessions) as session:
        session.execute(text("UPDATE item SET withdrawn_at = '2026-01-01'"))  # by nobody: not in the record
    report = work.catch_up(loaded)
    assert (report.added, report.removed, report.total) == (0, 0, 1)
    assert work.sync(loaded).removed == 1


def test_what_was_written_is_caught_up_with(loaded: Services, tmp_path: Path) -> None:
    ingest(loaded, tmp_path / "lesson.md", "The cables came early.")
    assert not in_step.holds(loaded)
    report = work.catch_up(loaded)
    assert (report.added, report.removed) == (1, 1)
    assert in_step.holds(loaded)


def test_what_is_written_during_a_sync_is_caught_up_with(loaded: Services) -> None:
    before = in_step.state(loaded)
    with transaction(loaded.sessions) as session:
        audit.record(session, LOCAL_USER, "lesson.write", "C-1")
    in_step.note(loaded, before)
    assert not in_step.holds(loaded)


def no_index(services: Services) -> None:
    shutil.rmtree(services.settings.index)


def damaged_index(services: Services) -> None:
    for path in services.settings.index.rglob("vectors.faiss"):
        path.write_bytes(b"not an index".ljust(path.stat().st_size))


def no_lexicon(services: Services) -> None:
    services.lexicon().close()
    services.settings.lexicon.unlink()


def half_a_note(services: Services) -> None:
    [path] = services.settings.index.glob("*.json")
    path.write_text(path.read_text()[:20])


def another_base(services: Services) -> None:
    with transaction(services.sessions) as session:
        session.execute(text("UPDATE audit_chain SET digest = 'of another base'"))


@pytest.mark.parametrize("spoil", [no_index, damaged_index, no_lexicon, half_a_note, another_base])
def test_whatever_is_not_as_it_was_left_is_compared(
    loaded: Services, spoil: Callable[[Services], None]
) -> None:
    assert in_step.holds(loaded)
    spoil(loaded)
    started = wiring.build(loaded.settings)  # as a server does that starts
    assert not in_step.holds(started)
    work.catch_up(started)
    assert in_step.holds(started)
    started.close()
