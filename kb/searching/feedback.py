"""Whether an item helped somebody with their search: one answer per person, words and item."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import audit, items
from kb.access import Principal
from kb.errors import InvalidError
from kb.models import Feedback, now
from kb.searching.searches import fold
from kb.text import digest, squash
from kb.values import ItemId

_MAX_LENGTH = 2_000
"""Characters of the words that an item is judged for; as many as can be searched for."""


def judge(session: Session, principal: Principal, words: str, ref: str, helpful: bool | None) -> None:
    """Note whether the item *ref* helped *principal* with *words*; None takes their answer back.

    Raises NotFoundError for an item they may not read, InvalidError without words.
    """
    if not words.strip() or len(words) > _MAX_LENGTH:
        raise InvalidError(f"Say what was searched for, in at most {_MAX_LENGTH:,} characters.")
    item = items.get(session, principal, ref).head
    key = (principal.name, item.id, _digest(words))
    row = session.get(Feedback, key)
    if helpful is None:
        if row:
            session.delete(row)
    elif row:
        row.helpful, row.at = helpful, now()
    else:
        person, item_id, number = key
        session.add(
            Feedback(
                person=person, item_id=item_id, digest=number, words=squash(words), helpful=helpful, at=now()
            )
        )
    audit.record(session, principal, "judged", item.ref, words=squash(words), helpful=helpful)


def given(session: Session, principal: Principal, words: str, items: Sequence[ItemId]) -> dict[ItemId, bool]:
    """What *principal* said of those *items* that they judged for *words*."""
    if not words or not items:
        return {}
    rows = session.execute(
        select(Feedback.item_id, Feedback.helpful).where(
            Feedback.person == principal.name, Feedback.digest == _digest(words), Feedback.item_id.in_(items)
        )
    )
    return {ItemId(item): helpful for item, helpful in rows}


def _digest(words: str) -> str:
    return digest(fold(words))
