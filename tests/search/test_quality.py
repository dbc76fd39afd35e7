"""Retrieval and suggestions on real lessons must not fall: judged queries, and facts that people stated."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import pipeline
from kb.access import LOCAL_USER
from kb.settings import Settings
from search.suggesting import Subject
from tests import suggestions
from tests.bench import judged
from tests.suggestions import Figures
from web import wiring
from web.base import work
from web.wiring import Services

needs_nasa = pytest.mark.skipif(
    not judged.available(), reason="NASA's lessons and judged queries are not beside the checkout"
)
FLOORS = {
    Subject.AREA: 0.45,
    Subject.PHASE: 0.62,
    Subject.APPROACH: 0.72,
    Subject.SECTOR: 0.62,
    Subject.TAG: 0.45,
    Subject.COMPETENCE: 0.45,
}
"""Least share of right suggestions in a sample of the starter library; the whole has some 12 points more."""


@pytest.fixture(scope="module")
def nasa(tmp_path_factory: pytest.TempPathFactory, encoders: Path) -> Iterator[Services]:
    """NASA's lessons, loaded and indexed. Tests only read them."""
    data = tmp_path_factory.mktemp("nasa") / "data"
    data.mkdir()
    (data / "models").symlink_to(encoders)
    built = wiring.build(Settings(data=data))
    work.prepare(built)
    limits = built.settings.limits
    report = pipeline.run(built.sessions, built.files, LOCAL_USER, limits, [judged.LESSONS])
    assert report.tally.added == 1637
    work.sync(built)
    yield built
    built.close()


@needs_nasa
def test_nasa_lessons_are_found_as_well_as_ever(nasa: Services) -> None:
    with nasa.sessions() as session:
        found = judged.evaluate(session, nasa.search())
    assert found.measures["nDCG@10"] >= 0.66
    assert found.measures["recall@20"] >= 0.73
    assert found.abstention.refused_answerable <= 1
    assert found.abstention.refused_unanswerable == 12


@needs_nasa
def test_what_is_suggested_for_nasa_lessons_is_right_as_often_as_ever(nasa: Services) -> None:
    found = suggestions.measured(nasa, every=8)
    assert found[Subject.AREA].precision >= 0.45
    assert helped(found[Subject.AREA]) >= 0.5
    assert found[Subject.TAG].precision >= 0.35


def test_what_is_suggested_for_lessons_of_the_library_is_right_as_often_as_ever(library: Services) -> None:
    found = suggestions.measured(library, every=6)
    low = {
        subject: found[subject].precision
        for subject, floor in FLOORS.items()
        if found[subject].precision < floor
    }
    assert not low
    assert helped(found[Subject.AREA]) >= 0.35
    assert helped(found[Subject.PHASE]) >= 0.65
    assert helped(found[Subject.COMPETENCE]) >= 0.3


def helped(figures: Figures) -> float:
    """The share of lessons of which something right was suggested."""
    return figures.helped / figures.lessons
