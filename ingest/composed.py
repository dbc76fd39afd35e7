"""What people write in a form or an editor, to drafts and back."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

import yaml

from ingest import dates, fields, front_matter, markdown, passages, places, terms
from kb.errors import InvalidError
from kb.passages import HEADING_SEPARATOR, StoredPassage, embedded_text
from kb.text import shorten, squash
from kb.values import ItemDraft, KindFields, LessonFields
from kb.vocabulary import (
    Approach,
    Classification,
    Kind,
    KnowledgeArea,
    Phase,
    Sector,
    Term,
    label,
    term,
)

_SUMMARY_LENGTH = 240
_LONGEST_LINE = {"title": 500, "project": 300, "owner": 300}
_LONGEST_TAG = 100
_LONGEST_TEXT = 200_000
_MORE = "More"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What is no text, and what no office file can hold."""
_HEADING = re.compile(r"^##[ \t]+(\S.*?)[ \t]*$", re.MULTILINE)
_ANY = re.compile(r"^##(?=[ \t]+\S)", re.MULTILINE)
_OURS = re.compile(
    rf"^##(?=[ \t]+(?:{'|'.join([*fields.LESSON_HEADINGS.values(), _MORE])})[ \t]*$)", re.MULTILINE
)
_FIELD_OF = {heading: name for name, heading in fields.LESSON_HEADINGS.items()}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of an item beside its text."""

    title: str
    project: str = ""
    owner: str = ""
    dated: date | None = None
    review_date: date | None = None
    classification: Classification = Classification.INTERNAL
    knowledge_areas: tuple[KnowledgeArea, ...] = ()
    phases: tuple[Phase, ...] = ()
    approaches: tuple[Approach, ...] = ()
    sectors: tuple[Sector, ...] = ()
    tags: tuple[str, ...] = ()
    competences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LessonEntry:
    """A lesson as it is written; its texts are Markdown."""

    facts: Facts
    said: LessonFields
    more: str = ""
    """What has no field of its own; may have headings."""


@dataclass(frozen=True, slots=True)
class TextEntry:
    """A practice, template, training or document as it is written."""

    facts: Facts
    summary: str
    body: str
    """Markdown."""


Entry = LessonEntry | TextEntry


class _Section(NamedTuple):
    heading: str
    content: str
    whole: str


def draft(entry: Entry, base: ItemDraft | None = None, stored: Sequence[StoredPassage] = ()) -> ItemDraft:
    """What *entry* says, with passages; what it can't say is taken from *base*, the item before it.

    Pages, slides and rows stay where the passages *stored* of *base* have them.
    Raises InvalidError when the title is missing or something is too long.
    """
    entry = tidy(entry)
    _check(entry)
    if isinstance(entry, LessonEntry):
        base = base or ItemDraft(Kind.LESSON, "", "", LessonFields())
        own: KindFields = entry.said
        body = "\n\n".join(filter(None, (_body(entry.said), _headed(entry.more))))
        summary = base.summary if base.summary != lead(base.fields) else lead(entry.said)
    elif base is None:
        raise InvalidError("Only lessons begin in a form; import a file for anything else.")
    else:
        body, summary = entry.body, entry.summary
        own = fields.following(base.fields, markdown.parse(body))
    said = entry.facts
    return replace(
        base,
        title=said.title,
        body=body,
        fields=own,
        passages=passages.cut(markdown.parse(body), said.title, places.moved(base.body, body, stored)),
        summary=summary,
        **{name: getattr(said, name) for name in Facts.__slots__ if name != "title"},
    )


def entry(item: ItemDraft) -> Entry:
    """What stands in the form of *item*: the way back from *draft*."""
    facts = Facts(**{name: getattr(item, name) for name in Facts.__slots__})
    if isinstance(item.fields, LessonFields):
        return LessonEntry(facts, item.fields, _rest(item.body, item.fields))
    return TextEntry(facts, item.summary, item.body)


def opening(entry: LessonEntry) -> str:
    """What stands for a lesson where meanings are compared: its title and first passage."""
    body = _body(entry.said)
    first = passages.cut(markdown.parse(body), entry.facts.title)
    if not first:
        return entry.facts.title
    headings = HEADING_SEPARATOR.join(first[0].headings)
    return embedded_text(entry.facts.title, headings, first[0].text)


def lead(own: KindFields) -> str:
    """The summary that a lesson has unless somebody wrote another."""
    text = own.event or own.recommendation if isinstance(own, LessonFields) else ""
    return shorten(markdown.plain(text[: 3 * _SUMMARY_LENGTH]), _SUMMARY_LENGTH)


def tidy(entry: Entry) -> Entry:
    """*entry* as it is kept: no space around texts, and no heading in them that would divide the lesson."""
    facts = replace(
        entry.facts,
        title=_line(entry.facts.title),
        project=_line(entry.facts.project),
        owner=_line(entry.facts.owner),
        knowledge_areas=_ordered(KnowledgeArea, entry.facts.knowledge_areas),
        phases=_ordered(Phase, entry.facts.phases),
        approaches=_ordered(Approach, entry.facts.approaches),
        sectors=_ordered(Sector, entry.facts.sectors),
        tags=_distinct(entry.facts.tags),
        competences=_distinct(entry.facts.competences),
    )
    if isinstance(entry, TextEntry):
        return TextEntry(facts, _line(entry.summary), _lines(entry.body))
    texts = {name: _ANY.sub("###", _lines(getattr(entry.said, name))) for name in fields.LESSON_HEADINGS}
    more = _OURS.sub("###", _lines(entry.more))
    return LessonEntry(facts, replace(entry.said, **texts), _joined(_sections(more)))


def written(entry: LessonEntry) -> str:
    """A lesson as a Markdown file with front matter: the way back from *read*."""
    entry = LessonEntry(*(getattr(tidy(entry), name) for name in LessonEntry.__slots__))
    said = entry.facts
    front: dict[str, Any] = {
        "title": said.title,
        "project": said.project,
        "owner": said.owner,
        "date": said.dated,
        "review_date": said.review_date,
        "classification": str(said.classification),
        "polarity": entry.said.polarity and str(entry.said.polarity),
        "priority": entry.said.priority and str(entry.said.priority),
        "knowledge_areas": list(map(str, said.knowledge_areas)),
        "phases": list(map(str, said.phases)),
        "approaches": list(map(str, said.approaches)),
        "sectors": list(map(str, said.sectors)),
        "tags": list(said.tags),
        "competences": list(said.competences),
    }
    head = yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=10_000, default_flow_style=None)
    texts = (
        f"## {heading}\n\n{getattr(entry.said, name)}".rstrip()
        for name, heading in fields.LESSON_HEADINGS.items()
    )
    return "\n\n".join(filter(None, (f"---\n{head}---", *texts, _headed(entry.more)))) + "\n"


def read(text: str) -> LessonEntry:
    """The lesson that a Markdown file with front matter tells.

    Raises InvalidError when the front matter is faulty or holds a word that no vocabulary has.
    """
    front, body = front_matter.split(_lines(text))
    texts, more = _told_in(body)
    own = LessonFields(
        **texts,
        polarity=_one(terms.POLARITIES, front, "polarity"),
        priority=_one(terms.PRIORITIES, front, "priority"),
    )
    classification = front_matter.text(front, "classification")
    facts = Facts(
        title=front_matter.text(front, "title"),
        project=front_matter.text(front, "project"),
        owner=front_matter.text(front, "owner"),
        dated=_day(front, "date"),
        review_date=_day(front, "review_date"),
        classification=_classification(classification) if classification else Classification.INTERNAL,
        knowledge_areas=_many(terms.AREAS, front, "knowledge_areas"),
        phases=_many(terms.PHASES, front, "phases"),
        approaches=_many(terms.APPROACHES, front, "approaches"),
        sectors=_many(terms.SECTORS, front, "sectors"),
        tags=front_matter.texts(front, "tags"),
        competences=front_matter.texts(front, "competences"),
    )
    tidied = tidy(LessonEntry(facts, own, more))
    assert isinstance(tidied, LessonEntry)  # noqa: S101 - tidying keeps the kind
    return tidied


def _check(entry: Entry) -> None:
    if not entry.facts.title:
        raise InvalidError("Give it a title: one line that tells what can be learned.")
    for name, most in _LONGEST_LINE.items():
        if len(getattr(entry.facts, name)) > most:
            raise InvalidError(f"The {name} is longer than {most} characters; shorten it.")
    for name, words in (("tag", entry.facts.tags), ("competence", entry.facts.competences)):
        if any(len(word) > _LONGEST_TAG for word in words):
            raise InvalidError(f"A {name} is longer than {_LONGEST_TAG} characters; put commas between them.")
    if any(len(text) > _LONGEST_TEXT for text in _all_texts(entry)):
        raise InvalidError(f"A text is longer than {_LONGEST_TEXT:,} characters; attach it as a document.")


def _all_texts(entry: Entry) -> Iterator[str]:
    if isinstance(entry, TextEntry):
        yield from (entry.summary, entry.body)
    else:
        yield from (getattr(entry.said, name) for name in fields.LESSON_HEADINGS)
        yield entry.more


def _body(said: LessonFields) -> str:
    texts = {heading: getattr(said, name) for name, heading in fields.LESSON_HEADINGS.items()}
    return "\n\n".join(f"## {heading}\n\n{text}" for heading, text in texts.items() if text)


def _headed(more: str) -> str:
    """*more* so that it does not run into the section before it."""
    return f"## {_MORE}\n\n{more}" if more and not _HEADING.match(more) else more


def _rest(body: str, said: LessonFields) -> str:
    """What of *body* the fields do not tell."""
    told = _body(said)
    if told in ("", body) or (body.startswith(f"{told}\n\n") and _HEADING.match(body, len(told) + 2)):
        return _joined(_sections(body[len(told) :]))
    return _joined(section for section in _sections(body) if not _told(section, said))


def _told(section: _Section, said: LessonFields) -> bool:
    """Whether the field that *section* belongs to says it already."""
    name = fields.lesson_field(section.heading)
    return name is not None and section.content != "" and section.content in getattr(said, name)


def _joined(sections: Iterable[_Section]) -> str:
    return "\n\n".join(section.whole for section in sections if section.whole)


def _sections(body: str) -> Iterator[_Section]:
    """*body* cut at its second-level headings; what comes before the first, or under More, has none."""
    found = list(_HEADING.finditer(body))
    yield _Section("", *[body[: found[0].start() if found else None].strip()] * 2)
    for number, heading in enumerate(found):
        end = found[number + 1].start() if number + 1 < len(found) else None
        content, whole = body[heading.end() : end].strip(), body[heading.start() : end].strip()
        own = heading[1] != _MORE
        yield _Section(heading[1] if own else "", content, whole if own else content)


def _told_in(body: str) -> tuple[dict[str, str], str]:
    """A lesson's texts and the rest, by our own headings if all are there, else by any like them."""
    sections = list(_sections(body))
    if _FIELD_OF.keys() <= {section.heading for section in sections}:
        texts = {_FIELD_OF[s.heading]: s.content for s in sections if s.heading in _FIELD_OF}
        return texts, _joined(section for section in sections if section.heading not in _FIELD_OF)
    said = fields.lesson(markdown.parse(body))
    return {name: getattr(said, name) for name in fields.LESSON_HEADINGS}, _rest(body, said)


def _lines(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _line(text: str) -> str:
    return squash(_CONTROL.sub("", text))


def _distinct(words: Sequence[str]) -> tuple[str, ...]:
    """Words as they were first written, each once."""
    kept: dict[str, str] = {}
    for word in map(_line, words):
        kept.setdefault(word.lower(), word)
    return tuple(word for word in kept.values() if word)


def _ordered(vocabulary: type[Term], chosen: Sequence[Term]) -> tuple[Term, ...]:
    return tuple(value for value in vocabulary if value in chosen)


def _many(vocabulary: dict[terms.Term, str], front: dict[str, Any], key: str) -> tuple[terms.Term, ...]:
    said = front_matter.texts(front, key)
    if unknown := terms.unknown(vocabulary, said):
        raise InvalidError(_no_term(key, unknown[0], vocabulary))
    return terms.find_all(vocabulary, said)


def _one(vocabulary: dict[terms.Term, str], front: dict[str, Any], key: str) -> terms.Term | None:
    said = front_matter.text(front, key)
    found = terms.find(vocabulary, said)
    if said and found is None:
        raise InvalidError(_no_term(key, said, vocabulary))
    return found


def _no_term(key: str, said: str, vocabulary: dict[terms.Term, str]) -> str:
    return f"{key}: {said!r} is none of {', '.join(map(str, vocabulary))}."


def _classification(said: str) -> Classification:
    found = term(Classification, said)
    if found is None:
        known = ", ".join(label(one) for one in Classification)
        raise InvalidError(f"classification: {said!r} is none of {known}.")
    return found


def _day(front: dict[str, Any], key: str) -> date | None:
    said = front.get(key)
    found = dates.parse(said)
    if said and found is None:
        raise InvalidError(f"{key}: {said!r} is no day; write it as 2026-11-25.")
    return found
