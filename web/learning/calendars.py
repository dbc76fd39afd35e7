"""Somebody's learning as a calendar, for pages, API and command line."""

from sqlalchemy.orm import Session

from ingest import learning_calendar
from ingest.learning_calendar import Entry
from kb.access import Principal
from kb.learning import reminders
from kb.learning.people import Known
from kb.learning.reminders import WORDS, Reminder
from web.addresses import item_url

MEDIA_TYPE = "text/calendar; charset=utf-8"


def calendar(session: Session, principal: Principal, person: Known, base: str) -> bytes:
    """Everything that *person* has to do by a day; links begin with *base*, the server's address."""
    found = reminders.of(session, principal, person.number)
    return learning_calendar.write(f"Learning of {person.name}", (_entry(one, base) for one in found))


def _entry(reminder: Reminder, base: str) -> Entry:
    subject = reminder.subject
    return Entry(
        reminder.key,
        reminder.day,
        f"{WORDS[reminder.cause]}: {subject.title}",
        subject.ref,
        base + (item_url(subject.ref) if subject.ref else "/learning"),
        "Learning",
        reminder.at,
    )
