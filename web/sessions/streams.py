"""Telling many listeners at once that a lessons session changed."""

import asyncio
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock
from time import monotonic

from kb.database import Sessions
from kb.errors import UnavailableError
from kb.sessions import gatherings

LIMIT = 200
"""Listeners at one time; more are turned away and ask again now and then."""
PAUSE = 0.5
"""Seconds between two looks at the database, however many listen."""


class Revisions:
    """Watches the revisions of the sessions that somebody listens to; other processes may change them too."""

    def __init__(self, sessions: Sessions, *, limit: int = LIMIT, pause: float = PAUSE) -> None:
        self._sessions = sessions
        self._limit = limit
        self._pause = pause
        self._listening = Counter[str]()
        self._lock = Lock()
        self._reading = asyncio.Lock()
        self._found: dict[str, int] = {}
        self._read_at = float("-inf")

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return self._listening.total()

    @contextmanager
    def listening(self, code: str) -> Generator[None]:
        """A listener's place. Raises UnavailableError when all are taken."""
        with self._lock:
            if self.listeners >= self._limit:
                raise UnavailableError("Too many people follow sessions at the moment; ask again in a while.")
            self._listening[code] += 1
        try:
            yield
        finally:
            with self._lock:
                self._listening[code] -= 1
                self._listening = +self._listening

    async def after(self, code: str, known: int) -> int:
        """The revision of the session *code* as soon as it is another one than *known*."""
        while True:
            found = (await self._latest()).get(code, known)
            if found != known:
                return found
            await asyncio.sleep(self._pause)

    async def _latest(self) -> dict[str, int]:
        """The revisions of all that are listened to, as they were a moment ago at most."""
        async with self._reading:
            if monotonic() - self._read_at >= self._pause:
                self._found = await asyncio.to_thread(self._read)
                self._read_at = monotonic()
            return self._found

    def _read(self) -> dict[str, int]:
        with self._lock:
            codes = list(self._listening)
        with self._sessions() as session:
            return gatherings.revisions(session, codes)
