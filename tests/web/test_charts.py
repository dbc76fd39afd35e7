from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from web.pictures import charts
from web.pictures.charts import HEIGHT, WIDTH, Value

values = st.floats(0, 1_000, allow_nan=False)


@given(values, values)
def test_the_scale_spans_the_values_in_equal_round_steps(one: float, other: float) -> None:
    low, high = sorted((one, other))
    ticks = charts.scale(low, high)
    assert 2 <= len(ticks) <= 8
    slack = 1e-6 * max(1.0, high)
    assert ticks[0] <= low + slack
    assert ticks[-1] >= high - slack
    steps = {round(b - a, 8) for a, b in pairwise(ticks)}
    assert len({round(step / max(steps), 5) for step in steps}) == 1


@given(st.lists(st.lists(st.floats(0, 1), max_size=9), max_size=4))
def test_every_value_stands_inside_higher_when_larger(lines: list[list[float]]) -> None:
    series = [
        (f"line {n}", [Value(place, value, "", "") for place, value in enumerate(line)])
        for n, line in enumerate(lines)
    ]
    columns = [f"run {n}" for n in range(max(map(len, lines), default=0))]
    drawn = charts.chart(series, columns)
    points = [point for line in drawn.lines for point in line.points]
    assert all(0 <= p.x <= WIDTH and 0 <= p.y <= HEIGHT for p in points)
    for one in points:
        for other in points:
            if one.of.value - other.of.value > 0.01:
                assert one.y < other.y
            if one.of.place < other.of.place:
                assert one.x < other.x
