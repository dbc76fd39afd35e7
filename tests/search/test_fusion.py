from hypothesis import given
from hypothesis import strategies as st

from kb.values import ItemId
from search import fusion
from search.fusion import Evidence

evidence = st.builds(Evidence, st.floats(0, 50), st.floats(-1, 1), st.booleans())
pools = st.dictionaries(st.integers(1, 50).map(ItemId), evidence, max_size=20)


@given(pools)
def test_scores_lie_between_0_and_1(pool: dict[ItemId, Evidence]) -> None:
    scores = fusion.fuse(pool)
    assert scores.keys() == pool.keys()
    assert all(0 <= score <= 1 + 1e-9 for score in scores.values())


@given(pools)
def test_better_in_both_is_never_worse_fused(pool: dict[ItemId, Evidence]) -> None:
    scores = fusion.fuse(pool)
    for one, a in pool.items():
        for other, b in pool.items():
            if a.bm25 >= b.bm25 and a.cosine >= b.cosine:
                assert scores[one] >= scores[other]


def test_what_leads_in_words_and_meaning_scores_1() -> None:
    scores = fusion.fuse({ItemId(1): Evidence(9, 0.8, True), ItemId(2): Evidence(3, 0.4, False)})
    assert scores[ItemId(1)] == 1
    assert 0.4 < scores[ItemId(2)] < 0.5


def test_a_query_is_answered_by_meaning_or_by_all_its_words() -> None:
    assert fusion.answers({ItemId(1): Evidence(0, 0.5, False)})
    assert fusion.answers({ItemId(1): Evidence(3, 0.1, True)})
    assert not fusion.answers({ItemId(1): Evidence(3, 0.3, False)})
    assert not fusion.answers({})


def test_the_few_items_that_hold_every_word_stand_on_the_first_page() -> None:
    near = {ItemId(i): Evidence(1, 0.9, False) for i in range(1, 40)}
    pool = near | {ItemId(50): Evidence(9, 0.01, True), ItemId(51): Evidence(8, 0.0, True)}
    order = fusion.rank(pool, dict.fromkeys(near, 0.6) | {ItemId(50): 0.4, ItemId(51): 0.3})
    assert order[8:10] == [50, 51]
    assert sorted(order) == sorted(pool)


def test_what_was_named_comes_first() -> None:
    pool = {ItemId(1): Evidence(0, 0.9, False), ItemId(2): Evidence(1, 0.1, True)}
    assert fusion.rank(pool, fusion.fuse(pool), {ItemId(2)}) == [2, 1]
