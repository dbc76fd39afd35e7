"""What people decide about the lessons of a brief, and what it tells of those lessons."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session, aliased

from kb import audit, codes
from kb.access import Principal, visible
from kb.briefs import rows
from kb.briefs.stored import Decided, Decision
from kb.database import among
from kb.errors import InvalidError, NotFoundError
from kb.models import Brief, BriefEntry, BriefMatch, BriefNeed, BriefVerdict, BriefVersion, Item
from kb.text import squash
from kb.values import ItemId
from kb.vocabulary import Kind, Verdict

MAX_RATIONALE = 10_000
_said = aliased(BriefVerdict)
_USEFUL = (Verdict.APPLICABLE, Verdict.NEEDS_ACTION)
_HEARD = 5_000
"""Verdicts, by the need, that are listened to at most: the newest."""


@dataclass(frozen=True, slots=True)
class Voice:
    """What a project found of an item that its brief offered; each brief has one voice."""

    useful: bool
    """Applicable or needs action; else not applicable."""
    needs: tuple[str, ...]
    """What the item was there for, in the words of the project's charter."""


def decide(session: Session, principal: Principal, code: str, ref: str, decision: Decision) -> None:
    """Give the lesson *ref* of a brief a verdict; what was decided before stays in its history.

    In a signed version that is still possible for what its signers could not see. Raises NotFoundError,
    ConflictError when the verdict was signed, InvalidError when a part is missing.
    """
    brief, found = rows.hold(session, principal, code)
    row = _find(session, principal, found, ref)
    if _decided(session, row):
        rows.require_open(session, found)
    item = session.get_one(Item, row.item_id)
    if item.kind != Kind.LESSON:
        raise InvalidError(f"Lessons get verdicts; {item.ref} is a {item.kind}.")
    said = _checked(decision)
    row.item_version = item.version  # decided about what it says now
    session.add(
        BriefVerdict(
            entry_id=row.id,
            item_version=item.version,
            verdict=said.verdict,
            rationale=said.rationale,
            owner=said.owner,
            due=said.due,
            decided_by=principal.name,
        )
    )
    audit.record(
        session, principal, "decide", brief.code, item=item.ref, verdict=said.verdict, version=found.number
    )
    session.flush()


def history(session: Session, principal: Principal, code: str, ref: str) -> list[Decided]:
    """All that was decided about an entry of the newest version, the newest first. Raises NotFoundError."""
    found = rows.version(session, rows.find(session, principal, code))
    row = _find(session, principal, found, ref)
    query = select(BriefVerdict).where(BriefVerdict.entry_id == row.id).order_by(BriefVerdict.id.desc())
    return [decided(one) for one in session.scalars(query)]


def newest() -> ScalarSelect[int]:
    """The number of the newest decision about each entry of the query around it."""
    query = select(func.max(_said.id)).where(_said.entry_id == BriefEntry.id)
    return query.correlate(BriefEntry).scalar_subquery()


def decided(row: BriefVerdict) -> Decided:
    """A decision as others read it."""
    return Decided(
        Decision(Verdict(row.verdict), row.rationale, row.owner, row.due), row.decided_by, row.decided_at
    )


def voices(
    session: Session, principal: Principal, ids: Collection[ItemId], *, besides: str = ""
) -> dict[ItemId, tuple[Voice, ...]]:
    """What the briefs that *principal* may see found of the items among *ids*, the newest first.

    The brief with the code *besides* is left out, and so is what is controlled already.
    """
    rows_ = session.execute(
        select(BriefEntry.item_id, BriefVerdict.id, BriefVerdict.verdict, BriefNeed.text)
        .join(BriefEntry, BriefEntry.id == BriefVerdict.entry_id)
        .join(BriefVersion, BriefVersion.id == BriefEntry.version_id)
        .join(Brief, (Brief.id == BriefVersion.brief_id) & (Brief.version == BriefVersion.number))
        .join(Item, Item.id == BriefEntry.item_id)
        .outerjoin(BriefMatch, BriefMatch.entry_id == BriefEntry.id)
        .outerjoin(BriefNeed, BriefNeed.id == BriefMatch.need_id)
        .where(
            BriefVerdict.id == newest(),
            BriefVerdict.verdict.in_((*_USEFUL, Verdict.NOT_APPLICABLE)),
            among(BriefEntry.item_id, "ids"),
            Brief.code != codes.normal(besides),
            rows.seen(principal),
            visible(principal),
        )
        .order_by(BriefVerdict.id.desc(), BriefMatch.relevance.desc())
        .limit(_HEARD),
        {"ids": list(ids)},
    ).all()
    found: dict[ItemId, tuple[Voice, ...]] = {}
    for (item, _, verdict), said in groupby(rows_, key=lambda row: row[:3]):
        voice = Voice(verdict in _USEFUL, tuple(text for *_, text in said if text))
        found[ItemId(item)] = (*found.get(ItemId(item), ()), voice)
    return found


def _find(session: Session, principal: Principal, found: BriefVersion, ref: str) -> BriefEntry:
    row = session.scalars(
        select(BriefEntry)
        .join(Item, Item.id == BriefEntry.item_id)
        .where(BriefEntry.version_id == found.id, Item.ref == ref.strip(), visible(principal))
    ).one_or_none()
    if row is None:
        raise NotFoundError(f"{ref.strip()[:60]!r} is not in this brief, or you may not read it.")
    return row


def _decided(session: Session, row: BriefEntry) -> bool:
    """Whether a verdict stands on what the entry says."""
    query = select(BriefVerdict.item_version).where(BriefVerdict.entry_id == row.id)
    return session.scalar(query.order_by(BriefVerdict.id.desc()).limit(1)) == row.item_version


def _checked(said: Decision) -> Decision:
    rationale, owner = said.rationale.strip(), squash(said.owner)[:200]
    if len(rationale) > MAX_RATIONALE:
        raise InvalidError(f"The reason is longer than {MAX_RATIONALE:,} characters; say it shorter.")
    if said.verdict is Verdict.NOT_APPLICABLE and not rationale:
        raise InvalidError("Say why it does not apply: whoever signs the brief has to follow it.")
    if said.verdict is Verdict.ALREADY_CONTROLLED and not rationale:
        raise InvalidError("Say what controls it already.")
    if said.verdict is Verdict.NEEDS_ACTION and not (owner and said.due):
        raise InvalidError("What needs action needs an owner and a day by which it is done.")
    if said.due is not None and not date(2000, 1, 1) <= said.due <= date(2200, 1, 1):
        raise InvalidError("That is no day by which anything could be done.")
    return Decision(said.verdict, rationale, owner, said.due)
