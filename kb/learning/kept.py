"""Learning paths that are kept: training in its order, with what spoke for each step when it was kept.

A path is read by those who develop people, by the person it is for and by whoever kept it; it is changed by
the first and the last. Titles and quotations of items that the reader may not open are never given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, true, update
from sqlalchemy.orm import Session

from kb import audit, codes
from kb.access import Permission, Principal, readable, require
from kb.database import among
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.learning.catalogue import Offer
from kb.learning.values import HIDDEN, Rise
from kb.life.experience import RETIRED
from kb.models import Item, KeptStep, Learner, Training, now
from kb.models import KeptPath as Row
from kb.text import squash
from kb.values import ItemId, Taught
from kb.vocabulary import TrainingFormat, TrainingLevel

MAX_TITLE = 200
MAX_STEPS = 100


class Notice(StrEnum):
    """What became of training since it was put into a path."""

    HIDDEN = "hidden"
    """The reader may not open it."""
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    """It was rejected or superseded."""
    EXPIRED = "expired"
    """It is not on offer any more."""
    OVERDUE = "overdue"
    """The day by which it was to be looked at again is over."""
    CHANGED = "changed"
    """It has a newer version."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """A passage of training as it read when it was quoted."""

    passage: int
    """Its ordinal within the item."""
    headings: str
    text: str
    competence: str


@dataclass(frozen=True, slots=True)
class Step:
    """Training in its place, with what speaks for it."""

    offer: Offer
    closes: tuple[Rise, ...] = ()
    """Gaps of the goal."""
    adds: tuple[Rise, ...] = ()
    """What else is learned."""
    opens: tuple[str, ...] = ()
    """References of later steps that wait for it."""
    conditions: tuple[str, ...] = ()
    """What it asks for that only people can say."""
    quote: Quotation | None = None
    lessons: tuple[str, ...] = ()
    """References."""
    own: tuple[str, ...] = ()
    """Those of them that come from the learner's own projects."""
    who: tuple[str, ...] = ()
    """Names of those of a team who need it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A step as it stands today."""

    step: Step
    notices: tuple[Notice, ...] = ()

    @property
    def hidden(self) -> bool:
        """Whether the reader may not open it."""
        return Notice.HIDDEN in self.notices


@dataclass(frozen=True, slots=True)
class PathDraft:
    """A path that is to be kept."""

    title: str
    steps: tuple[Step, ...]
    goal: Mapping[str, int]
    """Levels to be reached, by names of competences."""
    held: Mapping[str, int] = field(default_factory=dict[str, int])
    """Levels to start from, by the keys of competences."""
    done: tuple[str, ...] = ()
    """References of training taken before."""
    asked: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Wishes and limits, as they were given."""
    pace: float = 1
    """Hours of learning in a week."""
    bound: float | None = None
    """No path has less of what was to be least; None where that is not proven."""
    learner: int | None = None
    """Number of the person it is for."""
    team: str = ""


@dataclass(frozen=True, slots=True)
class PathHead:
    """A kept path as lists show it."""

    code: str
    title: str
    version: int
    learner: int | None
    name: str
    """Of the learner."""
    team: str
    author: str
    at: datetime
    changed_by: str
    changed_at: datetime
    steps: int
    pending: int
    """Steps whose training was withdrawn, replaced or changed since."""


@dataclass(frozen=True, slots=True)
class KeptPath:
    """A kept path."""

    head: PathHead
    draft: PathDraft
    """As it was kept, as far as the reader may see it."""
    steps: tuple[Standing, ...]

    @property
    def whole(self) -> bool:
        """Whether the reader may open every step."""
        return not any(one.hidden for one in self.steps)


def keep(session: Session, principal: Principal, draft: PathDraft) -> str:
    """Keep a new path; its code.

    People keep paths for themselves and for nobody in particular; for others and for teams, those who develop
    people do. Raises NotFoundError when *principal* may not, InvalidError.
    """
    require(principal, Permission.CONTRIBUTE)
    learner = session.get(Learner, draft.learner) if draft.learner is not None else None
    if draft.team or (learner and learner.name != principal.name):
        require(principal, Permission.DEVELOP)
    row = Row(
        code=codes.free(session, Row.code),
        learner_id=learner.id if learner else None,
        team=squash(draft.team)[:MAX_TITLE],
        author=principal.name,
    )
    _fill(row, principal, draft)
    session.add(row)
    session.flush()
    _put(session, row, draft.steps)
    refs = [step.offer.ref for step in draft.steps]
    audit.record(session, principal, "keep_path", row.code, title=row.title, steps=refs)
    session.flush()
    return row.code


def change(session: Session, principal: Principal, code: str, version: int, draft: PathDraft) -> None:
    """Keep *draft* in place of what the path said at *version*; whom it is for stays.

    Raises NotFoundError when *principal* may not, ConflictError when it was changed since, InvalidError.
    """
    row = _own(session, principal, code)
    _advance(session, row, version)
    _fill(row, principal, draft)
    session.execute(delete(KeptStep).where(KeptStep.path_id == row.id))
    _put(session, row, draft.steps)
    refs = [step.offer.ref for step in draft.steps]
    audit.record(session, principal, "change_path", row.code, title=row.title, steps=refs)
    session.flush()


def rename(session: Session, principal: Principal, code: str, version: int, title: str) -> None:
    """Give a path another title. Raises as *change*."""
    row = _own(session, principal, code)
    _advance(session, row, version)
    row.title, row.changed_by, row.changed_at = _title(title), principal.name, now()
    audit.record(session, principal, "rename_path", row.code, title=row.title)
    session.flush()


def remove(session: Session, principal: Principal, code: str) -> None:
    """Keep a path no longer; what people were asked to learn stays theirs. Raises NotFoundError."""
    row = _own(session, principal, code)
    audit.record(session, principal, "remove_path", row.code, title=row.title)
    session.delete(row)
    session.flush()


def get(session: Session, principal: Principal, code: str) -> KeptPath:
    """The path with that code, in any case. Raises NotFoundError, also when it is hidden."""
    row, name = _find(session, principal, code)
    steps = _steps(session, principal, row.id)
    draft = PathDraft(
        row.title,
        tuple(one.step for one in steps),
        row.goal,
        row.held,
        tuple(row.done),
        row.asked,
        row.pace,
        row.bound,
        row.learner_id,
        row.team,
    )
    pending = sum(bool({Notice.WITHDRAWN, Notice.REPLACED, Notice.CHANGED} & {*one.notices}) for one in steps)
    return KeptPath(_head(row, name, len(steps), pending), draft, tuple(steps))


def listed(session: Session, principal: Principal, *, offset: int = 0, limit: int = 100) -> list[PathHead]:
    """A page of the paths that *principal* may see, what was changed last first."""
    gone = or_(
        Item.withdrawn_at.is_not(None),
        Item.status.in_(RETIRED),
        Item.version != KeptStep.item_version,
    )
    pending = func.coalesce(func.sum(case((gone, 1), else_=0)), 0)
    rows = session.execute(
        select(Row, Learner.name, func.count(KeptStep.id), pending)
        .outerjoin(Learner, Learner.id == Row.learner_id)
        .outerjoin(KeptStep, KeptStep.path_id == Row.id)
        .outerjoin(Item, and_(Item.id == KeptStep.item_id, readable(principal)))
        .where(_visible(principal))
        .group_by(Row.id, Learner.name)
        .order_by(Row.changed_at.desc(), Row.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [_head(row, name or "", steps, waiting) for row, name, steps, waiting in rows]


def count(session: Session, principal: Principal) -> int:
    """How many paths *principal* may see."""
    query = select(func.count(Row.id)).outerjoin(Learner, Learner.id == Row.learner_id)
    return session.scalar(query.where(_visible(principal))) or 0


def may_change(principal: Principal, head: PathHead) -> bool:
    """Whether *principal* may change a path: those who develop people, and who kept it."""
    return _owns(principal, head.author)


def _owns(principal: Principal, author: str) -> bool:
    own = author == principal.name and principal.may(Permission.CONTRIBUTE)
    return own or principal.may(Permission.DEVELOP)


_FACTS = (
    "ref", "title", "provider", "format", "level", "hours", "cost", "currency", "language", "teaches",
    "prerequisites", "leads_to",
)  # fmt: skip
"""Of an offer: what is kept of it."""


def _visible(principal: Principal) -> ColumnElement[bool]:
    """The condition on paths, joined with their learners, that holds for those *principal* may see."""
    if principal.may(Permission.DEVELOP):
        return true()
    return or_(Row.author == principal.name, Learner.name == principal.name)


def _find(session: Session, principal: Principal, code: str) -> tuple[Row, str]:
    wanted = codes.normal(code)
    found = session.execute(
        select(Row, Learner.name)
        .outerjoin(Learner, Learner.id == Row.learner_id)
        .where(_visible(principal), Row.code == wanted)
    ).one_or_none()
    if found is None:
        raise NotFoundError(f"There is no learning path {wanted[:20]!r} here, or you may not see it.")
    row, name = found
    return row, name or ""


def _own(session: Session, principal: Principal, code: str) -> Row:
    row, _ = _find(session, principal, code)
    if not _owns(principal, row.author):
        raise NotFoundError("Only who kept a learning path, and those who develop people, may change it.")
    return row


def _advance(session: Session, row: Row, version: int) -> None:
    """Claim the next version for this transaction; of two who read the same one, the second is told."""
    claimed = update(Row).where(Row.id == row.id, Row.version == version).values(version=version + 1)
    if session.execute(claimed.returning(Row.id)).one_or_none() is None:
        raise ConflictError(
            f"{row.title} was changed by {row.changed_by} meanwhile; open it again and repeat your change."
        )
    session.refresh(row)


def _fill(row: Row, principal: Principal, draft: PathDraft) -> None:
    if len(draft.steps) > MAX_STEPS:
        raise InvalidError(f"A path has at most {MAX_STEPS} steps.")
    row.title = _title(draft.title)
    row.goal, row.held, row.done = dict(draft.goal), dict(draft.held), list(draft.done)
    row.asked, row.pace, row.bound = dict(draft.asked), draft.pace, draft.bound
    row.changed_by, row.changed_at = principal.name, now()


def _title(given: str) -> str:
    title = squash(given)
    if not title or len(title) > MAX_TITLE:
        raise InvalidError(f"Give the path a title of at most {MAX_TITLE} characters.")
    return title


def _put(session: Session, row: Row, steps: Sequence[Step]) -> None:
    ids = [step.offer.id for step in steps]
    versions = dict(
        session.execute(select(Item.id, Item.version).where(among(Item.id, "ids")), {"ids": ids}).all()
    )
    for place, step in enumerate(steps, start=1):
        said = asdict(step)
        session.add(
            KeptStep(
                path_id=row.id,
                place=place,
                item_id=step.offer.id,
                item_version=versions[step.offer.id],
                offer={name: said["offer"][name] for name in _FACTS},
                reasons={name: value for name, value in said.items() if name != "offer"},
            )
        )
    session.flush()


def _steps(session: Session, principal: Principal, path: int) -> list[Standing]:
    """A path's steps in order; of what *principal* may not open, only that there is something."""
    table = Training.__table__
    offered = select(table.c.offered_until).where(table.c.id == KeptStep.item_id).scalar_subquery()
    rows = session.execute(
        select(KeptStep, Item.version, Item.status, Item.withdrawn_at, Item.review_date, offered)
        .outerjoin(Item, and_(Item.id == KeptStep.item_id, readable(principal)))
        .where(KeptStep.path_id == path)
        .order_by(KeptStep.place)
    )
    today = now().date()
    found: list[Standing] = []
    for row, version, status, withdrawn, review, until in rows:
        if not version:
            found.append(Standing(_HIDDEN, (Notice.HIDDEN,)))
            continue
        told = {
            Notice.WITHDRAWN: withdrawn is not None,
            Notice.REPLACED: status in RETIRED,
            Notice.EXPIRED: _over(until, today),
            Notice.OVERDUE: _over(review, today),
            Notice.CHANGED: version != row.item_version,
        }
        found.append(Standing(_step(row), tuple(notice for notice, holds in told.items() if holds)))
    return found


def _over(day: date | None, today: date) -> bool:
    return day is not None and day < today


def _step(row: KeptStep) -> Step:
    said = row.reasons
    quote = said["quote"]
    return Step(
        _offer(row),
        tuple(Rise(**rise) for rise in said["closes"]),
        tuple(Rise(**rise) for rise in said["adds"]),
        tuple(said["opens"]),
        tuple(said["conditions"]),
        Quotation(**quote) if quote else None,
        tuple(said["lessons"]),
        tuple(said.get("own", ())),  # what was kept before these were told has neither
        tuple(said.get("who", ())),
    )


def _offer(row: KeptStep) -> Offer:
    said = row.offer
    return Offer(
        ItemId(row.item_id or 0),
        said["ref"],
        said["title"],
        said["provider"],
        TrainingFormat(said["format"]) if said["format"] else None,
        TrainingLevel(said["level"]) if said["level"] else None,
        said["hours"],
        said["cost"],
        said["currency"],
        said["language"],
        tuple(Taught(**taught) for taught in said["teaches"]),
        tuple(said["prerequisites"]),
        said["leads_to"],
    )


_HIDDEN = Step(Offer(ItemId(0), "", HIDDEN, "", None, None, None, None, "", "", (), (), ""))


def _head(row: Row, name: str, steps: int, pending: int) -> PathHead:
    return PathHead(
        row.code,
        row.title,
        row.version,
        row.learner_id,
        name,
        row.team,
        row.author,
        row.at,
        row.changed_by,
        row.changed_at,
        steps,
        pending,
    )
