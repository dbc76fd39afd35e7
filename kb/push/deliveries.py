"""What subscriptions send: first written down, then sent, then noted as sent.

A delivery that was sent but not noted, because the program died between, is sent again under the same key:
nothing is lost, and receivers can tell a repetition.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import Select, and_, exists, func, insert, select, update
from sqlalchemy.orm import Session

from kb import audit
from kb.access import Principal, visible
from kb.errors import ConflictError, NotFoundError
from kb.learning import reminders
from kb.learning.reminders import Reminder
from kb.life import records
from kb.life.records import ItemRecord, Wanted
from kb.models import Announcement, Item, now
from kb.models import Delivery as Row
from kb.models import Subscription as SubscriptionRow
from kb.push import subscriptions
from kb.push.subscriptions import Recipient, Subscription, Way
from kb.values import ItemId

TRIES = 8
"""How often a delivery is tried; then it is given up until somebody asks for it again."""
MOST = 10_000
"""Changes that are looked at in one go; the rest follow in the next."""
IN_WEBHOOK = 100
"""Items of one webhook at most."""
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=12)
_LEASE = timedelta(minutes=10)
"""For so long a delivery belongs to whoever sends it: longer than sending can take."""
_GRACE = timedelta(days=7)
"""For so long after a change its item may come to match: the index may lag, a transaction end late."""


class DeliveryState(StrEnum):
    """What became of a delivery."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"
    """Given up after all tries."""
    VOID = "void"
    """Nothing was left in it that the subscriber may still read."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of an item that a subscription has not told of."""

    item: ItemId
    changed_at: datetime
    fresh: bool
    """Whether the item is new to the subscriber."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An item in a delivery, as it is now."""

    record: ItemRecord
    fresh: bool


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery that is to be sent now."""

    id: int
    key: str
    created_at: datetime
    subscription: Subscription
    recipient: Recipient
    entries: tuple[Entry, ...]
    """What the subscriber may read of it now, the latest change first."""
    reminders: tuple[Reminder, ...] = ()
    """What the subscriber has to learn, to read or to renew by a day: told in e-mail."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not self.entries and not self.reminders


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as the log shows it."""

    id: int
    key: str
    state: DeliveryState
    created_at: datetime
    items: int
    tries: int
    next_at: datetime
    finished_at: datetime | None
    error: str


def wait(tries: int) -> timedelta:
    """How long to wait after so many failed *tries*: four times as long each time, up to half a day."""
    return min(_FIRST_WAIT * 4 ** min(tries - 1, 10), _LONGEST_WAIT)


def news(session: Session, principal: Principal, number: int, wanted: Wanted) -> list[Change]:
    """Changes of the *wanted* items that the subscription has not told of, the earliest first."""
    rows = session.execute(_news(session.get_one(SubscriptionRow, number), principal, wanted))
    return [Change(ItemId(id_), changed, fresh) for id_, changed, fresh in rows]


def _news(row: SubscriptionRow, principal: Principal, wanted: Wanted) -> Select[int, datetime, bool]:
    told = exists().where(Announcement.subscription_id == row.id, Announcement.item_id == Item.id)
    return (
        select(Item.id, Item.updated_at, and_(Item.created_at > row.created_at, ~told))
        .where(
            visible(principal),
            Item.updated_at > row.since,
            records.condition(wanted),
            ~told.where(Announcement.changed_at == Item.updated_at),
        )
        .order_by(Item.updated_at, Item.id)
        .limit(MOST)
    )


def collect(
    session: Session,
    principal: Principal,
    subscription: Subscription,
    wanted: Wanted,
    moment: datetime,
    next_at: datetime,
) -> int:
    """Write down what the subscription has to tell, as deliveries; how many items.

    A digest is written without any when its owner is to be reminded of what they have to learn.

    *moment* is when *wanted* was asked for, *next_at* when it is asked for next. Nothing is done when another
    process was faster.
    """
    mine = update(SubscriptionRow).where(
        SubscriptionRow.id == subscription.id,
        SubscriptionRow.stopped_at.is_(None),
        SubscriptionRow.next_at == subscription.next_at,
    )
    if _changed(session, mine.values(next_at=next_at)) == 0:
        return 0
    row = session.get_one(SubscriptionRow, subscription.id)
    found = news(session, principal, row.id, wanted)
    size = IN_WEBHOOK if subscription.way is Way.WEBHOOK else MOST
    for start in range(0, len(found), size):
        _write(session, row.id, found[start : start + size], moment)
    if not found and _reminds(session, principal, subscription, moment):
        _write(session, row.id, (), moment)
    if len(found) < MOST:
        row.since = max(row.since, moment - _GRACE)
    session.flush()
    return len(found)


def _reminds(session: Session, principal: Principal, subscription: Subscription, moment: datetime) -> bool:
    if subscription.way is not Way.EMAIL:
        return False
    before = subscriptions.former_due(subscription.rhythm, subscription.next_at)
    today = moment.date()
    return reminders.fresh(reminders.own(session, principal, today), before.date(), today)


def _write(session: Session, number: int, changes: Sequence[Change], moment: datetime) -> None:
    row = Row(key=uuid4().hex, subscription_id=number, state=DeliveryState.WAITING, next_at=moment)
    row.created_at = moment
    session.add(row)
    session.flush()
    told = [
        {
            "subscription_id": number,
            "item_id": change.item,
            "changed_at": change.changed_at,
            "delivery_id": row.id,
            "fresh": change.fresh,
        }
        for change in changes
    ]
    if told:
        session.execute(insert(Announcement), told)


def claim(session: Session, ways: Collection[Way], moment: datetime) -> Parcel | None:
    """The delivery that is due first, for nobody but the caller to send; None when none is due.

    When the caller never says how it went, it becomes due again.
    """
    found = session.execute(
        select(Row.id, Row.next_at)
        .join(SubscriptionRow, SubscriptionRow.id == Row.subscription_id)
        .where(
            Row.state == DeliveryState.WAITING,
            Row.next_at <= moment,
            SubscriptionRow.stopped_at.is_(None),
            SubscriptionRow.way.in_(ways),
        )
        .order_by(Row.next_at, Row.id)
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    number, due = found
    mine = update(Row).where(Row.id == number, Row.next_at == due, Row.state == DeliveryState.WAITING)
    if _changed(session, mine.values(next_at=moment + _LEASE, tries=Row.tries + 1)) == 0:
        return None
    return _parcel(session, session.get_one(Row, number))


def _parcel(session: Session, row: Row) -> Parcel:
    subscription = session.get_one(SubscriptionRow, row.subscription_id)
    recipient = subscriptions.recipient_of(session, subscription)
    announced = select(Announcement.item_id, Announcement.fresh).where(Announcement.delivery_id == row.id)
    fresh = {ItemId(id_): new for id_, new in session.execute(announced)}
    found = records.read(session, recipient.principal, list(fresh))
    entries = tuple(Entry(record, fresh[id_]) for id_, record in found.items())
    told = subscriptions.subscription(subscription)
    by_mail = told.way is Way.EMAIL
    due = tuple(reminders.own(session, recipient.principal, now().date())) if by_mail else ()
    return Parcel(row.id, row.key, row.created_at, told, recipient, entries, due)


def sent(session: Session, parcel: Parcel) -> None:
    """Note that *parcel* was taken by whoever it is for."""
    state = DeliveryState.VOID if parcel.empty else DeliveryState.SENT
    _finish(session, parcel, state, "")


def failed(session: Session, parcel: Parcel, reason: str, moment: datetime) -> DeliveryState:
    """Note why *parcel* was not taken; it is tried again later, or given up."""
    row = session.get(Row, parcel.id)
    if row is None:
        return DeliveryState.VOID
    if row.tries >= TRIES:
        _finish(session, parcel, DeliveryState.DEAD, reason)
    else:
        row.next_at, row.error = moment + wait(row.tries), reason
    session.flush()
    return DeliveryState(row.state)


def _finish(session: Session, parcel: Parcel, state: DeliveryState, reason: str) -> None:
    row = session.get(Row, parcel.id)
    if row is None:  # removed with its subscription meanwhile
        return
    row.state, row.error, row.finished_at = state, reason, now()
    subject = f"subscription {row.subscription_id}"
    audit.record(session, parcel.recipient.principal, "deliver", subject, key=row.key, state=str(state))
    session.flush()


def again(session: Session, principal: Principal, number: int, delivery: int) -> Delivery:
    """Try a delivery that was given up anew. Raises NotFoundError, ConflictError for one that was not."""
    subscriptions.get(session, principal, number)
    row = session.get(Row, delivery)
    if row is None or row.subscription_id != number:
        raise NotFoundError("There is no such delivery.")
    if row.state != DeliveryState.DEAD:
        raise ConflictError("Only a delivery that was given up can be tried anew.")
    row.state, row.tries, row.next_at, row.finished_at = DeliveryState.WAITING, 0, now(), None
    audit.record(session, principal, "retry", f"subscription {number}", key=row.key)
    session.flush()
    return _delivery(row, _size(session, row.id))


def log(
    session: Session, principal: Principal, number: int, *, offset: int, limit: int
) -> tuple[list[Delivery], int]:
    """A page of what a subscription sent or has to send, the newest first, and how much there is in all."""
    subscriptions.get(session, principal, number)
    of_it = Row.subscription_id == number
    size = select(func.count()).where(Announcement.delivery_id == Row.id).scalar_subquery()
    rows = session.execute(
        select(Row, size).where(of_it).order_by(Row.id.desc()).offset(offset).limit(limit)
    ).all()
    total = session.scalar(select(func.count()).select_from(Row).where(of_it)) or 0
    return [_delivery(row, items) for row, items in rows], total


def _size(session: Session, delivery: int) -> int:
    return session.scalar(select(func.count()).where(Announcement.delivery_id == delivery)) or 0


def _delivery(row: Row, items: int) -> Delivery:
    return Delivery(
        row.id,
        row.key,
        DeliveryState(row.state),
        row.created_at,
        items,
        row.tries,
        row.next_at,
        row.finished_at,
        row.error,
    )


def _changed(session: Session, statement: Any) -> int:
    """How many rows *statement* changed."""
    return session.connection().execute(statement).rowcount
