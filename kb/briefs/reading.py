"""Reading briefs: one at a version, or a page of them, as far as the reader may see what is in them."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, aliased, contains_eager

from kb import items
from kb.access import Principal
from kb.briefs import needs as changes
from kb.briefs import rows
from kb.briefs.stored import (
    BriefSummary,
    Decided,
    Origin,
    Progress,
    SignOff,
    StoredBrief,
    StoredEntry,
    StoredMatch,
    StoredNeed,
    VersionSummary,
)
from kb.briefs.values import Need, NeedKind
from kb.briefs.verdicts import decided, newest
from kb.models import (
    Brief,
    BriefEntry,
    BriefMatch,
    BriefNeed,
    BriefSignOff,
    BriefVerdict,
    BriefVersion,
    Item,
    Project,
)
from kb.values import ItemId, Locator
from kb.vocabulary import Classification, Kind


def get(session: Session, principal: Principal, code: str, number: int | None = None) -> StoredBrief:
    """A brief at a version, the newest unless a *number* is given. Raises NotFoundError."""
    row = rows.find(session, principal, code)
    version = rows.version(session, row, number)
    versions = _versions(session, row)
    own = next(one for one in versions if one.number == version.number)
    head = _heads(session, principal, Brief.id == row.id, offset=0, limit=1)[0]
    entries = _entries(session, principal, version, frozen=own.frozen)
    lessons = [one for one in entries if one.asks]
    done = sum(one.decided is not None for one in lessons)
    return StoredBrief(head, own, versions, _needs(session, version), entries, Progress(len(lessons), done))


def listed(
    session: Session, principal: Principal, *, project: str = "", offset: int = 0, limit: int = 100
) -> list[BriefSummary]:
    """A page of the briefs that *principal* may see, the newest first, of a *project* if one is named."""
    return _heads(session, principal, *_of(project), offset=offset, limit=limit)


def count(session: Session, principal: Principal, project: str = "") -> int:
    """How many briefs *principal* may see."""
    query = select(func.count()).select_from(Brief).outerjoin(Project, Project.id == Brief.project_id)
    return session.scalar(query.where(rows.seen(principal), *_of(project))) or 0


def charter(session: Session, principal: Principal, code: str, number: int | None = None) -> str:
    """The text that a version was drawn from, as Markdown. Raises NotFoundError."""
    return rows.version(session, rows.find(session, principal, code), number).charter


def progress(
    session: Session, principal: Principal, versions: Sequence[int], *, frozen: bool
) -> dict[int, Progress]:
    """How far each of *versions* is, by number of its row, counting what *principal* may see."""
    said = aliased(BriefVerdict)
    found = session.execute(
        select(
            BriefEntry.version_id,
            func.count(),
            func.sum(case((said.item_version == BriefEntry.item_version, 1), else_=0)),
        )
        .join(Item, Item.id == BriefEntry.item_id)
        .outerjoin(said, (said.entry_id == BriefEntry.id) & (said.id == newest()))
        .where(
            BriefEntry.version_id.in_(versions),
            Item.kind == Kind.LESSON,
            rows.shown(principal, frozen=frozen),
        )
        .group_by(BriefEntry.version_id)
    )
    return dict.fromkeys(versions, Progress(0, 0)) | {
        version: Progress(lessons, int(done)) for version, lessons, done in found
    }


def _of(project: str) -> tuple[ColumnElement[bool], ...]:
    return (func.lower(Project.name) == project.strip().lower(),) if project.strip() else ()


def _heads(
    session: Session, principal: Principal, *wanted: ColumnElement[bool], offset: int, limit: int
) -> list[BriefSummary]:
    found = session.execute(
        select(Brief, BriefVersion.id)
        .join(BriefVersion, (BriefVersion.brief_id == Brief.id) & (BriefVersion.number == Brief.version))
        .outerjoin(Brief.project)
        .options(contains_eager(Brief.project))
        .where(rows.seen(principal), *wanted)
        .order_by(Brief.id.desc())
        .offset(offset)
        .limit(limit)
        .execution_options(populate_existing=True)
    ).all()
    versions = [version for _, version in found]
    signed = _sign_offs(session, versions)
    far = {
        **progress(session, principal, [v for v in versions if v not in signed], frozen=False),
        **progress(session, principal, [v for v in versions if v in signed], frozen=True),
    }
    return [
        BriefSummary(
            brief.code,
            brief.title,
            brief.project.name if brief.project else "",
            Classification(brief.classification),
            brief.version,
            brief.created_by,
            brief.created_at,
            far[version],
            signed[version][-1] if version in signed else None,
        )
        for brief, version in found
    ]


def _sign_offs(session: Session, versions: Sequence[int]) -> dict[int, tuple[SignOff, ...]]:
    found: dict[int, tuple[SignOff, ...]] = {}
    query = select(BriefSignOff).where(BriefSignOff.version_id.in_(versions)).order_by(BriefSignOff.id)
    for row in session.scalars(query):
        one = SignOff(row.gate, row.signed_by, row.signed_at, row.note)
        found[row.version_id] = (*found.get(row.version_id, ()), one)
    return found


def _versions(session: Session, brief: Brief) -> tuple[VersionSummary, ...]:
    found = session.scalars(
        select(BriefVersion).where(BriefVersion.brief_id == brief.id).order_by(BriefVersion.number.desc())
    ).all()
    signed = _sign_offs(session, [row.id for row in found])
    return tuple(
        VersionSummary(
            row.number,
            row.reason,
            row.source_name,
            row.charter_digest,
            row.made_by,
            row.made_at,
            row.looked_by,
            row.looked_at,
            signed.get(row.id, ()),
        )
        for row in found
    )


def _needs(session: Session, version: BriefVersion) -> tuple[StoredNeed, ...]:
    return tuple(
        StoredNeed(
            row.number,
            Need(
                NeedKind(row.kind),
                row.text,
                tuple(row.headings),
                Locator(row.start, row.end, row.page, row.slide, row.sheet, row.row),
            ),
            Origin(row.origin),
            row.dropped,
            row.answered,
            row.gap_id,
        )
        for row in changes.by_number(session, version).values()
    )


def _entries(
    session: Session, principal: Principal, version: BriefVersion, *, frozen: bool
) -> tuple[StoredEntry, ...]:
    said = aliased(BriefVerdict)
    found = session.execute(
        select(BriefEntry, Item.version, Item.withdrawn_at, said)
        .join(Item, Item.id == BriefEntry.item_id)
        .outerjoin(said, (said.entry_id == BriefEntry.id) & (said.id == newest()))
        .where(BriefEntry.version_id == version.id, rows.shown(principal, frozen=frozen))
        .order_by(BriefEntry.ordinal)
    ).all()
    heads = items.kept(session, principal, [ItemId(entry.item_id) for entry, *_ in found])
    matches = _matches(session, [entry.id for entry, *_ in found])
    read: list[StoredEntry] = []
    for entry, present, withdrawn, verdict in found:
        read.append(
            StoredEntry(
                heads[ItemId(entry.item_id)],
                entry.item_version,
                present != entry.item_version,
                withdrawn is not None,
                matches.get(entry.id, ()),
                tuple(ItemId(one) for one in entry.alike),
                *_decisions(entry, verdict),
            )
        )
    return tuple(read)


def _decisions(entry: BriefEntry, verdict: BriefVerdict | None) -> tuple[Decided | None, Decided | None]:
    """What was decided about the entry as it is, or about what its item said before."""
    if verdict is None:
        return None, None
    said = decided(verdict)
    return (said, None) if verdict.item_version == entry.item_version else (None, said)


def _matches(session: Session, entries: Sequence[int]) -> dict[int, tuple[StoredMatch, ...]]:
    found: defaultdict[int, list[StoredMatch]] = defaultdict(list)
    query = (
        select(BriefMatch, BriefNeed.number)
        .join(BriefNeed, BriefNeed.id == BriefMatch.need_id)
        .where(BriefMatch.entry_id.in_(entries))
        .order_by(BriefMatch.relevance.desc(), BriefNeed.number)
    )
    for row, number in session.execute(query):
        place = Locator(page=row.page, slide=row.slide, sheet=row.sheet, row=row.row)
        found[row.entry_id].append(
            StoredMatch(number, row.relevance, row.passage, row.headings, row.text, place)
        )
    return {entry: tuple(said) for entry, said in found.items()}
