"""What every reranker promises."""

from pathlib import Path

import numpy as np
import pytest

from search.opening import open_reranker
from search.ports import Reranker
from tests.crossing import WordOverlap

QUERY = "supplier late with valves"
TEXTS = [
    "The supplier delivered valves late.",
    "Rain delayed concrete work. " * 300,
    "",
    "Überprüfung der Lieferantenleistung — 項目管理",
    "valves",
]


@pytest.fixture(scope="module")
def compiled(cross_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Reranker:
    return open_reranker(str(cross_encoder), tmp_path_factory.mktemp("compiled"), threads=1)


@pytest.fixture(params=["word overlap", "compiled"])
def reranker(request: pytest.FixtureRequest, compiled: Reranker) -> Reranker:
    return compiled if request.param == "compiled" else WordOverlap()


def test_each_text_has_a_score_between_0_and_1(reranker: Reranker) -> None:
    scores = reranker.score(QUERY, TEXTS)
    assert scores.shape == (len(TEXTS),)
    assert scores.dtype == np.float32
    assert ((scores >= 0) & (scores <= 1)).all()
    assert len(set(scores.tolist())) > 1


def test_no_texts_have_no_scores(reranker: Reranker) -> None:
    assert reranker.score(QUERY, []).shape == (0,)


def test_a_score_is_the_same_whatever_else_is_scored(reranker: Reranker) -> None:
    together = reranker.score(QUERY, TEXTS * 12)
    alone = [reranker.score(QUERY, [text])[0] for text in TEXTS]
    assert np.allclose(together, alone * 12, atol=1e-5)
    assert np.allclose(reranker.score(QUERY, TEXTS[::-1]), alone[::-1], atol=1e-5)


def test_the_query_counts(reranker: Reranker) -> None:
    assert not np.allclose(reranker.score(QUERY, TEXTS), reranker.score("concrete", TEXTS), atol=1e-3)


def test_it_has_a_name(reranker: Reranker) -> None:
    assert reranker.model
