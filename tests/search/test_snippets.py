import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import analysis
from search.snippets import cut, mark, stems_of

words = st.lists(
    st.sampled_from(["supplier", "Suppliers,", "late", "and", "Ünïcode", "risk.\n"]), max_size=120
)


@given(words.map(" ".join), st.sampled_from(["supplier late", "risk", "nothing", ""]))
def test_marks_are_whole_words_of_the_query_in_order(text: str, query: str) -> None:
    stems = stems_of(query)
    for snippet in (mark(text, stems), cut(text, analysis.find(text, stems))):
        marked = [snippet.text[start:end] for start, end in snippet.marks]
        assert all(analysis.stem(word) in stems for word in marked)
        assert list(snippet.marks) == sorted(snippet.marks)


@given(words.map(" ".join))
def test_a_cut_is_short_and_taken_from_the_text(text: str) -> None:
    snippet = cut(text, analysis.find(text, stems_of("risk")))
    assert len(snippet.text) <= 262
    assert snippet.text.strip("…") in text


def test_the_window_shows_most_of_what_was_asked_for() -> None:
    text = (
        "The risk was known. " + "Filler words here. " * 40 + "The supplier was late again. " + "More. " * 50
    )
    assert "supplier was late" in cut(text, analysis.find(text, stems_of("late supplier risk"))).text


def test_common_words_are_not_marked() -> None:
    assert mark("the supplier of the valve", stems_of("the valve of it")).marks == ((20, 25),)


@given(
    st.text(alphabet="abcdeilnoprsty -", max_size=80), st.text(alphabet="abeilnopsty", min_size=1, max_size=9)
)
def test_ruling_words_out_by_their_beginning_loses_none(text: str, word: str) -> None:
    wanted = {analysis.stem(word)}
    every = [text[s:e] for s, e in _spans(text)]
    found = [text[t.start : t.end] for t in analysis.find(text, wanted)]
    assert found == [part for part in every if analysis.stem(part) in wanted]


@pytest.mark.parametrize(
    "forms",
    [
        "sensibility sensible",
        "hoping hope hopes",
        "supply supplies supplier",
        "usability usable",
        "relational relate",
        "testing tested test",
        "skies sky",
        "organization organise",
        "activity active activities",
        "dying dies",
    ],
)
def test_every_form_of_a_word_is_marked(forms: str) -> None:
    for word in forms.split():
        stem = analysis.stem(word)
        marked = {t.stem for t in analysis.find(forms, {stem})}
        assert marked == {stem}
        same = [form for form in forms.split() if analysis.stem(form) == stem]
        assert len(analysis.find(forms, {stem})) == len(same)


def _spans(text: str) -> list[tuple[int, int]]:
    return [m.span() for m in re.finditer(r"\w+", text)]
