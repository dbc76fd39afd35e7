"""The judged charters are whole: what they name is there, and each has enough to measure with."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from tests.briefs import charters
from tests.briefs.charters import USEFUL, Charter
from tests.corpus import catalogue, front

CHARTERS = charters.read()
_NASA = Path(__file__).parents[2].parent / "shared" / "corpora" / "nasa-llis" / "llis.csv"
each = pytest.mark.parametrize("charter", CHARTERS, ids=lambda charter: charter.name)


def test_every_charter_has_judgements() -> None:
    assert {charter.name for charter in CHARTERS} == {
        path.stem for path in charters.FOLDER.glob("*.md") if path.stem != "README"
    }


@each
def test_there_is_enough_to_measure_with(charter: Charter) -> None:
    assert 500 <= len(charter.text.split()) <= 1_800
    assert len(charter.judgements) >= 25
    assert Counter(judgement.grade for judgement in charter.judgements)[0] >= 6


@each
def test_no_item_is_judged_twice(charter: Charter) -> None:
    assert len(charter.grades()) == len(charter.judgements)


@each
def test_needs_are_few_and_mostly_answered(charter: Charter) -> None:
    needs = charter.needs()
    answered = [need for need, found in needs.items() if any(one.grade >= USEFUL for one in found)]
    assert 6 <= len(needs) <= 12
    assert len(answered) >= 5


@pytest.fixture(scope="module")
def library() -> set[str]:
    """The references of the starter library."""
    return {front.read(path)[0].ref for path in front.files()} | set(catalogue.rows())


@each
def test_what_is_judged_is_in_the_library(charter: Charter, library: set[str]) -> None:
    assert {ref for ref in charter.grades() if ref.startswith("HS-")} - library == set()


@each
def test_what_is_judged_is_among_nasas_lessons(charter: Charter) -> None:
    if not _NASA.is_file():
        pytest.skip("NASA's lessons are not on this machine")
    with _NASA.open(newline="", encoding="utf-8", errors="replace") as file:
        known = {f"nasa:{row['LessonId']}" for row in csv.DictReader(file)}
    assert {ref for ref in charter.grades() if ref.startswith("nasa:")} - known == set()
