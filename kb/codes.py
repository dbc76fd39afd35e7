"""Short codes that people read out and type."""

import secrets

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

_LETTERS = "23456789BCDFGHJKMNPQRTVWXZ"
"""Without vowels, which might make words, and without what is easily misread."""
_LENGTH = 6


def free(session: Session, column: InstrumentedAttribute[str]) -> str:
    """A code that no row has in *column*."""
    while True:
        code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        if session.scalar(select(column).where(column == code)) is None:
            return code


def normal(code: str) -> str:
    """*code* as it is kept: people type it in any case, with spaces and hyphens."""
    return "".join(code.split()).replace("-", "").upper()
