"""Telling subscribers: finding what is new to them, sending it, noting that it was sent."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from kb.access import Principal
from kb.database import transaction
from kb.errors import InvalidError, KbError, UnavailableError
from kb.life import records
from kb.models import now
from kb.push import deliveries, subscriptions
from kb.push.deliveries import Change, DeliveryState, Entry, Parcel
from kb.push.subscriptions import Subscription, SubscriptionDraft, Way, next_due
from kb.settings import Settings
from search.query import parse
from web.push import digests, mail, webhooks
from web.push.digests import Event, Letter
from web.push.webhooks import Message
from web.searching import following
from web.wiring import Services

log = logging.getLogger(__name__)

_SAMPLE = 3
"""Items in a test message."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a round did."""

    found: int = 0
    """Changes that were written down to be told."""
    sent: int = 0
    """Deliveries that were taken."""
    failed: int = 0
    """Deliveries that were not taken, and are tried again."""
    dead: int = 0
    """Deliveries that were given up."""
    unknown: int = 0
    """Subscriptions whose news could not be looked for: search was not ready."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a subscription would send now."""

    subscription: Subscription
    changes: list[Change]


def ways(settings: Settings) -> frozenset[Way]:
    """The ways that *settings* allow this server to send by itself; none unless somebody set them up."""
    given = {Way.EMAIL: settings.smtp.host, Way.WEBHOOK: settings.webhook_hosts.strip()}
    return frozenset(way for way, setting in given.items() if setting)


def subscribe(
    services: Services, session: Session, principal: Principal, draft: SubscriptionDraft
) -> tuple[Subscription, str]:
    """Subscribe, and the webhook's secret; raises InvalidError also for what this server can't send."""
    settings = services.settings
    parse(draft.query, draft.filters)
    if draft.way is Way.EMAIL and draft.way not in ways(settings):
        raise InvalidError(
            "This server sends no e-mail. Whoever runs it names a mail server in KB_SMTP_HOST."
        )
    if draft.way is Way.WEBHOOK:
        webhooks.check(draft.address.strip(), webhooks.allowed(settings.webhook_hosts))
    return subscriptions.add(session, principal, draft, settings.digest_hour)


def run(
    services: Services, moment: datetime | None = None, *, at_once: bool = True, early: bool = False
) -> Tally:
    """Tell everybody what is due at *moment*, now by default; *early* also digests that have time yet.

    Those that are told at once are asked for news only when *at_once* is set.
    """
    moment = moment or now()
    found = _collect(services, moment, at_once=at_once, early=early)
    return _send(services, moment, found)


def preview(services: Services, moment: datetime, *, early: bool = False) -> list[Preview]:
    """What *run* would write down, without writing or sending anything."""
    with services.sessions() as session:
        due = subscriptions.due(session, ways(services.settings), moment, early=early)
        return [
            Preview(one, deliveries.news(session, reader, one.id, _wanted(services, session, reader, one)))
            for one, reader in due
        ]


def _collect(services: Services, moment: datetime, *, at_once: bool, early: bool) -> Tally:
    hour = services.settings.digest_hour
    with services.sessions() as session:
        due = subscriptions.due(session, ways(services.settings), moment, at_once=at_once, early=early)
    tally = Tally()
    for one, reader in due:
        try:
            with services.sessions() as session:
                wanted = _wanted(services, session, reader, one)
        except (UnavailableError, InvalidError) as error:
            log.warning("subscription %d: no news can be looked for: %s", one.id, error)
            tally = replace(tally, unknown=tally.unknown + 1)
            continue
        next_time = next_due(one.rhythm, moment, hour)
        with transaction(services.sessions) as session:
            found = deliveries.collect(session, reader, one, wanted, moment, next_time)
        tally = replace(tally, found=tally.found + found)
    return tally


def _wanted(services: Services, session: Session, reader: Principal, one: Subscription) -> records.Wanted:
    return following.matching(services, session, reader, one.query, one.filters)


def _send(services: Services, moment: datetime, tally: Tally) -> Tally:
    while True:
        with transaction(services.sessions) as session:
            parcel = deliveries.claim(session, ways(services.settings), moment)
        if parcel is None:
            return tally
        reason = _attempt(services.settings, parcel)
        with transaction(services.sessions) as session:
            if not reason:
                deliveries.sent(session, parcel)
                tally = replace(tally, sent=tally.sent + 1)
            elif deliveries.failed(session, parcel, reason, moment) is DeliveryState.DEAD:
                tally = replace(tally, dead=tally.dead + 1)
            else:
                tally = replace(tally, failed=tally.failed + 1)


def _attempt(settings: Settings, parcel: Parcel) -> str:
    """Send *parcel*; why it was not taken, or nothing."""
    if parcel.empty:
        return ""
    try:
        hand_over(settings, parcel)
    except KbError as error:
        return str(error)
    except Exception:
        log.exception("delivery %d failed", parcel.id)
        return "A fault in Hindsight stopped this delivery; the log has the details."
    return ""


def hand_over(settings: Settings, parcel: Parcel, event: Event = "items.changed") -> None:
    """Send *parcel* its way, now. Raises UnavailableError or InvalidError, with the reason."""
    subscription = parcel.subscription
    if subscription.way is Way.EMAIL:
        letter = Letter(settings.smtp.sender, settings.base)
        mail.send(settings.smtp, digests.email(parcel, letter, now()))
    elif subscription.way is Way.WEBHOOK:
        message = Message(parcel.key, now(), digests.webhook(parcel, settings.base, event))
        hosts = webhooks.allowed(settings.webhook_hosts)
        webhooks.post(subscription.address, parcel.recipient.secret, message, hosts)
    else:
        raise InvalidError("A feed is fetched by its reader; there is nothing to send.")


def trial(services: Services, session: Session, principal: Principal, number: int) -> int:
    """Send a few items that match the subscription, as a trial; how many. It counts as told of nothing.

    Raises NotFoundError for another's, UnavailableError or InvalidError with why it could not be sent.
    """
    one = subscriptions.get(session, principal, number)
    recipient = subscriptions.recipient(session, principal, number)
    wanted = _wanted(services, session, recipient.principal, one)
    found = records.newest(session, recipient.principal, wanted, _SAMPLE)
    entries = tuple(Entry(record, fresh=False) for record in found)
    hand_over(
        services.settings,
        Parcel(0, uuid4().hex, now(), one, recipient, entries),
        "test",
    )
    return len(entries)
