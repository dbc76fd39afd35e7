from hypothesis import given
from hypothesis import strategies as st

from kb.searching.pairs import Pair, PairKind
from kb.values import ItemId, PassageId
from search.training import Clock, arrange, columns

groups = st.lists(st.integers(0, 8), max_size=60)


def pair(item: int, n: int) -> Pair:
    return Pair(ItemId(item), PairKind.TITLE, f"q{n}", f"t{n}", f"title {item}", PassageId(n))


@given(groups)
def test_all_pairs_come_once_and_an_item_comes_again_as_late_as_it_can(numbers: list[int]) -> None:
    known = [pair(item, n) for n, item in enumerate(numbers)]
    found = list(arrange(known))
    assert len(found) == len(known)
    assert set(found) == set(known)
    for start in range(len(found)):
        left = {one.item for one in found[start:]}
        following = [one.item for one in found[start : start + len(left)]]
        assert len(set(following)) >= min(len(left), len(set(following)))
    rounds = [sum(one.item == found[n].item for one in found[:n]) for n in range(len(found))]
    assert rounds == sorted(rounds)


@given(st.integers(1, 500), st.floats(0.1, 1e4), st.floats(0.001, 100))
def test_a_training_ends_with_its_steps_or_its_time_and_the_rate_has_come_down(
    steps: int, seconds: float, pace: float
) -> None:
    time = [0.0]
    clock = Clock(steps, seconds, lambda: time[0])
    rates: list[float] = []
    step = 0
    while clock.done(step) < 1:
        rates.append(clock.rate(step))
        step += 1
        time[0] += pace
    assert step <= steps
    assert time[0] < seconds + 2 * pace
    assert all(0 <= rate <= 1 for rate in rates)
    assert clock.rate(step) == 0
    assert clock.expected(step) >= step


def test_a_pair_without_a_negative_borrows_one_and_a_step_without_any_has_none() -> None:
    step = [pair(item, item) for item in range(3)]
    found = columns(step, lambda _: [None, "near", None])
    assert found == {"query": ["q0", "q1", "q2"], "text": ["t0", "t1", "t2"], "negative": ["near"] * 3}
    assert list(columns(step, lambda _: [None] * 3)) == ["query", "text"]
