"""Hindsight under the same protocol as its peers: reads a register, embeds, indexes, answers."""

from collections.abc import Sequence

from sqlalchemy import select

from ingest import pipeline
from kb.access import LOCAL_USER
from kb.models import Item
from kb.settings import Settings
from search.fusion import Mode
from search.query import Query
from tests.bench.peers import protocol
from tests.bench.peers.protocol import Document, Task
from web import wiring
from web.base import work

WHOLE = "whole"
"""The variant that answers as users see it: cut where nothing related is left, with snippets and facets.
The others are modes of ranking, uncut."""


class Hindsight:
    """See System. Variants share one base: whichever comes first builds it."""

    version = ""

    def __init__(self, task: Task) -> None:
        self._source = task.source
        self._variant = task.variant
        self._services = wiring.build(Settings(data=task.folder))
        work.prepare(self._services)
        self._engine = self._services.search()
        self._session = self._services.sessions()
        self._names: dict[int, str] = {}

    def index(self, documents: Sequence[Document]) -> None:
        if not self._engine.ready:
            limits = self._services.settings.limits
            pipeline.run(self._services.sessions, self._services.files, LOCAL_USER, limits, [self._source])
            work.sync(self._services)
        self._names = dict(self._session.execute(select(Item.id, Item.external_ref)).all())
        if len(self._names) != len(documents):
            raise RuntimeError(f"{len(documents)} documents became {len(self._names)} items")

    def search(self, query: str, limit: int) -> list[str]:
        asked = Query(query)
        if self._variant == WHOLE:
            results = self._engine.search(self._session, LOCAL_USER, asked, limit=limit)
            return [self._names[hit.item.id] for hit in results.hits]
        ranked = self._engine.rank(self._session, LOCAL_USER, asked, limit=limit, mode=Mode(self._variant))
        return [self._names[item] for item in ranked.items]


if __name__ == "__main__":
    protocol.run(Hindsight)
