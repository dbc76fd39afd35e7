from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from kb import library
from kb.access import LOCAL_USER, Principal
from kb.database import Sessions, transaction
from kb.values import ItemDraft, ItemId, Locator, PassageDraft
from kb.vocabulary import Classification
from search import second_stage
from search.engine import Engine
from search.fusion import Mode
from search.ports import Scores
from search.query import Query, parse
from search.results import Results
from search.sync import sync
from tests.hashing import HashingEncoder
from tests.samples import lesson, source, store

READER = Principal("reader", Classification.INTERNAL)
SUPPLIERS = 70


class Oracle:
    """Knows which texts answer: those that hold *word*; remembers what it was asked."""

    model = "oracle"

    def __init__(self, word: str) -> None:
        self._word = word
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def score(self, query: str, texts: Sequence[str]) -> Scores:
        self.asked.append((query, tuple(texts)))
        return np.array([self._word in text for text in texts], np.float32)


def suppliers() -> list[ItemDraft]:
    """Lessons of suppliers, the later ones with more words around it and so less like the query."""
    return [
        lesson(f"Supplier {n}", f"The supplier was late{' again' * n}.", ref=f"S-{n}")
        for n in range(SUPPLIERS)
    ]


@pytest.fixture
def index(sessions: Sessions, encoder: HashingEncoder, folder: Path) -> Path:
    with transaction(sessions) as session:
        store(
            session,
            *suppliers(),
            lesson(
                "Valve", "The supplier was late with a zirconium valve and many a word besides.", ref="V-1"
            ),
            lesson(
                "Secret",
                "The supplier was late in secret.",
                classification=Classification.CONFIDENTIAL,
                ref="X-1",
            ),
        )
    sync(sessions, encoder, folder)
    return folder


def refs(results: Results) -> list[str]:
    return [hit.item.ref for hit in results.hits]


def find(engine: Engine, session: Session, text: str, *, offset: int = 0, limit: int = 1000) -> Results:
    return engine.search(session, LOCAL_USER, parse(text), offset=offset, limit=limit)


def test_what_the_reranker_prefers_comes_first_out_of_the_same_set(
    index: Path, encoder: HashingEncoder, session: Session
) -> None:
    plain = find(Engine(encoder, index), session, "late supplier")
    wanted = refs(plain)[second_stage.FIRST - 1]
    oracle = Oracle(f"Supplier {wanted.removeprefix('S-')}\n")
    reranked = find(Engine(encoder, index, reranker=oracle), session, "late supplier")
    assert refs(reranked)[0] == wanted
    assert sorted(refs(reranked)) == sorted(refs(plain))
    assert (reranked.total, reranked.facets) == (plain.total, plain.facets)
    assert {h.item.ref: h.relevance for h in reranked.hits} == {h.item.ref: h.relevance for h in plain.hits}


def test_those_further_down_keep_their_order(index: Path, encoder: HashingEncoder, session: Session) -> None:
    plain = refs(find(Engine(encoder, index), session, "late supplier"))
    reranked = refs(find(Engine(encoder, index, reranker=Oracle("again")), session, "late supplier"))
    assert len(plain) > second_stage.FIRST
    assert reranked[second_stage.FIRST :] == plain[second_stage.FIRST :]
    assert set(reranked[: second_stage.FIRST]) == set(plain[: second_stage.FIRST])


@pytest.mark.parametrize("size", [1, 7, 10, 49])
def test_the_order_is_the_same_whatever_the_page(
    index: Path, encoder: HashingEncoder, session: Session, size: int
) -> None:
    engine = Engine(encoder, index, reranker=Oracle("Supplier 4"))
    whole = find(engine, session, "late supplier")
    paged = [
        ref
        for offset in range(0, whole.total, size)
        for ref in refs(find(engine, session, "late supplier", offset=offset, limit=size))
    ]
    assert paged == refs(whole)
    summaries = [hit.item.id for hit in whole.hits]
    assert engine.matching(session, LOCAL_USER, parse("late supplier")) == summaries
    assert (
        list(engine.rank(session, LOCAL_USER, Query("late supplier"), limit=size).items) == summaries[:size]
    )


def test_a_reference_and_a_rare_word_stay_on_the_first_page(
    index: Path, encoder: HashingEncoder, session: Session
) -> None:
    engine = Engine(encoder, index, reranker=Oracle("Supplier"))
    assert refs(find(engine, session, "V-1"))[0] == "V-1"
    assert "V-1" in refs(find(engine, session, "supplier late zirconium", limit=10))


def test_the_reranker_reads_what_was_embedded_and_the_reader_may_see(
    index: Path, encoder: HashingEncoder, session: Session
) -> None:
    oracle = Oracle("")
    Engine(encoder, index, reranker=oracle).search(session, READER, parse("late supplier kind:lesson"))
    [(query, texts)] = oracle.asked
    assert query == "late supplier"
    assert len(texts) == second_stage.FIRST
    assert "Supplier 0\nThe supplier was late." in texts
    assert not any("secret" in text for text in texts)


def test_a_search_is_judged_once_for_all_its_pages_and_anew_after_a_change(
    index: Path, encoder: HashingEncoder, sessions: Sessions, session: Session
) -> None:
    oracle = Oracle("")
    engine = Engine(encoder, index, reranker=oracle)
    for offset in (0, 10, 20):
        find(engine, session, "late supplier", offset=offset, limit=10)
    assert len(oracle.asked) == 1
    engine.search(session, READER, parse("late supplier"))
    assert len(oracle.asked) == 2
    with transaction(sessions) as writing:
        store(writing, lesson("Crane", "Toppled."), location="/files/new.md", digest="c" * 64)
    find(engine, session, "late supplier")
    assert len(oracle.asked) == 3


def test_the_nearest_passage_of_an_item_is_read(
    sessions: Sessions, session: Session, encoder: HashingEncoder, folder: Path
) -> None:
    passages = (
        PassageDraft(("Start",), "Of cranes.", Locator(0, 10)),
        PassageDraft(("End",), "Of late valves.", Locator(10, 25)),
    )
    with transaction(sessions) as writing:
        store(writing, lesson("Handbook", "Of cranes.Of late valves.", passages=passages))
    sync(sessions, encoder, folder)
    oracle = Oracle("")
    find(Engine(encoder, folder, reranker=oracle), session, "late valves")
    assert oracle.asked == [("late valves", ("Handbook\nEnd\nOf late valves.",))]


def test_words_or_meaning_alone_are_compared_without_it(
    index: Path, encoder: HashingEncoder, session: Session
) -> None:
    oracle = Oracle("")
    engine = Engine(encoder, index, reranker=oracle)
    for mode in (Mode.WORDS, Mode.MEANING):
        engine.rank(session, LOCAL_USER, Query("late supplier"), limit=10, mode=mode)
    assert oracle.asked == []


def test_what_was_withdrawn_since_the_sync_is_not_read(
    index: Path, encoder: HashingEncoder, sessions: Sessions, session: Session
) -> None:
    with transaction(sessions) as writing:
        library.withdraw(writing, LOCAL_USER, source().location)
    oracle = Oracle("")
    results = find(Engine(encoder, index, reranker=oracle), session, "late supplier")
    assert (results.total, results.hits) == (0, ())
    assert [texts for _, texts in oracle.asked] == [()]


shares = st.floats(0, 1)
scored = st.dictionaries(st.integers(1, 30).map(ItemId), shares)


@given(scored, scored)
def test_the_fused_value_lies_between_relevance_and_score(
    relevance: Mapping[ItemId, float], scores: Mapping[ItemId, float]
) -> None:
    fused = second_stage.fuse(relevance, scores)
    assert set(fused) == set(relevance)
    for item, own in relevance.items():
        other = scores.get(item, own)
        assert min(own, other) - 1e-9 <= fused[item] <= max(own, other) + 1e-9
