"""Hindsight and its peers on the same documents and queries: quality, speed, memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from rich.console import Console
from rich.table import Table

from search import evaluation
from tests.bench import environment, hindsight
from tests.bench.collections import Collection
from tests.bench.environment import OURS, PEERS, Outcome
from tests.bench.timing import timed

MEASURES = (evaluation.NDCG, evaluation.MRR, evaluation.RECALL)


@dataclass(frozen=True, slots=True)
class Contender:
    """A system, and how to run it."""

    name: str
    module: str
    python: Path = PEERS
    variant: str = ""


_OURS = "tests.bench.hindsight"
_PEERS = "tests.bench.peers"
CONTENDERS = (
    Contender("Hindsight", _OURS, OURS, hindsight.WHOLE),
    Contender("  its ranking uncut", _OURS, OURS, "hybrid"),
    Contender("  its words alone", _OURS, OURS, "words"),
    Contender("  its meaning alone", _OURS, OURS, "meaning"),
    Contender("txtai hybrid", f"{_PEERS}.txtai_hybrid"),
    Contender("Haystack BM25 + embeddings", f"{_PEERS}.haystack_hybrid"),
    Contender("sentence-transformers alone", f"{_PEERS}.model_alone"),
    Contender("recoll, any word", f"{_PEERS}.recoll_words"),
    Contender("SQLite FTS5 alone", f"{_PEERS}.fts5_words"),
)
NOTES = (
    "× is a peer's time divided by Hindsight's. Peers with a model embed a document once, cut at the model's "
    "256 tokens; Hindsight embeds all of it, in passages. recoll starts a process for each query."
)


@dataclass(frozen=True, slots=True)
class Line:
    """How one contender did on a collection."""

    name: str
    outcome: Outcome
    quality: dict[str, float]


def compare(
    collection: Collection, folder: Path, models: Path, console: Console, *, rounds: int
) -> Iterator[Line]:
    """Run every contender on *collection*; *rounds* = 0 measures quality alone.

    *models* holds Hindsight's compiled encoder: compiling is done once in a base's life and not counted.
    """
    for contender in CONTENDERS:
        scratch = folder / contender.module.rpartition(".")[2]
        if not scratch.exists():
            scratch.mkdir(parents=True)
            if contender.python == OURS:
                (scratch / "models").symlink_to(models)
        name = contender.name
        with console.status(f"{collection.name}: {name.strip()}…"):
            outcome, took = timed(lambda: _run(contender, collection, scratch, rounds))  # noqa: B023 - called at once
        console.print(f"[dim]{collection.name}: {name.strip()}, {took:.0f} s[/]")
        said = f"{name} {outcome.version}".rstrip() if not outcome.missing else f"{name}: {outcome.missing}"
        yield Line(said, outcome, _quality(collection, outcome))


def _run(contender: Contender, collection: Collection, scratch: Path, rounds: int) -> Outcome:
    paths = (collection.documents, collection.queries, collection.source, environment.MODEL, scratch)
    options = ("--rounds", rounds, "--variant", contender.variant)
    return environment.run(contender.python, contender.module, [*paths, *options])


def _quality(collection: Collection, outcome: Outcome) -> dict[str, float]:
    if outcome.missing:
        return {}
    measured = evaluation.measure(collection.queryset, outcome.rankings)
    return {name: mean(values[name] for values in measured.values()) for name in MEASURES}


def quality_table(collection: Collection, lines: Sequence[Line]) -> Table:
    """A line for each contender, with the difference from Hindsight, which comes first."""
    table = _table(collection, "quality", (*MEASURES, "Δ nDCG@10"))
    best = lines[0].quality.get(evaluation.NDCG)
    for line in lines:
        if line.outcome.missing:
            table.add_row(line.name)
            continue
        ndcg = line.quality[evaluation.NDCG]
        difference = "" if best is None or line is lines[0] else f"{ndcg - best:+.3f}"
        table.add_row(line.name, *(f"{line.quality[name]:.3f}" for name in MEASURES), difference)
    return table


def speed_table(collection: Collection, lines: Sequence[Line]) -> Table:
    """A line for each contender, with how many times as long it takes as Hindsight, which comes first."""
    columns = ("open, s", "index, s", "×", "p50, ms", "×", "p95, ms", "memory, MB")
    table = _table(collection, "speed", columns)
    ours = lines[0].outcome
    for line in lines:
        theirs = line.outcome
        if theirs.missing:
            table.add_row(line.name)
            continue
        # Hindsight's other ways of searching use the index that the first one built.
        shared = line.name.startswith(" ")
        table.add_row(
            line.name,
            f"{theirs.load_s:.1f}",
            "" if shared else f"{theirs.index_s:.1f}",
            "" if shared or line is lines[0] else _times(theirs.index_s, ours.index_s),
            _number(theirs.p50_ms),
            "" if line is lines[0] else _times(theirs.p50_ms, ours.p50_ms),
            _number(theirs.p95_ms),
            f"{theirs.rss_mb:.0f}",
        )
    return table


def _table(collection: Collection, what: str, columns: Sequence[str]) -> Table:
    asked = sum(map(collection.queryset.scored, collection.queryset.queries))
    title = f"{collection.name}, {what}: {collection.size:,} documents, {asked} judged queries"
    table = Table("", title=title, title_justify="left")
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _times(theirs: float | None, ours: float | None) -> str:
    return f"{theirs / ours:.2f}×" if theirs and ours else ""
