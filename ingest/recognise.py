"""What a document is: its kind, from front matter, names and headings, never from single words of text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from ingest import fields, terms
from ingest.markdown import Parsed
from kb.vocabulary import DocumentKind, Kind, term

_HOUSEKEEPING = {
    "readme", "license", "licence", "contributing", "code of conduct", "changelog", "index", "codeowners",
}  # fmt: skip
_KIND_WORDS: tuple[tuple[Kind, str], ...] = (
    (
        Kind.TEMPLATE,
        "template|templates|checklist|checklists|worksheet|boilerplate|request form|"
        "approval form|report form|evaluation form|assessment form",
    ),
    (
        Kind.TRAINING,
        "course|courses|training|syllabus|curriculum|learning objectives|lesson plan|"
        "learning pathways|episodes|"
        "knowledge check|practice exam|study guide|study plan|exam prep|workshop materials|testbank",
    ),
    (
        Kind.LESSON,
        "lesson|lessons|lessons learned|lessons learnt|post mortem|postmortem|"
        "after action review|incident reports|incident report",
    ),
    (Kind.PRACTICE, "best practice|best practices|good practice|practice card|method card"),
)
_REPORT_WORDS = (
    "incident report|incident reports|outage report|retrospective|retro|post mortem|postmortem|after action"
)
_DOCUMENT_WORDS: tuple[tuple[DocumentKind, str], ...] = (
    (DocumentKind.BUSINESS_CASE, "business case"),
    (DocumentKind.CHARTER, "charter|project initiation document|pid"),
    (DocumentKind.MINUTES, "minutes|meeting notes|standup notes|kickoff agenda"),
    (DocumentKind.GUIDE, "guide|guides|guidance|guideline|guidelines|how to|tutorial|recipes|runbook"),
    (DocumentKind.REGISTER, "register|log|backlog|matrix|raci|tracker|inventory|rtm"),
    (DocumentKind.GLOSSARY, "glossary|definitions|acronyms"),
    (DocumentKind.CHECKLIST, "checklist"),
    (DocumentKind.HANDBOOK, "handbook|playbook|manual"),
    (DocumentKind.POLICY, "policy|policies|standard"),
    (DocumentKind.PROCESS, "process|procedure|workflow|change control"),
    (DocumentKind.REPORT, f"report|findings|results|survey|analysis|{_REPORT_WORDS}"),
    (DocumentKind.PLAN, "plan|schedule|roadmap|wbs|gantt|milestones"),
)  # fmt: skip
_WEAK_FOLDERS = {
    DocumentKind.REPORT,
    DocumentKind.GUIDE,
    DocumentKind.HANDBOOK,
    DocumentKind.POLICY,
    DocumentKind.MINUTES,
}
_PLACEHOLDER = re.compile(
    r"<[A-Za-z][^<>\n]{2,80}>|\[(?:insert|enter|name|date|project|your|add|describe)\b[^\]\n]*\]|\{\{[^{}\n]+\}\}|_{6,}",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"\bexamples?\d*\b")
_PLACEHOLDERS = 4
_LETTERS_PER_PLACEHOLDER = 2_500


@dataclass(frozen=True, slots=True)
class Names:
    """What a file and the folders above it are called."""

    file: str
    folders: tuple[str, ...] = ()
    """Outermost first, from the folder that was given to be read."""

    @property
    def stem(self) -> str:
        """The file's name in lower-case words, without its suffix."""
        return terms.normal(PurePath(self.file).stem)


def kind(names: Names, title: str, parsed: Parsed, told: str, *, office: bool) -> Kind:
    """The kind of a document; *told*: by its front matter; *office*: whether an office program wrote it."""
    if (stated := term(Kind, told)) is not None:
        return stated
    stem = names.stem
    if stem in _HOUSEKEEPING and not _reads_as_lesson(parsed):
        return Kind.DOCUMENT
    if _EXAMPLE.search(stem):
        return Kind.DOCUMENT
    named = _named(f"{stem} / {terms.normal(title)}")
    if named is Kind.TEMPLATE or named is Kind.TRAINING:
        return named
    if named is Kind.LESSON or _words(stem, _REPORT_WORDS):
        return Kind.LESSON if _reads_as_lesson(parsed) else Kind.DOCUMENT
    if named is Kind.PRACTICE:
        return Kind.PRACTICE if fields.count(parsed, fields.PRACTICE) >= 2 else Kind.DOCUMENT
    if _words(stem, "guide|thought guide|thinking guide|handbook|glossary"):
        return Kind.DOCUMENT
    return _by_folders(names.folders, parsed) or _by_content(parsed, office) or Kind.DOCUMENT


def _named(name: str) -> Kind | None:
    return next((found for found, words in _KIND_WORDS if _words(name, words)), None)


def _by_folders(folders: Sequence[str], parsed: Parsed) -> Kind | None:
    """The nearest folder that says what it holds; of templates only the two nearest are believed."""
    for distance, folder in enumerate(reversed(folders)):
        found = _named(terms.normal(folder))
        if found is Kind.LESSON and not _reads_as_lesson(parsed):
            continue
        if found is Kind.PRACTICE and fields.count(parsed, fields.PRACTICE) < 2:
            continue
        if found is Kind.TEMPLATE and distance > 1:
            continue
        if found is not None:
            return found
    return None


def _by_content(parsed: Parsed, office: bool) -> Kind | None:
    if _reads_as_lesson(parsed) and fields.count(parsed, fields.LESSON) >= 3:
        return Kind.LESSON
    headings = fields.headings(parsed)
    if headings & set(fields.TRAINING_MARKS):
        return Kind.TRAINING
    if "how to do it" in headings or (
        fields.count(parsed, fields.PRACTICE) >= 4 and headings & {"practice", "steps"}
    ):
        return Kind.PRACTICE
    return Kind.TEMPLATE if office and _has_blanks(parsed) else None


def _reads_as_lesson(parsed: Parsed) -> bool:
    """Whether it tells what happened and what was learned of it."""
    return fields.has(parsed, fields.LESSON, "event") and fields.has(parsed, fields.LESSON, "recommendation")


def _has_blanks(parsed: Parsed) -> bool:
    """Whether there are as many blanks to fill as in a form."""
    size = sum(len(block.text) for block in parsed.blocks)
    number = sum(len(_PLACEHOLDER.findall(block.text)) for block in parsed.blocks)
    return number >= _PLACEHOLDERS and number * _LETTERS_PER_PLACEHOLDER >= size


def document_kind(names: Names, title: str, told: str) -> DocumentKind:
    """The sort of document; *told* is what its front matter says."""
    if (stated := term(DocumentKind, told)) is not None:
        return stated
    stem = names.stem
    for name in (stem, terms.normal(title)):
        for found, words in _DOCUMENT_WORDS:
            if _words(name, words):
                return found
    for folder in reversed(names.folders):
        for found, words in _DOCUMENT_WORDS:
            if found in _WEAK_FOLDERS and _words(terms.normal(folder), words):
                return found
    return DocumentKind.OTHER


def _words(name: str, words: str) -> bool:
    padded = f" {name} "
    return any(f" {word} " in padded for word in words.split("|"))
