"""Measure how search grows with the collection: `make bench-scale`, or `python -m tests.bench.scale 10000`.

For each size a collection is made (see tests.bench.generated) and kept in a folder outside the repository, as
a million passages take long to make. Each measurement runs in a process of its own: building the index,
search in process, and a server that one more process asks over 127.0.0.1. Prints a table and writes no files.
"""

import argparse
import http.client
import multiprocessing
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import quote

import numpy as np
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.access import LOCAL_USER
from kb.models import Embedding, Passage
from kb.settings import Settings
from search import generation, sync
from search.ports import Matrix
from search.query import parse
from tests.bench import generated, judged
from tests.bench.timing import peak_mb, percentile
from web import wiring

KB = Path(sys.executable).with_name("kb")
SIZES = (10_000, 100_000, 1_000_000)
CLIENTS = (1, 8, 32)
QUERIES = 150
ASKED = 300
"""Requests of all clients together at most, in one measurement …"""
SECONDS = 30.0
"""… which lasts no longer than this."""
FILTERS = {
    "no filter": "",
    "broad filter": " kind:lesson",
    "one year": " year:2015",
    "narrow filter": " year:2015 phase:closure sector:energy",
}

T = TypeVar("T")
Figures = dict[str, str]

console = Console(width=130)


def main() -> None:
    """Measure each size and print a column for it."""
    reader = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    reader.add_argument("sizes", nargs="*", type=int, default=SIZES, help="passages of each collection")
    reader.add_argument(
        "--folder",
        type=Path,
        default=Path(tempfile.gettempdir()) / "hindsight-scale",
        help="where collections are kept",
    )
    reader.add_argument("--keep-index", action="store_true", help="measure the index that is there")
    asked = reader.parse_args()
    if not judged.available() or not generated.HANDBOOKS.is_dir():
        sys.exit("This needs NASA's lessons and the handbooks in ../shared; they are not there.")
    queries = _apart(_queries, asked.folder)
    columns = {
        size: _measure(asked.folder, size, queries, build=not asked.keep_index) for size in asked.sizes
    }
    table = Table("passages", *(f"{size:,}" for size in columns), title="Hindsight as it grows; milliseconds")
    for name in dict.fromkeys(name for figures in columns.values() for name in figures):
        table.add_row(name, *(figures.get(name, "–") for figures in columns.values()))
    console.print(table)


def _measure(base: Path, size: int, asked: Sequence[str], *, build: bool) -> Figures:
    console.print(f"{size:,} passages: collection…")
    settings = _apart(generated.settings_of, base, size)
    found: Figures = {}
    if build or not generation.current(settings.index):
        console.print("  building the index…")
        found |= _apart(_build, settings)
    found["index, MB"] = f"{_bytes(settings.index) / 1e6:,.0f}"
    console.print("  searching in process…")
    found |= _apart(_in_process, settings, asked)
    console.print("  searching over HTTP…")
    found |= _over_http(settings, asked)
    console.print("  comparing with exact search…")
    return found | _apart(_recall, settings, asked)


def _apart(action: Callable[..., T], *arguments: Any) -> T:
    """What *action* gives in a fresh process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(action, arguments)


def _build(settings: Settings) -> Figures:
    services = wiring.build(settings)
    encoder = services.encoder()
    shutil.rmtree(settings.index, ignore_errors=True)
    built = sync.sync(services.sessions, encoder, settings.index)
    again = sync.sync(services.sessions, encoder, settings.index)
    return {
        "index built, s": f"{built.seconds:,.0f}",
        "  peak memory, MB": f"{peak_mb():,.0f}",
        "sync without changes, s": f"{again.seconds:,.1f}",
    }


def _in_process(settings: Settings, asked: Sequence[str]) -> Figures:
    started = time.perf_counter()
    services = wiring.build(settings)
    engine = services.search()
    found: Figures = {}
    with services.sessions() as session:

        def ask(text: str, offset: int = 0) -> None:
            engine.search(session, LOCAL_USER, parse(text), offset=offset)

        ask("supplier")
        found["opened to first answer in process, s"] = f"{time.perf_counter() - started:.2f}"
        for query in asked[:20]:
            ask(query)
        for name, filters in FILTERS.items():
            ask(f"supplier{filters}")
            taken = _times(lambda query, filters=filters: ask(query + filters), asked)
            found[f"search, {name}, p50 / p95"] = _both(taken)
        taken = _times(ask, asked, time.process_time)
        found["  processor time, no filter, p50 / p95"] = _both(taken)
        found["page 20, p50 / p95"] = _both(_times(lambda query: ask(query, 190), asked))
        for name, filters in {"everything": "", "of one kind": "kind:lesson"}.items():
            first = _times(lambda _, filters=filters: ask(filters), asked[:1])[0]
            taken = _times(lambda _, filters=filters: ask(filters), asked[:20])
            found[f"browse {name}, first / p50"] = f"{first:.0f} / {statistics.median(taken):.1f}"
    found["memory of the searching process, MB"] = f"{peak_mb():,.0f}"
    return found


def _over_http(settings: Settings, asked: Sequence[str]) -> Figures:
    found: Figures = {}
    started = time.perf_counter()
    with _server(settings) as (port, process):
        _ask(port, ["supplier"], started)
        found["kb serve to its first answer, s"] = f"{time.perf_counter() - started:.2f}"
        _apart(_load, port, asked, 1)
        for clients in CLIENTS:
            taken, seconds = _apart(_load, port, asked, clients)
            found[f"HTTP, {clients} clients, p50 / p95"] = _both(taken)
            found[f"HTTP, {clients} clients, queries/s"] = f"{len(taken) / seconds:.0f}"
        found["memory of the server, MB"] = f"{peak_mb(process):,.0f}"
    return found


def _load(port: int, asked: Sequence[str], clients: int) -> tuple[list[float], float]:
    """Milliseconds of each request when *clients* ask at the same time, and seconds of all together."""
    started = time.perf_counter()
    taken: list[list[float]] = [[] for _ in range(clients)]

    def one(place: int) -> None:
        mine = [asked[(place + i * clients) % len(asked)] for i in range(max(5, ASKED // clients))]
        taken[place] = _ask(port, mine, started)

    threads = [Thread(target=one, args=(place,)) for place in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [one for mine in taken for one in mine], time.perf_counter() - started


def _ask(port: int, asked: Sequence[str], started: float) -> list[float]:
    """Milliseconds of each request over one connection, until the time is over."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    taken: list[float] = []
    for query in asked:
        if time.perf_counter() - started > SECONDS:
            break
        begun = time.perf_counter()
        connection.request("GET", f"/api/v1/search?q={quote(query)}")
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"the server answered {answer.status} to {query!r}")
        taken.append((time.perf_counter() - begun) * 1000)
    connection.close()
    return taken


@contextmanager
def _server(settings: Settings) -> Generator[tuple[int, int]]:
    """A server's port and process id, once it listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [KB, "serve", "--no-starter", "--port", str(port)]
    env = {**os.environ, "KB_DATA": str(settings.data)}
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield port, process.pid
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with socket.socket() as knocking:
            if knocking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError("the server stopped")


def _recall(settings: Settings, asked: Sequence[str]) -> Figures:
    """Share of the passages nearest by exact comparison that the index finds."""
    services = wiring.build(settings)
    encoder = services.encoder()
    vectors = np.stack([encoder.encode_query(query) for query in asked])
    opened = generation.open_current(settings.index)
    if opened is None:
        raise RuntimeError("there is no index")
    with services.sessions() as session:
        nearest = _exact(session, encoder.model, vectors, 100)
    found: Figures = {}
    for depth in (10, 100):
        shares = [
            len({id_ for id_, _ in opened.vectors.nearest(vector, depth).pairs()} & set(ids[:depth])) / depth
            for vector, ids in zip(vectors, nearest, strict=True)
        ]
        found[f"recall@{depth}"] = f"{statistics.mean(shares):.3f}"
    return found


def _exact(session: Session, model: str, asked: Matrix, depth: int) -> list[list[int]]:
    """Passages nearest to each row of *asked*, by comparing with every vector in the database."""
    best: list[list[tuple[float, int]]] = [[] for _ in asked]
    rows = session.execute(
        select(Passage.id, Embedding.vector)
        .join(Embedding, Embedding.digest == Passage.digest)
        .where(Embedding.model == model)
        .execution_options(yield_per=20_000)
    )
    for part in rows.partitions():
        ids = [id_ for id_, _ in part]
        vectors = np.frombuffer(b"".join(vector for _, vector in part), "<f4").reshape(len(part), -1)
        for place, scores in enumerate(asked @ vectors.T):
            chosen: list[int] = np.argsort(-scores)[:depth].tolist()
            new = [(float(scores[i]), ids[i]) for i in chosen]
            best[place] = sorted([*best[place], *new], reverse=True)[:depth]
    return [[id_ for _, id_ in one] for one in best]


def _queries(base: Path) -> list[str]:
    """Without characters that mean something in a query: these are measured as words."""
    asked = generated.queries(generated.seed(base), QUERIES)
    return [" ".join(query.replace('"', " ").replace(":", " ").replace(" -", " ").split()) for query in asked]


def _times(
    action: Callable[[str], object],
    arguments: Sequence[str],
    clock: Callable[[], float] = time.perf_counter,
) -> list[float]:
    """Milliseconds of each call."""
    taken: list[float] = []
    for argument in arguments:
        started = clock()
        action(argument)
        taken.append((clock() - started) * 1000)
    return taken


def _both(taken: Sequence[float]) -> str:
    return f"{percentile(taken, 50):.1f} / {percentile(taken, 95):.1f}"


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
