"""Past completions taken in from tables: looked at row by row, then kept, each row by itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
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
    sides = records.sides(session, principal)
    return _each(session, principal, given, lambda draft: records.check(session, principal, draft, sides))


def take(session: Session, principal: Principal, given: Sequence[Line]) -> Report:
    """Keep each row that can be kept. Raises as *look*."""
    sides = records.sides(session, principal)
    return _each(session, principal, given, lambda draft: records.complete(session, principal, draft, sides))


def _each(
    session: Session, principal: Principal, given: Sequence[Line], act: Callable[[CompletionDraft], object]
) -> Report:
    require_write(principal)
    titles = {key(one.title): one.ref for one in catalogue.offers(session, principal)}
    seen: set[tuple[str, str, date | None]] = set()

    def fate(line: Line) -> Taken:
        if line.draft is None:
            return Taken(line, Fate.FAULTY, line.fault)
        draft = _resolved(line.draft, titles)
        same = draft.learner, key(draft.training or draft.title), draft.dated
        try:
            if same in seen or records.kept_before(session, principal, draft):
                return Taken(line, Fate.KEPT, "")
            act(draft)
        except KbError as error:
            return Taken(line, Fate.FAULTY, str(error))
        seen.add(same)
        return Taken(line, Fate.NEW, "")

    return Report(tuple(map(fate, given)), completions.text(given))


def _resolved(draft: CompletionDraft, known: Mapping[str, str]) -> CompletionDraft:
    """A title that is one of the catalogue's is that training."""
    ref = known.get(key(draft.title)) if draft.title else None
    return replace(draft, training=ref, title="") if ref else draft
