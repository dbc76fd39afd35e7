"""What a base holds, in numbers."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kb import facets, items
from kb.access import LOCAL_USER
from kb.values import Filters
from kb.vocabulary import FacetName, Kind, label
from search import lexicon
from search.lexicon import LexiconStatus
from search.status import IndexStatus
from search.status import status as index_status
from web.wiring import Services
from web.wording import size


@dataclass(frozen=True, slots=True)
class State:
    """Counts, index and sizes on disk."""

    data: str
    items: int
    kinds: dict[Kind, int]
    files: int
    index: IndexStatus
    lexicon: LexiconStatus
    database_bytes: int
    files_bytes: int
    index_bytes: int
    lexicon_bytes: int
    reranker: str
    """In force; empty when there is none."""
    model_bytes: int

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    def rows(self) -> Iterator[tuple[str, str]]:
        """As names and values for people."""
        yield "Data folder", self.data
        yield "Items", f"{self.items:,}"
        for kind, number in self.kinds.items():
            yield f"  {label(kind)}", f"{number:,}"
        yield "Original files", f"{self.files:,} ({size(self.files_bytes)})"
        yield "Database", size(self.database_bytes)
        yield "Search index", f"{self.index.passages:,} passages ({size(self.index_bytes)})"
        if self.index.built_at:
            yield "  built", self.index.built_at
        if self.index.problem:
            yield "  problem", f"{self.index.problem} Run: kb sync"
        elif self.index.pending:
            yield "  behind by", f"{self.index.pending:,} passages. Run: kb sync"
        else:
            yield "  state", "up to date"
        yield from self._lexicon()
        yield "Encoder", self.index.model or "–"
        yield "Reranker", self.reranker or "none"
        yield "Compiled models", size(self.model_bytes)

    def _lexicon(self) -> Iterator[tuple[str, str]]:
        """The words and titles that corrections and suggestions come from."""
        found = self.lexicon
        yield "Words, titles", f"{found.words:,} words of {found.items:,} items ({size(self.lexicon_bytes)})"
        if found.problem:
            yield "  problem", f"{found.problem} Run: kb doctor"
        elif found.pending:
            yield "  behind by", f"{found.pending:,} items. Run: kb sync"
        else:
            yield "  state", "up to date"


def read(services: Services) -> State:
    """Count what the base holds."""
    settings = services.settings
    reranker = services.reranker()
    with services.sessions() as session:
        total = items.count(session, LOCAL_USER, Filters())
        counts = facets.count_all(session, LOCAL_USER, Filters())[FacetName.KIND]
        found = index_status(session, settings.index, services.encoder().model)
        words = lexicon.status(session, settings.lexicon)
    number = {one.value: one.count for one in counts}
    stem = Path(services.database.url.database or "")
    return State(
        data=str(settings.data.absolute()),
        items=total,
        kinds={kind: number.get(kind, 0) for kind in Kind},
        files=sum(1 for _ in services.files.digests()),
        index=found,
        lexicon=words,
        database_bytes=_parts(stem),
        files_bytes=_bytes(settings.files),
        index_bytes=_bytes(settings.index),
        lexicon_bytes=_parts(settings.lexicon),
        reranker=reranker.model if reranker else "",
        model_bytes=_bytes(settings.models),
    )


def _parts(database: Path) -> int:
    """Bytes of an SQLite file and what lies beside it."""
    return sum(path.stat().st_size for path in database.parent.glob(database.name + "*"))


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
