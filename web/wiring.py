"""Putting the parts together: the only place that names engines."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from sqlalchemy import Engine as Database

from kb import database
from kb.database import Sessions
from kb.files import FileStore
from kb.settings import Settings
from search.encoder import OnnxEncoder
from search.engine import Engine
from search.opening import open_encoder
from search.synonyms import SynonymFile
from web.recorder import Recorder

_STOP_SECONDS = 3.0
"""For writing what waits to be recorded."""


@dataclass(slots=True)
class Services:
    """Everything that commands, pages and the API work with."""

    settings: Settings
    database: Database
    sessions: Sessions
    files: FileStore
    recorder: Recorder
    compiled: Path
    """Folder of compiled encoders."""
    _encoder: OnnxEncoder | None = None
    _engine: Engine | None = None
    _lock: Lock = field(default_factory=Lock)

    def encoder(self, tell: Callable[[str], None] = lambda _: None) -> OnnxEncoder:
        """The encoder, opened at first use; the very first use compiles it, which is told through *tell*."""
        with self._lock:
            if self._encoder is None:
                self._encoder = open_encoder(
                    self.settings.model,
                    self.compiled,
                    threads=self.settings.threads,
                    progress=tell,
                )
            return self._encoder

    def search(self) -> Engine:
        """The search engine, opened at first use."""
        encoder = self.encoder()
        with self._lock:
            if self._engine is None:
                self._engine = Engine(encoder, self.settings.index, SynonymFile(self.settings.synonyms))
            return self._engine

    def close(self) -> None:
        """Write what waits to be recorded and let go of the database."""
        self.recorder.stop(_STOP_SECONDS)
        self.database.dispose()


def build(settings: Settings, *, compiled: Path | None = None) -> Services:
    """Services over the base that *settings* describe; nothing is opened or written yet.

    Compiled encoders are kept in the data folder, or in *compiled* if given.
    """
    engine = database.connect(settings.url)
    sessions = database.sessions(engine)
    recorder = Recorder(sessions, settings.search_log_days)
    files = FileStore(settings.files)
    return Services(settings, engine, sessions, files, recorder, compiled or settings.models)


def beside(services: Services, data: Path, *, database_url: str | None = None, model: str = "") -> Services:
    """Services of another base in *data*, with the compiled encoders of *services*.

    With a *database_url* its records are those, and only its index is its own. *model* is another encoder.
    """
    changes = {"data": data, "database_url": database_url, "model": model or services.settings.model}
    return build(services.settings.model_copy(update=changes), compiled=services.compiled)
