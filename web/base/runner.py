"""Imports that were uploaded, and syncs after what was written, beside the server's own work."""

import logging
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from ingest import pipeline
from kb import jobs
from kb.access import Principal
from kb.database import transaction
from kb.errors import KbError
from kb.jobs import JobState
from web.base import waiting, work
from web.base.work import Listener
from web.wiring import Services

log = logging.getLogger(__name__)

P = TypeVar("P")

_NOTE_EVERY = 0.5
"""Seconds between two notes of progress in the database."""


@dataclass(frozen=True, slots=True)
class Upload:
    """Files waiting to be imported."""

    job: str
    principal: Principal
    folder: Path
    """Holds the files and nothing else; removed afterwards."""
    mapping: Mapping[str, str] = field(default_factory=dict[str, str])
    """Column of a register → field, given by hand."""
    restore: bool = False
    """Whether references that are unknown here are kept."""


class _Refresh:
    """Asks for a sync."""


class Runner:
    """Takes uploads and imports them in its own thread, one after the other."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._queue: SimpleQueue[Upload | _Refresh | None] = SimpleQueue()
        self._asked = Event()
        self._thread = Thread(target=self._work, name="imports")

    def start(self) -> None:
        """Begin; what an earlier server left unfinished is closed with its reason."""
        with transaction(self._services.sessions) as session:
            jobs.abandon_unfinished(session, waiting.jobs_with_files(self._services))
        shutil.rmtree(upload_folder(self._services), ignore_errors=True)
        waiting.tidy(self._services)
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Take nothing new and wait at most *seconds* for the import in hand."""
        self._queue.put(None)
        self._thread.join(seconds)

    def submit(self, upload: Upload) -> None:
        """Import *upload* when its turn comes."""
        self._queue.put(upload)

    def refresh(self) -> None:
        """Bring the index into step with what was written, soon; asking twice is as good as once."""
        if not self._asked.is_set():
            self._asked.set()
            self._queue.put(_Refresh())

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            if isinstance(job, Upload):
                self._take(job)
            else:
                self._asked.clear()
                self._sync()

    def _sync(self) -> None:
        try:
            work.sync(self._services)
        except (KbError, SQLAlchemyError):
            log.exception("the index could not be brought into step")

    def _take(self, upload: Upload) -> None:
        state, report = self._outcome(upload)
        shutil.rmtree(upload.folder, ignore_errors=True)
        try:
            with transaction(self._services.sessions) as session:
                jobs.finish(session, upload.job, state, report)
        except SQLAlchemyError:
            log.exception("the end of an import could not be stored")

    def _outcome(self, upload: Upload) -> tuple[JobState, dict[str, Any]]:
        try:
            return JobState.DONE, self._import(upload)
        except KbError as error:
            return JobState.FAILED, {"error": str(error)}
        except Exception:
            log.exception("import failed")
            return JobState.FAILED, {
                "error": "A fault in Hindsight stopped this import; the log has the details."
            }

    def _import(self, upload: Upload) -> dict[str, Any]:
        paths = sorted(upload.folder.iterdir())
        listener = Listener(
            ingest=_seldom(lambda p: self._note(upload.job, p.done, p.total, p.current)),
            sync=_seldom(lambda p: self._note(upload.job, len(paths), len(paths), p.stage)),
        )
        options = pipeline.Options(label=work.UPLOAD, mapping=upload.mapping, restore=upload.restore)
        report = work.ingest(self._services, upload.principal, paths, options, listener=listener)
        synced = work.sync(self._services, listener=listener)
        return report.as_json() | {"passages_indexed": synced.added}

    def _note(self, job: str, done: int, total: int, current: str) -> None:
        with transaction(self._services.sessions) as session:
            jobs.progress(session, job, done, total, current)


def upload_folder(services: Services) -> Path:
    """Where uploads wait until they are imported."""
    return services.settings.data / "uploads"


def _seldom(note: Callable[[P], None]) -> Callable[[P], None]:
    """*note*, called at most every half second."""
    last = -_NOTE_EVERY

    def sometimes(progress: P) -> None:
        nonlocal last
        if monotonic() - last >= _NOTE_EVERY:
            last = monotonic()
            note(progress)

    return sometimes
