"""What a brief is worth on the judged charters, over the starter library alone.

NASA's lessons are not here: charters for which the library has little are left out. The figures with them:
docs/decisions/0009.
"""

from collections.abc import Iterator

import pytest

from search.briefs import charter as reading
from tests.briefs import charters, measuring
from tests.briefs.charters import USEFUL, Charter
from tests.briefs.measuring import Figures, Measure, Method
from web.wiring import Services

_ENOUGH = 20
"""Useful items of the library from which a charter is measured."""


def _in_library(charter: Charter) -> bool:
    useful = [one for one in charter.judgements if one.grade >= USEFUL and one.ref.startswith("HS-")]
    return len(useful) >= _ENOUGH


CHARTERS = [charter for charter in charters.read() if _in_library(charter)]


@pytest.fixture(scope="module")
def measure(library: Services) -> Iterator[Measure]:
    with library.sessions() as session:
        yield Measure(session, library.search())


def _mean(measure: Measure, method: Method) -> Figures:
    return measuring.mean([measure.figures(charter, method(charter)) for charter in CHARTERS])


def test_a_brief_is_much_better_than_searching_with_the_whole_charter(measure: Measure) -> None:
    brief, plain = _mean(measure, measure.brief), _mean(measure, measure.plain)
    assert brief.ndcg >= 1.25 * plain.ndcg
    assert brief.covered >= 1.25 * plain.covered
    assert brief.ndcg >= 0.5
    assert brief.precision >= 0.5


def test_every_charter_is_read_into_needs_of_several_kinds() -> None:
    for charter in charters.read():
        needs = reading.read(charter.text)
        assert 20 <= len(needs) <= reading.MOST, charter.name
        assert len({need.kind for need in needs}) >= 4, charter.name
