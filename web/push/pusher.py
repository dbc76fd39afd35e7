"""The server's own rounds of telling subscribers, beside its work."""

import logging
from threading import Event, Thread

from sqlalchemy.exc import SQLAlchemyError

from kb import audit
from kb.errors import KbError
from search import generation
from web.push import pushing
from web.wiring import Services

log = logging.getLogger(__name__)

EVERY = 30.0
"""Seconds between two rounds."""


class Pusher:
    """Makes a round every so often in its own thread; none where nothing may be sent."""

    def __init__(self, services: Services, *, every: float = EVERY) -> None:
        self._services = services
        self._every = every
        self._stopping = Event()
        self._thread = Thread(target=self._work, name="subscriptions", daemon=True)
        self._looked: tuple[int, str] | None = None

    def start(self) -> None:
        """Begin, if the settings allow to send anything."""
        if pushing.ways(self._services.settings):
            self._thread.start()

    def stop(self, seconds: float) -> None:
        """Make no other round and wait at most *seconds* for the one in hand."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _work(self) -> None:
        while not self._stopping.wait(self._every):
            try:
                self._round()
            except (KbError, SQLAlchemyError):
                log.exception("subscribers could not be told; the next round tries again")

    def _round(self) -> None:
        """Look for news only where something was written or indexed since the last look."""
        with self._services.sessions() as session:
            present = (audit.latest(session), generation.current(self._services.settings.index))
        tally = pushing.run(self._services, at_once=present != self._looked)
        if not tally.unknown:
            self._looked = present
