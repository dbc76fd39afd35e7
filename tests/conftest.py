"""What tests of several packages share: a compiled encoder, empty bases, a base with the starter library."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from kb import database
from kb.access import LOCAL_USER
from kb.database import Sessions
from kb.settings import Settings
from search.opening import open_encoder
from tests import crossing, vectors
from web import wiring
from web.base import lock, work
from web.wiring import Services


@pytest.fixture(scope="session")
def encoders(pytestconfig: pytest.Config) -> Path:
    """A folder with the default encoder, compiled once and kept from one test run to the next."""
    folder = pytestconfig.cache.mkdir("encoders")
    with warnings.catch_warnings(), lock.writing(folder, wait=True):  # tests run in several processes
        warnings.simplefilter("ignore")  # the libraries that compile warn about themselves
        open_encoder(Settings().model, folder)
    return folder


@pytest.fixture(scope="session")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a real cross-encoder, tiny and with random weights, as sentence-transformers saves it."""
    folder = tmp_path_factory.mktemp("models") / "tiny-cross-encoder"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        crossing.save(folder)
    return folder


def _settings(data: Path, encoders: Path) -> Settings:
    data.mkdir()
    (data / "models").symlink_to(encoders)
    return Settings(data=data)


@pytest.fixture
def settings(tmp_path: Path, encoders: Path) -> Settings:
    """Settings of a base in a folder of its own, whose encoder is compiled already."""
    return _settings(tmp_path / "data", encoders)


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    """An empty base with its schema."""
    built = wiring.build(settings)
    work.prepare(built)
    yield built
    built.close()


@pytest.fixture(scope="session")
def library(
    tmp_path_factory: pytest.TempPathFactory, encoders: Path, pytestconfig: pytest.Config
) -> Iterator[Services]:
    """The starter library, loaded and indexed. Tests only read it."""
    built = wiring.build(_settings(tmp_path_factory.mktemp("library") / "data", encoders))
    work.prepare(built)
    work.ingest_starter(built, LOCAL_USER)
    folder = pytestconfig.cache.mkdir("vectors")
    kept = folder / f"{built.encoder().model}.npz"
    with lock.writing(folder, wait=True):  # another process may be embedding the very same
        vectors.give(built, kept)
        if work.sync(built).embedded:
            vectors.keep(built, kept)
    yield built
    built.close()


@pytest.fixture
def sessions() -> Iterator[Sessions]:
    """Sessions on an empty base in memory."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    database.migrate(engine)
    yield database.sessions(engine)
    engine.dispose()


@pytest.fixture
def session(sessions: Sessions) -> Iterator[Session]:
    """A session on that base."""
    with sessions() as session:
        yield session
