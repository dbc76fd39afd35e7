"""What somebody has to do by a day as a calendar that other programs subscribe to (iCalendar, RFC 5545)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to be done by a day."""

    key: str
    """The same as long as it is about the same."""
    day: date
    title: str
    text: str
    url: str
    category: str
    at: datetime
    """When it was last changed."""


def write(name: str, entries: Iterable[Entry]) -> bytes:
    """An all-day event for each entry; read again, an event takes the place of its former self."""
    calendar: Any = Calendar()  # its methods are typed in part
    calendar.add("prodid", "-//Hindsight//Learning//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(days=1), parameters={"value": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical()


def _event(entry: Entry) -> Any:
    event: Any = Event()
    event.add("uid", f"{entry.key}@hindsight")
    event.add("dtstamp", entry.at)
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(1))
    event.add("summary", entry.title)
    if entry.text:
        event.add("description", entry.text)
    event.add("url", entry.url)
    event.add("categories", [entry.category])
    event.add("transp", "TRANSPARENT")  # nobody is busy all day for it
    return event
