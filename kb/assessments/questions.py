"""The questionnaire: plain questions on each knowledge area, each level of an answer described.

Levels from 0 to 5: absent, by chance, in parts, defined and mostly done, measured, improving others.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kb.vocabulary import KnowledgeArea

HIGHEST = 5
"""The best level; the worst is 0."""
_SHIPPED = "questions.csv"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of one side of a knowledge area."""

    key: str
    """Names it in forms and records, such as `risk.finding`."""
    area: KnowledgeArea
    text: str
    levels: tuple[str, ...]
    """What a project does at each level, from 0."""


@cache
def questions() -> tuple[Question, ...]:
    """All of them, those on one area together."""
    lines = (files("kb.assessments") / _SHIPPED).read_text("utf-8").splitlines()
    return tuple(
        Question(
            f"{row['area']}.{row['key']}",
            KnowledgeArea(row["area"]),
            row["question"],
            tuple(row[str(level)] for level in range(HIGHEST + 1)),
        )
        for row in csv.DictReader(lines)
    )


@cache
def by_area() -> dict[KnowledgeArea, tuple[Question, ...]]:
    """The questions on each knowledge area."""
    found: dict[KnowledgeArea, tuple[Question, ...]] = {}
    for question in questions():
        found[question.area] = (*found.get(question.area, ()), question)
    return found
