import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ingest.pipeline import Options
from kb import backup
from kb.access import LOCAL_USER
from kb.database import transaction
from kb.errors import ConflictError, InvalidError, KbError, UnavailableError
from kb.settings import Settings
from kb.vocabulary import Role
from search.query import Query
from tests.samples import lesson, store
from tests.web import commands
from tests.web.signing import Office
from web import wiring
from web.base import backups, lock, waiting, work
from web.base.work import SILENT
from web.wiring import Services

OLDER = Path(__file__).parent / "backup-0020.zip"
"""Written at the migration 0020."""
ROOT = Path(__file__).parents[2]


@pytest.fixture
def loaded(services: Services, tmp_path: Path) -> Services:
    """A base with one lesson read from a file, and what somebody set by hand."""
    file = tmp_path / "lesson.md"
    file.write_text("---\nkind: lesson\ntitle: Cables\n---\n\n## Event\n\nThe cables came late.\n")
    work.ingest(services, LOCAL_USER, [file], Options())
    work.sync(services)
    services.settings.synonyms.write_text("cable,wire\n")
    (waiting.folder(services, "a1")).mkdir(parents=True)
    (waiting.folder(services, "a1") / "register.csv").write_text("Lesson\n")
    return services


@pytest.fixture
def saved(loaded: Services, tmp_path: Path) -> Path:
    backups.save(loaded, tmp_path / "kept.zip", SILENT)
    return tmp_path / "kept.zip"


def opened(data: Path, encoders: Path) -> Iterator[Services]:
    if not (data / "models").exists():
        (data / "models").symlink_to(encoders)
    services = wiring.build(Settings(data=data))
    work.prepare(services)
    work.sync(services)
    yield services
    services.close()


def untold(_stage: str, _done: int, _total: int) -> None:
    """Nobody listens."""


def found(services: Services, query: str) -> list[str]:
    with services.sessions() as session:
        return [hit.item.title for hit in services.search().search(session, LOCAL_USER, Query(query)).hits]


def test_what_was_backed_up_is_there_again(
    loaded: Services, saved: Path, tmp_path: Path, encoders: Path
) -> None:
    assert saved.stat().st_mode & 0o777 == 0o600
    manifest, before = backups.restore(Settings(data=tmp_path / "new"), saved, SILENT, replace=False)
    assert (manifest.items, manifest.missing, before) == (1, [], None)
    for again in opened(tmp_path / "new", encoders):
        assert found(again, "cables") == ["Cables"]
        (digest,) = loaded.files.digests()
        assert again.files.path(digest).read_text() == loaded.files.path(digest).read_text()
        assert again.settings.synonyms.read_text() == "cable,wire\n"
        assert (waiting.folder(again, "a1") / "register.csv").read_text() == "Lesson\n"


def test_nobody_is_signed_in_by_a_backup(services: Services, tmp_path: Path, encoders: Path) -> None:
    office = Office(services)
    office.add("anna", Role.ADMINISTRATOR)
    client = office.signed_in("anna")
    backups.save(services, tmp_path / "kept.zip", SILENT)
    assert client.get("/you").status_code == 200
    backups.restore(Settings(data=tmp_path / "again"), tmp_path / "kept.zip", SILENT, replace=False)
    with closing(sqlite3.connect(tmp_path / "again" / "hindsight.db")) as restored:
        assert restored.execute("SELECT count(*) FROM sign_in").fetchone() == (0,)
        assert restored.execute("SELECT login FROM user_account").fetchall() == [("anna",)]


def test_a_backup_of_a_moment_is_taken_while_others_write(services: Services, tmp_path: Path) -> None:
    ended = threading.Event()
    written: list[int] = []

    def write() -> None:
        while not ended.is_set():
            number = len(written)
            with transaction(services.sessions) as session:
                for side in ("left", "right"):
                    store(session, lesson(f"{side} {number}"), location=f"/{side}{number}", digest="")
            written.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for turn in range(5):
            reached = len(written)
            backups.save(services, tmp_path / f"{turn}.zip", SILENT)
            backup.restore(tmp_path / f"{turn}.zip", tmp_path / str(turn), untold)
            with closing(sqlite3.connect(tmp_path / str(turn) / "hindsight.db")) as copy:
                titles = {title for (title,) in copy.execute("SELECT title FROM item")}
            sides = [{title.split()[1] for title in titles if title.startswith(side)} for side in ("l", "r")]
            assert sides[0] == sides[1]
            assert len(sides[0]) >= reached
    finally:
        ended.set()
        writer.join()
    assert written


def test_an_original_that_is_gone_is_named(loaded: Services, tmp_path: Path) -> None:
    (digest,) = loaded.files.digests()
    loaded.files.remove(digest)
    assert backups.save(loaded, tmp_path / "kept.zip", SILENT).missing == [digest]


def test_a_damaged_backup_is_refused_and_changes_nothing(saved: Path, tmp_path: Path) -> None:
    whole = saved.read_bytes()
    broken = tmp_path / "broken.zip"
    broken.touch()
    before = sorted(tmp_path.iterdir())
    for share in (0.02, 0.3, 0.6, 0.9):
        at = int(len(whole) * share)
        for damaged in (whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
            broken.write_bytes(damaged)
            with pytest.raises(InvalidError, match=r"broken\.zip"):
                backup.check(broken, untold)
            with pytest.raises(InvalidError, match=r"broken\.zip"):
                backup.restore(broken, tmp_path / "new", untold)
            assert sorted(tmp_path.iterdir()) == before


def changed(saved: Path, target: Path, **said: object) -> Path:
    """The backup *saved* with other things said in its manifest."""
    with zipfile.ZipFile(saved) as archive, zipfile.ZipFile(target, "w") as other:
        for name in archive.namelist():
            body = archive.read(name)
            if name == "manifest.json":
                body = json.dumps({**json.loads(body), **said}).encode()
            other.writestr(name, body)
    return target


IMPOSSIBLE: list[tuple[dict[str, object], type[KbError], str]] = [
    ({"format": 99}, UnavailableError, "newer than this one"),
    ({"schema": "9999"}, UnavailableError, "newer than this one"),
    ({"members": {"../evil": "0"}}, InvalidError, "it holds ../evil"),
    ({"members": {"files/../../evil": "0"}}, InvalidError, "it holds files"),
    ({"members": {"/etc/evil": "0"}}, InvalidError, "it holds /etc"),
    ({"members": {"index/evil": "0"}}, InvalidError, "it holds index"),
    ({"members": {"files/aa/evil": "0"}}, InvalidError, "no whole backup"),
    ({"members": 3}, InvalidError, "no whole backup"),
]


def test_a_backup_that_says_what_can_not_be_is_refused(saved: Path, tmp_path: Path) -> None:
    for said, error, sentence in IMPOSSIBLE:
        other = changed(saved, tmp_path / "other.zip", **said)
        with pytest.raises(error, match=re.escape(sentence)):
            backup.restore(other, tmp_path / "new", untold)
        assert not (tmp_path / "new").exists()


def test_what_is_there_is_not_lost(loaded: Services, saved: Path, tmp_path: Path, encoders: Path) -> None:
    settings = loaded.settings
    with pytest.raises(InvalidError, match="is there already"):
        backups.save(loaded, saved, SILENT)
    with pytest.raises(ConflictError, match="holds a knowledge base"):
        backups.restore(settings, saved, SILENT, replace=False)
    with lock.serving(settings.data), pytest.raises(ConflictError, match="Another server"):
        backups.restore(settings, saved, SILENT, replace=True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("Dear")
    with pytest.raises(ConflictError, match="holds other files"):
        backups.restore(Settings(data=tmp_path / "mine"), saved, SILENT, replace=True)
    with pytest.raises(UnavailableError, match="KB_DATABASE_URL"):
        backups.restore(Settings(data=tmp_path / "x", database_url="sqlite://"), saved, SILENT, replace=False)
    with transaction(loaded.sessions) as session:
        store(session, lesson("Later"))
    loaded.close()
    _, before = backups.restore(settings, saved, SILENT, replace=True)
    assert before is not None
    for again in opened(before, encoders):
        assert found(again, "later") == ["Later"]
    for again in opened(settings.data, encoders):
        assert "Later" not in found(again, "later")


KILLED = """
import os, signal, sys
from pathlib import Path
from kb import backup
def told(stage, done, total):
    if (stage, done) == (sys.argv[3], 0):
        os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[4] == "restore":
    backup.restore(Path(sys.argv[1]), Path(sys.argv[2]), told, replace=True)
else:
    from kb.settings import Settings
    from kb import database
    settings = Settings(data=Path(sys.argv[2]))
    backup.write(settings, database.connect(settings.url), "1", Path(sys.argv[1]), told)
"""


@pytest.mark.parametrize(
    ("stage", "what"),
    [("Unpacking files", "restore"), ("Copying the database", "write"), ("Packing files", "write")],
)
def test_a_kill_leaves_the_base_as_it_was(
    loaded: Services, saved: Path, tmp_path: Path, encoders: Path, stage: str, what: str
) -> None:
    data = loaded.settings.data
    loaded.close()
    file = saved if what == "restore" else tmp_path / "second.zip"
    command = [sys.executable, "-c", KILLED, str(file), str(data), stage, what]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    assert (tmp_path / "second.zip").exists() is False
    for again in opened(data, encoders):
        assert found(again, "cables") == ["Cables"]


def test_an_older_backup_is_read(tmp_path: Path, encoders: Path) -> None:
    with zipfile.ZipFile(OLDER) as archive:
        assert json.loads(archive.read("manifest.json"))["schema"] == "0020"
    backups.restore(Settings(data=tmp_path / "new"), OLDER, SILENT, replace=False)
    for again in opened(tmp_path / "new", encoders):
        assert found(again, "crane") == ["The crane was booked twice"]
        (digest,) = again.files.digests()
        assert "title: The crane was booked twice" in again.files.path(digest).read_text()


def test_the_commands(loaded: Services, tmp_path: Path) -> None:
    data, file = loaded.settings.data, tmp_path / "b.zip"
    loaded.close()

    def kb(*arguments: str | os.PathLike[str], code: int = 0) -> str:
        return commands.kb(data, *map(str, arguments), code=code).output

    assert "1 items and 1 original files written to" in kb("backup", file)
    assert "is whole" in kb("restore", file, "--check")
    assert "say --replace" in kb("restore", file, code=1)
    assert "What was there before is in" in kb("restore", file, "--replace")
    assert "Cables" in kb("search", "cables")
    kb("restore", file, "--replace")
    told = json.loads(kb("restore", file, "--replace", "--json"))
    assert shutil.rmtree(told["before"]) is None
    assert (told["items"], told["schema"] >= "0020") == (1, True)
