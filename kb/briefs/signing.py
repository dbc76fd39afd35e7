"""Standing for a brief at a gate, and what became of its lessons since."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from kb import audit, items
from kb.access import Permission, Principal, require, visible
from kb.briefs import reading, rows
from kb.errors import ConflictError, InvalidError
from kb.items import ItemSummary
from kb.life.experience import RETIRED
from kb.models import BriefEntry, BriefSignOff, BriefVersion, Item
from kb.text import squash
from kb.values import ItemId
from kb.vocabulary import Kind

MAX_GATE = 100
MAX_NOTE = 10_000


@dataclass(frozen=True, slots=True)
class Since:
    """What became of the lessons of a version since it was drawn or signed."""

    changed: tuple[ItemSummary, ...]
    """They say something else by now."""
    retired: tuple[ItemSummary, ...]
    """Superseded or rejected."""


def sign(session: Session, principal: Principal, code: str, gate: str, note: str = "") -> None:
    """Stand for what *principal* may see of the newest version, at a *gate*; it never changes again.

    Lessons that are hidden from them hold nothing up and are not told of: whoever may read those can decide
    about them afterwards. Raises NotFoundError when *principal* may not review, ConflictError while a lesson
    has no verdict.
    """
    require(principal, Permission.REVIEW)
    brief, found = rows.hold(session, principal, code)
    name, said = squash(gate), note.strip()
    if not name or len(name) > MAX_GATE:
        raise InvalidError(f"Name the gate at which it is signed, in at most {MAX_GATE} characters.")
    if len(said) > MAX_NOTE:
        raise InvalidError(f"The note is longer than {MAX_NOTE:,} characters; say it shorter.")
    _require_complete(session, principal, found)
    query = select(BriefSignOff.id).where(BriefSignOff.version_id == found.id, BriefSignOff.gate == name)
    if session.scalar(query) is not None:
        raise ConflictError(f"Version {found.number} is signed at {name} already.")
    session.add(BriefSignOff(version_id=found.id, gate=name, signed_by=principal.name, note=said))
    audit.record(session, principal, "sign_brief", brief.code, gate=name, version=found.number)
    session.flush()


def since(session: Session, principal: Principal, code: str) -> Since:
    """What became of the lessons of the newest version. Raises NotFoundError."""
    found = rows.version(session, rows.find(session, principal, code))
    rows_ = session.execute(
        select(Item.id, Item.status)
        .join(BriefEntry, BriefEntry.item_id == Item.id)
        .where(
            BriefEntry.version_id == found.id,
            visible(principal),
            Item.kind == Kind.LESSON,
            or_(Item.version != BriefEntry.item_version, Item.status.in_(RETIRED)),
        )
        .order_by(BriefEntry.ordinal)
    ).all()
    known = items.summaries(session, principal, [ItemId(id_) for id_, _ in rows_])
    heads = [(known[ItemId(id_)], status in RETIRED) for id_, status in rows_ if ItemId(id_) in known]
    return Since(
        tuple(head for head, retired in heads if not retired),
        tuple(head for head, retired in heads if retired),
    )


def base_changed(session: Session, principal: Principal, moment: datetime) -> bool:
    """Whether any item that *principal* may see was written or changed after *moment*."""
    return session.scalar(select(exists().where(visible(principal), Item.updated_at > moment))) or False


def _require_complete(session: Session, principal: Principal, found: BriefVersion) -> None:
    if found.looked_at is None:
        raise ConflictError("Its needs have not been looked up yet: look again first.")
    progress = reading.progress(session, principal, [found.id], frozen=False)[found.id]
    if not progress.complete:
        left = progress.lessons - progress.decided
        raise ConflictError(f"Every lesson needs a verdict before the brief is signed; {left} to go.")
