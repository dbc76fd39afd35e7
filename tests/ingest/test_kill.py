"""A run that is killed at any moment is continued by the next: nothing is lost, nothing doubled."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import func, select

from kb import database
from kb.models import Facet, Item, Passage, Source, Version
from tests.ingest import making
from tests.ingest.conftest import Library

_RUN = """
import sys
from pathlib import Path
from ingest import pipeline
from kb import database
from kb.access import LOCAL_USER
from kb.files import FileStore
from kb.settings import Limits
engine = database.connect("sqlite:///" + sys.argv[1])
store, folder = FileStore(Path(sys.argv[2])), Path(sys.argv[3])
report = pipeline.run(database.sessions(engine), store, LOCAL_USER, Limits(), [folder])
print("done", report.failed)
"""
_KILLS = 8


def _write_share(library: Library, edition: int) -> None:
    log = [["Lesson ID", "Title", "What happened", "Recommendation"]]
    log += [[f"L{i}", f"Lesson {i}", f"Event {i}", f"Advice {i}, edition {edition}"] for i in range(300)]
    library.write("register/lessons log.xlsx", making.xlsx({"Log": log}))
    for number in range(40):
        library.write(
            f"notes/{number:02}.md", f"# Note {number}\n\nEdition {edition}.\n\n" + "Some words. " * 200
        )
    library.write("charter.docx", making.docx(making.paragraph(f"Charter of edition {edition}.")))


def _command(library: Library) -> list[str]:
    data = library.folder.parent / "data"
    return [sys.executable, "-c", _RUN, str(data / "hindsight.db"), str(data / "files"), str(library.folder)]


def _killed_after(library: Library, seconds: float) -> bool:
    process = subprocess.Popen(_command(library), cwd=Path(__file__).parents[2], stdout=subprocess.PIPE)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return True
    return False


def test_killed_runs_are_continued_without_loss_or_doubles(library: Library) -> None:
    moments = random.Random(7)  # noqa: S311 - moments, not secrets
    began = time.monotonic()
    _write_share(library, 1)
    killed = sum(_killed_after(library, moments.uniform(0.6, 2.2)) for _ in range(_KILLS // 2))
    library.ingest()
    _write_share(library, 2)
    (library.folder / "notes/00.md").unlink()
    (library.folder / "notes/01.md").rename(library.folder / "notes/renamed.md")
    killed += sum(_killed_after(library, moments.uniform(0.6, 2.2)) for _ in range(_KILLS // 2))
    report = library.ingest()
    assert killed, f"no run was caught at work within {time.monotonic() - began:.0f} seconds"
    assert not report.failed
    _is_whole(library)
    assert library.ingest().unchanged == 41


def _is_whole(library: Library) -> None:
    with library.sessions() as session:
        live = select(func.count()).select_from(Item).where(Item.withdrawn_at.is_(None))
        assert session.scalar(live) == 300 + 39 + 1
        assert session.scalar(live.where(Item.body.contains("dition 2"))) == 340
        assert session.scalar(live.where(Item.version > 2)) == 0
        sources = session.scalar(
            select(func.count()).select_from(Source).where(Source.withdrawn_at.is_(None))
        )
        assert sources == 41
        items, versions = (
            session.scalar(select(func.count(Item.id))),
            session.scalar(select(func.sum(Item.version))),
        )
        assert session.scalar(select(func.count()).select_from(Version)) == versions
        assert items is not None
        assert session.scalar(select(func.count(func.distinct(Passage.item_id)))) == items
        assert session.scalar(select(func.count(func.distinct(Facet.item_id)))) == items
        for digest in session.scalars(select(Source.digest).where(Source.withdrawn_at.is_(None))):
            assert library.store.path(digest).is_file()
    bind = library.sessions.kw["bind"]
    assert database.check_integrity(bind) == []
