"""Sections of a text to the fields of its kind."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest import markdown, terms
from ingest.markdown import Parsed, Section
from kb.values import KindFields, LessonFields, PracticeFields, TemplateFields

_NUMBERING = re.compile(r"^(?:\d+(?:\.\d+)*|[ivx]+)[.)]?\s+", re.IGNORECASE)

Synonyms = dict[str, tuple[str, ...]]
"""Field → groups of headings, best first; a group's headings are joined with bars."""

LESSON_HEADINGS = {
    "event": "Event",
    "effect": "Effect",
    "causes": "Causes",
    "recommendation": "Recommendation",
    "applies_when": "Applies when",
    "warning_signs": "Early-warning signs",
}
"""The headings under which the library itself writes a lesson's fields, in their order."""
LESSON: Synonyms = {
    "event": (
        "event|what happened|description of driving event",
        "summary|incident summary|abstract",
        "description|issue|problem|situation|observation|background|context|overview",
    ),
    "effect": ("effect|effects|impact|impacts|consequences|result|results|user impact",),
    "causes": (
        "causes|cause|root cause|root causes|why it happened|contributing factors|root cause analysis",
    ),
    "recommendation": (
        "recommendation|recommendations",
        "lessons learned|lessons learnt|lesson learned|lesson learnt|lessons|lesson|what we learned|"
        "action items|actions|corrective actions|remediation|what we will do differently",
    ),
    "applies_when": ("applies when|applicability|when it applies",),
    "warning_signs": ("early warning signs|warning signs",),
}
PRACTICE: Synonyms = {
    "problem": ("problem", "why|purpose"),
    "context": ("context|when to use it|when to use|when",),
    "practice": ("practice|solution|what|description",),
    "steps": ("steps|how to do it|how|procedure|method",),
    "preconditions": ("preconditions|prerequisites|what you need",),
    "expected_outcome": ("expected outcome|outcome|outcomes|benefits|results",),
    "kpis": ("kpis|measures|metrics|how to measure",),
    "pitfalls": ("pitfalls|watch out for|anti patterns|common mistakes|caveats|considerations",),
    "evidence": ("evidence|examples|example|case study",),
}
TEMPLATE: Synonyms = {
    "purpose": ("purpose|about this template|objective|introduction",),
    "when_to_use": ("when to use|when to use it|use when",),
    "tailoring": ("tailoring|how to adapt it|instructions|how to use this template",),
    "fields_to_fill": ("fields|fields to fill",),
    "example": ("example|examples|filled example",),
}
TRAINING_MARKS = [
    "learning objectives",
    "what you will learn",
    "course outline",
    "syllabus",
    "learning outcomes",
    "course objectives",
    "who should attend",
    "course content",
    "exercises",
    "knowledge check",
]


def lesson(parsed: Parsed) -> LessonFields:
    """A lesson's fields as far as sections bear their names."""
    texts = _texts(parsed, LESSON)
    return LessonFields(
        event=texts["event"],
        effect=texts["effect"],
        causes=texts["causes"],
        recommendation=texts["recommendation"],
        applies_when=texts["applies_when"],
        warning_signs=texts["warning_signs"],
    )


def lesson_field(heading: str) -> str | None:
    """The field of a lesson that a section under *heading* is, if any."""
    name = normal(heading)
    found = (field for field, groups in LESSON.items() if any(name in group.split("|") for group in groups))
    return next(found, None)


def practice(parsed: Parsed) -> PracticeFields:
    """A practice's fields as far as sections bear their names."""
    return PracticeFields(**_texts(parsed, PRACTICE))


def template(parsed: Parsed) -> TemplateFields:
    """A template's fields as far as sections bear their names."""
    texts = _texts(parsed, TEMPLATE)
    return TemplateFields(
        purpose=texts["purpose"],
        when_to_use=texts["when_to_use"],
        tailoring=texts["tailoring"],
        fields_to_fill=texts["fields_to_fill"],
        example=texts["example"],
    )


def following(present: KindFields, parsed: Parsed) -> KindFields:
    """The kind's own fields after its text became *parsed*; those that no text tells stay."""
    match present:
        case PracticeFields():
            return practice(parsed)
        case TemplateFields():
            return replace(present, **_texts(parsed, TEMPLATE))
        case _:
            return present


def headings(parsed: Parsed) -> set[str]:
    """All headings in normal form, without numbering."""
    return {normal(section.heading) for section in parsed.sections}


def count(parsed: Parsed, synonyms: Synonyms) -> int:
    """How many fields of *synonyms* have a section."""
    found = headings(parsed)
    return sum(any(found & set(group.split("|")) for group in groups) for groups in synonyms.values())


def has(parsed: Parsed, synonyms: Synonyms, field: str) -> bool:
    """Whether *field* has a section."""
    found = headings(parsed)
    return any(found & set(group.split("|")) for group in synonyms[field])


def normal(heading: str) -> str:
    """A heading in lower-case words, without its number."""
    return terms.normal(_NUMBERING.sub("", heading))


def _texts(parsed: Parsed, synonyms: Synonyms) -> dict[str, str]:
    return {field: _text(parsed, groups) for field, groups in synonyms.items()}


def _text(parsed: Parsed, groups: Sequence[str]) -> str:
    """The sections of the first group that has any, in order; sections within others are not said twice."""
    for group in groups:
        names = set(group.split("|"))
        chosen: list[Section] = []
        for section in parsed.sections:
            inside = bool(chosen) and section.start < chosen[-1].end
            if normal(section.heading) in names and not inside:
                chosen.append(section)
        texts = [parsed.body[section.content : section.end].strip() for section in chosen]
        if any(texts):
            return "\n\n".join(text for text in texts if text)
    return ""


def lead(parsed: Parsed) -> str:
    """The first paragraph that reads like one, plain; empty when there is none."""
    for block in parsed.blocks[:40]:
        if block.kind is markdown.BlockKind.TEXT and len(block.text.split()) >= 8 and block.text[0].isalnum():
            return block.text
    return ""
