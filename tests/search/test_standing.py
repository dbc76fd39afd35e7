"""What an item's past may do to a ranking, and what not."""

from hypothesis import given
from hypothesis import strategies as st

from kb.life.applications import Record
from kb.life.experience import Experience
from kb.values import ItemId
from search import experience, fusion
from search.experience import OVERDUE, PROVEN, RETIRED

records = st.builds(Record, st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
scores = st.dictionaries(st.integers(1, 40).map(ItemId), st.floats(0, 1), max_size=30)
past = st.builds(
    Experience,
    st.dictionaries(st.integers(1, 40).map(ItemId), records, max_size=20),
    st.frozensets(st.integers(1, 40).map(ItemId), max_size=10),
    st.dictionaries(st.integers(1, 40).map(ItemId), st.just(()), max_size=10),
)


def _moved(found: dict[ItemId, float], known: Experience) -> list[ItemId]:
    shifts = experience.shifts(found, known)
    return fusion.rank({item: score + shifts.get(item, 0.0) for item, score in found.items()})


@given(records, st.booleans(), st.booleans())
def test_what_is_added_is_bounded(record: Record, overdue: bool, retired: bool) -> None:
    shift = experience.shift(record, overdue=overdue, retired=retired)
    assert -RETIRED - OVERDUE <= shift <= PROVEN
    if not overdue and not retired:
        assert shift >= 0.0
        assert (shift > 0.0) == (record.worked > 0)


@given(st.integers(0, 50), st.integers(0, 50))
def test_more_that_worked_never_counts_less_and_more_that_failed_never_more(worked: int, failed: int) -> None:
    here = experience.proof(Record(0, worked, failed))
    assert experience.proof(Record(0, worked + 1, failed)) >= here
    assert experience.proof(Record(0, worked, failed + 1)) <= here
    assert 0.0 <= here < 1.0


@given(scores, past)
def test_items_further_apart_than_the_bounds_keep_their_order(
    found: dict[ItemId, float], known: Experience
) -> None:
    place = {item: i for i, item in enumerate(_moved(found, known))}
    assert place.keys() == found.keys()
    widest = PROVEN + OVERDUE + RETIRED
    for one, score in found.items():
        assert all(place[one] < place[other] for other, less in found.items() if score > less + widest)


@given(scores, past)
def test_items_without_a_past_keep_their_order_among_themselves(
    found: dict[ItemId, float], known: Experience
) -> None:
    touched = {*known.records, *known.overdue, *known.retired}
    before = [item for item in fusion.rank(found) if item not in touched]
    assert [item for item in _moved(found, known) if item not in touched] == before


@given(scores)
def test_without_any_past_nothing_moves(found: dict[ItemId, float]) -> None:
    assert experience.shifts(found, Experience()) == {}


def test_the_proof_is_wilsons_lower_bound() -> None:
    assert [
        round(experience.proof(Record(w + f, w, f)), 2) for w, f in ((1, 0), (6, 1), (20, 0), (1, 9))
    ] == [
        0.21,
        0.49,
        0.84,
        0.02,
    ]
