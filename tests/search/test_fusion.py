import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.values import ItemId
from search import fusion
from search.fusion import Evidence, Mode

evidence = st.builds(Evidence, st.floats(0, 1), st.floats(-1, 1), st.floats(0, 1))
scored = st.dictionaries(st.integers(1, 50).map(ItemId), st.floats(0, 1), max_size=40)
some = st.frozensets(st.integers(1, 50).map(ItemId), max_size=8)


@given(evidence)
def test_scores_and_relevance_lie_between_0_and_1(one: Evidence) -> None:
    assert 0 <= fusion.fuse(one) <= 1
    assert 0 < fusion.relevance(fusion.fuse(one)) < 1


@given(evidence, evidence)
def test_better_in_both_is_never_less_relevant(one: Evidence, other: Evidence) -> None:
    if one.words >= other.words and one.cosine >= other.cosine:
        assert fusion.fuse(one) >= fusion.fuse(other)
        assert fusion.relevance(fusion.fuse(one)) >= fusion.relevance(fusion.fuse(other))


@given(st.dictionaries(st.integers(1, 9).map(ItemId), evidence), evidence)
def test_a_score_does_not_depend_on_what_else_was_found(
    others: dict[ItemId, Evidence], one: Evidence
) -> None:
    pool = {**others, ItemId(99): one}
    for mode in (Mode.HYBRID, Mode.MEANING):
        assert fusion.score(pool, mode)[ItemId(99)] == fusion.score({ItemId(99): one}, mode)[ItemId(99)]


def test_words_alone_leave_out_what_holds_none() -> None:
    pool = {ItemId(1): Evidence(0.0, 0.9), ItemId(2): Evidence(0.4, 0.1)}
    assert fusion.score(pool, Mode.WORDS) == {2: 0.4}
    assert fusion.score(pool, Mode.MEANING) == {1: 0.9, 2: 0.1}


def test_a_query_is_answered_by_meaning_or_by_its_words_or_by_some_of_both() -> None:
    assert fusion.answers({ItemId(1): Evidence(0, 0.55)})
    assert fusion.answers({ItemId(1): Evidence(0.5, 0.1, held=1.0)})
    assert fusion.answers({ItemId(1): Evidence(0.2, 0.35, held=0.4)})
    assert not fusion.answers({ItemId(1): Evidence(0.2, 0.3, held=0.3)})
    assert not fusion.answers({ItemId(1): Evidence(0, 0.35), ItemId(2): Evidence(0.2, 0.0, held=0.7)})
    assert not fusion.answers({})


@given(scored, some, some)
def test_every_item_is_ranked_once_and_what_is_exact_is_on_the_first_page(
    scores: dict[ItemId, float], named: frozenset[ItemId], exact: frozenset[ItemId]
) -> None:
    order = fusion.rank(scores, named, exact)
    assert sorted(order) == sorted(scores)
    held = [item for item in order if item in exact]
    assert len([item for item in held if item in order[:10]]) >= min(5, len(held))


@given(scored)
def test_nothing_exact_leaves_the_order_of_scores(scores: dict[ItemId, float]) -> None:
    assert fusion.rank(scores) == sorted(scores, key=lambda item: (-scores[item], item))


def test_the_few_items_that_hold_what_was_typed_stand_last_on_the_first_page() -> None:
    scores = {ItemId(i): 0.9 for i in range(1, 40)} | {ItemId(50): 0.2, ItemId(51): 0.1}
    order = fusion.rank(scores, exact={ItemId(50), ItemId(51)})
    assert order[8:10] == [50, 51]


def test_what_was_named_comes_first() -> None:
    assert fusion.rank({ItemId(1): 0.9, ItemId(2): 0.1}, {ItemId(2)}) == [2, 1]


def test_relevance_is_calibrated_as_documented() -> None:
    assert fusion.relevance(0.329) == pytest.approx(0.5)
    assert fusion.relevance_of_meaning(0.465) == pytest.approx(0.5)
