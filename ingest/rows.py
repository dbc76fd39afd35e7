"""Rows of a register to items: a lesson each, or a course each."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from ingest import cleaning, columns, dates, markdown, passages, registers, terms
from ingest.converted import Mark, Row
from ingest.fields import LESSON_HEADINGS
from ingest.registers import Register
from kb.text import digest, shorten, squash
from kb.values import ItemDraft, LessonFields, Locator, Taught, TrainingFields
from kb.vocabulary import Kind

Value = TypeVar("Value")
_TITLE_LENGTH = 120
_SUMMARY_LENGTH = 240
_KEY_LENGTH = 250
_QUOTED = 60
_HTML = re.compile(
    r"(?i)</?(?:a|p|br|b|i|u|strong|em|ul|ol|li|div|span|table|td|tr|sub|sup|font|center|h[1-6]|hr|img)\b[^>]*>"
)
_OWN_REFERENCE = re.compile(r"^[A-Z]{2,}-[LPTCD]-\d+$")
_SENTENCE = re.compile(r"(?<=[.!?])\s")
_NOTHING = {"na", "n a", "none", "nil", "null", "nan", "tbd", "", "not applicable"}
_COMPETENCE = re.compile(r"^(.*?)\s*[(:]\s*(?:level\s*)?([0-5])\s*\)?$", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def read(register: Register, prefix: str) -> Iterator[tuple[ItemDraft, str]]:
    """An item for each filled row of *register*, and a sentence on what of the row it could not use.

    *prefix* keeps keys of several tables apart.
    """
    filled = registers.filled(register)
    build = _lesson if register.kind is Kind.LESSON else _training
    for row, key in zip(filled, _keys(register, filled), strict=True):
        reader = _Reader(register, row)
        draft = build(reader)
        yield replace(draft, key=f"{prefix}{key}"[:_KEY_LENGTH]), reader.note()


def _keys(register: Register, rows: Sequence[Row]) -> list[str]:
    """A key for each row that stays when rows are moved: its id where ids are unique, else its words."""
    ids = [registers.value(register, row, "id") for row in rows]
    if all(ids) and len(set(ids)) == len(ids) and max(map(len, ids), default=0) < _KEY_LENGTH // 2:
        return ids
    told = [
        digest(
            *(registers.value(register, row, name) for name in ("title", "event", "recommendation", "url"))
        )[:16]
        for row in rows
    ]
    seen: Counter[str] = Counter()
    keys: list[str] = []
    for words in told:
        seen[words] += 1
        keys.append(words if seen[words] == 1 else f"{words}-{seen[words]}")
    return keys


@dataclass(slots=True)
class _Reader:
    """Takes fields out of a row and remembers which columns still have to be told."""

    register: Register
    row: Row
    used: set[str] = field(default_factory=set[str])

    def text(self, name: str) -> str:
        """The field's plain text, taken."""
        found = registers.value(self.register, self.row, name)
        if found:
            self.used.add(name)
        return "" if terms.normal(found) in _NOTHING and not found.isdigit() else found

    def prose(self, name: str) -> str:
        """The field's text as Markdown, taken."""
        return _prose(self.text(name))

    def parsed(self, name: str, parse: Callable[[str], Value | None]) -> Value | None:
        """The field as *parse* understands it, taken only when it does."""
        found = registers.value(self.register, self.row, name)
        understood = parse(found) if found else None
        if understood is not None and understood != ():
            self.used.add(name)
        return understood

    def details(self) -> str:
        """What no field took, as a list."""
        lines: list[str] = []
        for index, use in enumerate(self.register.uses):
            said = self.row.cells[index] if index < len(self.row.cells) else ""
            if not said or use.field in self.used or use.field == columns.DROP:
                continue
            if not use.column and said.isdigit():
                continue  # a column without a name that counts the rows
            name = use.column.rstrip(" :") or f"Column {index + 1}"
            lines.append(f"- **{_literal(name)}:** {_literal(said)}")
        return "\n".join(lines)

    def note(self) -> str:
        """What was not understood, as a sentence."""
        lost = [
            f"{use.column}: {shorten(said, _QUOTED)!r}"
            for index, use in enumerate(self.register.uses)
            if use.field not in ("", columns.DROP) and use.field not in self.used
            and index < len(self.row.cells) and (said := self.row.cells[index])
        ]  # fmt: skip
        return f"Not understood, and kept under other details: {', '.join(lost)}." if lost else ""


def _literal(text: str) -> str:
    return cleaning.literal(squash(text))


def _prose(text: str) -> str:
    if _HTML.search(text):
        from ingest import hypertext  # not at start-up: few tables have any

        return hypertext.to_markdown(hypertext.soup(text))
    return cleaning.tidy(cleaning.literal(text)).strip()


def _lesson(row: _Reader) -> ItemDraft:
    texts = {name: row.prose(name) for name in LESSON_HEADINGS}
    polarity = row.parsed("polarity", lambda text: terms.find(terms.POLARITIES, text))
    priority = row.parsed("priority", lambda text: terms.find(terms.PRIORITIES, text))
    title = row.text("title") or _first_words(texts["event"] or texts["recommendation"] or texts["effect"])
    fields = LessonFields(**texts, polarity=polarity, priority=priority)
    sections = [f"## {heading}\n\n{texts[name]}" for name, heading in LESSON_HEADINGS.items() if texts[name]]
    taught, plain = competences(row.text("competences"))
    needed = tuple(dict.fromkeys((*(one.name for one in taught), *plain)))
    draft = _common(row, Kind.LESSON, title, sections, fields, texts["event"] or texts["recommendation"])
    return replace(draft, competences=needed)


def _training(row: _Reader) -> ItemDraft:
    title = row.text("title")
    description = row.prose("description")
    taught, plain = competences(row.text("competences"))
    fields = TrainingFields(
        provider=shorten(row.text("provider"), 300),
        format=row.parsed("format", lambda text: terms.find(terms.FORMATS, text)),
        level=row.parsed("level", lambda text: terms.find(terms.LEVELS, text)),
        hours=row.parsed("hours", _hours),
        cost=row.parsed("cost", _amount),
        currency=row.parsed("currency", lambda text: text if re.fullmatch("[A-Z]{3}", text) else None) or "",
        competences=taught,
        prerequisites=_list(row.text("prerequisites"), ";"),
        leads_to=shorten(row.text("leads_to"), 300),
        cpd_hours=row.parsed("cpd_hours", _amount),
    )
    summary = row.text("summary")
    skills = [*plain, *_tags(row.text("tags"))]
    sections = [description or _prose(summary)]
    if taught:
        sections.append(
            "## What you will learn\n\n" + "\n".join(f"- {_literal(c.name)}, level {c.level}" for c in taught)
        )
    if skills:
        sections.append("## Skills\n\n" + "\n".join(f"- {_literal(skill)}" for skill in skills))
    draft = _common(row, Kind.TRAINING, title, [s for s in sections if s], fields, summary or description)
    return replace(draft, tags=tuple(dict.fromkeys((*plain, *draft.tags))))


def _common(
    row: _Reader,
    kind: Kind,
    title: str,
    sections: list[str],
    fields: LessonFields | TrainingFields,
    lead: str,
) -> ItemDraft:
    """The item with what registers of every kind share; what no field took goes below its text."""
    tags = _tags(row.text("tags"))
    areas = terms.find_all(terms.AREAS, _list(row.text("knowledge_area"), ";,")) or terms.mentioned(
        terms.AREAS, " / ".join(tags)
    )
    reference = row.text("id")
    own = reference if _OWN_REFERENCE.match(reference) else None
    draft = ItemDraft(
        kind=kind,
        title=markdown.plain(_prose(title)) if title else "Without a title",
        body="",
        fields=fields,
        summary=shorten(markdown.plain(lead[: 3 * _SUMMARY_LENGTH]), _SUMMARY_LENGTH) if lead else "",
        ref=own,
        external_ref="" if own else shorten(reference, 200),
        project=shorten(row.text("project"), 300),
        organisation=shorten(row.text("organisation"), 300),
        contributor=shorten(row.text("contributor"), 300),
        owner=shorten(row.text("owner"), 300),
        citation=row.text("citation"),
        url=row.parsed("url", lambda text: text if len(text) < 2000 and "://" in text else None) or "",
        language=row.parsed("language", lambda text: text if len(text) < 36 else None) or "",
        dated=row.parsed("date", dates.parse),
        knowledge_areas=areas,
        phases=row.parsed("phase", lambda text: terms.find_all(terms.PHASES, _list(text, ";,"))) or (),
        approaches=row.parsed("approach", lambda text: terms.find_all(terms.APPROACHES, _list(text, ";,")))
        or (),
        sectors=row.parsed("sector", lambda text: terms.find_all(terms.SECTORS, _list(text, ";,"))) or (),
        tags=tags,
        locator=Locator(sheet=row.register.sheet, row=row.row.number or None),
    )
    details = row.details()
    body = "\n\n".join([*sections, *([f"## Other details\n\n{details}"] if details else [])])
    marks = (Mark(0, draft.locator),)
    return replace(draft, body=body, passages=passages.cut(markdown.parse(body), draft.title, marks))


def _first_words(text: str) -> str:
    line = markdown.plain(text)
    return shorten(_SENTENCE.split(line, maxsplit=1)[0], _TITLE_LENGTH) if line else ""


def _list(text: str, separators: str) -> tuple[str, ...]:
    return tuple(part for raw in re.split(f"[{separators}\n]", text) if (part := squash(raw)))


def _tags(text: str) -> tuple[str, ...]:
    """Tags in order, each once; placeholders and numbers are none."""
    found = [
        tag for tag in _list(text, ";,|")
        if terms.normal(tag) not in _NOTHING and terms.normal(tag) not in ("categories", "category")
        and any(c.isalpha() for c in tag)
    ]  # fmt: skip
    return tuple({tag.lower(): tag[:300] for tag in found}.values())


def competences(text: str) -> tuple[tuple[Taught, ...], tuple[str, ...]]:
    """`name (level)` pairs, and names that state no level."""
    taught: list[Taught] = []
    plain: list[str] = []
    for part in _list(text, ";"):
        if found := _COMPETENCE.match(part):
            taught.append(Taught(found[1], int(found[2])))
        else:
            plain.append(part)
    return tuple(taught), tuple(plain)


def _hours(text: str) -> float | None:
    """Hours, when the text gives hours or minutes; how long a day is, nobody knows."""
    found = _NUMBER.search(text)
    words = terms.normal(re.sub(r"[\d.,]+", " ", text))
    if found is None:
        return None
    number = float(found[0].replace(",", "."))
    if words in ("", "h", "hr", "hrs", "hour", "hours", "total hours"):
        return number
    return round(number / 60, 2) if words in ("m", "min", "mins", "minutes") else None


def _amount(text: str) -> float | None:
    if terms.normal(text) == "free":
        return 0.0
    found = _NUMBER.fullmatch(re.sub(r"[^\d.]", "", text))
    return float(found[0]) if found else None
