"""What a run is asked for and what it reports."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from ingest.columns import ColumnUse
from kb.values import Tally


@dataclass(frozen=True, slots=True)
class Options:
    """How to run."""

    dry_run: bool = False
    """Read and report, write nothing."""
    mapping: Mapping[str, str] = field(default_factory=dict[str, str])
    """Column of a register → field, given by hand."""
    label: str | None = None
    """Begins each location instead of the path: `starter` gives `starter:lessons/x.md`."""
    preview: bool = False
    """Read registers anew and tell of their rows; write nothing."""
    restore: bool = False
    """Rows of a register with a reference that nothing here has become lessons under it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    done: int
    total: int
    current: str
    """Name of the file being read; empty at the end."""
    items: int


class FileState(StrEnum):
    """What became of a file."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    WITHDRAWN = "withdrawn"
    COPY = "copy"
    """Same bytes as another file, which holds the items."""
    FAILED = "failed"
    SKIPPED = "skipped"
    """Of a format that is not read."""


class RowState(StrEnum):
    """What became of a row of a register."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """A row of a register, what became of it, and why."""

    row: int
    """Counted from 1, as the file's own program shows it; 0 when it shows none."""
    state: RowState
    sheet: str | None = None
    ref: str = ""
    title: str = ""
    note: str = ""
    """Why it was left out, or what else is to be known of it."""
    said: tuple[tuple[str, str], ...] = ()
    """Names of fields and what is written in them."""


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """A file, what became of it, and why."""

    location: str
    name: str
    state: FileState
    tally: Tally = field(default_factory=Tally)
    reason: str = ""
    kinds: Mapping[str, int] = field(default_factory=dict[str, int])
    """How many items of each kind it holds."""
    mapping: tuple[ColumnUse, ...] = ()
    """The columns of its registers."""
    rows: tuple[RowOutcome, ...] = ()
    """Rows of a register of which something is to be said; of a preview, the first ones too."""
    own: bool = False
    """Whether it is a register that was given out here."""


@dataclass(frozen=True, slots=True)
class Report:
    """All files of a run."""

    files: tuple[FileOutcome, ...]
    tally: Tally
    seconds: float

    def count(self, state: FileState) -> int:
        """How many files came to *state*."""
        return sum(outcome.state is state for outcome in self.files)

    @property
    def added(self) -> int:
        """Files read for the first time."""
        return self.count(FileState.ADDED)

    @property
    def updated(self) -> int:
        """Files whose items changed."""
        return self.count(FileState.UPDATED)

    @property
    def unchanged(self) -> int:
        """Files that say what they said."""
        return self.count(FileState.UNCHANGED)

    @property
    def withdrawn(self) -> int:
        """Files that vanished."""
        return self.count(FileState.WITHDRAWN)

    @property
    def copies(self) -> int:
        """Files with the bytes of another."""
        return self.count(FileState.COPY)

    @property
    def skipped(self) -> int:
        """Files of formats that are not read."""
        return self.count(FileState.SKIPPED)

    @property
    def failures(self) -> tuple[FileOutcome, ...]:
        """Files that could not be read."""
        return tuple(outcome for outcome in self.files if outcome.state is FileState.FAILED)

    @property
    def failed(self) -> bool:
        """Whether any file could not be read."""
        return bool(self.failures)

    @property
    def kinds(self) -> dict[str, int]:
        """Items of each kind in the files that were read in this run."""
        counted: dict[str, int] = {}
        for outcome in self.files:
            for kind, number in outcome.kinds.items():
                counted[kind] = counted.get(kind, 0) + number
        return counted

    def as_json(self) -> dict[str, Any]:
        """The report as JSON can hold it."""
        return {
            "files": [asdict(outcome) for outcome in self.files],
            "counts": {state.value: self.count(state) for state in FileState},
            "items": asdict(self.tally),
            "kinds": self.kinds,
            "seconds": round(self.seconds, 3),
            "failed": self.failed,
        }
