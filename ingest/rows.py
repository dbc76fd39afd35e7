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
from kb.vocabulary import Kind, TrainingFormat

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
_COMPETENCE = re.compile(r"^(.*?)\s*(?:[(:]\s*(?:level\s*)?|,\s*level\s*)([0-5])\s*\)?$", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_BEYOND = re.compile(r"\(\s*(?:level\s*)?-?\d+\s*\)$", re.IGNORECASE)
_DURATION = re.compile(r"P(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?)")
"""Hours and minutes (ISO 8601); a day of learning is as long as people make it."""
_ANYBODY = {"all", "all levels", "any", "any level"}
"""What catalogues say of a course that asks for no level: none is kept, and nothing is wrong."""
_WRITTEN = {
    "level": "foundation, practitioner or expert",
    "format": ", ".join(TrainingFormat),
    "hours": "a number of hours, 90 min or PT1H30M",
    "cost": "an amount such as 750, or free",
    "cpd_hours": "a number",
    "currency": "three capitals such as GBP",
    "url": "an address that begins with https://",
    "language": "a code such as en",
}
"""Fields of which not every text is understood, and what is."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row of a register that gave no item, and why."""

    row: int
    sheet: str | None
    reason: str


def read(register: Register, prefix: str) -> Iterator[tuple[ItemDraft, str] | LeftOut]:
    """An item for each filled row of *register*, with a sentence on what of the row it could not use.

    *prefix* keeps keys of several tables apart. Of a catalogue, rows without a title or with the course of an
    earlier row are left out.
    """
    filled = registers.filled(register)
    build = _lesson if register.kind is Kind.LESSON else _training
    if register.kind is Kind.TRAINING:
        yield from _nameless(register, filled)
        keyed, repeated = _distinct(register, filled)
        yield from repeated
    else:
        keyed = list(zip(filled, _keys(register, filled), strict=True))
    for row, key in keyed:
        reader = _Reader(register, row)
        draft = build(reader)
        yield replace(draft, key=f"{prefix}{key}"[:_KEY_LENGTH]), reader.note()


def _nameless(register: Register, filled: Sequence[Row]) -> Iterator[LeftOut]:
    named = {row.number for row in filled}
    for row in register.rows:
        if row.number not in named:
            yield LeftOut(row.number, register.sheet, "It has no title, so there is no course to keep.")


def _distinct(register: Register, rows: Sequence[Row]) -> tuple[list[tuple[Row, str]], list[LeftOut]]:
    """Each course with a key, its id or else its words, and the rows that give it once more."""
    first: dict[str, Row] = {}
    repeated: list[LeftOut] = []
    for row in rows:
        id_ = registers.value(register, row, "id")
        key = id_ if 0 < len(id_) < _KEY_LENGTH // 2 else _told(register, row)
        if key in first:
            what = f"Its id {shorten(id_, _QUOTED)} is that of" if id_ else "It gives the same course as"
            repeated.append(LeftOut(row.number, register.sheet, f"{what} row {first[key].number}."))
        else:
            first[key] = row
    return [(row, key) for key, row in first.items()], repeated


def _keys(register: Register, rows: Sequence[Row]) -> list[str]:
    """A key for each row that stays when rows are moved: its id where ids are unique, else its words."""
    ids = [registers.value(register, row, "id") for row in rows]
    if all(ids) and len(set(ids)) == len(ids) and max(map(len, ids), default=0) < _KEY_LENGTH // 2:
        return ids
    told = [_told(register, row) for row in rows]
    seen: Counter[str] = Counter()
    keys: list[str] = []
    for words in told:
        seen[words] += 1
        keys.append(words if seen[words] == 1 else f"{words}-{seen[words]}")
    return keys


def _told(register: Register, row: Row) -> str:
    named = ("title", "event", "recommendation", "url")
    return digest(*(registers.value(register, row, name) for name in named))[:16]


@dataclass(slots=True)
class _Reader:
    """Takes fields out of a row and remembers which columns still have to be told."""

    register: Register
    row: Row
    used: set[str] = field(default_factory=set[str])
    faults: list[str] = field(default_factory=list[str])
    """Sentences on what was read but can't be right."""

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
            f"{use.column}: {shorten(said, _QUOTED)!r}{_advice(use.field)}"
            for index, use in enumerate(self.register.uses)
            if use.field not in ("", columns.DROP) and use.field not in self.used
            and index < len(self.row.cells) and (said := self.row.cells[index])
            and terms.normal(said) not in _ANYBODY
        ]  # fmt: skip
        said = f"Not understood, and kept under other details: {', '.join(lost)}." if lost else ""
        return " ".join(filter(None, (*self.faults, said)))


def _advice(field: str) -> str:
    """How to write what a field of a catalogue takes."""
    advice = "a day such as 2026-11-30" if field in columns.DAYS else _WRITTEN.get(field)
    return f" (write {advice})" if advice else ""


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
    row.faults += [
        f"{shorten(name, _QUOTED)!r}: levels go from 0 to 5." for name in plain if _BEYOND.search(name)
    ]
    first, last = row.parsed("offered_from", dates.parse), row.parsed("offered_until", dates.parse)
    if first and last and last < first:
        row.faults.append(f"It ends on {last}, before it begins on {first}: neither is kept.")
        first = last = None
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
        renewal=row.text("renewal"),
        offered_from=first,
        offered_until=last,
        reviewed_on=row.parsed("reviewed_on", dates.parse),
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
    return replace(
        draft,
        tags=tuple(dict.fromkeys((*plain, *draft.tags))),
        review_date=row.parsed("review_date", dates.parse),
    )


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
    if duration := _DURATION.fullmatch(text.strip()):
        return round(float(duration[1] or 0) + float(duration[2] or 0) / 60, 2) or None
    found = _NUMBER.search(text)
    words = terms.normal(re.sub(r"[\d.,]+", " ", text))
    if found is None or text.strip().startswith("-"):
        return None
    number = float(found[0].replace(",", "."))
    if words in ("", "h", "hr", "hrs", "hour", "hours", "total hours"):
        return number
    return round(number / 60, 2) if words in ("m", "min", "mins", "minutes") else None


def _amount(text: str) -> float | None:
    if terms.normal(text) == "free":
        return 0.0
    found = _NUMBER.fullmatch(re.sub(r"[^\d.]", "", text))
    return float(found[0]) if found and not text.strip().startswith("-") else None
