"""The starter library as a whole: enough of everything, nothing twice, nothing out of reach."""

import re
from collections import Counter
from graphlib import TopologicalSorter
from statistics import mean

import pyphen
import pytest

from ingest import fields, front_matter, markdown
from kb.life import linting
from kb.passages import embedded_text
from kb.vocabulary import DocumentKind, KnowledgeArea, TrainingFormat
from search.ports import Encoder
from tests.corpus import catalogue, front
from tests.corpus.front import Common, Competence, Document, Lesson, Practice, RoleProfile, Template, Training

_REFERENCE = re.compile(r"HS-C-\d{3}")
_WORD = re.compile(r"[A-Za-z][\w'’-]*")
_SENTENCE = re.compile(r"[.!?](?:\s|$)")
_NEAR = 0.93
"""Cosine from which two items say the same; the nearest that differ reach 0.90."""


@pytest.fixture(scope="module")
def library() -> list[tuple[Common, str]]:
    return [front.read(path) for path in front.files()]


def _of(library: list[tuple[Common, str]], kind: type) -> list[Common]:
    return [read for read, _ in library if isinstance(read, kind)]


def test_there_is_enough_of_everything(library: list[tuple[Common, str]]) -> None:
    lessons = [read for read, _ in library if isinstance(read, Lesson)]
    real = [lesson for lesson in lessons if lesson.project]
    assert len(_of(library, Template)) >= 40
    assert len(_of(library, Practice)) >= 60
    assert len(lessons) >= 150
    assert len(real) >= 100
    assert len({lesson.project for lesson in real}) >= 50
    assert sum(lesson.polarity == "positive" for lesson in real) >= len(real) / 3
    assert len(_of(library, Training)) >= 25
    assert len(_of(library, Training)) + len(catalogue.rows()) >= 150
    assert len(_of(library, RoleProfile)) >= 12
    documents = [read for read, _ in library if isinstance(read, Document)]
    guides = (DocumentKind.GUIDE, DocumentKind.PROCESS)
    assert sum(document.document_kind in guides for document in documents) >= 20
    assert sum(bool(document.project) for document in documents) >= 10


def test_every_knowledge_area_has_practices_and_lessons(library: list[tuple[Common, str]]) -> None:
    for kind in (Practice, Lesson):
        held = {area for read in _of(library, kind) for area in read.knowledge_areas}
        assert set(KnowledgeArea) - held == set()


def test_each_title_and_file_name_is_given_once(library: list[tuple[Common, str]]) -> None:
    titles = [(type(read).__name__, read.title.lower()) for read, _ in library]
    assert [title for title, times in Counter(titles).items() if times > 1] == []
    stems = [path.stem for path in front.files()]
    assert [stem for stem, times in Counter(stems).items() if times > 1] == []


def test_the_catalogue_keeps_to_the_vocabularies() -> None:
    for row in catalogue.rows().values():
        assert row.kind is not None, f"{row.ref}: {row.format} is no format"
        assert row.area in set(KnowledgeArea), f"{row.ref}: {row.area} is no knowledge area"
        if row.kind is TrainingFormat.CERTIFICATION:
            assert re.search(r"\b20\d\d\b", row.citation), f"{row.ref}: cite the body's page with the year"
            assert row.url.startswith("http"), f"{row.ref}: where that was read"


def test_what_is_only_read_or_heard_teaches_no_more_than_knowledge(library: list[tuple[Common, str]]) -> None:
    """The rule of the starter library: levels from 3 on are of people who have done it, not read of it.

    Readings and webinars lead to level 2 at most, under two hours to level 1; other training of under three
    hours to level 2. Assessments and certifications show a level, however long they take.
    """
    given = [
        (read.ref, read.format, read.hours, read.competences)
        for read, _ in library
        if isinstance(read, Training)
    ]
    listed = [(row.ref, row.kind, row.hours, row.taught) for row in catalogue.rows().values()]
    shown = {TrainingFormat.ASSESSMENT, TrainingFormat.CERTIFICATION}
    told = {TrainingFormat.READING, TrainingFormat.WEBINAR}
    for ref, kind, hours, taught in (*given, *listed):
        if kind in shown or hours is None:
            continue
        most = (1 if hours < 2 else 2) if kind in told else (2 if hours < 3 else 5)
        assert max(one.level for one in taught) <= most, f"{ref}: {hours:g} hours of {kind}, at most {most}"


def _taught(library: list[tuple[Common, str]]) -> dict[str, int]:
    """The highest level to which each competence is taught."""
    highest: dict[str, int] = {}
    for read, _ in library:
        for level in read.competences if isinstance(read, Training) else ():
            highest[level.name] = max(highest.get(level.name, 0), level.level)
    for row in catalogue.rows().values():
        for taught in row.taught:
            highest[taught.name] = max(highest.get(taught.name, 0), taught.level)
    return highest


def test_what_is_taught_and_required_are_competences_of_the_framework(
    library: list[tuple[Common, str]],
) -> None:
    framework = {read.title for read in _of(library, Competence)}
    required = {level.name for read, _ in library if isinstance(read, RoleProfile) for level in read.requires}
    assert len(framework) >= 29
    assert set(_taught(library)) - framework == set()
    assert required - framework == set()


def test_every_role_can_be_reached_by_training(library: list[tuple[Common, str]]) -> None:
    highest = _taught(library)
    out_of_reach = [
        f"{read.title}: {level.name} at {level.level}"
        for read, _ in library
        if isinstance(read, RoleProfile)
        for level in read.requires
        if level.level > highest.get(level.name, 0)
    ]
    assert out_of_reach == []


def test_every_name_of_apms_framework_is_mapped(library: list[tuple[Common, str]]) -> None:
    mapped = {name.lower() for read, _ in library if isinstance(read, Competence) for name in read.apm}
    assert set(_APM) - mapped == set()


def test_training_that_comes_first_never_comes_round_again(library: list[tuple[Common, str]]) -> None:
    needed = {
        read.ref: _REFERENCE.findall(" ".join(read.prerequisites))
        for read, _ in library
        if isinstance(read, Training)
    } | {row.ref: _REFERENCE.findall(row.prerequisites) for row in catalogue.rows().values()}
    assert [ref for first in needed.values() for ref in first if ref not in needed] == []
    assert len(list(TopologicalSorter(needed).static_order())) == len(needed)


def test_lessons_are_well_written(library: list[tuple[Common, str]]) -> None:
    """Prints how well; a lesson without a cause or a recommendation that somebody can carry out fails."""
    scores: list[int] = []
    faults: list[str] = []
    for read, body in library:
        if isinstance(read, Lesson):
            found = linting.lint(read.title, fields.lesson(markdown.parse(body)))
            scores.append(linting.score(found))
            faults += [f"{read.ref}: {finding.hint}" for finding in found if finding.rule in _FORBIDDEN]
    print(f"{len(scores)} lessons: {mean(scores):.0f} of 100 on average, the least {min(scores)}")  # noqa: T201
    assert faults == []
    assert mean(scores) >= 90


_FORBIDDEN = {
    linting.Rule.RECOMMENDATION,
    linting.Rule.WHO,
    linting.Rule.WHEN,
    linting.Rule.CAUSE,
    linting.Rule.EFFECT,
    linting.Rule.BLAME,
    linting.Rule.NAME,
}


def test_texts_can_be_read(library: list[tuple[Common, str]]) -> None:
    """Prints the reading grades; what needs more than university is too hard to use at work."""
    syllables = pyphen.Pyphen(lang="en_GB")
    grades: dict[str, float] = {}
    for read, body in library:
        plain = "\n".join(
            block.text
            for block in markdown.parse(body).blocks
            if block.kind is markdown.BlockKind.TEXT and len(block.text.split()) > 5
        )
        grades[read.ref] = _grade(plain, syllables)
    hardest = {ref: round(grades[ref]) for ref in sorted(grades, key=lambda ref: -grades[ref])[:5]}
    print(f"grade {mean(grades.values()):.1f} on average, the hardest {hardest}")  # noqa: T201
    assert mean(grades.values()) < 12
    assert max(grades.values()) < 18


def _grade(text: str, syllables: pyphen.Pyphen) -> float:
    """Years of schooling (Kincaid and others, 1975), syllables told by where words may be hyphenated."""
    words = _WORD.findall(text)
    sentences = max(1, len(_SENTENCE.findall(text)), text.count("\n"))
    parts = sum(1 + len(syllables.positions(word)) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * parts / max(1, len(words)) - 15.59


def test_no_two_items_say_the_same(library: list[tuple[Common, str]], encoder: Encoder) -> None:
    said = [(read.ref, embedded_text(read.title, "", read.summary)) for read, _ in library]
    said += [(row.ref, embedded_text(row.title, "", row.summary)) for row in catalogue.rows().values()]
    vectors = encoder.encode([text for _, text in said])
    cosines = vectors @ vectors.T
    near = [
        (said[i][0], said[j][0], round(float(cosines[i, j]), 3))
        for i in range(len(said))
        for j in range(i)
        if cosines[i, j] >= _NEAR and _differ(said[i][0], said[j][0])
    ]
    assert near == []


def _differ(one: str, other: str) -> bool:
    """Two steps of one certification are alike by nature."""
    steps = [ref for ref, row in catalogue.rows().items() if row.kind is TrainingFormat.CERTIFICATION]
    return one not in steps or other not in steps


def test_front_matter_without_a_file_of_its_own_kind_is_refused() -> None:
    said, _ = front_matter.split("---\nkind: lesson\nref: HS-L-999\n---\n\ntext")
    with pytest.raises(ValueError, match="Field required"):
        Lesson.model_validate(said)


_APM = """
life cycles|governance arrangements|sustainability|financial management|business case|portfolio shaping|
procurement|reviews|assurance|capability development|transition management|benefits management|
stakeholder engagement and communication management|conflict resolution|leadership|team management|
diversity and inclusion|ethics, compliance and professionalism|requirements management|
solutions development|quality management|integrated planning|schedule management|resource management|
resource capacity planning|budgeting and cost control|contract management|risk and issue management|
change control
""".replace("\n", "").split("|")
