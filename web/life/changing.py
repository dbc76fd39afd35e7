"""Accepting a change request: the target's new version, and the note that it was made, in one transaction."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from ingest import rewriting
from kb import drafts, items, library, passages
from kb.access import Permission, Principal, require
from kb.errors import ConflictError
from kb.life import changes
from kb.life.changes import Change
from kb.vocabulary import ChangeState
from web.life.differences import Stretch, differences


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change request does to its target's text."""

    stretches: tuple[Stretch, ...]
    obstacle: str
    """Why it can't be made any more; empty when it can, or was."""


def accept(session: Session, principal: Principal, number: int, reason: str = "") -> int:
    """Write the version that change request *number* asks for; its number.

    Raises NotFoundError, ConflictError when it was decided already or the words are no longer there.
    """
    require(principal, Permission.EDIT)
    change = changes.undecided(session, principal, number)
    body = changes.changed_body(session, principal, number)
    target = items.get(session, principal, change.target).head.id
    stored = passages.of_item(session, principal, target)
    draft = rewriting.rewritten(drafts.of_item(session, principal, change.target), body, stored)
    library.write(session, principal, draft, change.target)
    version = items.get(session, principal, change.target).version
    changes.accept(session, principal, number, version, reason)
    return version


def preview(session: Session, principal: Principal, change: Change) -> Preview:
    """The way from the target's text before *change* to that after it."""
    if change.state is ChangeState.ACCEPTED and change.version:
        before = items.version(session, principal, change.target, change.version - 1)
        after = items.version(session, principal, change.target, change.version)
        return Preview(differences(before.body, after.body), "")
    if change.state is ChangeState.PROPOSED:
        try:
            body = changes.changed_body(session, principal, change.id)
        except ConflictError as error:
            return Preview(differences(change.present, change.proposed), str(error))
        return Preview(differences(items.get(session, principal, change.target).body, body), "")
    return Preview(differences(change.present, change.proposed), "")
