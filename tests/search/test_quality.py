"""Retrieval quality on real lessons with judged queries must not fall."""

import pytest

from ingest import pipeline
from kb.access import LOCAL_USER
from tests.bench import judged
from web import work
from web.wiring import Services


@pytest.mark.skipif(
    not judged.available(), reason="NASA's lessons and judged queries are not beside the checkout"
)
def test_nasa_lessons_are_found_as_well_as_ever(services: Services) -> None:
    report = pipeline.run(
        services.sessions, services.files, LOCAL_USER, services.settings.limits, [judged.LESSONS]
    )
    assert report.tally.added == 1637
    work.sync(services)
    with services.sessions() as session:
        found = judged.evaluate(session, services.search())
    assert found.measures["nDCG@10"] >= 0.66
    assert found.measures["recall@20"] >= 0.73
    assert found.abstention.refused_answerable <= 1
    assert found.abstention.refused_unanswerable == 12
