"""Why a result is there, in words."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from kb.items import ItemSummary
from kb.life.applications import Record
from kb.life.experience import RETIRED
from kb.vocabulary import Status
from search.results import Hit, Place, WordFound
from web.wording import plural

_PLACE = {
    Place.TITLE: "title",
    Place.HEADINGS: "heading",
    Place.TEXT: "text",
    Place.LABELS: "reference, project or tag",
}
_STANDING = {
    Status.ENDORSED: "endorsed by a reviewer",
    Status.IN_ACTION: "endorsed, being acted on",
    Status.LEARNED: "validated: the action took effect",
    Status.APPROVED: "approved",
}
"""What a status says for or against an item; the others say nothing."""
_RECENT_YEARS = 2
_OLD_YEARS = 10


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of an item since it was written."""

    text: str
    good: bool
    """Whether it speaks for the item."""


def reason(hit: Hit, today: date | None = None) -> str:
    """Why a hit is there, and what became of it, in words; its age is told as of *today*."""
    parts = [found(hit, today), *(mark.text for mark in marks(hit, today))]
    text = " · ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]


def found(hit: Hit, today: date | None = None) -> str:
    """Why a hit is there, in words, beginning with what weighs most; its age is told as of *today*."""
    why = hit.why
    parts = [
        "named by its reference" if why.named else "",
        _said("matches:", why.words) + (", as few others do" if why.exact and why.words else ""),
        _said("other words for it:", why.others),
        "" if why.meaning is None else f"{_nearness(why.meaning)} in meaning ({why.meaning:.2f})",
        _age(hit.item.dated, today or _today()) if why.meaning is not None else "",
        _STANDING.get(hit.item.status, ""),
    ]
    text = " · ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]


def marks(hit: Hit, today: date | None = None) -> list[Mark]:
    """What became of a hit since it was written, as of *today*."""
    record = hit.why.record
    said = [
        Mark(_retired(hit), good=False),
        Mark(applied(record), good=record.worked > 0),
        Mark(overdue(hit.item.review_date, today or _today()), good=False),
    ]
    return [mark for mark in said if mark.text]


def became(
    item: ItemSummary, record: Record, found: tuple[int, int] = (0, 0), today: date | None = None
) -> list[Mark]:
    """How an item stands and what became of it, as of *today*.

    *found* says how many other briefs' projects found that it applies, and that it does not.
    """
    useful, idle = found
    said = [
        Mark(_STANDING.get(item.status, ""), good=True),
        Mark(applied(record), good=record.worked > 0),
        Mark(f"applicable in {plural(useful, 'other brief')}" if useful else "", good=True),
        Mark(f"not applicable in {plural(idle, 'other brief')}" if idle else "", good=False),
        Mark(item.status.lower() if item.status in RETIRED else "", good=False),
        Mark(overdue(item.review_date, today or _today()), good=False),
    ]
    return [mark for mark in said if mark.text]


def applied(record: Record) -> str:
    """How often something was applied, and how it went: `applied 7 times, worked 6`."""
    if not record.applied:
        return ""
    if not record.worked + record.failed:
        return f"applied {_times(record.applied)}, outcome not known yet"
    if record.applied == 1:
        return "applied once, and it worked" if record.worked else "applied once, without effect"
    return f"applied {_times(record.applied)}, worked {record.worked:,}"


def overdue(review_date: date | None, today: date) -> str:
    """Since when something should have been reviewed; empty when it is not overdue."""
    if review_date is None or review_date >= today:
        return ""
    return f"review overdue since {review_date:%B %Y}"


def _retired(hit: Hit) -> str:
    if hit.item.status is Status.SUPERSEDED:
        return f"superseded by {', '.join(hit.why.superseded_by) or 'a newer one'}"
    return "rejected by a reviewer" if hit.item.status is Status.REJECTED else ""


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")


def _today() -> date:
    return datetime.now(UTC).date()


def _said(lead: str, words: tuple[WordFound, ...]) -> str:
    if not words:
        return ""
    return f"{lead} " + ", ".join(f"{w.word} ({', '.join(_PLACE[p] for p in w.places)})" for w in words)


def _nearness(cosine: float) -> str:
    for bound, word in ((0.6, "very close"), (0.45, "close"), (0.3, "related")):
        if cosine >= bound:
            return word
    return "distant"


def _age(day: date | None, today: date) -> str:
    if day is None:
        return ""
    years = today.year - day.year
    if years <= _RECENT_YEARS:
        return f"recent ({day.year})"
    return f"{years} years old" if years >= _OLD_YEARS else ""
