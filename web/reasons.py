"""Why a result is there, in words."""

from datetime import UTC, date, datetime

from kb.vocabulary import Status
from search.results import Hit, Place, WordFound

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
    Status.SUPERSEDED: "superseded by a newer one",
}
"""What a status says for or against an item; the others say nothing."""
_RECENT_YEARS = 2
_OLD_YEARS = 10


def reason(hit: Hit, today: date | None = None) -> str:
    """Why a hit is there, in words, beginning with what weighs most; its age is told as of *today*."""
    why = hit.why
    parts = [
        "named by its reference" if why.named else "",
        _said("matches:", why.words) + (", as few others do" if why.exact and why.words else ""),
        _said("other words for it:", why.others),
        "" if why.meaning is None else f"{_nearness(why.meaning)} in meaning ({why.meaning:.2f})",
        _age(hit.item.dated, today or datetime.now(UTC).date()) if why.meaning is not None else "",
        _STANDING.get(hit.item.status, ""),
    ]
    text = " · ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]


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
