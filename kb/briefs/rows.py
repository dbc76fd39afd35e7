"""The rows of a brief: found for a reader, held for a writer."""

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from kb import codes
from kb.access import Permission, Principal, cleared, readable, require, visible
from kb.errors import ConflictError, NotFoundError
from kb.models import Brief, BriefEntry, BriefSignOff, BriefVerdict, BriefVersion, Item


def seen(principal: Principal) -> ColumnElement[bool]:
    """The condition on Brief that holds for what *principal* may see."""
    return Brief.classification.in_(cleared(principal))


def find(session: Session, principal: Principal, code: str) -> Brief:
    """The brief's row. Raises NotFoundError, also when it is hidden."""
    wanted = codes.normal(code)
    row = session.scalars(select(Brief).where(Brief.code == wanted, seen(principal))).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no brief {wanted[:20]!r} here, or you may not see it.")
    return row


def version(session: Session, brief: Brief, number: int | None = None) -> BriefVersion:
    """A version of a brief, the newest unless a *number* is given. Raises NotFoundError."""
    wanted = BriefVersion.number == (brief.version if number is None else number)
    row = session.scalars(select(BriefVersion).where(BriefVersion.brief_id == brief.id, wanted)).one_or_none()
    if row is None:
        raise NotFoundError(f"Brief {brief.code} has no version {number}; it has {brief.version}.")
    return row


def hold(session: Session, principal: Principal, code: str) -> tuple[Brief, BriefVersion]:
    """A brief and its newest version for those who may contribute; nobody else changes it meanwhile.

    Raises NotFoundError.
    """
    require(principal, Permission.CONTRIBUTE)
    own = (seen(principal), Brief.code == codes.normal(code))
    # A write first: what is read after it stays true until this transaction ends.
    session.execute(update(Brief).where(*own).values(version=Brief.version))
    brief = find(session, principal, code)
    session.refresh(brief)
    return brief, version(session, brief)


def hold_open(session: Session, principal: Principal, code: str) -> tuple[Brief, BriefVersion]:
    """The same, for a change to that version. Raises ConflictError when it was signed."""
    brief, found = hold(session, principal, code)
    require_open(session, found)
    return brief, found


def require_open(session: Session, found: BriefVersion) -> None:
    """Raise ConflictError when that version was signed."""
    if signed(session, found):
        raise ConflictError(
            f"Version {found.number} is signed and stays as it is. Open a new version to go on from it."
        )


def signed(session: Session, found: BriefVersion) -> bool:
    """Whether somebody stands for that version."""
    query = select(BriefSignOff.id).where(BriefSignOff.version_id == found.id).limit(1)
    return session.scalar(query) is not None


def shown(principal: Principal, *, frozen: bool) -> ColumnElement[bool]:
    """The condition on Item for entries: a signed version keeps showing what was withdrawn since.

    What was withdrawn without a verdict was so when it was signed, and is no part of it.
    """
    if not frozen:
        return visible(principal)
    decided = exists().where(BriefVerdict.entry_id == BriefEntry.id)
    return and_(readable(principal), or_(Item.withdrawn_at.is_(None), decided))
