from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import InvalidError
from kb.values import Filters
from kb.vocabulary import FacetName
from search.query import MAX_LENGTH, parse


def test_words_phrases_unwanted_words_and_filters_are_told_apart() -> None:
    query = parse(
        'supplier kind:lesson "late delivery" -valve phase:Delivery project:"Big Bridge" before:2020'
    )
    assert query.text == "supplier late delivery"
    assert query.phrases == ("late delivery",)
    assert query.excluded == ("valve",)
    assert query.filters.facets == {
        FacetName.KIND: ("lesson",),
        FacetName.PHASE: ("delivery",),
        FacetName.PROJECT: ("Big Bridge",),
    }
    assert query.filters.before == date(2020, 1, 1)


def test_filters_chosen_on_the_page_hold_too() -> None:
    query = parse("kind:lesson", Filters({FacetName.KIND: ("practice",)}, after=date(2019, 1, 1)))
    assert query.filters.facets[FacetName.KIND] == ("practice", "lesson")
    assert query.filters.after == date(2019, 1, 1)


def test_terms_may_be_written_with_spaces() -> None:
    query = parse('area:"Stakeholder engagement" phase:pre-project')
    assert query.filters.facets[FacetName.AREA] == ("stakeholder_engagement",)
    assert query.filters.facets[FacetName.PHASE] == ("pre_project",)


@pytest.mark.parametrize(
    "text", ["http://example.org", "Note: this", "a:b", "9:30", "well-known", "C++", "kind:", "50% off", "-"]
)
def test_what_is_no_filter_stays_words(text: str) -> None:
    query = parse(text)
    assert not query.filters
    assert query.text == text
    assert not query.excluded


def test_an_open_quote_closes_at_the_end() -> None:
    assert parse('late "delivery of').phrases == ("delivery of",)


@pytest.mark.parametrize("text", ["before:soon", "after:2020-13", "before:2020-02-30", "after:20"])
def test_a_date_that_is_none_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidError, match="is not a date; write"):
        parse(text)


def test_months_and_days_are_dates() -> None:
    assert parse("after:2020-06").filters.after == date(2020, 6, 1)
    assert parse("after:2020-06-30").filters.after == date(2020, 6, 30)


def test_an_endless_query_is_refused_with_a_sentence() -> None:
    with pytest.raises(InvalidError, match="10,000 characters"):
        parse("x" * 10_000)


@given(st.text(max_size=MAX_LENGTH).filter(lambda text: "before:" not in text and "after:" not in text))
def test_any_text_is_read(text: str) -> None:
    query = parse(text)
    assert query.text == " ".join(query.text.split())
