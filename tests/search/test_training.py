from hypothesis import given
from hypothesis import strategies as st

from search.training import Clock, Example, arrange

groups = st.lists(st.integers(0, 8), max_size=60)


@given(groups)
def test_all_examples_come_once_and_a_group_comes_again_as_late_as_it_can(numbers: list[int]) -> None:
    examples = [Example(group, f"q{n}", f"t{n}") for n, group in enumerate(numbers)]
    found = list(arrange(examples))
    assert sorted(found) == sorted(examples)
    for start in range(len(found)):
        left = {example.group for example in found[start:]}
        following = [example.group for example in found[start : start + len(left)]]
        assert len(set(following)) >= min(len(left), len(set(following)))
    rounds = [sum(example.group == found[n].group for example in found[:n]) for n in range(len(found))]
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
