"""Past completions taken in from tables: looked at row by row, then kept, each row by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from ingest import completions
from ingest.completions import Line
from kb.access import Principal, require_write
from kb.errors import InvalidError, KbError
from kb.learning import catalogue, records
from kb.learning.records import CompletionDraft
from kb.learning.values import key
from kb.settings import Limits


class Fate(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    KEPT = "kept"
    """The same is kept already."""
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class Taken:
    """A row and what becomes of it."""

    line: Line
    fate: Fate
    fault: str
    """Why it can't be kept; empty otherwise."""


@dataclass(frozen=True, slots=True)
class Report:
    """The rows of a table and what becomes of them."""

    rows: tuple[Taken, ...]
    table: str
    """The same as CSV, to be given again."""

    def count(self, fate: Fate) -> int:
        """How many rows that becomes of."""
        return sum(one.fate == fate for one in self.rows)


def lines(folder: Path, fields: Mapping[str, str], limits: Limits) -> list[Line]:
    """The rows of the tables that a form gave, as files or as text. Raises InvalidError."""
    if fields.get("table", "").strip():
        return completions.parse(fields["table"], limits)
    files = sorted(folder.iterdir())
    if not files:
        raise InvalidError("Choose a table of completed training, CSV or Excel.")
    return [line for path in files for line in completions.read(path, limits)]


def look(session: Session, principal: Principal, given: Sequence[Line]) -> Report:
    """What would become of the rows; nothing is kept. Raises NotFoundError for those who write nothing."""
    with session.begin_nested() as attempt:
        found = take(session, principal, given)
        attempt.rollback()
    return found


def take(session: Session, principal: Principal, given: Sequence[Line]) -> Report:
    """Keep each row that can be kept. Raises as *look*."""
    require_write(principal)
    known = {key(one.title): one.ref for one in catalogue.offers(session, principal)}
    rows = tuple(_take(session, principal, line, known) for line in given)
    return Report(rows, completions.text(given))


def _take(session: Session, principal: Principal, line: Line, known: Mapping[str, str]) -> Taken:
    if line.draft is None:
        return Taken(line, Fate.FAULTY, line.fault)
    draft = _resolved(line.draft, known)
    try:
        with session.begin_nested():
            if records.kept_before(session, principal, draft):
                return Taken(line, Fate.KEPT, "")
            records.complete(session, principal, draft)
    except KbError as error:
        return Taken(line, Fate.FAULTY, str(error))
    return Taken(line, Fate.NEW, "")


def _resolved(draft: CompletionDraft, known: Mapping[str, str]) -> CompletionDraft:
    """A title that is one of the catalogue's is that training."""
    ref = known.get(key(draft.title)) if draft.title else None
    return replace(draft, training=ref, title="") if ref else draft
