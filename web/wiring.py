"""Putting the parts together: the only place that names engines."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock

from sqlalchemy import Engine as Database

from kb import database
from kb.database import Sessions
from kb.errors import UnavailableError
from kb.files import FileStore
from kb.searching import encoders
from kb.settings import Settings
from search import generation
from search.encoder import OnnxEncoder
from search.engine import Engine
from search.lexicon import Lexicon
from search.opening import open_encoder, open_reranker
from search.projects import Projects
from search.recurring import Recurring
from search.reranker import OnnxReranker
from search.spelling import Speller
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
    """Folder of compiled encoders and rerankers."""
    _encoder: OnnxEncoder | None = None
    _opened: str = ""
    """The model that the encoder was opened from."""
    _reranker: OnnxReranker | None = None
    _engine: Engine | None = None
    _searching: OnnxEncoder | None = None
    """The engine's encoder."""
    _generation: str = ""
    """The generation of the index that it was chosen for."""
    _projects: Projects | None = None
    _themes: Recurring | None = None
    _lexicon: Lexicon | None = None
    _speller: Speller | None = None
    _lock: RLock = field(default_factory=RLock)

    def encoder(self, tell: Callable[[str], None] = lambda _: None) -> OnnxEncoder:
        """The encoder in force, opened at first use; the very first use compiles it, told through *tell*."""
        with self.sessions() as session:
            name = encoders.in_force(session, self.settings.model)
        model = self.model(name)
        with self._lock:
            if self._encoder is None or self._opened != model:
                self._encoder, self._opened = self.open(model, tell), model
            return self._encoder

    def open(self, model: str, tell: Callable[[str], None] = lambda _: None) -> OnnxEncoder:
        """The encoder of *model*, whichever is in force."""
        return open_encoder(model, self.compiled, threads=self.settings.threads, progress=tell)

    def reranker(self, tell: Callable[[str], None] = lambda _: None) -> OnnxReranker | None:
        """The reranker of the settings, opened and compiled as the encoder is; None when they name none."""
        with self._lock:
            if self._reranker is None and self.settings.reranker:
                self._reranker = open_reranker(
                    self.settings.reranker, self.compiled, threads=self.settings.threads, progress=tell
                )
            return self._reranker

    def model(self, name: str) -> str:
        """Where the encoder called *name* is: an adapted one, or the model of the settings as it came."""
        if name == encoders.ORIGINAL:
            return self.settings.model
        folder = self.settings.adapted / name
        if not folder.is_dir():
            raise UnavailableError(
                f"The adapted model {name} is missing from {self.settings.adapted}. Put it back from a "
                "backup, or run `kb adapt --revert` to use the one before it."
            )
        return str(folder)

    def search(self) -> Engine:
        """The search engine, opened at first use; with another encoder once the index is of another."""
        generation_ = generation.current(self.settings.index)
        with self._lock:
            if self._engine is None or self._searching is None or self._generation != generation_:
                encoder = self._encoder_of_index()
                if self._engine is None or self._searching is not encoder:
                    self._engine, self._searching = self.engine(encoder, self.settings.index), encoder
                self._generation = generation_
            return self._engine

    def engine(self, encoder: OnnxEncoder, folder: Path) -> Engine:
        """A search engine on the index in *folder*, which is of *encoder*."""
        return Engine(encoder, folder, SynonymFile(self.settings.synonyms), self.reranker())

    def lexicon(self) -> Lexicon:
        """The words and titles of the base, opened at first use."""
        with self._lock:
            if self._lexicon is None:
                self._lexicon = Lexicon(self.settings.lexicon)
            return self._lexicon

    def speller(self) -> Speller:
        """Who corrects queries."""
        lexicon = self.lexicon()
        with self._lock:
            if self._speller is None:
                self._speller = Speller(lexicon, SynonymFile(self.settings.synonyms))
            return self._speller

    def _encoder_of_index(self) -> OnnxEncoder:
        """The encoder in force; but while the index is still of the one before it, that one."""
        encoder = self.encoder()
        model = generation.model(self.settings.index)
        if model in ("", encoder.model):
            return encoder
        with self.sessions() as session:
            name = encoders.named(session, self.settings.model, model) or encoders.ORIGINAL
        other = self.open(self.model(name))
        return other if other.model == model else encoder

    def projects(self) -> Projects:
        """What tells which projects are alike."""
        with self._lock:
            if self._projects is None:
                self._projects = Projects(self.settings.index)
            return self._projects

    def themes(self) -> Recurring:
        """What tells which themes recur."""
        with self._lock:
            if self._themes is None:
                self._themes = Recurring(self.settings.index, self.settings.themes)
            return self._themes

    def close(self) -> None:
        """Write what waits to be recorded and let go of the database."""
        self.recorder.stop(_STOP_SECONDS)
        self.database.dispose()


def build(settings: Settings, *, compiled: Path | None = None) -> Services:
    """Services over the base that *settings* describe; nothing is opened or written yet.

    Compiled encoders are kept in the data folder, or in *compiled* if given.
    """
    engine = database.connect(settings.url)
    database.watch(engine, settings.slow_ms / 1000)
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
