"""The order of a brief, over made-up candidates."""

from hypothesis import given
from hypothesis import strategies as st

from kb.values import ItemId
from kb.vocabulary import Kind
from search.briefs import ranking
from search.briefs.ranking import Candidate

NEEDS = 4


def _lesson(number: int, edges: dict[int, float], weight: float = 1.0, *areas: str) -> Candidate:
    return Candidate(ItemId(number), Kind.LESSON, edges, weight, areas)


def _order(*candidates: Candidate, limit: int = 10) -> list[int]:
    return [int(one.item) for one in ranking.order(candidates, [1.0] * NEEDS, limit)]


def test_what_stands_out_most_comes_first() -> None:
    assert _order(_lesson(1, {0: 0.05}), _lesson(2, {1: 0.2})) == [2, 1]


def test_an_item_for_two_needs_is_worth_more_than_one_for_one() -> None:
    assert _order(_lesson(1, {0: 0.1}), _lesson(2, {1: 0.09, 2: 0.09})) == [2, 1]


def test_a_need_that_is_answered_leaves_room_for_another() -> None:
    assert _order(_lesson(1, {0: 0.3}), _lesson(2, {0: 0.2}), _lesson(3, {1: 0.15})) == [1, 3, 2]


def test_a_further_area_comes_before_the_same_again() -> None:
    same = [_lesson(number, {0: 0.1}, 1.0, "risk") for number in (1, 2)]
    assert _order(*same, _lesson(3, {0: 0.099}, 1.0, "quality")) == [1, 3, 2]


def test_needs_decide_by_their_weight() -> None:
    candidates = [_lesson(1, {0: 0.1}), _lesson(2, {1: 0.1})]
    assert [one.item for one in ranking.order(candidates, [0.5, 1.0], 2)] == [2, 1]


def test_lessons_are_most_of_a_page() -> None:
    kinds = [Kind.PRACTICE, Kind.TEMPLATE, Kind.TRAINING]
    others = [
        Candidate(ItemId(100 + number), kinds[number % 3], {number % NEEDS: 0.5}) for number in range(30)
    ]
    lessons = [_lesson(number, {number % NEEDS: 0.1}) for number in range(20)]
    page = ranking.order([*others, *lessons], [1.0] * NEEDS, 10)
    assert sum(one.kind is Kind.LESSON for one in page) == 6
    assert {one.kind for one in page} == set(Kind) - {Kind.DOCUMENT}


_candidates = st.lists(
    st.builds(
        Candidate,
        st.integers(1, 1_000).map(ItemId),
        st.sampled_from(list(Kind)),
        st.dictionaries(st.integers(0, NEEDS - 1), st.floats(0, 1), min_size=1),
        st.floats(0.5, 2),
        st.lists(st.sampled_from(["risk", "quality", "scope"]), max_size=2, unique=True).map(tuple),
    ),
    max_size=30,
    unique_by=lambda one: one.item,
)


@given(_candidates, st.integers(0, 40))
def test_nothing_is_made_up_or_twice_there(candidates: list[Candidate], limit: int) -> None:
    found = ranking.order(candidates, [1.0] * NEEDS, limit)
    assert len(found) <= limit
    assert len({one.item for one in found}) == len(found)
    assert {one.item for one in found} <= {one.item for one in candidates}


@given(_candidates.map(lambda some: [one for one in some if one.kind is Kind.LESSON]))
def test_lessons_all_fit_and_the_best_is_first(candidates: list[Candidate]) -> None:
    found = ranking.order(candidates, [1.0] * NEEDS, 100)
    assert len(found) == len(candidates)
    if found:
        best = max(ranking.worth(one, [1.0] * NEEDS) for one in candidates)
        assert ranking.worth(found[0], [1.0] * NEEDS) == best
