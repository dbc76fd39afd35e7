"""What every system under comparison does: index documents, answer queries, say what it took.

Each runs in a process of its own, so that its memory is its own: `python -m tests.bench.peers.NAME …`
prints one JSON object on stdout; everything else goes to stderr. Nothing of Hindsight is imported here:
peers live in an environment of their own.
"""

import argparse
import contextlib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tests.bench.timing import children_peak_mb, peak_mb, percentile, timed, times

DEPTH = 20
"""Documents asked for where quality is measured."""
PAGE = 10
"""Documents asked for where time is measured."""
MAX_TOKENS = 256
"""Tokens of a text that are embedded at most: the model's own limit."""


@dataclass(frozen=True, slots=True)
class Document:
    """What is searched for."""

    id: str
    title: str
    text: str

    @property
    def whole(self) -> str:
        """Title and text, for systems without fields."""
        return f"{self.title}\n{self.text}"


@dataclass(frozen=True, slots=True)
class Task:
    """Where everything lies."""

    documents: Path
    """JSON Lines with `_id`, `title` and `text`, as BEIR's corpus.jsonl."""
    queries: Path
    """JSON Lines with `_id` and `text`."""
    source: Path
    """The same documents as a file that Hindsight reads."""
    model: Path
    """Folder of the sentence-transformers model."""
    folder: Path
    """Scratch space."""
    rounds: int
    """How often each query is timed."""
    variant: str
    """Which of several ways of searching."""


class System(Protocol):
    """A search system."""

    @property
    def version(self) -> str:
        """Its release; empty where the name says all."""
        ...

    def index(self, documents: Sequence[Document]) -> None:
        """Make *documents* searchable."""
        ...

    def search(self, query: str, limit: int) -> list[str]:
        """Ids of at most *limit* documents, best first."""
        ...


class MissingError(Exception):
    """The system is not on this machine; the text says how to get it."""


def run(open_: Callable[[Task], System]) -> None:
    """Measure the system that *open_* makes ready, and print the outcome."""
    task = _task()
    with contextlib.redirect_stdout(sys.stderr):
        try:
            outcome = _measure(open_, task)
        except MissingError as error:
            outcome = {"missing": str(error)}
    sys.stdout.write(json.dumps(outcome))


def _measure(open_: Callable[[Task], System], task: Task) -> dict[str, Any]:
    documents = [Document(row["_id"], row.get("title", ""), row["text"]) for row in _rows(task.documents)]
    queries = {row["_id"]: row["text"] for row in _rows(task.queries)}
    system, load_s = timed(lambda: open_(task))
    _, index_s = timed(lambda: system.index(documents))
    # Asking once for each ranking also warms up what is timed afterwards.
    rankings = {id_: system.search(text, DEPTH) for id_, text in queries.items()}
    milliseconds = times(lambda text: system.search(text, PAGE), list(queries.values()), task.rounds)
    return {
        "version": system.version,
        "load_s": load_s,
        "index_s": index_s,
        "p50_ms": percentile(milliseconds, 50) if milliseconds else None,
        "p95_ms": percentile(milliseconds, 95) if milliseconds else None,
        "rss_mb": max(peak_mb(), children_peak_mb()),
        "rankings": rankings,
    }


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def _task() -> Task:
    parser = argparse.ArgumentParser(description="Measure one system; see tests/bench/peers/protocol.py.")
    for name in ("documents", "queries", "source", "model", "folder"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--variant", default="")
    return Task(**vars(parser.parse_args()))
