"""The record of searches, written in the background: it never makes anybody wait."""

import logging
from datetime import timedelta
from queue import Empty, Full, Queue
from threading import Event, Lock, Thread
from time import monotonic

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from kb.database import Sessions, transaction
from kb.models import now
from kb.searching import searches
from kb.searching.searches import Note

log = logging.getLogger(__name__)

CAPACITY = 2_000
"""Notes that wait at most; more are dropped."""
_BATCH = 200
_TRIES = 20
"""How often a batch is tried; each waits as long as the database does for another writer."""
_PURGE_EVERY = 86_400.0
"""Seconds between two purges."""


class Recorder:
    """Takes notes at once and writes them in batches, each in a short transaction of its own.

    While somebody else writes to the database, the notes wait. Safe to share between threads.
    """

    def __init__(self, sessions: Sessions, days: int, *, capacity: int = CAPACITY) -> None:
        self._sessions = sessions
        self._keep = timedelta(days=days)
        self._queue: Queue[Note | Event | None] = Queue(capacity)
        self._lock = Lock()
        self._thread: Thread | None = None
        self._purged: float | None = None

    def note(self, note: Note) -> None:
        """Have *note* written soon; dropped when too many wait already."""
        try:
            self._queue.put_nowait(note)
        except Full:
            log.warning("a search was not recorded: too many wait to be written")
            return
        self._ensure_running()

    def settle(self, seconds: float) -> bool:
        """Wait at most *seconds* until everything noted so far is written; whether it is."""
        with self._lock:
            if self._thread is None:
                return True
        done = Event()
        try:
            self._queue.put(done, timeout=seconds)
        except Full:
            return False
        return done.wait(seconds)

    def stop(self, seconds: float) -> None:
        """Write what waits, for at most *seconds*; the next note begins anew."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is None:
            return
        try:
            self._queue.put(None, timeout=seconds)
        except Full:
            pass
        else:
            thread.join(seconds)
        if thread.is_alive():
            log.warning("the newest searches were not recorded: the database was busy")

    def _ensure_running(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._work, name="searches", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while (first := self._queue.get()) is not None:
            waiting = [first, *self._drain()]
            notes = [one for one in waiting if isinstance(one, searches.Searched | searches.Opened)]
            if notes:
                self._write(notes)
            for one in waiting:
                if isinstance(one, Event):
                    one.set()
            if None in waiting:
                return

    def _drain(self) -> list[Note | Event | None]:
        found: list[Note | Event | None] = []
        while len(found) < _BATCH:
            try:
                found.append(self._queue.get_nowait())
            except Empty:
                break
        return found

    def _write(self, notes: list[Note]) -> None:
        for _ in range(_TRIES):
            try:
                self._store(notes)
            except OperationalError:
                continue  # somebody has been writing for longer than the database's own patience
            except SQLAlchemyError:
                log.exception("searches could not be recorded")
            return
        log.warning("%d searches were not recorded: the database stayed busy", len(notes))

    def _store(self, notes: list[Note]) -> None:
        with transaction(self._sessions) as session:
            searches.record(session, notes)
            if self._purged is None or monotonic() - self._purged > _PURGE_EVERY:
                searches.purge(session, now() - self._keep)
                self._purged = monotonic()
