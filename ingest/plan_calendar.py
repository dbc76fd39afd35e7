"""An adoption plan as a calendar that other programs subscribe to or read (iCalendar, RFC 5545)."""

from datetime import timedelta
from typing import Any

from icalendar import Calendar, Event

from kb.adoption.values import Plan, Step
from kb.vocabulary import label


def write(plan: Plan) -> bytes:
    """*plan* with an all-day event for each step; read again, an event takes the place of its former self."""
    calendar: Any = Calendar()  # its methods are typed in part
    calendar.add("prodid", "-//Hindsight//Adoption plan//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", plan.head.title)
    for step in plan.steps:
        calendar.add_component(_event(plan, step))
    return calendar.to_ical()


def _event(plan: Plan, step: Step) -> Any:
    event: Any = Event()
    event.add("uid", f"{plan.head.code}-{step.number}@hindsight")
    event.add("dtstamp", plan.head.created_at)
    event.add("dtstart", step.slot.start)
    event.add("dtend", step.slot.finish + timedelta(1))  # the day after the last, as the standard has it
    event.add("summary", step.said.title)
    parts = (
        f"Responsible: {step.said.responsible}",
        f"State: {label(step.state)}",
        step.said.text,
        step.said.origin,
    )
    event.add("description", "\n\n".join(part for part in parts if part))
    event.add("categories", [label(step.said.stage)])
    event.add("transp", "TRANSPARENT")  # nobody is busy all day for it
    return event
