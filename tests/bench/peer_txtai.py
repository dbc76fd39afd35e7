"""Measure txtai's hybrid search, or the bare encoder, on a set of texts and queries.

Runs in an environment of its own, without this project.

Usage:
    python peer_txtai.py MODEL_DIR TEXTS.jsonl QUERIES.jsonl
    python peer_txtai.py MODEL_DIR TEXTS.jsonl --encoder-only

TEXTS.jsonl holds one ``{"id": str, "text": str}`` per line, QUERIES.jsonl one
``{"_id": str, "text": str}``. One JSON object is printed on stdout; everything
else goes to stderr.
"""

import argparse
import contextlib
import json
import math
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

LIMIT = 10
REPEATS = 3
BATCH_SIZE = 32

T = TypeVar("T")


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON Lines file, blank lines skipped."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line.strip()]


def timed(action: Callable[[], T]) -> tuple[T, float]:
    """Run an action; return its result and the seconds it took."""
    start = time.perf_counter()
    result = action()
    return result, time.perf_counter() - start


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the nearest-rank percentile of a non-empty sequence."""
    rank = math.ceil(percent / 100 * len(values))
    return sorted(values)[max(rank, 1) - 1]


def peak_rss_mb() -> float:
    """Return this process's peak resident memory in MiB.

    VmHWM is preferred to ``ru_maxrss``, which on Linux survives ``exec`` and so
    can report the size of the process that started this script.
    """
    status = Path("/proc/self/status")
    if status.exists():
        match = re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(), re.MULTILINE)
        if match:
            return int(match.group(1)) / 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024**2 if sys.platform == "darwin" else peak / 1024


def import_txtai() -> Any:
    """Import txtai here rather than at the top, so that the import can be timed."""
    return import_module("txtai").Embeddings


def import_encoder() -> Any:
    """Import sentence-transformers late, so that the import can be timed."""
    return import_module("sentence_transformers").SentenceTransformer


def pairs(results: Sequence[Any], content: bool) -> list[tuple[str, float]]:
    """Return search results as (id, score), whether or not *content* is stored."""
    keys = ("id", "score") if content else (0, 1)
    return [(str(hit[keys[0]]), float(hit[keys[1]])) for hit in results]


def search_all(
    index: Any, queries: Sequence[dict[str, Any]], content: bool
) -> tuple[dict[str, list[tuple[str, float]]], list[float]]:
    """Search each query several times; return the hits and every call's ms."""
    index.search(queries[0]["text"], LIMIT)
    runs: dict[str, list[tuple[str, float]]] = {}
    latencies: list[float] = []
    for _ in range(REPEATS):
        for query in queries:
            hits, seconds = timed(partial(index.search, query["text"], LIMIT))
            latencies.append(seconds * 1000)
            runs[query["_id"]] = pairs(hits, content)
    return runs, latencies


def measure_txtai(args: argparse.Namespace) -> dict[str, Any]:
    """Index the texts with txtai, search the queries, report times and hits."""
    texts, queries = read_jsonl(args.texts), read_jsonl(args.queries)
    settings: dict[str, Any] = {"path": str(args.model_dir), "hybrid": True}
    if args.content:
        settings["content"] = True
    if args.max_length:
        settings["maxlength"] = args.max_length
    embeddings, import_s = timed(import_txtai)
    index, load_s = timed(lambda: embeddings(**settings))
    rows = [(text["id"], text["text"], None) for text in texts]
    _, index_s = timed(lambda: index.index(rows))
    runs, latencies = search_all(index, queries, args.content)
    return {
        "peer": "txtai",
        "version": version("txtai"),
        "texts": len(texts),
        "queries": len(queries),
        "content": args.content,
        "max_length": index.model.model.maxlength,
        "import_s": round(import_s, 3),
        "load_s": round(load_s, 3),
        "index_s": round(index_s, 3),
        "p50_ms": round(percentile(latencies, 50), 3),
        "p95_ms": round(percentile(latencies, 95), 3),
        "rss_mb": round(peak_rss_mb(), 1),
        "runs": runs,
    }


def measure_encoder(args: argparse.Namespace) -> dict[str, Any]:
    """Encode the texts with sentence-transformers alone and report the time."""
    texts = [row["text"] for row in read_jsonl(args.texts)]
    encoder, import_s = timed(import_encoder)
    model, load_s = timed(lambda: encoder(str(args.model_dir)))
    _, encode_s = timed(lambda: model.encode(texts, batch_size=BATCH_SIZE, normalize_embeddings=True))
    return {
        "peer": "sentence-transformers",
        "version": version("sentence-transformers"),
        "texts": len(texts),
        "max_length": model.max_seq_length,
        "import_s": round(import_s, 3),
        "load_s": round(load_s, 3),
        "encode_s": round(encode_s, 3),
        "rss_mb": round(peak_rss_mb(), 1),
    }


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description="Measure txtai's hybrid search, or the bare encoder.")
    parser.add_argument("model_dir", type=Path)
    parser.add_argument("texts", type=Path)
    parser.add_argument("queries", type=Path, nargs="?")
    parser.add_argument(
        "--encoder-only",
        action="store_true",
        help="time sentence-transformers alone; the queries are not read",
    )
    parser.add_argument("--content", action="store_true", help="have txtai store the texts as well")
    parser.add_argument(
        "--max-length",
        type=int,
        help="tokens of a text that txtai encodes (default: the tokenizer's limit)",
    )
    args = parser.parse_args(argv)
    if not args.encoder_only and args.queries is None:
        parser.error("QUERIES.jsonl is required unless --encoder-only is given")
    return args


def main() -> None:
    """Run the chosen measurement and print its result as one JSON object."""
    args = parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    with contextlib.redirect_stdout(sys.stderr):
        result = measure_encoder(args) if args.encoder_only else measure_txtai(args)
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main()
