"""A learning unit out of a lesson, in the lesson's own words and for a trainer to edit; and its questions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest import markdown, noted, passages
from kb.errors import InvalidError
from kb.items import ItemDetail
from kb.learning import exercises
from kb.text import shorten
from kb.values import ItemDraft, LessonFields, Taught, TrainingFields
from kb.vocabulary import (
    Approach,
    FacetName,
    Kind,
    KnowledgeArea,
    Phase,
    Sector,
    Status,
    Term,
    TrainingFormat,
)

_LONGEST = 220
"""Words of one text of the lesson that a unit takes over."""
_WORDS_A_MINUTE = 150
"""Read with attention."""
_MINUTES = (5, 10)
_MINUTES_A_QUESTION = 2
_QUESTIONS = 2
_LEVEL = 1
"""To which a few minutes take somebody: aware."""
_TITLE = 500
_HEADING = re.compile(r"^##[ \t]+(.*?)[ \t]*$", re.MULTILINE)
_QUESTION = re.compile(r"question\b", re.IGNORECASE)
_ANSWER = re.compile(r"answer\b", re.IGNORECASE)
_BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*+]|\d+[.)])\s)")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a unit with its answer; Markdown."""

    question: str
    answer: str


def draft(lesson: ItemDetail, competences: Sequence[str]) -> ItemDraft:
    """The draft of a unit that the fields of *lesson* tell, teaching *competences*.

    Long texts are cut after a paragraph, an entry of a list or a sentence, and say so. Raises InvalidError
    when the lesson tells neither what happened nor a question that it answers.
    """
    said = lesson.fields
    if not isinstance(said, LessonFields):
        raise InvalidError(f"{lesson.head.ref} is a {lesson.head.kind}; units are drawn from lessons.")
    told = said.event or said.effect or lesson.head.summary
    asked = exercises.of_lesson(said)[:_QUESTIONS]
    if not told.strip() or not asked:
        raise InvalidError(
            f"{lesson.head.ref} does not say what happened and what to do about it; complete it first."
        )
    body = "\n\n".join(_sections(lesson, said, told, asked))
    title = shorten(f"Case: {lesson.head.title}", _TITLE)
    minutes = round(len(body.split()) / _WORDS_A_MINUTE) + _MINUTES_A_QUESTION * len(asked)
    return ItemDraft(
        kind=Kind.TRAINING,
        title=title,
        body=body,
        fields=TrainingFields(
            format=TrainingFormat.UNIT,
            hours=round(min(max(minutes, _MINUTES[0]), _MINUTES[1]) / 60, 2),
            cost=0.0,
            competences=tuple(Taught(name, _LEVEL) for name in competences),
        ),
        passages=passages.cut(markdown.parse(body), title),
        summary=lesson.head.summary,
        project=lesson.head.project,
        organisation=lesson.head.organisation,
        language=lesson.language,
        citation=_citation(lesson),
        classification=lesson.head.classification,
        status=Status.DRAFT,
        knowledge_areas=_terms(lesson, FacetName.AREA, KnowledgeArea),
        phases=_terms(lesson, FacetName.PHASE, Phase),
        approaches=_terms(lesson, FacetName.APPROACH, Approach),
        sectors=_terms(lesson, FacetName.SECTOR, Sector),
        tags=lesson.facets.get(FacetName.TAG, ()),
    )


def questions(body: str) -> list[Question]:
    """The questions of a unit: each section that is called a question, with the answer that follows it."""
    found: list[Question] = []
    headings = list(_HEADING.finditer(body))
    for place, heading in enumerate(headings):
        end = headings[place + 1].start() if place + 1 < len(headings) else None
        text = body[heading.end() : end].strip()
        if _QUESTION.match(heading[1]) and text:
            found.append(Question(text, ""))
        elif _ANSWER.match(heading[1]) and found and not found[-1].answer:
            found[-1] = Question(found[-1].question, text)
    return found


def case(body: str) -> str:
    """What a unit tells before its first question."""
    asked = (heading for heading in _HEADING.finditer(body) if _QUESTION.match(heading[1]))
    first = next(asked, None)
    return body[: first.start()].strip() if first else body.strip()


def _sections(
    lesson: ItemDetail, said: LessonFields, told: str, asked: Sequence[exercises.Exercise]
) -> Iterator[str]:
    yield f"## What happened\n\n{_within(told)}"
    if said.event.strip() and said.effect.strip():
        yield f"## What came of it\n\n{_within(said.effect)}"
    for number, one in enumerate(asked, start=1):
        mark = f" {number}" if len(asked) > 1 else ""
        yield f"## Question{mark}\n\n{one.question}"
        yield f"## Answer{mark}\n\n{_within(one.answer)}"
    yield f"## Source\n\n{noted.plain(_citation(lesson))}"


def _citation(lesson: ItemDetail) -> str:
    published = lesson.citation or lesson.url
    head = lesson.head
    return ", ".join(filter(None, (head.ref, head.title, f"version {lesson.version}", published)))


def _within(text: str) -> str:
    """*text* without headings, cut after a block, or else after a sentence, when it is long."""
    whole = re.sub(r"^#+[ \t]+(.*)$", r"**\1**", text.strip(), flags=re.MULTILINE)
    if len(whole.split()) <= _LONGEST:
        return whole
    kept = _first(whole, _BLOCK) or _first(whole, _SENTENCE) or " ".join(whole.split()[:_LONGEST])
    return f"{kept}\n\n*Shortened; the lesson says more.*"


def _first(text: str, between: re.Pattern[str]) -> str:
    """As much of the beginning of *text* as fits, cut where *between* matches; empty when nothing does."""
    ends = [found.start() for found in between.finditer(text)]
    fitting = [end for end in ends if len(text[:end].split()) <= _LONGEST]
    return text[: fitting[-1]].rstrip() if fitting else ""


def _terms(lesson: ItemDetail, facet: FacetName, vocabulary: type[Term]) -> tuple[Term, ...]:
    return tuple(vocabulary(value) for value in lesson.facets.get(facet, ()))
