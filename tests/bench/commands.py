"""What a user waits for: commands from a cold shell, the server, search over HTTP."""

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

from kb.settings import Settings
from tests.bench.rows import Row
from tests.bench.timing import peak_mb, percentile, seconds, times

_KB = Path(sys.executable).with_name("kb")
_COLD = 5
_ROUNDS = 5


def measure(settings: Settings, queries: Sequence[str]) -> Iterator[Row]:
    """Over the base that *settings* describe, asking *queries*."""
    env = {**os.environ, "KB_DATA": str(settings.data)}
    yield Row("kb --help", f"{_cold(env, '--help'):.2f} s", "≤ 0.5 s")
    search = _cold(env, "search", "supplier late", "--json")
    yield Row("kb search from a cold shell", f"{search:.2f} s", "≤ 1.5 s")
    with _server(env):
        pass  # the first one may still have files to read from the disk
    started = time.perf_counter()
    with _server(env) as (address, process):
        _get(f"{address}/api/v1/search?q=supplier")
        first = time.perf_counter() - started
        api = _over(f"{address}/api/v1/search?q=", queries)
        page = _over(f"{address}/?q=", queries)
        peak = peak_mb(process)
    yield Row("second kb serve to its first answer", f"{first:.2f} s", "≤ 3 s")
    yield Row("search over HTTP (API), p50 / p95", _both(api), "p50 ≤ 25 ms")
    yield Row("search page, p50 / p95", _both(page))
    yield Row("server's peak memory", f"{peak:.0f} MB", "≤ 500 MB")


def _cold(env: Mapping[str, str], *arguments: str) -> float:
    """Median seconds of a command, after one that is not counted."""
    command = [str(_KB), *arguments]
    taken = [
        seconds(lambda: subprocess.run(command, check=True, capture_output=True, env=env))
        for _ in range(_COLD + 1)
    ]
    return statistics.median(taken[1:])


def _over(address: str, queries: Sequence[str]) -> list[float]:
    """Milliseconds of each query, after one round that is not counted."""
    taken = times(lambda query: _get(address + quote(query)), queries, _ROUNDS + 1)
    return taken[len(queries) :]


def _both(milliseconds: Sequence[float]) -> str:
    return f"{percentile(milliseconds, 50):.1f} / {percentile(milliseconds, 95):.1f} ms"


@contextmanager
def _server(env: Mapping[str, str]) -> Generator[tuple[str, int]]:
    """A server over the same data, with its address and process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(_KB), "serve", "--no-starter", "--port", str(port)]
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
