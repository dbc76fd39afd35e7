import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb import database, library, passages
from kb.access import LOCAL_USER
from kb.database import Sessions, transaction
from kb.models import Embedding
from kb.passages import PassageKey
from kb.values import ItemId, PassageId
from search import generation
from search.generation import Generation
from search.status import status
from search.sync import SyncProgress, plan, sync
from tests.hashing import HashingEncoder
from tests.samples import lesson, source, store

SEGMENT = ["words.db", "rows.npy", "weights.npy", "stretches.npy", "vectors.faiss", "ids.npy"]

keys = st.dictionaries(
    st.integers(1, 12).map(PassageId),
    st.builds(PassageKey, st.integers(1, 4).map(ItemId), st.sampled_from("abc")),
)


@given(keys, keys)
def test_after_the_plan_the_index_equals_what_is_stored(
    stored: dict[PassageId, PassageKey], indexed: dict[PassageId, PassageKey]
) -> None:
    wanted = plan(stored, indexed)
    left = {id_: key for id_, key in indexed.items() if key.item not in wanted.remove}
    assert left | {id_: stored[id_] for id_ in wanted.add} == stored
    assert not left.keys() & set(wanted.add)
    assert wanted.passages_removed == len(indexed) - len(left)
    assert plan(stored, stored).add == () == tuple(plan(stored, stored).remove)


def opened(folder: Path) -> Generation:
    present = generation.open_current(folder)
    assert present is not None
    return present


def test_a_second_sync_does_nothing(sessions: Sessions, encoder: HashingEncoder, folder: Path) -> None:
    with transaction(sessions) as session:
        store(session, lesson("One"), lesson("Two"))
    first = sync(sessions, encoder, folder)
    assert (first.added, first.removed, first.embedded, first.total) == (2, 0, 2, 2)
    name = generation.current(folder)
    second = sync(sessions, encoder, folder)
    assert (second.added, second.removed, second.embedded) == (0, 0, 0)
    assert generation.current(folder) == name


def test_only_what_changed_is_embedded(sessions: Sessions, encoder: HashingEncoder, folder: Path) -> None:
    with transaction(sessions) as session:
        store(session, *(lesson(f"T{i}") for i in range(20)))
    sync(sessions, encoder, folder)
    changed = [lesson(f"T{i}") for i in range(1, 20)]
    changed[5] = replace(lesson("T6", "Quite other words."))
    with transaction(sessions) as session:
        store(session, *changed)
    report = sync(sessions, encoder, folder)
    assert (report.added, report.removed, report.embedded, report.total) == (1, 2, 1, 19)
    with sessions() as session:
        assert opened(folder).words.keys() == passages.keys(session)


def test_what_is_new_is_kept_beside_a_large_base_until_it_is_much(
    sessions: Sessions, encoder: HashingEncoder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.sync._LITTLE", 10)
    drafts = {i: lesson(f"T{i}", f"Lesson {i} about valves.") for i in range(40)}
    segments: list[list[str]] = []
    for changes in (range(0), range(40, 43), range(3), range(41, 44), range(10, 20)):
        drafts |= {i: lesson(f"T{i}", f"Lesson {i} about pumps, changed.") for i in changes}
        drafts.pop(5, None)
        with transaction(sessions) as session:
            store(session, *drafts.values())
        inode = _inode(folder)
        sync(sessions, encoder, folder)
        present = opened(folder)
        segments.append(sorted(path.name for path in (folder / present.name).iterdir() if path.is_dir()))
        assert (_inode(folder) == inode) == (len(segments[-1]) == 2)
        with sessions() as session:
            assert present.words.keys() == passages.keys(session)
        generation.verify(folder, present.name)
        query = encoder.encode_query("pumps")
        fresh = sync_anew(sessions, encoder, folder.with_name("anew"))
        found, wanted = (index.vectors.nearest(query, 50, floor=0.1).pairs() for index in (present, fresh))
        assert {id_ for id_, _ in found} == {id_ for id_, _ in wanted}
        assert present.words.holding(["pumps"]).tolist() == fresh.words.holding(["pumps"]).tolist()
    assert segments == [["base"], ["base", "recent"], ["base", "recent"], ["base", "recent"], ["base"]]


def sync_anew(sessions: Sessions, encoder: HashingEncoder, folder: Path) -> Generation:
    shutil.rmtree(folder, ignore_errors=True)
    sync(sessions, encoder, folder)
    return opened(folder)


def _inode(folder: Path) -> int:
    path = folder / generation.current(folder) / "base" / "words.db"
    return path.stat().st_ino if path.is_file() else 0


def test_withdrawn_items_leave_the_index(sessions: Sessions, encoder: HashingEncoder, folder: Path) -> None:
    with transaction(sessions) as session:
        store(session, lesson("One"))
    sync(sessions, encoder, folder)
    with transaction(sessions) as session:
        library.withdraw(session, LOCAL_USER, source().location)
    assert sync(sessions, encoder, folder).total == 0
    assert len(opened(folder).words) == len(opened(folder).vectors) == 0


def test_an_empty_base_has_an_index(sessions: Sessions, encoder: HashingEncoder, folder: Path) -> None:
    assert sync(sessions, encoder, folder).total == 0
    assert len(opened(folder).vectors) == 0


def test_a_lost_index_is_rebuilt_without_embedding_again(
    sessions: Sessions, encoder: HashingEncoder, folder: Path, tmp_path: Path
) -> None:
    with transaction(sessions) as session:
        store(session, lesson("One"), lesson("Two"))
    sync(sessions, encoder, folder)
    report = sync(sessions, encoder, tmp_path / "another")
    assert (report.added, report.embedded) == (2, 0)


def test_another_model_means_another_index_and_is_said(
    sessions: Sessions, encoder: HashingEncoder, folder: Path
) -> None:
    with transaction(sessions) as session:
        store(session, lesson("One"))
    sync(sessions, encoder, folder)
    other = HashingEncoder("other", dimension=64)
    with sessions() as session:
        assert "not with other" in status(session, folder, "other").problem
    report = sync(sessions, other, folder)
    assert report.embedded == 1
    assert "made with the model hashing, now other is used" in report.rebuilt
    assert opened(folder).manifest.model == "other"


@pytest.mark.parametrize("file", [f"base/{name}" for name in SEGMENT] + ["manifest.json"])
@pytest.mark.parametrize("damage", ["missing", "cut", "overwritten"])
def test_a_damaged_index_is_rebuilt_and_said(
    sessions: Sessions, encoder: HashingEncoder, folder: Path, file: str, damage: str
) -> None:
    with transaction(sessions) as session:
        store(session, lesson("One"))
    sync(sessions, encoder, folder)
    path = folder / generation.current(folder) / file
    content = path.read_bytes()
    path.unlink()
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "overwritten":
        path.write_bytes(b"\x00" * len(content))
    with sessions() as session:
        assert "damaged" in status(session, folder, encoder.model).problem
    report = sync(sessions, encoder, folder)
    assert "damaged" in report.rebuilt
    assert report.embedded == 0
    with sessions() as session:
        assert status(session, folder, encoder.model).problem == ""


def test_a_changed_byte_is_found_when_all_are_compared(
    sessions: Sessions, encoder: HashingEncoder, folder: Path
) -> None:
    with transaction(sessions) as session:
        store(session, lesson("One"))
    sync(sessions, encoder, folder)
    name = generation.current(folder)
    generation.verify(folder, name)
    path = folder / name / "base" / "vectors.faiss"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(generation.DamagedError, match="changed after"):
        generation.verify(folder, name)


def test_progress_counts_up_to_the_total(sessions: Sessions, encoder: HashingEncoder, folder: Path) -> None:
    with transaction(sessions) as session:
        store(session, *(lesson(f"T{i}") for i in range(600)))
    seen: list[SyncProgress] = []
    sync(sessions, encoder, folder, progress=seen.append)
    assert [p.done for p in seen if p.stage == "Embedding passages"] == [0, 512, 600]
    assert seen[-1].done == seen[-1].total == 600


def test_two_passages_that_say_the_same_are_both_found(
    session: Session, sessions: Sessions, encoder: HashingEncoder, folder: Path
) -> None:
    store(session, lesson("Same", key="1"), lesson("Same", key="2"))
    session.commit()
    report = sync(sessions, encoder, folder)
    assert (report.added, report.embedded) == (2, 1)
    assert [len(opened(folder).words), len(opened(folder).vectors)] == [2, 2]


_SYNC = """
import sys
from pathlib import Path
from kb import database
from search.sync import sync
from tests.hashing import HashingEncoder
engine = database.connect(sys.argv[1])
sync(database.sessions(engine), HashingEncoder(), Path(sys.argv[2]))
"""


@pytest.mark.parametrize("after", [0.05, 0.1, 0.15, 0.2, 0.3])
def test_killed_at_any_moment_the_next_sync_completes(tmp_path: Path, after: float) -> None:
    url, folder = f"sqlite:///{tmp_path}/kb.db", tmp_path / "index"
    engine = database.connect(url)
    database.migrate(engine)
    sessions = database.sessions(engine)
    with transaction(sessions) as session:
        store(session, *(lesson(f"T{i}", f"Lesson {i} " * 30) for i in range(3000)))
    process = subprocess.Popen([sys.executable, "-c", _SYNC, url, str(folder)], cwd=Path(__file__).parents[2])
    while not folder.exists() and process.poll() is None and not _embedded(sessions):
        time.sleep(0.01)
    time.sleep(after)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    sync(sessions, HashingEncoder(), folder)
    with sessions() as session:
        assert opened(folder).words.keys() == passages.keys(session)
    assert len(opened(folder).vectors) == 3000
    assert [p.name for p in folder.iterdir() if p.name.startswith(".building")] == []
    engine.dispose()


def _embedded(sessions: Sessions) -> bool:
    with sessions() as session:
        return bool(session.scalar(select(func.count()).select_from(Embedding)))
