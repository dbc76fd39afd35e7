"""Measure Hindsight beside what else one could use: `make bench`.

Everything is measured in one run on one machine with the same model and the same texts. Needs NASA's lessons
and the judged queries beside the checkout. Prints tables and keeps nothing.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from rich.console import Console

from ingest import pipeline
from kb.access import LOCAL_USER
from kb.settings import Settings
from tests.bench import collections, commands, comparison, encoder, environment, judged, rows
from tests.bench.collections import Collection
from tests.bench.rows import Row
from tests.bench.timing import timed
from web import wiring
from web.base import work
from web.console.progress import shown
from web.wiring import Services

ROUNDS = 3
"""How often each query is timed."""

console = Console(width=120)


class Part(StrEnum):
    """What can be measured by itself."""

    QUALITY = "quality"
    SPEED = "speed"
    ENCODER = "encoder"
    COMMANDS = "commands"


def main() -> None:
    """Measure what is asked for, everything by default, and print the tables."""
    parts = _parts()
    if not judged.available():
        sys.exit("The benchmark needs NASA's lessons and judged queries in ../shared; they are not there.")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        services = wiring.build(Settings(data=folder / "data"))
        work.prepare(services)
        services.encoder(console.print)
        reading = _read(services)
        if parts & {Part.QUALITY, Part.SPEED}:
            _compare(services, folder, parts)
        if Part.ENCODER in parts:
            console.print(rows.table("The encoder", encoder.measure(services, console)))
        if Part.COMMANDS in parts:
            _wait_for(services, reading)
        services.close()


def _parts() -> set[Part]:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only", nargs="+", type=Part, choices=list(Part), default=list(Part), help="measure these parts"
    )
    return set(parser.parse_args().only)


def _read(services: Services) -> Row:
    """Read NASA's lessons into the base."""
    limits = services.settings.limits
    with shown(console) as listener:
        report, taken = timed(
            lambda: pipeline.run(
                services.sessions,
                services.files,
                LOCAL_USER,
                limits,
                [judged.LESSONS],
                progress=listener.ingest,
            )
        )
    lessons = report.tally.added
    return Row("read and store lessons", f"{lessons / taken:.0f} lessons/s ({taken:.1f} s)")


def _compare(services: Services, folder: Path, parts: set[Part]) -> None:
    with console.status("Preparing the peers' environment…"):
        environment.create()
    for collection in _collections(services, folder, parts):
        rounds = ROUNDS if Part.SPEED in parts else 0
        scratch = folder / collection.name
        lines = list(
            comparison.compare(collection, scratch, services.settings.models, console, rounds=rounds)
        )
        if Part.QUALITY in parts:
            console.print(comparison.quality_table(collection, lines))
        if Part.SPEED in parts:
            console.print(comparison.speed_table(collection, lines))
    console.print(comparison.NOTES)


def _collections(services: Services, folder: Path, parts: set[Part]) -> Iterator[Collection]:
    """All collections; speed alone is measured on one."""
    with services.sessions() as session:
        yield collections.nasa(session, folder)
    if Part.QUALITY in parts:
        yield from collections.public(folder, console.print)


def _wait_for(services: Services, reading: Row) -> None:
    with shown(console) as listener:
        work.sync(services, listener=listener)
    queries = [query.text for query in judged.queries()]
    with console.status("Commands and server…"):
        measured = list(commands.measure(services.settings, queries))
    console.print(
        rows.table("What a user meets, over NASA's lessons", [reading, _refusing(services), *measured])
    )


def _refusing(services: Services) -> Row:
    """How well it is known that nothing answers, which no peer ever says."""
    with services.sessions() as session:
        found = judged.evaluate(session, services.search()).abstention
    return Row(
        "says that nothing answers",
        f"{found.refused_unanswerable} of {found.unanswerable} unanswerable queries, "
        f"{found.refused_answerable} of {found.answerable} answerable ones",
    )


if __name__ == "__main__":
    main()
