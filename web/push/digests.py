"""What a delivery says: as an e-mail, as the body of a webhook."""

from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Literal

from pydantic import Field

from kb.learning.reminders import WORDS, Reminder
from kb.push.deliveries import Entry, Parcel
from kb.push.subscriptions import Rhythm, Subscription
from kb.text import shorten, squash
from kb.vocabulary import Kind, Status, label
from web.addresses import item_url, search_url
from web.layout import filled
from web.schemas import Out
from web.wording import day, plural

IN_MAIL = 50
"""Items that a digest shows; the rest are counted."""
_SUMMARY = 300
_SUBJECT = 150
_POLICY = SMTP.clone(max_line_length=900)
"""A long address stays whole: broken into encoded words, no mail program finds the link in the header."""

Event = Literal["items.changed", "test"]


class SubscriptionNamed(Out):
    """The subscription that something is sent for."""

    id: int
    name: str


class ChangedItem(Out):
    """An item that is new or changed."""

    change: Literal["new", "changed"]
    ref: str
    kind: Kind
    title: str
    summary: str
    status: Status
    project: str
    organisation: str
    dated: date | None
    created_at: datetime
    updated_at: datetime
    url: str = Field(description="Its page.")


class WebhookBody(Out):
    """What is posted to a webhook.

    The header `webhook-id` is the same in every try, `webhook-timestamp` tells the second of this one, and
    `webhook-signature` holds `v1,` and the base64 of the HMAC-SHA256, under the subscription's secret, of
    both and the body with dots between them (Standard Webhooks).
    """

    id: str = Field(description="As `webhook-id`: what came under an id before is a repetition.")
    type: Event
    at: datetime = Field(description="When the news were found.")
    subscription: SubscriptionNamed
    items: tuple[ChangedItem, ...] = Field(description="The latest change first.")


@dataclass(frozen=True, slots=True)
class Letter:
    """Where a digest comes from and where it leads."""

    sender: str
    base: str
    """Address of the server, without the last slash."""


def webhook(parcel: Parcel, base: str, event: Event = "items.changed") -> bytes:
    """The body of a webhook, as JSON."""
    return (
        WebhookBody(
            id=parcel.key,
            type=event,
            at=parcel.created_at,
            subscription=SubscriptionNamed(id=parcel.subscription.id, name=parcel.subscription.name),
            items=tuple(_changed(entry, base) for entry in parcel.entries),
        )
        .model_dump_json()
        .encode()
    )


def _changed(entry: Entry, base: str) -> ChangedItem:
    head = entry.record.head
    return ChangedItem(
        change="new" if entry.fresh else "changed",
        ref=head.ref,
        kind=head.kind,
        title=head.title,
        summary=head.summary,
        status=head.status,
        project=head.project,
        organisation=head.organisation,
        dated=head.dated,
        created_at=entry.record.created_at,
        updated_at=entry.record.updated_at,
        url=base + item_url(head.ref),
    )


def email(parcel: Parcel, letter: Letter, sent_at: datetime) -> EmailMessage:
    """The digest as a message of plain text and HTML."""
    subscription = parcel.subscription
    leave = f"{letter.base}/unsubscribe/{parcel.recipient.token}"
    message = EmailMessage(_POLICY)
    message["Subject"] = shorten(f"{subscription.name}: {_told(parcel)}", _SUBJECT)
    message["From"] = _from(letter.sender)
    message["To"] = subscription.address
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = f"<{parcel.key}@{_from(letter.sender).domain or 'hindsight'}>"
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{leave}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    told = {
        "subscription": subscription,
        "rhythm": RHYTHM_WORDS[subscription.rhythm],
        "counted": _told(parcel),
        "reminders": [_reminder(one, letter.base, sent_at.date()) for one in parcel.reminders],
        "entries": [_line(entry, letter.base) for entry in parcel.entries[:IN_MAIL]],
        "more": max(0, len(parcel.entries) - IN_MAIL),
        "all_url": letter.base + search_url(subscription.query, subscription.filters),
        "settings_url": f"{letter.base}/subscriptions/{subscription.id}",
        "leave_url": leave,
    }
    message.set_content(filled("digest.txt", **told))
    message.add_alternative(filled("digest.html", **told), subtype="html")
    return message


RHYTHM_WORDS = {Rhythm.AT_ONCE: "at once", Rhythm.DAILY: "daily", Rhythm.WEEKLY: "weekly"}
"""How often, in a sentence."""


def counted(entries: tuple[Entry, ...]) -> str:
    """`3 new, 1 changed`."""
    fresh = sum(entry.fresh for entry in entries)
    said = ((fresh, "new"), (len(entries) - fresh, "changed"))
    return ", ".join(f"{number:,} {word}" for number, word in said if number) or plural(0, "item")


def _told(parcel: Parcel) -> str:
    """What a message tells, counted: `3 new, 1 changed, 2 reminders`."""
    news = [counted(parcel.entries)] if parcel.entries or not parcel.reminders else []
    return ", ".join(news + ([plural(len(parcel.reminders), "reminder")] if parcel.reminders else []))


def _reminder(reminder: Reminder, base: str, today: date) -> dict[str, str]:
    late = "is overdue since" if reminder.late(today) else "by"
    return {
        "text": f"{WORDS[reminder.cause]}: {squash(reminder.subject.title)}, {late} {day(reminder.day)}",
        "url": base + (item_url(reminder.subject.ref) if reminder.subject.ref else "/learning"),
    }


def about(subscription: Subscription) -> str:
    """What the subscription is about, in words."""
    values = [
        f"{label(name)}: {' or '.join(label(value) for value in values)}"
        for name, values in subscription.filters.as_json().items()
    ]
    return " · ".join(filter(None, (subscription.query, *values)))


def _line(entry: Entry, base: str) -> dict[str, str]:
    head = entry.record.head
    kind = label(head.kind)
    parts = (f"New {kind.lower()}" if entry.fresh else f"{kind}, changed", head.project)
    return {
        "title": squash(head.title),
        "about": " · ".join(filter(None, (*parts, str(head.dated.year) if head.dated else ""))),
        "summary": shorten(head.summary, _SUMMARY),
        "url": base + item_url(head.ref),
    }


def _from(sender: str) -> Address:
    name, mailbox = parseaddr(sender)
    return Address(name or "Hindsight", addr_spec=mailbox)
