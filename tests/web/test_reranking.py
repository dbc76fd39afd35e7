"""A base whose settings name a reranker: a real one, and one that can't be had."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.access import LOCAL_USER
from kb.errors import UnavailableError
from search import querysets
from search.query import parse
from tests.judging import write_queryset
from web import wiring
from web.base import doctor, state, work
from web.base.work import SILENT
from web.quality import evaluating
from web.quality.evaluating import Variant
from web.wiring import Services


def _with(library: Services, reranker: str) -> Services:
    return wiring.build(library.settings.model_copy(update={"reranker": reranker}))


@pytest.fixture(scope="module")
def reranking(library: Services, cross_encoder: Path) -> Iterator[Services]:
    """The starter library with the tiny reranker."""
    built = _with(library, str(cross_encoder))
    yield built
    built.close()


@pytest.fixture
def mistaken(library: Services, tmp_path: Path) -> Iterator[Services]:
    """The starter library with a reranker that is not there."""
    built = _with(library, str(tmp_path / "nothing"))
    yield built
    built.close()


def test_the_status_names_the_reranker_in_force(library: Services, reranking: Services) -> None:
    assert dict(state.read(library).rows())["Reranker"] == "none"
    assert dict(state.read(reranking).rows())["Reranker"].startswith("tiny-cross-encoder@")


def test_the_same_is_found_in_another_order(library: Services, reranking: Services) -> None:
    query = parse("supplier late")
    with library.sessions() as session:
        plain, other = (
            base.search().search(session, LOCAL_USER, query, limit=100) for base in (library, reranking)
        )
    before, after = ([hit.item.ref for hit in found.hits] for found in (plain, other))
    assert before != after
    assert sorted(before) == sorted(after)
    assert (plain.total, plain.facets) == (other.total, other.facets)


def test_a_measured_run_keeps_which_reranker_there_was(reranking: Services, tmp_path: Path) -> None:
    folder = write_queryset(
        tmp_path / "judged",
        [{"_id": "q1", "text": "late valves"}],
        "query-id\tcorpus-id\tscore\nq1\tvalve\t1\n",
        [
            {"_id": "valve", "title": "Late valves", "text": "The supplier delivered the valves late."},
            {"_id": "bridge", "title": "Bridge deck", "text": "Rain delayed the concrete."},
        ],
    )
    base = wiring.beside(reranking, tmp_path / "base")
    try:
        work.prepare(base)
        [run] = evaluating.run(base, LOCAL_USER, querysets.read(folder), [Variant()])
    finally:
        base.close()
    assert run.summary.subject.settings["reranker"].startswith("tiny-cross-encoder@")


def test_a_reranker_that_is_not_there_is_said_in_a_sentence(mistaken: Services) -> None:
    with pytest.raises(UnavailableError, match=r"can't be loaded.*KB_RERANKER"):
        mistaken.search()
    found = {finding.check: finding for finding in doctor.examine(mistaken, SILENT, repair=False)}
    assert not found["Reranker"].sound
    assert "KB_RERANKER" in found["Reranker"].detail
    assert found["Search index"].sound
