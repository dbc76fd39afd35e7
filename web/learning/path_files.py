"""Learning paths as files to take away."""

import json
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Any

from ingest import form_document, formats
from kb.forms import Form, Head
from kb.vocabulary import TemplateForm
from web.learning import course_data
from web.learning.telling import Option, Stop


class Format(StrEnum):
    """Formats of paths; also how their files end."""

    MARKDOWN = "md"
    WORD = "docx"
    JSON_LD = "jsonld"


MEDIA_TYPES = {
    Format.MARKDOWN: "text/markdown; charset=utf-8",
    Format.WORD: formats.media_type(formats.Format.WORD),
    Format.JSON_LD: "application/ld+json",
}


def write(title: str, option: Option, wanted: Format, today: date) -> bytes:
    """A way to a goal, under its title."""
    if wanted is Format.JSON_LD:
        return json.dumps(_linked(title, option), ensure_ascii=False, indent=2).encode()
    body = "\n".join(_lines(option)) + "\n"
    if wanted is Format.MARKDOWN:
        return f"# {title}\n\n{_summary(option)}\n{body}".encode()
    head = Head(
        ref="", title=title, summary=_summary(option), version=1, owner="", dated=today, language="en"
    )
    return form_document.write(head, Form(TemplateForm.DOCUMENT, ()), (), body)


def _summary(option: Option) -> str:
    path = option.path
    cost = f"cost {path.cost:g} as far as it is known"
    said = f"{path.hours:g} hours, {path.weeks:.3g} weeks one after the other, {cost}."
    apart = ", ".join(f"{offer.title} ({offer.ref})" for offer in option.unstated)
    return f"{said} Nobody states the hours of {apart}; none are counted." if apart else said


def _lines(option: Option) -> Iterator[str]:
    for number, stop in enumerate(option.stops, start=1):
        yield ""
        yield f"## {number}. {stop.offer.title} ({stop.offer.ref})"
        yield ""
        yield from _stop(stop)


def _stop(stop: Stop) -> Iterator[str]:
    offer = stop.offer
    hours = "hours not stated" if offer.hours is None else f"{offer.hours:g} hours"
    cost = "cost not stated" if offer.cost is None else f"{offer.cost:g} {offer.currency}"
    yield f"{offer.provider}; {hours}; {cost}."
    yield ""
    for rise in stop.closes:
        yield f"- Closes: {rise.competence}, level {rise.before} to {rise.after} (asked {rise.wanted})"
    if stop.who:
        yield f"- For: {', '.join(stop.who)}"
    for title in stop.opens:
        yield f"- Comes before: {title}"
    for condition in stop.conditions:
        yield f"- Also asks for: {condition}"
    for lesson in stop.lessons:
        whose = " of an own project" if lesson.ref in stop.own else ""
        yield f"- Lesson{whose} behind it: {lesson.title} ({lesson.ref})"
    if stop.quote:
        yield ""
        yield f"> {stop.quote.text}"
        yield ">"
        yield f"> {offer.ref}, {stop.quote.headings or offer.title}"


def _linked(title: str, option: Option) -> dict[str, Any]:
    """As schema.org describes courses, in their order."""
    return {
        "@context": "https://schema.org",
        "@type": "ItemList",
        "name": title,
        "itemListElement": [
            {"@type": "ListItem", "position": number, "item": course_data.course(stop.offer)}
            for number, stop in enumerate(option.stops, start=1)
        ],
    }
