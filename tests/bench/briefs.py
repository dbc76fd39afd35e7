"""Measure lessons briefs: `make bench-brief`.

Quality on the judged charters over the starter library and NASA's lessons, beside the plain search of the
whole charter and BM25 more-like-this; apart for the charters that the weights were chosen on and the others,
which are not wholly unseen either (docs/decisions/0009). Time for a charter of five pages over a generated
collection of 9,225 items. Bases are kept in a folder outside the repository. Prints tables.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from ingest import charters as texts
from ingest import pipeline
from kb.access import LOCAL_USER
from kb.settings import Settings
from search.briefs import composing
from search.briefs.composing import Answered
from search.engine import Engine
from tests.bench import generated, judged
from tests.bench.timing import peak_mb, percentile
from tests.briefs import charters, measuring
from tests.briefs.charters import Charter
from tests.briefs.measuring import Figures, Measure
from web import wiring
from web.base import work
from web.briefs import charters as reading
from web.wiring import Services

PASSAGES = 25_000
"""Of the generated collection; they are of 9,225 items."""
WORDS = 2_500
"""Of five pages."""
ROUNDS = 10

console = Console(width=130)


def main() -> None:
    """Measure quality, then time."""
    reader = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    reader.add_argument(
        "--folder",
        type=Path,
        default=Path(tempfile.gettempdir()) / "hindsight-scale",
        help="where bases are kept",
    )
    folder = reader.parse_args().folder
    if not judged.available():
        sys.exit("This needs NASA's lessons in ../shared; they are not there.")
    _quality(_base(folder / "briefs"))
    services = wiring.build(generated.settings_of(folder, PASSAGES))
    work.sync(services)
    _time(services)


def _base(folder: Path) -> Services:
    """The starter library and NASA's lessons, read and indexed at first use."""
    services = wiring.build(Settings(data=folder))
    work.prepare(services)
    work.ingest_starter(services, LOCAL_USER)
    work.ingest(services, LOCAL_USER, [judged.LESSONS], pipeline.Options())
    work.sync(services)
    return services


def _quality(services: Services) -> None:
    every = charters.read()
    with services.sessions() as session:
        measure = Measure(session, services.search())
        methods = {
            "whole charter as a query": measure.plain,
            "BM25 more-like-this": measure.more_like_this,
            "brief": measure.brief,
        }
        found = {
            name: [measure.figures(charter, method(charter)) for charter in every]
            for name, method in methods.items()
        }
    for title, start in (("Weights chosen on", 0), ("Others", 1)):
        rows = {name: measuring.mean(figures[start::2]) for name, figures in found.items()}
        console.print(_table(f"{title}: {len(every[start::2])} charters", rows))
    console.print(_table(f"All {len(every)} charters", {n: measuring.mean(f) for n, f in found.items()}))


def _table(title: str, rows: dict[str, Figures]) -> Table:
    names = ("nDCG@10", "judged only", "P@10", "needs in 10", "needs in 30", "judged", "areas", "likeness")
    table = Table("", *names, title=title, title_justify="left")
    for name, figures in rows.items():
        table.add_row(name, *(f"{getattr(figures, field):.3f}" for field in Figures.__slots__))
    return table


def _time(services: Services) -> None:
    text = _of_length(charters.read(), WORDS)
    engine = services.search()
    with services.sessions() as session:
        rounds = [_once(engine, session, text) for _ in range(ROUNDS + 1)][1:]
    firsts, wholes = zip(*rounds, strict=True)
    console.print(
        f"{len(text.split()):,} words over {PASSAGES:,} passages: first results after "
        f"{percentile(firsts, 50):.0f} ms, the brief after {percentile(wholes, 50):.0f} ms (p95 "
        f"{percentile(wholes, 95):.0f}); peak memory {peak_mb():.0f} MB"
    )


def _once(engine: Engine, session: Session, text: str) -> tuple[float, float]:
    """Milliseconds to the first answered need and to the brief, reading included."""
    started = perf_counter()
    needs = reading.read(texts.pasted(text)).needs
    first = 0.0
    for found in composing.stream(engine, session, LOCAL_USER, needs):
        if not first and isinstance(found, Answered) and found.entries:
            first = perf_counter() - started
    return first * 1000, (perf_counter() - started) * 1000


def _of_length(every: Sequence[Charter], words: int) -> str:
    """Charters one after the other, until there are so many *words*."""
    said: list[str] = []
    for charter in every:
        if len(" ".join(said).split()) < words:
            said.append(charter.text)
    return "\n\n".join(said)


if __name__ == "__main__":
    main()
