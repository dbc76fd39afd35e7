"""The vote of the nearest items."""

from hypothesis import given
from hypothesis import strategies as st

from search import suggesting
from search.suggesting import THRESHOLDS, Subject, Voice

voices = st.lists(st.tuples(st.floats(-1, 1), st.lists(st.sampled_from("abcd"), max_size=4)), max_size=20)


@given(voices)
def test_shares_lie_between_nothing_and_all_and_only_what_was_said_gets_any(
    said: list[tuple[float, list[str]]],
) -> None:
    shares = suggesting.vote(said)
    assert all(0.0 < share < 1.0 for share in shares.values())
    assert set(shares) <= {value for _, values in said for value in values}


@given(voices)
def test_who_says_nothing_changes_nothing(said: list[tuple[float, list[str]]]) -> None:
    assert suggesting.vote([*said, (0.9, [])]) == suggesting.vote(said)


def test_one_voice_alone_is_never_sure() -> None:
    assert suggesting.suggest([(0.99, dict.fromkeys(Subject, ("x",)))]) == []


def test_what_the_nearest_agree_upon_is_suggested_the_surest_first() -> None:
    both: Voice = (0.8, {Subject.AREA: ("risk", "quality")})
    one: Voice = (0.8, {Subject.AREA: ("risk",)})
    near = [both, both, both, one, one, one]
    found = suggesting.suggest(near)
    assert [one.value for one in found] == ["risk", "quality"]
    assert all(one.confidence >= THRESHOLDS[Subject.AREA] for one in found)


def test_what_lies_far_away_has_no_voice() -> None:
    assert suggesting.vote([(0.2, ["x"])] * 10) == {}
