"""Where an item stands in its life and what can be done to it, as its page shows it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from kb.access import Permission, Principal
from kb.items import ItemDetail
from kb.life import actions, changes, disagreements, lessons, relations
from kb.life.actions import Action
from kb.life.changes import Change
from kb.life.disagreements import Flagged
from kb.life.lifecycle import RULES, Move, Rule
from kb.life.relations import Related
from kb.vocabulary import ActionState, ChangeState, Kind, Link, Status, Target
from web.life import timeline
from web.life.timeline import Entry

_PATH = (Status.DRAFT, Status.SUBMITTED, Status.ENDORSED, Status.IN_ACTION, Status.LEARNED)
_BEGUN = _PATH[:2]


@dataclass(frozen=True, slots=True)
class Stage:
    """A status on the way of a lesson."""

    status: Status
    place: str
    """`passed`, `now` or `ahead`."""


@dataclass(frozen=True, slots=True)
class Offered:
    """An action with what its reader may do about it."""

    action: Action
    possible: list[ActionState]
    overdue: bool
    may_propose: bool
    """Whether a change can be asked for in its name."""


@dataclass(frozen=True, slots=True)
class Standing:
    """All that an item's page tells of its life."""

    stages: list[Stage]
    """Empty unless it is a lesson."""
    moves: list[tuple[Move, Rule]]
    actions: list[Offered]
    may_add_action: bool
    changes: list[Change]
    """Made by the lesson, or asked of any other item."""
    relations: list[Related]
    flags: list[Flagged]
    """Pairs with another item that wait for a reviewer."""
    may_review: bool
    history: list[Entry]
    may_write: bool
    links: list[Link]
    """Relations that the reader may note."""
    targets: tuple[Target, ...] = tuple(Target)

    @property
    def pending(self) -> list[Change]:
        """Changes that nobody has decided."""
        return [change for change in self.changes if change.state is ChangeState.PROPOSED]


def of(session: Session, principal: Principal, item: ItemDetail) -> Standing:
    """How *item* stands, for *principal*."""
    ref, lesson = item.head.ref, item.head.kind is Kind.LESSON
    writes = principal.may(Permission.CONTRIBUTE)
    live = lesson and item.withdrawn_at is None
    told = live or not lesson  # the life of a withdrawn lesson can't be read
    return Standing(
        stages=stages(item.head.status) if lesson else [],
        moves=[(move, RULES[move]) for move in lessons.moves(session, principal, ref)] if live else [],
        actions=offered(principal, actions.of_lesson(session, principal, ref)),
        may_add_action=live and writes and item.head.status in (Status.ENDORSED, Status.IN_ACTION),
        changes=_changes(session, principal, ref, lesson=live) if told else [],
        relations=relations.of_item(session, principal, ref),
        flags=disagreements.of_item(session, principal, ref),
        may_review=principal.may(Permission.REVIEW),
        history=timeline.of(session, principal, ref) if told else [],
        may_write=writes,
        links=[link for link in Link if link is not Link.SUPERSEDES or principal.may(Permission.REVIEW)],
    )


def stages(status: Status) -> list[Stage]:
    """The way of a lesson with its present *status* on it."""
    aside = (*_BEGUN, status, *(_PATH[2:] if status is Status.RETURNED else ()))
    way = _PATH if status in _PATH else aside
    now = way.index(status)
    places = {-1: "passed", 0: "now", 1: "ahead"}
    return [Stage(one, places[(at > now) - (at < now)]) for at, one in enumerate(way)]


def offered(principal: Principal, found: list[Action]) -> list[Offered]:
    """*found* with what *principal* may do about each."""
    return [_offered(principal, action) for action in found]


def _offered(principal: Principal, action: Action) -> Offered:
    return Offered(
        action,
        actions.possible(principal, action),
        action.overdue(today()),
        action.state is ActionState.OPEN and principal.may(Permission.CONTRIBUTE),
    )


def today() -> date:
    """The day by which actions are overdue."""
    return datetime.now(UTC).date()


def _changes(session: Session, principal: Principal, ref: str, *, lesson: bool) -> list[Change]:
    read = changes.of_lesson if lesson else changes.of_target
    return read(session, principal, ref)
