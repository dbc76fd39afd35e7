"""The records of application as a file."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from ingest.workbook import Cell
from kb.access import Principal
from kb.life import applications
from kb.life.applications import Applied
from kb.vocabulary import label
from web.files import csv_files

_AT_ONCE = 500
_COLUMNS = (
    "Number",
    "Reference",
    "Title",
    "Project",
    "Applied",
    "Outcome",
    "Saved",
    "Currency",
    "Days saved",
    "How, or why not",
    "Recorded on",
    "Recorded by",
    "Approved on",
    "Approved by",
)


def rows(session: Session, principal: Principal) -> Iterator[bytes]:
    """All records as CSV, the newest first."""
    return csv_files.lines(_COLUMNS, [_row(one) for one in _all(session, principal)])


def _all(session: Session, principal: Principal) -> Iterator[Applied]:
    for offset in range(0, applications.count(session, principal), _AT_ONCE):
        yield from applications.listed(session, principal, offset=offset, limit=_AT_ONCE)


def _row(one: Applied) -> tuple[Cell, ...]:
    said = one.said
    return (
        one.id,
        one.item,
        one.title,
        said.project,
        "yes" if said.applied else "no",
        label(said.outcome),
        said.saved,
        said.currency,
        said.days,
        said.reason,
        one.at.date(),
        one.author,
        one.approved_at.date() if one.approved_at else None,
        one.approved_by,
    )
