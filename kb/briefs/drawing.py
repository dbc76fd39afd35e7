"""Drawing up briefs: a charter with its needs, later versions of it, and what was found for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kb import audit, codes, projects
from kb.access import Permission, Principal, require, require_cleared
from kb.briefs import needs as changes
from kb.briefs import rows
from kb.briefs.stored import Origin
from kb.briefs.values import Composed, Entry, Need
from kb.errors import ConflictError, InvalidError
from kb.models import (
    Brief,
    BriefEntry,
    BriefMatch,
    BriefNeed,
    BriefVerdict,
    BriefVersion,
    Item,
    now,
)
from kb.text import digest, shorten, squash
from kb.values import ItemId
from kb.vocabulary import Classification

MAX_TITLE = 200
MAX_REASON = 10_000


@dataclass(frozen=True, slots=True)
class CharterDraft:
    """A charter as it was given, and what it was read into."""

    text: str
    """Markdown, to which the needs' places refer."""
    needs: Sequence[Need]
    source_name: str = ""


@dataclass(frozen=True, slots=True)
class BriefDraft:
    """What somebody says of a brief."""

    title: str
    charter: CharterDraft
    project: str = ""
    classification: Classification = Classification.INTERNAL


def begin(session: Session, principal: Principal, draft: BriefDraft) -> str:
    """Keep a charter with its needs, which are to be looked up then; the brief's code.

    Raises NotFoundError when *principal* may not contribute, InvalidError when a part is missing.
    """
    require(principal, Permission.CONTRIBUTE)
    title = shorten(draft.title, MAX_TITLE)
    if not title:
        raise InvalidError("A brief needs a title: the project's name will do.")
    require_cleared(principal, draft.classification, "that brief")
    row = Brief(
        code=codes.free(session, Brief.code),
        title=title,
        project_id=projects.named(session, draft.project) if squash(draft.project) else None,
        classification=draft.classification,
        created_by=principal.name,
    )
    session.add(row)
    session.flush()
    _version(session, principal, row, draft.charter)
    audit.record(session, principal, "draw_brief", row.code, needs=len(draft.charter.needs))
    session.flush()
    return row.code


def renew(
    session: Session,
    principal: Principal,
    code: str,
    reason: str,
    charter: CharterDraft | None = None,
) -> int:
    """Open the next version, of another charter or of the same; its number.

    What people added to the needs goes with it; so do verdicts on lessons that say the same still, once its
    needs were looked up. Raises NotFoundError, and ConflictError when the present version can still change
    and the charter is the same.
    """
    brief, old = rows.hold(session, principal, code)
    if charter is None and not rows.signed(session, old):
        raise ConflictError(f"Version {old.number} is not signed yet: change that.")
    if charter is not None and digest(charter.text) == old.charter_digest:
        raise ConflictError("This is the charter that the brief was drawn from.")
    said = reason.strip()
    if len(said) > MAX_REASON:
        raise InvalidError(f"The reason is longer than {MAX_REASON:,} characters.")
    brief.version += 1
    given = charter or CharterDraft(old.charter, (), old.source_name)
    new = _version(session, principal, brief, given, said)
    changes.take_over(session, old, new, all_of_them=charter is None)
    audit.record(session, principal, "renew_brief", brief.code, version=new.number, reason=said)
    session.flush()
    return new.number


def look_again(session: Session, principal: Principal, code: str) -> None:
    """Have the needs of the newest version looked up anew. Raises NotFoundError, ConflictError."""
    _, found = rows.hold_open(session, principal, code)
    found.looked_at = None
    audit.record(session, principal, "look_again", code)
    session.flush()


def keep(
    session: Session, principal: Principal, code: str, numbers: Sequence[int], composed: Composed
) -> None:
    """Keep what was found for the needs of those *numbers*, in the order of *composed*.

    Verdicts stay with their lessons. Who is second to look up the same needs changes nothing.
    """
    _, found = rows.hold_open(session, principal, code)
    if found.looked_at is not None:
        return
    known = changes.by_number(session, found)
    if list(numbers) != [number for number, row in known.items() if not row.dropped]:
        return  # somebody changed the needs meanwhile: they are looked up again
    wanted = [known[number] for number in numbers]
    _keep_entries(session, found, wanted, composed.entries)
    for place, row in enumerate(wanted):
        row.answered = place not in composed.unanswered
    found.looked_at, found.looked_by = now(), principal.name
    audit.record(session, principal, "look_up_brief", code, entries=len(composed.entries))
    session.flush()


def _version(
    session: Session, principal: Principal, brief: Brief, charter: CharterDraft, reason: str = ""
) -> BriefVersion:
    row = BriefVersion(
        brief_id=brief.id,
        number=brief.version,
        charter=charter.text,
        charter_digest=digest(charter.text),
        source_name=charter.source_name[:500],
        reason=reason,
        made_by=principal.name,
    )
    session.add(row)
    session.flush()
    session.add_all(
        changes.row(row.id, number, need, Origin.READ) for number, need in enumerate(charter.needs, 1)
    )
    session.flush()
    return row


def _keep_entries(
    session: Session, found: BriefVersion, wanted: Sequence[BriefNeed], entries: Sequence[Entry]
) -> None:
    """Put *entries* in their order; those of before stay behind them when somebody decided about them."""
    there = {
        ItemId(row.item_id): row
        for row in session.scalars(
            select(BriefEntry).where(BriefEntry.version_id == found.id).order_by(BriefEntry.ordinal)
        )
    }
    session.execute(delete(BriefMatch).where(BriefMatch.entry_id.in_([row.id for row in there.values()])))
    _remove_undecided(session, found, {entry.item.id for entry in entries})
    versions = _present(session, [entry.item.id for entry in entries])
    for place, entry in enumerate(entries, 1):
        item = entry.item.id
        row = there.pop(item, None)
        if row is None:
            row = BriefEntry(version_id=found.id, item_id=item, item_version=versions[item], ordinal=place)
            session.add(row)
            session.flush()
            _inherit(session, found, row)
        row.ordinal, row.alike, row.item_version = place, list(entry.alike), versions[item]
        session.add_all(_matches(row, wanted, entry))
    for behind, row in enumerate(there.values(), len(entries) + 1):
        row.ordinal = behind


def _remove_undecided(session: Session, found: BriefVersion, besides: set[ItemId]) -> None:
    session.execute(
        delete(BriefEntry).where(
            BriefEntry.version_id == found.id,
            BriefEntry.item_id.not_in(besides),
            BriefEntry.id.not_in(select(BriefVerdict.entry_id)),
        )
    )


def _present(session: Session, items: Sequence[ItemId]) -> dict[ItemId, int]:
    rows_ = session.execute(select(Item.id, Item.version).where(Item.id.in_(items)))
    return {ItemId(id_): number for id_, number in rows_}


def _matches(row: BriefEntry, wanted: Sequence[BriefNeed], entry: Entry) -> list[BriefMatch]:
    return [
        BriefMatch(
            entry_id=row.id,
            need_id=wanted[match.need].id,
            relevance=match.relevance,
            passage=match.passage.ordinal,
            headings=match.passage.headings,
            text=match.passage.text,
            page=match.passage.locator.page,
            slide=match.passage.locator.slide,
            sheet=match.passage.locator.sheet,
            row=match.passage.locator.row,
        )
        for match in entry.matches
    ]


def _inherit(session: Session, found: BriefVersion, row: BriefEntry) -> None:
    """Take over what was decided about the same item in the version before."""
    before = (
        select(func.max(BriefVerdict.id))
        .join(BriefEntry, BriefEntry.id == BriefVerdict.entry_id)
        .join(BriefVersion, BriefVersion.id == BriefEntry.version_id)
        .where(
            BriefVersion.brief_id == found.brief_id,
            BriefVersion.number == found.number - 1,
            BriefEntry.item_id == row.item_id,
        )
    )
    old = session.scalars(select(BriefVerdict).where(BriefVerdict.id == before.scalar_subquery())).first()
    if old is not None:
        session.add(
            BriefVerdict(
                entry_id=row.id,
                item_version=old.item_version,
                verdict=old.verdict,
                rationale=old.rationale,
                owner=old.owner,
                due=old.due,
                decided_by=old.decided_by,
                decided_at=old.decided_at,
            )
        )
