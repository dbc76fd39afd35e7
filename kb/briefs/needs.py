"""What people change about the needs that a charter was read into."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb import audit
from kb.access import Principal
from kb.briefs import rows
from kb.briefs.stored import Origin
from kb.briefs.values import Need, NeedKind
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.insight import gaps
from kb.models import BriefNeed, BriefVersion
from kb.text import squash

MAX_NEEDS = 200
MAX_TEXT = 2_000
_COPIED = (
    *("kind", "text", "headings", "start", "end", "page", "slide", "sheet", "row"),
    *("origin", "dropped", "gap_id"),
)


def add(session: Session, principal: Principal, code: str, kind: NeedKind, text: str) -> int:
    """Add a need that the charter does not say; its number.

    Raises NotFoundError, ConflictError when the version is signed, InvalidError.
    """
    brief, found = rows.hold_open(session, principal, code)
    query = select(func.max(BriefNeed.number)).where(BriefNeed.version_id == found.id)
    number = (session.scalar(query) or 0) + 1
    if number > MAX_NEEDS:
        raise InvalidError(f"A brief may have {MAX_NEEDS} needs.")
    session.add(row(found.id, number, Need(kind, _said(text)), Origin.ADDED))
    found.looked_at = None
    audit.record(session, principal, "add_need", brief.code, need=number, kind=kind)
    session.flush()
    return number


def change(session: Session, principal: Principal, code: str, number: int, kind: NeedKind, text: str) -> None:
    """Put a need into other words. Raises as *add* does."""
    brief, found = rows.hold_open(session, principal, code)
    need = _find(session, found, number)
    said = _said(text)
    if (need.kind, need.text) == (kind, said):
        return
    audit.record(session, principal, "change_need", brief.code, need=number, before=need.text, after=said)
    need.kind, need.text, need.answered, need.gap_id = kind, said, None, None
    need.origin = Origin.ADDED if need.origin == Origin.ADDED else Origin.EDITED
    found.looked_at = None
    session.flush()


def drop(session: Session, principal: Principal, code: str, number: int, *, dropped: bool = True) -> None:
    """Note that a need matters not, or that it does after all."""
    brief, found = rows.hold_open(session, principal, code)
    need = _find(session, found, number)
    if need.dropped == dropped:
        return
    need.dropped, need.answered = dropped, None
    found.looked_at = None
    audit.record(session, principal, "drop_need" if dropped else "restore_need", brief.code, need=number)
    session.flush()


def offer(session: Session, principal: Principal, code: str, number: int) -> int:
    """Make a knowledge gap of a need that nothing here answers; the gap's number.

    Whoever may contribute sees its words. Raises NotFoundError, ConflictError when it is answered.
    """
    brief, found = rows.hold(session, principal, code)
    need = _find(session, found, number)
    if need.gap_id is not None:
        return need.gap_id
    if need.answered is not False:
        raise ConflictError("Only a need that was looked up and that nothing answers is a knowledge gap.")
    number = gaps.begin(session, principal, need.text, f"A need of brief {brief.code}.")
    need.gap_id = number
    session.flush()
    return number


def row(version: int, number: int, need: Need, origin: Origin) -> BriefNeed:
    """The row of a need."""
    place = need.locator
    return BriefNeed(
        version_id=version,
        number=number,
        kind=need.kind,
        text=need.text,
        headings=list(need.headings),
        start=place.start,
        end=place.end,
        page=place.page,
        slide=place.slide,
        sheet=place.sheet,
        row=place.row,
        origin=origin,
        dropped=False,
    )


def by_number(session: Session, found: BriefVersion) -> dict[int, BriefNeed]:
    """The rows of all needs of a version, in order."""
    query = select(BriefNeed).where(BriefNeed.version_id == found.id).order_by(BriefNeed.number)
    return {need.number: need for need in session.scalars(query)}


def take_over(session: Session, old: BriefVersion, new: BriefVersion, *, all_of_them: bool) -> None:
    """Copy needs into the *new* version of a brief: all of them, or those that people added."""
    taken = len(by_number(session, new))
    for need in by_number(session, old).values():
        if not all_of_them and (need.origin != Origin.ADDED or need.dropped):
            continue
        taken += 1
        session.add(_copy(need, new.id, need.number if all_of_them else taken))
    session.flush()


def _copy(need: BriefNeed, version: int, number: int) -> BriefNeed:
    return BriefNeed(version_id=version, number=number, **{name: getattr(need, name) for name in _COPIED})


def _find(session: Session, found: BriefVersion, number: int) -> BriefNeed:
    need = session.scalars(
        select(BriefNeed).where(BriefNeed.version_id == found.id, BriefNeed.number == number)
    ).one_or_none()
    if need is None:
        raise NotFoundError(f"This brief has no need {number}.")
    return need


def _said(text: str) -> str:
    said = squash(text)
    if not said or len(said) > MAX_TEXT:
        raise InvalidError(f"A need is a phrase or a sentence of at most {MAX_TEXT:,} characters.")
    return said
