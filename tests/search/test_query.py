from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import InvalidError
from kb.values import Filters
from kb.vocabulary import FacetName, Kind, KnowledgeArea
from search.query import Query, parse, without
from search.terms import QueryError, terms


def test_words_phrases_unwanted_words_and_filters_are_told_apart() -> None:
    query = parse(
        'supplier kind:lesson "late delivery" -valve phase:Delivery project:"Big Bridge" before:2020'
    )
    assert query.text == "supplier late delivery"
    assert query.required == (("late delivery",),)
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


@pytest.mark.parametrize(
    ("text", "required", "words"),
    [
        ("late OR delayed supplier", (("late", "delayed"),), "late delayed supplier"),
        ('a "b c" OR d OR "e f" g', (("b c", "d", "e f"),), "a b c d e f g"),
        ("a or b", (), "a or b"),
        ('"OR"', (("OR",),), "OR"),
        ('"..." x', (), "... x"),
    ],
)
def test_either_of_what_or_joins_must_be_there(
    text: str, required: tuple[tuple[str, ...], ...], words: str
) -> None:
    query = parse(text)
    assert query.required == required
    assert query.text == words


def test_or_between_values_of_one_filter_means_what_the_filters_mean() -> None:
    query = parse("kind:lesson OR kind:practice risk")
    assert query.filters == parse("kind:lesson kind:practice risk").filters
    assert query.text == "risk"
    assert not query.required


def test_unwanted_filters_leave_all_others() -> None:
    query = parse('-kind:training -owner:"Jane Smith" x')
    assert query.filters.without == {FacetName.KIND: ("training",), FacetName.OWNER: ("Jane Smith",)}
    assert not query.excluded
    assert parse("-before:2020").filters == parse("after:2020").filters
    assert parse("-after:2020").filters == parse("before:2020").filters


def test_of_several_bounds_the_tightest_holds() -> None:
    filters = parse("before:2021 before:2020 after:2018 after:2019").filters
    assert (filters.after, filters.before) == (date(2019, 1, 1), date(2020, 1, 1))


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("kind:Lessons", "lesson"),
        ("area:schedule", "planning_and_schedule"),
        ("area:benefit", "benefits"),
        ("area:cost", "cost_and_finance"),
    ],
)
def test_terms_may_be_shortened_where_only_one_can_be_meant(text: str, area: str) -> None:
    ((found,),) = parse(text).filters.facets.values()
    assert found == area


def test_typographic_quotation_marks_quote_too() -> None:
    assert parse("project:“Big Bridge” „late delivery“").required == (("late delivery",),)


@pytest.mark.parametrize(
    ("text", "pointed_at", "sentence", "corrected"),
    [
        ("x phase:plannning y", "phase:plannning", "did you mean phase:planning?", "x phase:planning y"),
        ("-kind:lessson x", "-kind:lessson", "did you mean kind:lesson?", "-kind:lesson x"),
        ("kind:book x", "kind:book", "not a kind; write one of lesson, practice", ""),
        ('area:"who knows" x', 'area:"who knows"', 'area:"who knows" is not a knowledge area', ""),
        ("area:and", "area:and", "not a knowledge area", ""),
        ("x year:19 y", "year:19", "not a year", ""),
        ('x tag:"" y', 'tag:""', "names nothing", ""),
        ("x before:soon y", "before:soon", "not a date; write before:2020", ""),
        ("x OR", "OR", "stands between two", ""),
        ("OR x", "OR", "stands between two", ""),
        ("x OR OR y", "OR", "stands between two", ""),
        ("x OR kind:lesson", "kind:lesson", "OR joins words and phrases", ""),
        ("x OR -y", "-y", "OR joins words and phrases", ""),
        ("kind:lesson OR tag:x", "kind:lesson", "OR joins words and phrases", ""),
        ("before:2020 OR before:2021", "before:2020", "OR joins words and phrases", ""),
        ("-valve", "-valve", "add what you are looking for", ""),
    ],
)
def test_an_error_points_at_the_place(text: str, pointed_at: str, sentence: str, corrected: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    error = caught.value
    assert text[error.start : error.end] == pointed_at
    assert sentence in str(error)
    assert error.corrected == corrected


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("x kind:lesson y", "kind", "x y"),
        ("kind:lesson OR kind:practice x", "kind", "x"),
        ('tag:"a b" OR tag:c "d e" before:2020', "tag", '"d e" before:2020'),
    ],
)
def test_a_filter_can_be_taken_out_of_what_was_typed(text: str, name: str, rest: str) -> None:
    assert without(text, [one for one in terms(text) if one.name == name]) == rest


def test_an_open_quote_closes_at_the_end() -> None:
    assert parse('late "delivery of').required == (("delivery of",),)


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


PIECES = st.one_of(
    st.sampled_from(
        [
            "OR",
            "-",
            '"',
            ":",
            "kind:",
            "-phase:plan",
            "year:",
            "before:",
            "after:2020-1",
            "“",
            "tag:",
            "\x00",
            "or",
        ]
    ),
    st.text(max_size=6),
)


@given(st.lists(PIECES, max_size=30), st.sampled_from(["", " ", "  "]))
def test_any_text_is_read_or_refused_with_a_place_in_it(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    read = read_or_refused(text)
    if isinstance(read, QueryError):
        assert 0 <= read.start < read.end <= len(text)
        assert read.text == text
        assert str(read).endswith((".", "?"))
    else:
        assert read.text == " ".join(read.text.split())


def read_or_refused(text: str) -> Query | QueryError:
    try:
        return parse(text)
    except QueryError as error:
        return error


@given(st.text(max_size=200))
def test_terms_stand_in_the_text_in_order_and_leave_nothing_but_space(text: str) -> None:
    position = 0
    for one in terms(text):
        assert not text[position : one.start].strip()
        assert one.start < one.end
        position = one.end
    assert not text[position:].strip()


WORD = st.text(st.sampled_from("abcdefgh9éß"), min_size=1, max_size=8)
PHRASE = st.lists(WORD, min_size=1, max_size=3).map(" ".join)
VALUES = {
    FacetName.KIND: st.sampled_from(list(map(str, Kind))),
    FacetName.AREA: st.sampled_from(list(map(str, KnowledgeArea))),
    FacetName.PROJECT: PHRASE,
    FacetName.OWNER: PHRASE,
    FacetName.YEAR: st.integers(1000, 9999).map(str),
}
FILTER = st.sampled_from(list(VALUES)).flatmap(lambda name: st.tuples(st.just(name), VALUES[name]))


@given(
    st.lists(st.one_of(WORD, st.lists(PHRASE, min_size=1, max_size=3)), min_size=1, max_size=5),
    st.lists(PHRASE, max_size=3),
    st.lists(FILTER, max_size=4),
    st.lists(FILTER, max_size=3),
)
def test_what_is_written_down_is_read_back(
    wanted: list[str | list[str]],
    unwanted: list[str],
    asked: list[tuple[FacetName, str]],
    barred: list[tuple[FacetName, str]],
) -> None:
    words = [one if isinstance(one, str) else " OR ".join(f'"{phrase}"' for phrase in one) for one in wanted]
    written = [f'{name}:"{value}"' for name, value in asked] + [
        f'-{name}:"{value}"' for name, value in barred
    ]
    query = parse(" ".join([*words, *(f'-"{one}"' for one in unwanted), *written]))
    assert query.text == " ".join(one if isinstance(one, str) else " ".join(one) for one in wanted)
    assert query.required == tuple(tuple(one) for one in wanted if not isinstance(one, str))
    assert query.excluded == tuple(unwanted)
    assert {(name, value) for name, values in query.filters.facets.items() for value in values} == set(asked)
    assert {(name, value) for name, values in query.filters.without.items() for value in values} == set(
        barred
    )
