"""Subscriptions: what somebody wants to be told of, which way and how often."""

import re
import secrets
from base64 import b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kb import audit
from kb.access import Principal
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.models import Subscription as Row
from kb.models import now
from kb.people import readers
from kb.text import squash
from kb.values import Filters
from kb.vocabulary import Classification, label

MAX_NAME = 200
"""Characters of a name."""
MAX_ADDRESS = 2_000
"""Characters of an address."""
MAX_KEPT = 100
"""Subscriptions that one person may have."""
SECRET_PREFIX = "whsec_"  # noqa: S105 - says what kind of secret follows (Standard Webhooks)
_SECRET_BYTES = 24
_MAILBOX = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,250}")


class Way(StrEnum):
    """How a subscriber is told."""

    FEED = "feed"
    """An Atom feed, which the subscriber's own reader fetches."""
    EMAIL = "email"
    WEBHOOK = "webhook"


class Rhythm(StrEnum):
    """How often."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


RHYTHMS: dict[Way, tuple[Rhythm, ...]] = {
    Way.FEED: (Rhythm.AT_ONCE,),
    Way.EMAIL: (Rhythm.DAILY, Rhythm.WEEKLY),
    Way.WEBHOOK: (Rhythm.AT_ONCE, Rhythm.DAILY, Rhythm.WEEKLY),
}
"""How often each way may tell; the first is meant when nothing is said."""


@dataclass(frozen=True, slots=True)
class SubscriptionDraft:
    """A subscription to be made."""

    name: str
    query: str
    filters: Filters
    way: Way
    address: str = ""
    """Of the mailbox or the webhook; a feed has none."""
    rhythm: Rhythm | None = None
    """The way's usual one if None."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What its owner sees of a subscription."""

    id: int
    name: str
    query: str
    filters: Filters
    way: Way
    address: str
    rhythm: Rhythm
    created_at: datetime
    next_at: datetime
    """When news are looked for next."""
    stopped_at: datetime | None
    stopped_why: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """What sending needs beside that."""

    principal: Principal
    """On whose behalf everything that is sent is read."""
    secret: str = field(repr=False)
    token: str = field(repr=False)


def next_due(rhythm: Rhythm, moment: datetime, hour: int) -> datetime:
    """When to tell next after *moment*: digests at *hour* UTC, weekly ones on Mondays, or at once."""
    if rhythm is Rhythm.AT_ONCE:
        return moment
    due = moment.astimezone(UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
    if rhythm is Rhythm.WEEKLY:
        due -= timedelta(days=due.weekday())
    step = timedelta(days=1 if rhythm is Rhythm.DAILY else 7)
    return due if due > moment else due + step


def former_due(rhythm: Rhythm, due: datetime) -> datetime:
    """When a digest was told before the one that is *due*."""
    return due - timedelta(days=7 if rhythm is Rhythm.WEEKLY else 1)


def add(
    session: Session, principal: Principal, draft: SubscriptionDraft, hour: int
) -> tuple[Subscription, str]:
    """Subscribe; what changes from now on is told, digests at *hour* UTC.

    Gives the webhook's secret too, which is told this once only; empty for other ways. Raises InvalidError
    for what makes no sense, ConflictError when there are too many. Whether a webhook may go to its address is
    for whoever sends it to say.
    """
    rhythm = draft.rhythm or RHYTHMS[draft.way][0]
    if rhythm not in RHYTHMS[draft.way]:
        raise InvalidError("E-mail comes as a daily or weekly digest; a feed is always up to date.")
    if len(_rows(session, principal)) >= MAX_KEPT:
        raise ConflictError(f"You have {MAX_KEPT} subscriptions; remove one first.")
    moment = now()
    row = Row(
        owner=principal.name,
        clearance=principal.clearance,
        name=_name(draft),
        query=draft.query.strip(),
        filters=draft.filters.as_json(),
        way=draft.way,
        address=_address(draft),
        rhythm=rhythm,
        secret=_secret() if draft.way is Way.WEBHOOK else "",
        token=secrets.token_urlsafe(32),
        created_at=moment,
        since=moment,
        next_at=next_due(rhythm, moment, hour),
    )
    session.add(row)
    session.flush()
    audit.record(session, principal, "subscribe", _subject(row), name=row.name, way=row.way)
    return subscription(row), row.secret


def listed(session: Session, principal: Principal) -> list[Subscription]:
    """All that *principal* has, the newest last."""
    return [subscription(row) for row in _rows(session, principal)]


def get(session: Session, principal: Principal, number: int) -> Subscription:
    """The subscription with that id. Raises NotFoundError, also for another's."""
    return subscription(_row(session, principal, number))


def recipient(session: Session, principal: Principal, number: int) -> Recipient:
    """What sending to the subscription with that id needs. Raises as *get* does."""
    return recipient_of(session, _row(session, principal, number))


def stop(session: Session, principal: Principal, number: int) -> Subscription:
    """Send nothing more until it is resumed. Raises as *get* does."""
    row = _row(session, principal, number)
    _stop(session, principal, row, "by its owner")
    return subscription(row)


def resume(session: Session, principal: Principal, number: int, hour: int) -> Subscription:
    """Tell again, of what changes from now on. Raises as *get* does."""
    row = _row(session, principal, number)
    if row.stopped_at is not None:
        moment = now()
        row.stopped_at, row.stopped_why, row.since = None, "", moment
        row.next_at = next_due(Rhythm(row.rhythm), moment, hour)
        audit.record(session, principal, "resume", _subject(row), name=row.name)
    return subscription(row)


def remove(session: Session, principal: Principal, number: int) -> None:
    """Forget a subscription and what it sent. Raises as *get* does."""
    row = _row(session, principal, number)
    audit.record(session, principal, "unsubscribe", _subject(row), name=row.name)
    session.delete(row)
    session.flush()


def of_token(session: Session, token: str) -> Subscription:
    """The one subscription that *token* can stop; whoever holds it need not sign in. Raises NotFoundError."""
    return subscription(_of_token(session, token))


def stop_by_token(session: Session, token: str) -> Subscription:
    """Stop the one subscription that *token* is for. Raises NotFoundError."""
    row = _of_token(session, token)
    _stop(session, recipient_of(session, row).principal, row, "by the link in a message")
    return subscription(row)


def due(
    session: Session, ways: Collection[Way], moment: datetime, *, at_once: bool = True, early: bool = False
) -> list[tuple[Subscription, Principal]]:
    """What news are to be looked for at *moment*, and on whose behalf; *early* also what has time yet.

    Those that tell at once are left out unless *at_once* is set.
    """
    conditions: list[ColumnElement[bool]] = [Row.stopped_at.is_(None), Row.way.in_(ways)]
    if not early:
        conditions.append(Row.next_at <= moment)
    if not at_once:
        conditions.append(Row.rhythm != Rhythm.AT_ONCE)
    rows = session.scalars(select(Row).where(*conditions).order_by(Row.next_at, Row.id))
    return [(subscription(row), recipient_of(session, row).principal) for row in rows]


def subscription(row: Row) -> Subscription:
    """The *row* as its owner sees it."""
    return Subscription(
        row.id,
        row.name,
        row.query,
        Filters.from_json(row.filters),
        Way(row.way),
        row.address,
        Rhythm(row.rhythm),
        row.created_at,
        row.next_at,
        row.stopped_at,
        row.stopped_why,
    )


def recipient_of(session: Session, row: Row) -> Recipient:
    """Whom the *row* is sent to."""
    principal = readers.absent(session, row.owner, Classification(row.clearance))
    return Recipient(principal, row.secret, row.token)


def _name(draft: SubscriptionDraft) -> str:
    if not draft.query.strip() and not draft.filters:
        raise InvalidError("Say what to be told of: words, an area, a phase, a project, a kind.")
    values = (label(value) for chosen in draft.filters.facets.values() for value in chosen)
    name = squash(draft.name or draft.query or ", ".join(values) or "Dated items")
    if len(name) > MAX_NAME:
        raise InvalidError(f"Give the subscription a name of at most {MAX_NAME} characters.")
    return name


def _address(draft: SubscriptionDraft) -> str:
    address = draft.address.strip()
    if draft.way is Way.FEED:
        return ""
    if not address or len(address) > MAX_ADDRESS:
        raise InvalidError("Say where to: an e-mail address, or the https address of a webhook.")
    if draft.way is Way.EMAIL and not _MAILBOX.fullmatch(address):
        raise InvalidError(f"{address[:100]!r} is no e-mail address; write it as name@example.org.")
    return address


def _secret() -> str:
    return SECRET_PREFIX + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _stop(session: Session, principal: Principal, row: Row, why: str) -> None:
    if row.stopped_at is None:
        row.stopped_at, row.stopped_why = now(), why
        audit.record(session, principal, "stop", _subject(row), name=row.name, why=why)
        session.flush()


def _rows(session: Session, principal: Principal) -> Sequence[Row]:
    return session.scalars(select(Row).where(Row.owner == principal.name).order_by(Row.id)).all()


def _row(session: Session, principal: Principal, number: int) -> Row:
    row = session.get(Row, number)
    if row is None or row.owner != principal.name:
        raise NotFoundError("There is no such subscription.")
    return row


def _of_token(session: Session, token: str) -> Row:
    row = session.scalar(select(Row).where(Row.token == token))
    if row is None:
        raise NotFoundError("This link is not valid any more; the subscription was removed.")
    return row


def _subject(row: Row) -> str:
    return f"subscription {row.id}"
