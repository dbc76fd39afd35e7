"""What became of a lesson or practice in projects, as its page shows it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb.access import Permission, Principal
from kb.items import ItemDetail
from kb.life import applications
from kb.life.applications import Applied, Worth
from kb.vocabulary import Kind, Outcome
from web.searching import reasons


@dataclass(frozen=True, slots=True)
class Use:
    """All that is known of an item's application."""

    line: str
    """`Applied 7 times, worked 6`; empty when nobody did."""
    records: list[tuple[Applied, bool]]
    """The newest first, each with whether the reader may approve it."""
    worth: list[Worth]
    outcomes: tuple[Outcome, ...]
    """Those that the reader may record; empty when they may not."""


def of(session: Session, principal: Principal, item: ItemDetail) -> Use | None:
    """What projects made of *item*; None of a kind that is not applied, or of what was withdrawn."""
    if item.head.kind not in (Kind.LESSON, Kind.PRACTICE) or item.withdrawn_at:
        return None
    found = applications.of_item(session, principal, item.head.ref)
    record = applications.records(session, principal, [item.head.id]).get(item.head.id)
    line = reasons.applied(record) if record else ""
    return Use(
        line[:1].upper() + line[1:],
        [(one, applications.may_approve(principal, one)) for one in found],
        applications.worth(session, principal, item.head.ref),
        tuple(Outcome) if principal.may(Permission.CONTRIBUTE) else (),
    )
