"""A fresh knowledge base for each test, and one call that reads files into it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from ingest import pipeline
from ingest.report import FileOutcome, Options, Report
from kb import database, items
from kb.access import LOCAL_USER, Principal
from kb.database import Sessions
from kb.facets import condition
from kb.files import FileStore
from kb.models import Item
from kb.settings import Limits
from kb.values import Filters

SHARED = Path(__file__).parents[2].parent / "shared" / "corpora"


@dataclass(frozen=True)
class Library:
    """A knowledge base and what tests do with it."""

    sessions: Sessions
    store: FileStore
    folder: Path
    """A folder to put files in."""

    def ingest(
        self,
        *paths: Path,
        limits: Limits | None = None,
        principal: Principal = LOCAL_USER,
        options: Options | None = None,
    ) -> Report:
        """Read *paths*, or the whole folder."""
        return pipeline.run(
            self.sessions,
            self.store,
            principal,
            limits or Limits(),
            paths or [self.folder],
            options or Options(),
        )

    def write(self, name: str, content: str | bytes) -> Path:
        """Put a file into the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def titles(self) -> list[str]:
        """Titles of all live items, in order."""
        with self.sessions() as session:
            found = select(Item.title).where(Item.withdrawn_at.is_(None), condition(Filters()))
            return sorted(session.scalars(found))

    def item(self, title: str) -> items.ItemDetail:
        """The live item with *title*."""
        with self.sessions() as session:
            ref = session.scalars(
                select(Item.ref).where(Item.title == title, Item.withdrawn_at.is_(None))
            ).one()
            return items.get(session, LOCAL_USER, ref)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, migrated once."""
    path = tmp_path_factory.mktemp("migrated") / "empty.db"
    engine = database.connect(f"sqlite:///{path}")
    database.migrate(engine)
    engine.dispose()
    return path


@pytest.fixture
def library(migrated: Path, tmp_path: Path) -> Iterator[Library]:
    """An empty knowledge base."""
    path = tmp_path / "data" / "hindsight.db"
    path.parent.mkdir()
    shutil.copyfile(migrated, path)
    engine = database.connect(f"sqlite:///{path}")
    folder = tmp_path / "share"
    folder.mkdir()
    yield Library(database.sessions(engine), FileStore(tmp_path / "data" / "files"), folder)
    engine.dispose()


@pytest.fixture
def only() -> Callable[[Report], FileOutcome]:
    """The one outcome of a report."""

    def one(report: Report) -> FileOutcome:
        (outcome,) = report.files
        return outcome

    return one


@pytest.fixture
def corpora() -> Path:
    """Real documents, when they are at hand."""
    if not SHARED.is_dir():
        pytest.skip("the shared corpora are not on this machine")
    return SHARED
