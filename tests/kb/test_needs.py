"""When something is proposed as a training need, and when not again."""

from hypothesis import given
from hypothesis import strategies as st

from kb.learning import needs
from kb.learning.needs import Decided, Subject
from kb.values import ItemId
from kb.vocabulary import NeedState

LESSONS = st.sets(st.integers(1, 12), min_size=1).map(lambda ids: tuple(map(ItemId, sorted(ids))))


def theme(lessons: tuple[ItemId, ...]) -> Subject:
    return Subject("Theme", len(lessons), lessons)


@given(LESSONS, LESSONS)
def test_two_themes_are_one_when_half_the_smaller_is_in_both(
    one: tuple[ItemId, ...], other: tuple[ItemId, ...]
) -> None:
    shared = len([id_ for id_ in one if id_ in other])
    assert needs.same(theme(one), theme(other)) == (shared * 2 >= min(len(one), len(other)) and shared > 0)
    assert needs.same(theme(one), theme(other)) == needs.same(theme(other), theme(one))
    assert needs.same(theme(one), theme(one))


@given(LESSONS, LESSONS, st.sampled_from(NeedState))
def test_what_was_decided_comes_back_only_when_it_was_no_need_and_grew(
    before: tuple[ItemId, ...], after: tuple[ItemId, ...], state: NeedState
) -> None:
    left = needs.undecided([theme(after)], [Decided(theme(before), state)])
    grown = len(after) >= len(before) + 3 and len(after) >= 1.25 * len(before)
    again = state is not NeedState.ACCEPTED and grown
    assert bool(left) == (not needs.same(theme(before), theme(after)) or again)


def test_a_gap_is_the_same_gap_and_no_theme() -> None:
    gap = Subject("kanban", 4, gap=7)
    assert needs.same(gap, Subject("Kanban limits", 1, gap=7))
    assert not needs.same(gap, Subject("kanban", 4, gap=8))
    assert not needs.same(gap, Subject("kanban", 4, (ItemId(1),)))
    assert not needs.same(Subject("kanban", 4), Subject("kanban", 4))
