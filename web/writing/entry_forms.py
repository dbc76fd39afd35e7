"""An item as it comes from a form: nothing but text, so that whatever was typed can be shown again."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from fastapi import Form
from pydantic import BaseModel

from ingest.composed import Entry, Facts, LessonEntry, TextEntry
from ingest.exchange.form import CHANGEABLE, COLUMNS
from kb.errors import InvalidError
from kb.values import LessonFields
from kb.vocabulary import (
    Approach,
    Classification,
    Kind,
    KnowledgeArea,
    Phase,
    Polarity,
    Priority,
    Sector,
    Term,
    label,
    term,
)
from search.suggesting import Subject


class EntryForm(BaseModel):
    """The fields of the form, as typed."""

    version: str = ""
    """The version that was read; empty for something new."""
    typed: str = ""
    """The browser's own name for what is typed here."""
    ref: str = ""
    """Of what is kept already."""
    action: str = ""
    """The button that was pressed."""
    accept: str = ""
    """A suggestion that was taken, as `area:risk`."""
    title: str = ""
    summary: str = ""
    body: str = ""
    event: str = ""
    effect: str = ""
    causes: str = ""
    recommendation: str = ""
    applies_when: str = ""
    warning_signs: str = ""
    more: str = ""
    polarity: str = ""
    priority: str = ""
    project: str = ""
    owner: str = ""
    dated: str = ""
    review_date: str = ""
    classification: str = ""
    tags: str = ""
    competences: str = ""
    knowledge_areas: list[str] = []
    phases: list[str] = []
    approaches: list[str] = []
    sectors: list[str] = []


EntryFormDep = Annotated[EntryForm, Form()]

_NAMES = {
    name: "Text" if name == "body" else COLUMNS[name]
    for name in EntryForm.model_fields
    if name in CHANGEABLE or name == "body"
}
"""The fields that people fill, with their names."""
_LISTS: dict[str, str] = {
    Subject.AREA: "knowledge_areas",
    Subject.PHASE: "phases",
    Subject.APPROACH: "approaches",
    Subject.SECTOR: "sectors",
}


def of_entry(entry: Entry, version: int) -> EntryForm:
    """The form that shows *entry*."""
    said = entry.facts
    form = EntryForm(
        version=str(version),
        title=said.title,
        project=said.project,
        owner=said.owner,
        dated=str(said.dated or ""),
        review_date=str(said.review_date or ""),
        classification=said.classification,
        tags=", ".join(said.tags),
        competences=", ".join(said.competences),
        knowledge_areas=[*said.knowledge_areas],
        phases=[*said.phases],
        approaches=[*said.approaches],
        sectors=[*said.sectors],
    )
    if isinstance(entry, TextEntry):
        return form.model_copy(update={"summary": entry.summary, "body": entry.body})
    texts = {name: getattr(entry.said, name) or "" for name in LessonFields.__slots__}
    return form.model_copy(update=texts | {"more": entry.more})


def entry(form: EntryForm, kind: Kind) -> Entry:
    """What *form* says of an item of *kind*. Raises InvalidError for what is no day or no term."""
    facts = Facts(
        title=form.title,
        project=form.project,
        owner=form.owner,
        dated=_day(form.dated, "Date"),
        review_date=_day(form.review_date, "Review by"),
        classification=_term(Classification, form.classification) or Classification.INTERNAL,
        knowledge_areas=_terms(KnowledgeArea, form.knowledge_areas),
        phases=_terms(Phase, form.phases),
        approaches=_terms(Approach, form.approaches),
        sectors=_terms(Sector, form.sectors),
        tags=_words(form.tags),
        competences=_words(form.competences),
    )
    if kind is not Kind.LESSON:
        return TextEntry(facts, form.summary, form.body)
    said = LessonFields(
        event=form.event,
        effect=form.effect,
        causes=form.causes,
        recommendation=form.recommendation,
        applies_when=form.applies_when,
        warning_signs=form.warning_signs,
        polarity=_term(Polarity, form.polarity),
        priority=_term(Priority, form.priority),
    )
    return LessonEntry(facts, said, form.more)


def accepted(form: EntryForm) -> EntryForm:
    """*form* with the suggestion that was taken."""
    subject, _, value = form.accept.partition(":")
    if subject in _LISTS:
        name = _LISTS[subject]
        return form.model_copy(update={name: [*getattr(form, name), value]})
    name = "competences" if subject == Subject.COMPETENCE else "tags"
    words = ", ".join(filter(None, (getattr(form, name).strip().rstrip(","), label(value).lower())))
    return form.model_copy(update={name: words}) if value else form


def lesson(form: EntryForm) -> LessonEntry:
    """What *form* says of a lesson. Raises InvalidError."""
    found = entry(form, Kind.LESSON)
    assert isinstance(found, LessonEntry)  # noqa: S101 - that is what a lesson is
    return found


def version(form: EntryForm) -> int:
    """The version that was read. Raises InvalidError when the form does not say it."""
    if not form.version.isdecimal() or len(form.version) > 9:
        raise InvalidError("The form does not say which version it changes. Open it anew and save again.")
    return int(form.version)


def differences(form: EntryForm, stored: EntryForm) -> Iterator[tuple[str, str]]:
    """What is stored otherwise than *form* says: names of fields and their stored texts."""
    for name, shown in _NAMES.items():
        typed, kept = _text(getattr(form, name)), _text(getattr(stored, name))
        if typed != kept:
            yield shown, kept


def _text(value: str | list[str]) -> str:
    if isinstance(value, list):
        return ", ".join(map(label, sorted(value)))
    return value.replace("\r\n", "\n").strip()


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.replace(";", ",").split(","))


def _day(text: str, name: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidError(f"{name}: {text[:40]!r} is no day; write it as 2026-11-25.") from None


def _term(vocabulary: type[Term], text: str) -> Term | None:
    found = term(vocabulary, text)
    if text and found is None:
        raise InvalidError(f"{text[:40]!r} is none of {', '.join(map(label, vocabulary))}.")
    return found


def _terms(vocabulary: type[Term], texts: list[str]) -> tuple[Term, ...]:
    return tuple(found for text in texts if (found := _term(vocabulary, text)))
