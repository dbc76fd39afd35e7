"""Learning records as files: a table that can be taken in again, statements for learning record stores."""

import json
from enum import StrEnum

from sqlalchemy.orm import Session

from kb.access import Principal
from kb.learning import readings, records
from kb.learning.people import Known
from kb.learning.values import Subject
from kb.models import now
from web.files.sheets import Sheet
from web.learning import statements
from web.learning.following import Learning

_COLUMNS = (
    "UUID",
    "Kind",
    "Person",
    "Reference",
    "Title",
    "Day",
    "Hours",
    "Result",
    "Way of learning",
    "Side of the triangle",
    "Number",
    "Renew by",
    "Version",
    "Evidence",
    "Reflection",
    "Recorded by",
    "Confirmed by",
)
EVERYBODY = Known(0, "everybody", "")
"""Stands for all whom the reader may see."""


class Format(StrEnum):
    """Formats of such files."""

    CSV = "csv"
    XAPI = "xapi"


def gathered(session: Session, principal: Principal, person: Known | None) -> Learning:
    """What *person*, or everybody whom *principal* may see, completed, holds and has read."""
    number = person.number if person else None
    return Learning(
        person or EVERYBODY,
        now().date(),
        (),
        tuple(records.completions(session, principal, number)),
        tuple(records.certificates(session, principal, number)),
        tuple(readings.listed(session, principal, number)),
    )


def sheet(found: Learning) -> Sheet:
    """The records as a table."""
    rows = [
        *(
            (
                *_begin(one.key, "completion", one.name, one.subject),
                *(one.dated, one.hours, str(one.result), str(one.activity), str(one.side or "")),
                *("", None, None, one.evidence, one.reflection, one.author),
                one.confirmed.by if one.confirmed else "",
            )
            for one in found.completions
        ),
        *(
            (
                *_begin(one.key, "certificate", one.name, one.subject),
                *(one.issued, None, "passed", "", "", one.code, one.expires, None, one.evidence, ""),
                *(one.author, one.confirmed.by if one.confirmed else ""),
            )
            for one in found.certificates
        ),
        *(
            (
                *_begin(one.key, "reading", one.name, one.subject),
                *(one.at.date(), None, "", "", "", "", None, one.version, "", "", one.name, ""),
            )
            for one in found.readings
        ),
    ]
    return Sheet("learning-records", _COLUMNS, tuple(rows))


def xapi(found: Learning, base: str) -> bytes:
    """The records as a JSON array of statements, as a learning record store takes them."""
    return json.dumps(statements.statements(found, base), ensure_ascii=False, indent=2).encode()


def _begin(own: str, kind: str, name: str, subject: Subject) -> tuple[str, ...]:
    return own, kind, name, subject.ref, subject.title
