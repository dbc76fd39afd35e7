"""Rows of a register as a preview shows them."""

from collections.abc import Iterator, Sequence
from datetime import date

from ingest.exchange.form import COLUMNS
from ingest.fields import LESSON_HEADINGS
from ingest.reading import Reading
from ingest.report import RowOutcome, RowState
from kb.library import Standing
from kb.text import shorten
from kb.values import ItemDraft, LessonFields, TrainingFields
from kb.vocabulary import label

_FIRST = 20
"""Rows that are shown whole."""
_TOLD = 200
"""Rows with a note that are shown."""
_LENGTH = 300


def rows(reading: Reading, standings: Sequence[tuple[Standing, str]]) -> list[RowOutcome]:
    """What would become of each draft of a file."""
    read = [
        RowOutcome(
            draft.locator.row or 0,
            RowState(standing),
            draft.locator.sheet,
            ref,
            draft.title,
            " ".join(filter(None, (_lacking(draft), reading.notes.get(draft.key, "")))),
            tuple(_said(draft)) if number < _FIRST else (),
        )
        for number, (draft, (standing, ref)) in enumerate(zip(reading.drafts, standings, strict=True))
    ]
    return [*read, *left_out(reading)]


def left_out(reading: Reading) -> list[RowOutcome]:
    """The rows that give nothing."""
    return [RowOutcome(one.row, RowState.LEFT_OUT, one.sheet, note=one.reason) for one in reading.left_out]


def told(rows: Sequence[RowOutcome], *, first: bool) -> tuple[RowOutcome, ...]:
    """Those of *rows* of which something is to be said, and the *first* ones if they are wanted."""
    shown = rows[:_FIRST] if first else ()
    noted = [row for row in rows[len(shown) :] if row.note]
    return (*shown, *noted[:_TOLD])


def _lacking(draft: ItemDraft) -> str:
    if not isinstance(draft.fields, LessonFields):
        return ""
    missing = {"event": draft.fields.event, "recommendation": draft.fields.recommendation}
    names = [name for name, text in missing.items() if not text]
    return f"It has no {' and no '.join(names)}." if names else ""


def _said(draft: ItemDraft) -> Iterator[tuple[str, str]]:
    """Names of fields and what would stand in them."""
    own = draft.fields
    if isinstance(own, LessonFields):
        yield from ((COLUMNS[name], shorten(getattr(own, name), _LENGTH)) for name in LESSON_HEADINGS)
        yield from (("Experience", _label(own.polarity)), ("Priority", _label(own.priority)))
    elif isinstance(own, TrainingFields):
        yield from (("Provider", own.provider), ("Format", _label(own.format)), ("Level", _label(own.level)))
        yield "Hours", f"{own.hours:g}" if own.hours is not None else ""
        yield "Cost", f"{own.cost:g} {own.currency}".strip() if own.cost is not None else ""
        yield "Competences", "; ".join(f"{one.name} ({one.level})" for one in own.competences)
        yield "Comes after", "; ".join(own.prerequisites)
        yield "Leads to", own.leads_to
        yield from (("Offered from", _day(own.offered_from)), ("Offered until", _day(own.offered_until)))
    yield from (
        ("Project", draft.project),
        ("Organisation", draft.organisation),
        ("Date", _day(draft.dated)),
        ("Knowledge areas", _labels(draft.knowledge_areas)),
        ("Project phases", _labels(draft.phases)),
        ("Tags", "; ".join(draft.tags)),
        ("Competences", "; ".join(draft.competences)),
        ("Owner", draft.owner),
        ("Contributor", draft.contributor),
        ("External reference", draft.external_ref),
    )


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _label(value: str | None) -> str:
    return label(value) if value else ""


def _labels(values: Sequence[str]) -> str:
    return "; ".join(map(label, values))
