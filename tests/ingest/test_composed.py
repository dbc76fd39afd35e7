from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import composed, markdown, passages
from ingest.composed import Facts, LessonEntry, TextEntry
from kb.errors import InvalidError
from kb.values import ItemDraft, LessonFields, PracticeFields
from kb.vocabulary import (
    Approach,
    Classification,
    Kind,
    KnowledgeArea,
    Phase,
    Polarity,
    Priority,
    Sector,
    Term,
)

HEADINGS = ["Event", "Effect", "Causes", "Background", "More", "Early-warning signs", "Other details"]
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20)
line = st.one_of(
    words,
    st.sampled_from(
        ["", "```", "---", "> ## Event", "  indented", "- a", "| a | b |", "<!--", "# Big", "Cold"]
    ),
    st.sampled_from(HEADINGS).map(lambda heading: f"## {heading}"),
    st.sampled_from(HEADINGS).map(lambda heading: f"##\t{heading}  "),
)
text = st.lists(line, max_size=6).map("\n".join)
days = st.none() | st.dates(date(1950, 1, 1), date(2100, 1, 1))


def some(vocabulary: type[Term]) -> st.SearchStrategy[tuple[Term, ...]]:
    return st.lists(st.sampled_from(list(vocabulary)), max_size=3).map(tuple)


facts = st.builds(
    Facts,
    title=words.filter(lambda said: said.strip() != ""),
    project=words,
    owner=words,
    dated=days,
    review_date=days,
    classification=st.sampled_from(Classification),
    knowledge_areas=some(KnowledgeArea),
    phases=some(Phase),
    approaches=some(Approach),
    sectors=some(Sector),
    tags=st.lists(words.map(lambda said: said.replace(",", "").replace(";", "")), max_size=3).map(tuple),
)
entries = st.builds(
    LessonEntry,
    facts=facts,
    said=st.builds(
        LessonFields,
        event=text,
        effect=text,
        causes=text,
        recommendation=text,
        applies_when=text,
        warning_signs=text,
        polarity=st.none() | st.sampled_from(Polarity),
        priority=st.none() | st.sampled_from(Priority),
    ),
    more=text,
)


@given(entries)
def test_what_is_written_comes_back_from_the_draft(entry: LessonEntry) -> None:
    assert composed.entry(composed.draft(entry)) == composed.tidy(entry)


@given(entries)
def test_what_is_written_comes_back_from_a_file(entry: LessonEntry) -> None:
    assert composed.read(composed.written(entry)) == composed.tidy(entry)


@given(entries)
def test_tidying_again_changes_nothing(entry: LessonEntry) -> None:
    assert composed.tidy(composed.tidy(entry)) == composed.tidy(entry)


@given(entries)
def test_saving_what_nobody_touched_changes_nothing(entry: LessonEntry) -> None:
    draft = composed.draft(entry)
    assert composed.draft(composed.entry(draft), draft) == draft


@given(entries)
def test_every_word_is_in_the_body(entry: LessonEntry) -> None:
    draft, tidied = composed.draft(entry), composed.tidy(entry)
    assert isinstance(tidied, LessonEntry)
    assert tidied.more in draft.body
    assert tidied.said.recommendation in draft.body


def test_lessons_of_the_library_come_back_as_they_are() -> None:
    for path in sorted(Path("corpus/lessons").glob("*.md"))[:40]:
        entry = composed.read(path.read_text(encoding="utf-8"))
        body = path.read_text(encoding="utf-8").split("---", 2)[2].strip()
        assert composed.draft(entry).body == body
        assert entry.facts.title


def test_what_a_foreign_text_says_beside_the_fields_is_kept_and_not_said_twice() -> None:
    body = "Met in March.\n\n## What happened\n\nPumps leaked.\n\n## Background\n\nOld pumps."
    fields = LessonFields(event="Pumps leaked.")
    item = ItemDraft(Kind.LESSON, "Pumps", body, fields)
    entry = composed.entry(item)
    assert isinstance(entry, LessonEntry)
    assert entry.more == "Met in March.\n\n## Background\n\nOld pumps."
    assert composed.draft(entry, item).body.count("Pumps leaked.") == 1


def test_the_passages_are_those_that_ingestion_cuts() -> None:
    entry = LessonEntry(Facts("Pumps"), LessonFields(event="They leaked.", recommendation="Test them."))
    draft = composed.draft(entry)
    assert draft.passages == passages.cut(markdown.parse(draft.body), "Pumps")
    assert "Test them." in draft.passages[0].text


def test_what_no_form_shows_stays() -> None:
    item = replace(
        composed.draft(LessonEntry(Facts("A"), LessonFields(event="B."))), url="https://example.org"
    )
    changed = composed.draft(LessonEntry(Facts("A2"), LessonFields(event="C.")), item)
    assert (changed.url, changed.title, changed.summary) == ("https://example.org", "A2", "C.")
    kept = composed.draft(LessonEntry(Facts("A2"), LessonFields(event="C.")), replace(item, summary="Mine."))
    assert kept.summary == "Mine."


def test_a_practice_keeps_its_own_fields_in_step_with_its_text() -> None:
    item = ItemDraft(
        Kind.PRACTICE, "Rehearse", "## Problem\n\nSurprises.", PracticeFields(problem="Surprises.")
    )
    changed = composed.draft(TextEntry(Facts("Rehearse"), "Short.", "## Problem\n\nLate surprises."), item)
    assert changed.fields == PracticeFields(problem="Late surprises.")
    assert composed.entry(changed) == TextEntry(Facts("Rehearse"), "Short.", "## Problem\n\nLate surprises.")


@pytest.mark.parametrize(
    ("facts_", "said"),
    [
        (Facts(" "), "title"),
        (Facts("x" * 501), "500"),
        (Facts("x", owner="x" * 301), "owner"),
        (Facts("x", tags=("y" * 101,)), "commas"),
    ],
)
def test_what_can_not_be_kept_is_refused_with_a_sentence(facts_: Facts, said: str) -> None:
    with pytest.raises(InvalidError, match=said):
        composed.draft(LessonEntry(facts_, LessonFields(event="x")))


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(InvalidError, match="200,000"):
        composed.draft(LessonEntry(Facts("x"), LessonFields(event="x" * 200_001)))


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("knowledge_areas: [cooking]", "cooking"),
        ("phases: someday", "someday"),
        ("polarity: bright", "bright"),
        ("classification: secret", "secret"),
        ("date: someday", "2026-11-25"),
        ("title: [", "YAML"),
    ],
)
def test_a_faulty_file_is_refused_with_the_word_that_is_wrong(front: str, said: str) -> None:
    with pytest.raises(InvalidError, match=said):
        composed.read(f"---\n{front}\n---\n\n## Event\n\nx\n")
