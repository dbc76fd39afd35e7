"""A run: find files, read each in a process of its own, store what they hold, report what became of each."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ingest import columns, discover
from ingest.filing import Base, Filing
from ingest.report import FileOutcome, FileState, Options, Progress, Report
from ingest.worker import Worker
from kb.access import Principal, require_write
from kb.database import Sessions
from kb.files import FileStore
from kb.settings import Limits
from kb.values import Tally

__all__ = ["FileOutcome", "FileState", "Options", "Progress", "Report", "run"]


_PLAIN = Options()


def _silent(_progress: Progress) -> None:
    """Nobody watches."""


def run(
    sessions: Sessions,
    store: FileStore,
    principal: Principal,
    limits: Limits,
    paths: Sequence[Path],
    options: Options = _PLAIN,
    progress: Callable[[Progress], None] = _silent,
) -> Report:
    """Make the knowledge base agree with the files at and below *paths*; one transaction per file.

    A register that was given out here is taken back some rows at a time. A file that fails keeps what it gave
    before. Stopped at any moment, the next run goes on from there.
    Raises InvalidError before anything is done when a path does not exist or the mapping names no field,
    and NotFoundError when *principal* may not write.
    """
    began = time.monotonic()
    require_write(principal)
    columns.check_mapping(options.mapping)
    discovery = discover.discover(paths, options.label, limits)
    outcomes = [_left_aside(left) for left in discovery.aside]
    total = len(discovery.found)
    items = 0
    with Worker() as worker:
        base = Base(sessions, store, principal, limits)
        filing = Filing(base, options, worker, discovery)
        for done, found in enumerate(discovery.found):
            progress(Progress(done, total, found.names.file, items))
            outcome = filing.file(found)
            items += sum(outcome.kinds.values())
            outcomes.append(outcome)
        outcomes.extend(filing.withdraw_vanished())
    progress(Progress(total, total, "", items))
    tally = sum((outcome.tally for outcome in outcomes), Tally())
    return Report(tuple(outcomes), tally, time.monotonic() - began)


def _left_aside(left: discover.LeftAside) -> FileOutcome:
    state = FileState.FAILED if left.failed else FileState.SKIPPED
    return FileOutcome(left.location, left.name, state, reason=left.reason)
