"""A lessons brief, or its pre-mortem, as a file to take away."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ingest import form_document, formats
from ingest.noted import plain
from kb.briefs.stored import Decided, StoredBrief, StoredEntry
from kb.forms import Form, Head
from kb.life.actions import Action
from kb.text import shorten, squash
from kb.vocabulary import TemplateForm, label
from web.briefs import brief_risks
from web.briefs.brief_risks import Risk
from web.briefs.briefs import Known
from web.briefs.premortem import Failure, PreMortem
from web.files import csv_files
from web.files.names import words_of
from web.searching.reasons import became
from web.wording import day, moment, percent

_PASSAGE = 500
"""Characters of a passage or an advice that are printed."""


class Format(StrEnum):
    """Formats of files; also how they end. The last two hold rows of a risk register."""

    MARKDOWN = "md"
    WORD = "docx"
    CSV = "csv"
    EXCEL = "xlsx"


MEDIA_TYPES = {
    Format.MARKDOWN: "text/markdown; charset=utf-8",
    Format.WORD: formats.media_type(formats.Format.WORD),
    Format.CSV: csv_files.MEDIA_TYPE,
    Format.EXCEL: formats.media_type(formats.Format.EXCEL),
}


@dataclass(frozen=True, slots=True)
class File:
    """A file for somebody to take away."""

    name: str
    media_type: str
    content: bytes


def brief(found: StoredBrief, known: Known, wanted: Format) -> File:
    """*found* as a document, or what of it belongs in a risk register."""
    risks = list(brief_risks.of_brief(found, known))
    return _file(found, wanted, "\n\n".join(_brief(found, known)) + "\n", risks, "lessons-brief")


def pre_mortem(found: StoredBrief, pack: PreMortem, wanted: Format) -> File:
    """A workshop's sheet, or the failures as rows of a risk register."""
    risks = [
        Risk(one.item.title, one.said, one.areas, one.item.ref)
        for theme in pack.themes
        for one in theme.failures
    ]
    return _file(found, wanted, "\n\n".join(_pre_mortem(found, pack)) + "\n", risks, "pre-mortem")


def _file(found: StoredBrief, wanted: Format, body: str, risks: list[Risk], what: str) -> File:
    title = f"{'Pre-mortem' if what == 'pre-mortem' else 'Lessons brief'}: {found.head.title}"
    match wanted:
        case Format.MARKDOWN:
            content = f"# {plain(title)}\n\n{body}".encode()
        case Format.WORD:
            content = form_document.write(_head(found, title), Form(TemplateForm.DOCUMENT, ()), (), body)
        case Format.CSV:
            content = brief_risks.csv(risks)
        case Format.EXCEL:
            content = brief_risks.xlsx(risks)
    name = "-".join([what, *words_of(found.head.title)[:6], found.head.code.lower()])
    return File(f"{name}.{wanted}", MEDIA_TYPES[wanted], content)


def _head(found: StoredBrief, title: str) -> Head:
    return Head(
        ref=found.head.code,
        title=title,
        summary=found.head.project,
        version=found.version.number,
        owner=found.version.made_by,
        dated=found.version.made_at.date(),
        language="en",
    )


def _brief(found: StoredBrief, known: Known) -> Iterator[str]:
    yield _facts(found)
    for one in found.version.sign_offs:
        note = f": {plain(one.note)}" if one.note else ""
        yield f"**{plain(one.gate)}** signed by {plain(one.by)}, {moment(one.at)}{note}"
    yield "## Lessons"
    lessons = [one for one in found.entries if one.asks]
    if not lessons:
        yield "No lesson here answers the needs of this project well."
    for entry in lessons:
        yield from _entry(found, entry, known)
    others = [one for one in found.entries if not one.asks]
    if others:
        yield "## Practices, templates and training"
    for entry in others:
        yield from _entry(found, entry, known)
    yield "## What the project needs"
    yield "\n".join(
        f"{place}. {label(one.need.kind)}: {plain(one.need.text)}"
        + (" (nothing here answers it)" if one.answered is False else "")
        for place, one in enumerate(found.wanted, 1)
    )


def _facts(found: StoredBrief) -> str:
    signed = "; ".join(f"{one.gate}, {one.by}" for one in found.version.sign_offs)
    said = {
        "Project": plain(found.head.project),
        "Charter": plain(found.version.source_name) or "Pasted text",
        "Version": f"{found.version.number}, {day(found.version.made_at.date())}",
        "Needs looked up": moment(found.version.looked_at) if found.version.looked_at else "not yet",
        "Decided": f"{found.progress.decided} of {found.progress.lessons} lessons",
        "Signed": plain(signed) or "not yet",
        "Classification": label(found.head.classification),
        "Code": found.head.code,
    }
    rows = "\n".join(f"| {name} | {_cell(value)} |" for name, value in said.items() if value)
    return f"| Brief | |\n|---|---|\n{rows}"


def _entry(found: StoredBrief, entry: StoredEntry, known: Known) -> Iterator[str]:
    item = entry.item
    yield f"### {plain(item.title)}"
    facts = (item.ref, label(item.kind), item.project, str(item.dated.year) if item.dated else "")
    marks = [mark.text for mark in became(item, known.record(item.id), known.found(item.id))]
    yield plain(" · ".join(part for part in (*facts, *marks) if part))
    yield _verdict(entry.decided) if entry.decided else ("**Verdict:** none yet" if entry.asks else "")
    for action in known.actions.get(item.ref, ()):
        yield f"**Action {action.id}**, {label(action.state).lower()}: {plain(_task(action))}"
    said = known.lessons.get(item.id)
    advice = said.recommendation if said else item.summary
    if advice.strip():
        yield f"**What to do:** {plain(shorten(advice, _PASSAGE))}"
    needs = {one.number: one.need for one in found.needs}
    for match in entry.matches[:1]:
        where = ", ".join(part for part in (item.ref, item.file_name, str(match.locator)) if part)
        yield f"**Because the charter says:** {plain(needs[match.need].text)}"
        yield f"> {plain(shorten(match.text, _PASSAGE))}"
        yield f"{plain(where)}, {percent(match.relevance)} relevant"


def _verdict(said: Decided) -> str:
    one = said.decision
    parts = [
        f"**Verdict:** {label(one.verdict)}",
        plain(squash(one.rationale)),
        plain(f"{one.owner}, by {day(one.due)}") if one.owner and one.due else "",
        plain(f"({said.by}, {day(said.at.date())})"),
    ]
    return " – ".join(part for part in parts if part)


def _task(action: Action) -> str:
    by = f", by {day(action.due)}" if action.due else ""
    return f"{squash(action.what)} ({action.owner}{by})"


def _pre_mortem(found: StoredBrief, pack: PreMortem) -> Iterator[str]:
    yield (
        "It is a year from now and the project has failed. Read how others failed, add your own reasons in "
        "silence, then vote: each person has five votes."
    )
    if pack.projects:
        names = "; ".join(
            f"{one.project.name} ({', '.join(entry.item.ref for entry in one.why)})" for one in pack.projects
        )
        yield f"Similar projects, and what was learned there: {plain(names)}."
    if not pack.themes:
        yield "No lesson here tells of a failure that this project could repeat."
    for theme in pack.themes:
        yield f"## {plain(theme.name)}"
        rows = "\n".join(_row(one) for one in theme.failures)
        yield f"{_TABLE}\n{rows}"
    yield "## Our own reasons"
    yield f"{_TABLE}\n" + "\n".join(["| " + " | ".join([""] * 7) + " |"] * 6)
    yield f"Brief {found.head.code}, version {found.version.number}"


_TABLE = (
    "| How it could fail | Causes | Early signs | Source | Votes | Likelihood | Owner |\n"
    "|---|---|---|---|---|---|---|"
)


def _row(one: Failure) -> str:
    cells = (
        one.item.title,
        brief_risks.gist(one.said.causes),
        brief_risks.gist(one.said.warning_signs),
        one.item.ref,
    )
    return "| " + " | ".join([*(_cell(plain(cell)) for cell in cells), "", "", ""]) + " |"


def _cell(text: str) -> str:
    return squash(text).replace("\\|", "|").replace("|", "\\|")
