"""A converted file to one item: its kind, title, fields, facets and passages."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any, cast

from ingest import dates, fields, form_reading, front_matter, markdown, passages, recognise, terms, titles
from ingest.converted import Body, Converted
from ingest.markdown import Parsed
from ingest.recognise import Names
from kb.text import shorten, squash
from kb.values import (
    Choices,
    DocumentFields,
    Formula,
    ItemDraft,
    KindFields,
    LessonFields,
    Taught,
    TemplateFields,
    TrainingFields,
)
from kb.vocabulary import Classification, Kind, Polarity, Status, TemplateForm, TrainingFormat, term

_SUMMARY_LENGTH = 240
_REFERENCE_LENGTH = 60
_FOLDER_NUMBER = re.compile(r"^\d+[ ._-]*")
_NO_TAGS = {"page", "pages", "post", "posts", "docs", "doc", "all"}


def draft(converted: Converted, body: Body, names: Names) -> ItemDraft:
    """The item that a whole document is."""
    front = converted.front
    parsed = markdown.parse(body.text)
    title = titles.of(converted, parsed, names, front_matter.text(front, "title"))
    if all(str(mark.place) == "" for mark in body.marks):
        parsed = titles.without_title(parsed, title)
    kind = recognise.kind(names, title, parsed, front_matter.text(front, "kind"), office=converted.office)
    own = _fields(kind, front, parsed, names, title)
    summary = front_matter.text(front, "summary", "description", "abstract", "excerpt") or converted.summary
    item = ItemDraft(
        kind=kind,
        title=title,
        body=parsed.body,
        fields=own,
        passages=passages.cut(parsed, title, body.marks),
        summary=shorten(summary or fields.lead(parsed), _SUMMARY_LENGTH),
        dated=_date(converted, names),
        contributor=shorten(_author(converted), 300),
        language=_language(converted),
    )
    return _with_facets(_with_front(item, front), converted, names)


def _author(converted: Converted) -> str:
    named = front_matter.texts(converted.front, "contributor", "author", "authors")
    return ", ".join(named) or converted.author


def _language(converted: Converted) -> str:
    language = front_matter.text(converted.front, "language", "lang") or converted.language
    return language if re.fullmatch(r"[A-Za-z]{2,3}(?:[-_]\w{2,8})*", language) else ""


def _date(converted: Converted, names: Names) -> date | None:
    for key in ("date", "dated", "published", "last_updated", "lastmod", "updated", "created"):
        if found := dates.parse(converted.front.get(key)):
            return found
    return dates.in_name(names.file) or converted.dated


def _with_front(item: ItemDraft, front: dict[str, Any]) -> ItemDraft:
    """What front matter says in the library's own keys."""
    ref = front_matter.text(front, "ref")
    url = front_matter.text(front, "url", "source_url", "canonical", "canonical_url")
    return replace(
        item,
        ref=ref[:_REFERENCE_LENGTH] or None,
        external_ref=shorten(front_matter.text(front, "external_ref", "reference", "id"), 200),
        project=shorten(front_matter.text(front, "project"), 300),
        organisation=shorten(front_matter.text(front, "organisation", "organization"), 300),
        owner=shorten(front_matter.text(front, "owner"), 300),
        url=url if "://" in url and len(url) < 2000 else "",
        citation=front_matter.text(front, "source", "citation"),
        classification=term(Classification, front_matter.text(front, "classification"))
        or item.classification,
        status=term(Status, front_matter.text(front, "status")),
        review_date=dates.parse(front.get("review_date")),
    )


def _with_facets(item: ItemDraft, converted: Converted, names: Names) -> ItemDraft:
    """Terms of the vocabularies; words that are no terms become tags rather than get lost."""
    front = converted.front
    said_areas = front_matter.texts(front, "knowledge_areas", "knowledge_area")
    said_phases = front_matter.texts(front, "phases", "phase")
    said_approaches = front_matter.texts(front, "approaches", "approach")
    said_sectors = front_matter.texts(front, "sectors", "sector")
    tags = [
        *front_matter.texts(front, "tags", "keywords", "categories", "category"),
        *converted.keywords,
        *terms.unknown(terms.AREAS, said_areas),
        *terms.unknown(terms.PHASES, said_phases),
        *terms.unknown(terms.APPROACHES, said_approaches),
        *terms.unknown(terms.SECTORS, said_sectors),
    ]
    folders = [_FOLDER_NUMBER.sub("", folder) for folder in names.folders]
    return replace(
        item,
        tags=_tags(tags),
        knowledge_areas=terms.find_all(terms.AREAS, said_areas)
        or terms.mentioned(terms.AREAS, f"{names.stem} / {item.title}"),
        phases=terms.find_all(terms.PHASES, said_phases) or terms.find_all(terms.PHASES, folders),
        approaches=terms.find_all(terms.APPROACHES, said_approaches)
        or terms.mentioned(terms.APPROACHES, f"{names.stem} / {item.title}"),
        sectors=terms.find_all(terms.SECTORS, said_sectors),
        competences=_tags(front_matter.texts(front, "competences")),
    )


def _tags(found: Iterable[str]) -> tuple[str, ...]:
    kept = {
        word.lower(): word[:300]
        for tag in found
        if (word := squash(tag)) and terms.normal(word) not in _NO_TAGS and any(c.isalpha() for c in word)
    }
    return tuple(kept.values())


def _fields(kind: Kind, front: dict[str, Any], parsed: Parsed, names: Names, title: str) -> KindFields:
    if kind is Kind.LESSON:
        return _lesson(front, parsed, front_matter.text(front, "kind") != "")
    if kind is Kind.PRACTICE:
        return fields.practice(parsed)
    if kind is Kind.TEMPLATE:
        return _template(front, parsed)
    if kind is Kind.TRAINING:
        return _training(front)
    return DocumentFields(recognise.document_kind(names, title, front_matter.text(front, "document_kind")))


def _lesson(front: dict[str, Any], parsed: Parsed, stated: bool) -> LessonFields:
    """A lesson found by its headings tells of what went wrong, unless it says otherwise."""
    polarity = terms.find(terms.POLARITIES, front_matter.text(front, "polarity"))
    return replace(
        fields.lesson(parsed),
        polarity=polarity or (None if stated else Polarity.NEGATIVE),
        priority=terms.find(terms.PRIORITIES, front_matter.text(front, "priority")),
    )


def _template(front: dict[str, Any], parsed: Parsed) -> TemplateFields:
    """A template's fields, and how they are filled."""
    choices = {name: front_matter.texts({"": values}, "") for name, values in _pairs(front, "choices")}
    return replace(
        fields.template(parsed),
        form=term(TemplateForm, front_matter.text(front, "form")) or form_reading.shape(parsed),
        choices=tuple(Choices(name, values) for name, values in choices.items() if values),
        formulas=tuple(
            Formula(name, formula) for name, formula in _pairs(front, "formulas") if isinstance(formula, str)
        ),
    )


def _pairs(front: dict[str, Any], key: str) -> list[tuple[str, object]]:
    value = front.get(key)
    given = cast(dict[object, object], value) if isinstance(value, dict) else {}
    return [(str(name), inner) for name, inner in given.items()]


def _training(front: dict[str, Any]) -> TrainingFields:
    """Training's own keys; Carpentries episodes state minutes of teaching and exercises."""
    minutes = sum(_number(front, key) or 0.0 for key in ("teaching", "exercises"))
    hours = _number(front, "hours")
    return TrainingFields(
        provider=shorten(front_matter.text(front, "provider"), 300),
        format=terms.find(terms.FORMATS, front_matter.text(front, "format")) or TrainingFormat.READING,
        level=terms.find(terms.LEVELS, front_matter.text(front, "level")),
        hours=hours if hours is not None or not minutes else round(minutes / 60, 2),
        cost=_number(front, "cost"),
        currency=front_matter.text(front, "currency")[:3],
        competences=_competences(front.get("competences")),
        prerequisites=front_matter.texts(front, "prerequisites"),
        leads_to=shorten(front_matter.text(front, "leads_to"), 300),
        cpd_hours=_number(front, "cpd_hours"),
        renewal=front_matter.text(front, "renewal"),
        offered_from=dates.parse(front.get("offered_from")),
        offered_until=dates.parse(front.get("offered_until")),
        reviewed_on=dates.parse(front.get("reviewed_on")),
    )


def _number(front: dict[str, Any], key: str) -> float | None:
    value = front.get(key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _competences(value: object) -> tuple[Taught, ...]:
    """`{name, level}` pairs; a pair without a level from 0 to 5 is left out."""
    found: list[Taught] = []
    for entry in cast(list[object], value) if isinstance(value, list) else []:
        if isinstance(entry, dict):
            pair = cast(dict[str, object], entry)
            name, level = pair.get("name"), pair.get("level")
            if isinstance(name, str) and isinstance(level, int) and 0 <= level <= 5:
                found.append(Taught(squash(name), level))
    return tuple(found)
