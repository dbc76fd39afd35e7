"""What changes a base: preparing it, reading files into it, bringing its index up to date."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from time import perf_counter

from ingest import pipeline
from kb import database
from kb.access import Principal
from kb.errors import UnavailableError
from search import generation
from search import sync as index
from search.sync import SyncProgress, SyncReport
from web.base import in_step
from web.base.lock import writing
from web.wiring import Services

STARTER = "starter"
"""Label of what comes from the starter library."""
UPLOAD = "upload"
"""Label of what came in over HTTP."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Who is told how far the work is."""

    ingest: Callable[[pipeline.Progress], None] = lambda _: None
    sync: Callable[[SyncProgress], None] = lambda _: None
    tell: Callable[[str], None] = lambda _: None
    """Given a sentence now and then."""


SILENT = Listener()


def prepare(services: Services) -> None:
    """Create the data folder and bring the schema up to date.

    Raises UnavailableError when the folder can't be written to or the database can't be opened.
    """
    folder = services.settings.data
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(
            f"The data folder {folder} can't be created: {error.strerror}. Choose another with --data."
        ) from error
    database.migrate(services.database)


def ingest(
    services: Services,
    principal: Principal,
    paths: Sequence[Path],
    options: pipeline.Options,
    *,
    listener: Listener = SILENT,
    wait: bool = True,
) -> pipeline.Report:
    """Read *paths* into the base. Raises ConflictError when another writes and *wait* is not set."""
    with writing(services.settings.data, wait=wait, waiting=lambda: _waiting(listener)):
        return pipeline.run(
            services.sessions,
            services.files,
            principal,
            services.settings.limits,
            paths,
            options,
            listener.ingest,
        )


def preview(
    services: Services, principal: Principal, paths: Sequence[Path], options: pipeline.Options
) -> pipeline.Report:
    """What reading *paths* would do. Nothing is written, so it waits for nobody and nobody for it."""
    return pipeline.run(
        services.sessions,
        services.files,
        principal,
        services.settings.limits,
        paths,
        replace(options, preview=True),
    )


def ingest_starter(
    services: Services, principal: Principal, *, listener: Listener = SILENT
) -> pipeline.Report:
    """Read what is new or changed in the starter library."""
    with as_file(files("corpus")) as folder:
        return ingest(services, principal, [folder], pipeline.Options(label=STARTER), listener=listener)


def sync(services: Services, *, listener: Listener = SILENT, wait: bool = True) -> SyncReport:
    """Bring the search index into step with the database."""
    encoder = services.encoder(listener.tell)
    with writing(services.settings.data, wait=wait, waiting=lambda: _waiting(listener)):
        before = in_step.state(services)
        report = index.sync(services.sessions, encoder, services.settings.index, progress=listener.sync)
        if services.lexicon().sync(services.sessions, partial(_noted, listener)):
            database.analyse(services.database)
        in_step.note(services, before)
        return report


def catch_up(services: Services, *, listener: Listener = SILENT) -> SyncReport:
    """As `sync`, but nothing is compared when nothing was written since the last one."""
    started = perf_counter()
    services.encoder(listener.tell)
    if in_step.holds(services):
        total = generation.passages(services.settings.index)
        return SyncReport(0, 0, 0, total, perf_counter() - started, "")
    return sync(services, listener=listener)


def _noted(listener: Listener, done: int, total: int) -> None:
    listener.sync(SyncProgress("Noting words", done, total))


def _waiting(listener: Listener) -> None:
    listener.tell("Another import or sync is writing to this knowledge base; waiting for it to end…")
