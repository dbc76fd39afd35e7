"""Judged query sets that tests write."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def write_queryset(
    folder: Path,
    queries: Iterable[Mapping[str, Any]],
    judgments: str,
    corpus: Iterable[Mapping[str, Any]] | None = None,
) -> Path:
    """A folder in the layout of BEIR."""
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    (folder / "queries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in queries))
    (folder / "qrels" / "dev.tsv").write_text(judgments)
    if corpus is not None:
        (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in corpus))
    return folder
