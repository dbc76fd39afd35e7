import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from ingest.pipeline import Options
from kb.access import LOCAL_USER
from kb.errors import ConflictError
from search import lexicon
from web.base import doctor, work
from web.base.doctor import Finding
from web.base.lock import writing
from web.base.work import SILENT
from web.wiring import Services


@pytest.fixture
def loaded(services: Services, tmp_path: Path) -> Services:
    file = tmp_path / "lesson.md"
    file.write_text("---\nkind: lesson\ntitle: Cables\n---\n\n## Event\n\nThe cables came late.\n")
    work.ingest(services, LOCAL_USER, [file], Options())
    work.sync(services)
    return services


def examined(services: Services, *, repair: bool = True) -> dict[str, Finding]:
    return {found.check: found for found in doctor.examine(services, SILENT, repair=repair)}


def healthy(services: Services) -> bool:
    return all(found.sound and not found.repaired for found in examined(services).values())


def test_a_base_in_order_is_found_in_order(loaded: Services) -> None:
    assert healthy(loaded)


@pytest.fixture(params=["index gone", "index damaged", "index behind", "file too many", "vector too many"])
def ailing(request: pytest.FixtureRequest, loaded: Services) -> tuple[Services, str]:
    settings = loaded.settings
    match request.param:
        case "index gone":
            shutil.rmtree(settings.index)
            check = "Search index"
        case "index damaged":
            for path in settings.index.rglob("*.db"):
                path.write_bytes(path.read_bytes()[:-1] + b"\xff")
            check = "Search index"
        case "index behind":
            with loaded.sessions.begin() as session:
                session.execute(text("UPDATE item SET withdrawn_at = '2026-01-01'"))
            check = "Search index"
        case "file too many":
            (settings.files / "aa").mkdir(exist_ok=True)
            (settings.files / "aa" / ("aa" + "0" * 62)).write_text("left by a killed import")
            check = "Unused files"
        case _:
            with loaded.sessions.begin() as session:
                session.execute(text("INSERT INTO embedding VALUES ('d', 'm', x'00000000')"))
            check = "Unused vectors"
    return loaded, check


def test_what_is_derived_is_mended(ailing: tuple[Services, str]) -> None:
    services, check = ailing
    looked = examined(services, repair=False)[check]
    assert not looked.sound
    assert not looked.repaired
    mended = examined(services)[check]
    assert mended.sound
    assert mended.repaired
    assert healthy(services)


def written(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def broken_inside(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))


@pytest.fixture(params=["gone", "no database", "empty", "broken inside", "altered", "behind"])
def without_words(request: pytest.FixtureRequest, loaded: Services) -> tuple[Services, str]:
    path = loaded.settings.lexicon
    match request.param:
        case "gone":
            lexicon.remove(path)
            return loaded, "There is no file of words and titles yet."
        case "no database":
            lexicon.remove(path)
            path.write_bytes(b"no database at all, " * 500)
        case "empty":
            lexicon.remove(path)
            path.touch()
        case "broken inside":
            broken_inside(path)
        case "altered":
            written(path, "UPDATE words_content SET c0 = 'other'")
        case _:
            written(path, "UPDATE entry SET digest = 'older'")
            return loaded, "1 items differ from the database"
    return loaded, "The file of words and titles is damaged: "


def test_words_and_titles_are_mended(without_words: tuple[Services, str]) -> None:
    services, said = without_words
    looked = examined(services, repair=False)["Words, titles"]
    assert not looked.sound
    assert looked.detail.startswith(said)
    mended = examined(services)["Words, titles"]
    assert (mended.sound, mended.repaired) == (True, True)
    assert healthy(services)
    assert dict(services.lexicon().vocabulary())["cables"] == 1


def test_a_lost_original_is_named_and_not_hidden(loaded: Services) -> None:
    for digest in list(loaded.files.digests()):
        loaded.files.remove(digest)
    found = examined(loaded)["Original files"]
    assert not found.sound
    assert "1 are missing" in found.detail


def test_an_original_that_was_changed_is_named(loaded: Services) -> None:
    for digest in loaded.files.digests():
        loaded.files.path(digest).write_text("changed")
    assert "1 were changed" in examined(loaded)["Original files"].detail


def test_a_file_that_is_no_database_is_named(services: Services) -> None:
    services.database.dispose()
    for path in services.settings.data.glob("hindsight.db*"):
        path.unlink()
    (services.settings.data / "hindsight.db").write_bytes(b"not a database" * 1000)
    found = examined(services)
    assert not found["Database"].sound


def test_the_doctor_does_not_disturb_a_running_import(loaded: Services) -> None:
    with writing(loaded.settings.data, wait=False), pytest.raises(ConflictError):
        examined(loaded)
