from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from kb import items
from kb.access import LOCAL_USER, Principal
from kb.errors import InvalidError, NotFoundError
from kb.searching import feedback, searches
from kb.searching.searches import JudgedPair, Opened, Searched, Through
from kb.values import Filters
from kb.vocabulary import Classification, FacetName
from tests.samples import lesson, store

OTHER = Principal("other", Classification.PUBLIC)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def searched(query: str, minute: int = 0, **changes: Any) -> Searched:
    values: dict[str, Any] = {
        "person": LOCAL_USER.name,
        "query": query,
        "words": query,
        "filters": Filters(),
        "found": 3,
        "answered": True,
        "milliseconds": 7,
        "through": Through.PAGE,
        "at": BEGIN + timedelta(minutes=minute),
    }
    return Searched(**{**values, **changes})


def test_recent_searches_are_distinct_and_newest_first(session: Session) -> None:
    lessons = Filters({FacetName.KIND: ("lesson",)}, after=BEGIN.date())
    searches.record(
        session,
        [
            searched("late supplier", 1),
            searched("risk", 2),
            searched("Late  Supplier", 3),
            searched("late supplier", 4, filters=lessons),
        ],
    )
    found = searches.recent(session, LOCAL_USER)
    assert [one.query for one in found] == ["late supplier", "Late  Supplier", "risk"]
    assert found[0].filters == lessons
    assert len(searches.recent(session, LOCAL_USER, 2)) == 2


def test_a_person_sees_only_their_own_searches(session: Session) -> None:
    searches.record(session, [searched("mine"), searched("theirs", person=OTHER.name)])
    assert [one.query for one in searches.recent(session, OTHER)] == ["theirs"]
    assert searches.matching(session, LOCAL_USER, "") == ["mine"]
    searches.forget(session, OTHER)
    assert searches.recent(session, OTHER) == []
    assert len(searches.recent(session, LOCAL_USER)) == 1


def test_past_queries_are_completed_in_any_case_but_only_where_something_answered(session: Session) -> None:
    searches.record(
        session,
        [
            searched("Supplier late", 1),
            searched("supplier insolvent", 2),
            searched("supplier on Mars", 3, answered=False),
            searched("100% done", 4),
            searched("the supplier", 5),
        ],
    )
    assert searches.matching(session, LOCAL_USER, "SUPP") == ["supplier insolvent", "Supplier late"]
    assert searches.matching(session, LOCAL_USER, "supplier", 1) == ["supplier insolvent"]
    assert searches.matching(session, LOCAL_USER, "100%") == ["100% done"]
    assert searches.matching(session, LOCAL_USER, "1_") == []


def test_what_is_old_is_forgotten(session: Session) -> None:
    store(session, lesson("A"))
    item = items.get(session, LOCAL_USER, "L-1").head.id
    searches.record(session, [searched("old", 0), searched("new", 10)])
    searches.record(session, [Opened(LOCAL_USER.name, "old", item, 1, BEGIN)])
    searches.purge(session, BEGIN + timedelta(minutes=5))
    assert [one.query for one in searches.recent(session, LOCAL_USER)] == ["new"]
    assert list(searches.judged_pairs(session)) == []


def test_pairs_join_what_was_opened_and_what_was_judged(session: Session) -> None:
    store(session, lesson("A", ref="A-1"), lesson("B", ref="B-1"))
    a, b = (items.get(session, LOCAL_USER, ref).head.id for ref in ("A-1", "B-1"))
    me = LOCAL_USER.name
    searches.record(
        session, [Opened(me, "Late supplier", a, 1), Opened(OTHER.name, "late supplier", a, None)]
    )
    feedback.judge(session, LOCAL_USER, "late supplier", "A-1", True)
    feedback.judge(session, LOCAL_USER, "late supplier", "B-1", False)
    assert list(searches.judged_pairs(session)) == [
        JudgedPair("late supplier", a, 2, 1, 0),
        JudgedPair("late supplier", b, 0, 0, 1),
    ]
    store(session, lesson("B", ref="B-1"))  # A vanished from its file
    assert [pair.item for pair in searches.judged_pairs(session)] == [b]


def test_an_answer_can_be_changed_and_taken_back(session: Session) -> None:
    store(session, lesson("A", ref="A-1"))
    item = items.get(session, LOCAL_USER, "A-1").head.id
    for said in (True, False, False):
        feedback.judge(session, LOCAL_USER, "late supplier", "A-1", said)
        assert feedback.given(session, LOCAL_USER, "LATE supplier ", [item]) == {item: said}
    assert feedback.given(session, LOCAL_USER, "other words", [item]) == {}
    assert feedback.given(session, OTHER, "late supplier", [item]) == {}
    for _ in range(2):
        feedback.judge(session, LOCAL_USER, "late supplier", "A-1", None)
        assert feedback.given(session, LOCAL_USER, "late supplier", [item]) == {}


def test_what_may_not_be_read_can_not_be_judged(session: Session) -> None:
    store(session, lesson("A", ref="A-1", classification=Classification.CONFIDENTIAL))
    with pytest.raises(NotFoundError):
        feedback.judge(session, OTHER, "late", "A-1", True)
    with pytest.raises(InvalidError):
        feedback.judge(session, LOCAL_USER, " ", "A-1", True)


@settings(max_examples=50)
@given(
    st.dictionaries(st.sampled_from(list(FacetName)), st.lists(st.text(min_size=1), min_size=1).map(tuple)),
    st.none() | st.dates(),
    st.none() | st.dates(),
)
def test_filters_survive_being_stored(
    facets: dict[FacetName, tuple[str, ...]], before: Any, after: Any
) -> None:
    filters = Filters(facets, before, after)
    assert Filters.from_json(filters.as_json()) == filters
