"""One file into the base: known or new, changed, renamed, copied or vanished."""

import os
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from ingest import previews
from ingest.discover import MEMBER, Discovery, Found
from ingest.exchange import applying
from ingest.exchange.applying import Manner
from ingest.exchange.reading import Returned
from ingest.reading import Reading, Task
from ingest.recognise import Names
from ingest.report import FileOutcome, FileState, Options, RowOutcome, RowState
from ingest.worker import Worker
from kb import library, sources
from kb.access import Principal
from kb.database import Sessions, transaction
from kb.errors import ConflictError, InvalidError
from kb.files import FileStore, digest_of
from kb.settings import MEGABYTE, Limits
from kb.sources import KnownSource
from kb.values import SourceDraft, Tally
from kb.vocabulary import Kind

READER = "hindsight-reader 3"
"""Name and version of this code; a new version reads every file anew."""
_ROWS = 200
"""Rows of a register that are written in one transaction."""
UPLOADED = "upload"
"""The label below which nothing vanishes: an upload does not say what was not uploaded."""


class _UndoneError(Exception):
    """Ends a dry run's transaction, so that nothing of it stays."""


@dataclass(frozen=True, slots=True)
class Base:
    """Where a run writes, for whom, and what it may cost."""

    sessions: Sessions
    store: FileStore
    principal: Principal
    limits: Limits


@dataclass(frozen=True, slots=True)
class _Work:
    """A file that has to be read."""

    found: Found
    path: Path
    digest: str
    size: int
    known: KnownSource | None
    """What was last read at its location."""
    formerly: str = ""
    """The location it had before it was renamed."""


class Filing:
    """Files what one run finds."""

    def __init__(self, base: Base, options: Options, worker: Worker, discovery: Discovery) -> None:
        self._base = base
        self._options = options
        self._dry = options.dry_run or options.preview
        self._worker = worker
        self._present = {found.location for found in discovery.found}
        self._spared = tuple(left.location for left in discovery.aside if left.failed)
        self._seen: dict[str, str] = {}
        """Digest → location of files that a dry run would have added."""
        roots = () if options.label == UPLOADED else discovery.roots
        with base.sessions() as session:
            self._vanished = {
                location
                for location in sources.below(session, roots)
                if location not in self._present and not self._is_spared(location)
            }

    def file(self, found: Found) -> FileOutcome:
        """Read and store one file. A failure is an outcome, not an error."""
        try:
            with found.opened(self._base.limits) as path:
                return self._file(found, path)
        except InvalidError as error:
            return _outcome(found, FileState.FAILED, reason=str(error))
        except OSError as error:
            return _outcome(found, FileState.FAILED, reason=f"It can't be opened: {error.strerror or error}.")

    def withdraw_vanished(self) -> Iterator[FileOutcome]:
        """Take what vanished out of search; where a copy is left elsewhere, that one takes over."""
        for location in sorted(self._vanished):
            yield self._withdraw(location)

    def _is_spared(self, location: str) -> bool:
        """Whether it stands where nothing could be opened, so that nobody knows whether it vanished."""
        return any(
            location == left or location.startswith((f"{left}/", left + MEMBER)) for left in self._spared
        )

    def _file(self, found: Found, path: Path) -> FileOutcome:
        size = path.stat().st_size
        if size > self._base.limits.file_mb * MEGABYTE:
            raise InvalidError(
                f"It is {size / MEGABYTE:,.1f} MB, more than the {self._base.limits.file_mb:,} MB allowed "
                "(KB_LIMIT_FILE_MB)."
            )
        digest = digest_of(path)
        with self._base.sessions() as session:
            known = sources.find(session, found.location)
            twin = sources.same_bytes(session, digest, besides=found.location)
        gone = twin is not None and self._is_gone(twin.location)
        if known is not None and self._is_current(known, digest, has_twin=twin is not None and not gone):
            reason = f"Same bytes as {twin.location}." if known.same_as is not None and twin else ""
            return _outcome(found, FileState.UNCHANGED, Tally(unchanged=known.items), reason)
        if twin is not None and not gone and not (known and known.same_as is None and known.digest == digest):
            return self._copy(found, twin, digest, size)
        if self._dry and digest in self._seen:
            return _outcome(found, FileState.COPY, reason=f"Same bytes as {self._seen[digest]}.")
        self._seen[digest] = found.location
        return self._read(_Work(found, path, digest, size, known, twin.location if twin and gone else ""))

    def _is_current(self, known: KnownSource, digest: str, *, has_twin: bool) -> bool:
        """Whether the file need not be read: same bytes, same reader, its items in place."""
        if known.digest != digest or self._options.mapping or self._options.preview:
            return False
        return has_twin if known.same_as is not None else known.reader == READER

    def _is_gone(self, location: str) -> bool:
        """Whether the file known at *location* is no longer there, in this run's folders or on disk."""
        if location in self._vanished:
            return True
        if location in self._present or not location.startswith(os.sep):
            return False
        return not os.path.lexists(location.partition(MEMBER)[0])

    def _read(self, work: _Work) -> FileOutcome:
        found = work.found
        reading = self._worker.read(Task(work.path, found.names, self._base.limits, self._options.mapping))
        if reading.returned:
            return self._take_back(found, reading.returned)
        if self._options.preview:
            return self._preview(found, reading)
        formerly = work.formerly or self._holder({draft.ref for draft in reading.drafts if draft.ref}, work)
        if not self._dry:
            self._base.store.put(work.path, work.digest)
        if digest_of(work.path) != work.digest:
            raise InvalidError("The file changed while it was being read; run again.")
        source = SourceDraft(
            found.location, found.names.file, work.digest, work.size, reading.media_type, READER
        )
        with self._transaction() as session:
            if formerly:
                self._rename(session, formerly, found, work.known)
            orphans = self._orphans(session, work)
            tally = library.store(session, self._base.principal, source, reading.drafts)
        self._vanished.discard(formerly)
        for orphan in orphans:
            tally += self._adopt(orphan, work.known)
        kinds = dict(Counter(str(draft.kind) for draft in reading.drafts))
        reason = f"Renamed from {formerly}." if formerly else _remark(reading)
        state = FileState.UPDATED if formerly else _state(work.known, tally)
        told = previews.told(previews.left_out(reading), first=False)
        return FileOutcome(
            found.location, found.names.file, state, tally, reason, kinds, reading.columns, told
        )

    def _take_back(self, found: Found, returned: Returned) -> FileOutcome:
        """Write what a register that was given out says now; the file itself is not kept."""
        rows = self._rows_taken_back(returned)
        times = Counter(row.state for row in rows)
        tally = Tally(times[RowState.NEW], times[RowState.CHANGED], times[RowState.UNCHANGED])
        state = FileState.UPDATED if tally.added or tally.updated else FileState.UNCHANGED
        left = times[RowState.LEFT_OUT]
        reason = f"{left} of {len(rows)} rows were left out." if left else ""
        told = previews.told(rows, first=self._options.preview)
        kinds = {str(Kind.LESSON): len(rows) - left}
        return FileOutcome(
            found.location, found.names.file, state, tally, reason, kinds, returned.uses, told, own=True
        )

    def _rows_taken_back(self, returned: Returned) -> list[RowOutcome]:
        """What became of each row. Some rows at a time are written, so that others can write in between."""
        manner = Manner(self._options.restore, self._dry)
        rows: list[RowOutcome] = []
        for start in range(0, len(returned.rows), _ROWS):
            try:
                with self._base.sessions() if self._dry else self._transaction() as session:
                    some = returned.rows[start : start + _ROWS]
                    rows += applying.apply(session, self._base.principal, some, manner)
            except InvalidError as error:
                written = f"Of {len(returned.rows):,} rows the first {start:,} were taken." if start else ""
                raise InvalidError(f"{error} {written}".strip()) from error
        return rows

    def _preview(self, found: Found, reading: Reading) -> FileOutcome:
        """What storing the file would do, row for row where it is a register."""
        with self._base.sessions() as session:
            standings = library.compare(session, self._base.principal, found.location, reading.drafts)
        rows = previews.rows(reading, standings)
        times = Counter(row.state for row in rows)
        tally = Tally(times[RowState.NEW], times[RowState.CHANGED], times[RowState.UNCHANGED])
        kinds = dict(Counter(str(draft.kind) for draft in reading.drafts))
        told = previews.told(rows, first=True) if reading.columns else ()
        state = FileState.UPDATED if tally.added or tally.updated else FileState.UNCHANGED
        uses = reading.columns or reading.offered
        reason = _remark(reading)
        return FileOutcome(found.location, found.names.file, state, tally, reason, kinds, uses, told)

    def _holder(self, refs: set[str], work: _Work) -> str:
        """The vanished file whose items have *refs*: the same document, renamed and edited."""
        if not refs or work.known is not None:
            return ""
        with self._base.sessions() as session:
            for location, withdrawn in sources.holders(session, refs):
                if withdrawn or self._is_gone(location):
                    return location
        return ""

    def _rename(self, session: Session, formerly: str, found: Found, known: KnownSource | None) -> None:
        """Let items and history of *formerly* go along to the file's new location."""
        if known is not None:
            library.withdraw(session, self._base.principal, found.location)
        sources.move(session, formerly, found.location, found.names.file)

    def _orphans(self, session: Session, work: _Work) -> list[KnownSource]:
        """Copies whose original is about to say something else."""
        known = work.known
        if known is None or known.digest == work.digest or self._dry:
            return []
        return [copy for copy in sources.copies(session, known.id) if copy.digest == known.digest][:1]

    def _adopt(self, orphan: KnownSource, original: KnownSource | None) -> Tally:
        """Read a copy's bytes, which are kept here, so that it holds its own items from now on."""
        path = self._base.store.path(orphan.digest)
        *folders, name = PurePosixPath(orphan.location.partition(":")[2] or orphan.location).parts
        found = Found(orphan.location, Names(name, tuple(folders)), path)
        return self._read(_Work(found, path, orphan.digest, path.stat().st_size, orphan)).tally

    def _copy(self, found: Found, twin: KnownSource, digest: str, size: int) -> FileOutcome:
        if not self._dry:
            with self._base.sessions() as session:
                media_type = sources.media_type(session, twin.id)
            source = SourceDraft(found.location, found.names.file, digest, size, media_type, READER)
            with self._transaction() as session:
                tally = library.store_copy(session, self._base.principal, source, twin.id)
        else:
            tally = Tally()
        return _outcome(found, FileState.COPY, tally, f"Same bytes as {twin.location}.")

    def _withdraw(self, location: str) -> FileOutcome:
        tally = Tally()
        reason = "The file is no longer there."
        with self._transaction() as session:
            known = sources.find(session, location)
            heirs = sources.copies(session, known.id) if known else []
            heir = next((copy for copy in heirs if not self._is_gone(copy.location)), None)
            if heir is not None:
                library.withdraw(session, self._base.principal, heir.location)
                sources.move(session, location, heir.location, PurePosixPath(heir.location).name)
                reason = f"The file is no longer there; its copy {heir.location} holds its items now."
            elif known is not None:
                tally = library.withdraw(session, self._base.principal, location)
        return FileOutcome(location, PurePosixPath(location).name, FileState.WITHDRAWN, tally, reason)

    @contextmanager
    def _transaction(self) -> Generator[Session]:
        """One transaction; a dry run's is undone. Raises InvalidError when another run is in the way."""
        try:
            with transaction(self._base.sessions) as session:
                yield session
                if self._dry:
                    raise _UndoneError
        except _UndoneError:
            pass
        except ConflictError as error:
            raise InvalidError(f"{error} Run again.") from error
        except (IntegrityError, OperationalError) as error:
            raise InvalidError(
                f"It could not be stored; another import may be running. Run again ({error.orig})."
            ) from error


def _remark(reading: Reading) -> str:
    left = len(reading.left_out)
    said = f"{left:,} {'row was' if left == 1 else 'rows were'} left out." if left else ""
    return " ".join(filter(None, (reading.note, said)))


def _state(known: KnownSource | None, tally: Tally) -> FileState:
    if known is None:
        return FileState.ADDED
    return FileState.UPDATED if tally.added or tally.updated or tally.withdrawn else FileState.UNCHANGED


def _outcome(found: Found, state: FileState, tally: Tally | None = None, reason: str = "") -> FileOutcome:
    return FileOutcome(found.location, found.names.file, state, tally or Tally(), reason)
