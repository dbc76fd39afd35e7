"""Putting the parts together: the only place that names engines."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import Engine as Database

from kb import database
from kb.database import Sessions
from kb.files import FileStore
from kb.settings import Settings
from search.encoder import OnnxEncoder
from search.engine import Engine
from search.opening import open_encoder


@dataclass(slots=True)
class Services:
    """Everything that commands, pages and the API work with."""

    settings: Settings
    database: Database
    sessions: Sessions
    files: FileStore
    _encoder: OnnxEncoder | None = None
    _engine: Engine | None = None
    _lock: Lock = field(default_factory=Lock)

    def encoder(self, tell: Callable[[str], None] = lambda _: None) -> OnnxEncoder:
        """The encoder, opened at first use; the very first use compiles it, which is told through *tell*."""
        with self._lock:
            if self._encoder is None:
                self._encoder = open_encoder(
                    self.settings.model,
                    self.settings.models,
                    threads=self.settings.threads,
                    progress=tell,
                )
            return self._encoder

    def search(self) -> Engine:
        """The search engine, opened at first use."""
        encoder = self.encoder()
        with self._lock:
            if self._engine is None:
                self._engine = Engine(encoder, self.settings.index)
            return self._engine

    def close(self) -> None:
        """Let go of the database."""
        self.database.dispose()


def build(settings: Settings) -> Services:
    """Services over the base that *settings* describe; nothing is opened or written yet."""
    engine = database.connect(settings.url)
    return Services(settings, engine, database.sessions(engine), FileStore(settings.files))
