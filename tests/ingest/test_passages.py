"""Cutting bodies into passages: no word lost, ranges that hold the text, pages never crossed."""

import re
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import markdown, passages, tables
from ingest.converted import Part, Row, Table, join
from kb.values import Locator, PassageDraft

_WORDS = st.text("abcdefgh", min_size=1, max_size=9)
_SENTENCES = st.lists(_WORDS, min_size=1, max_size=40).map(lambda words: " ".join(words).capitalize() + ".")
_PARAGRAPHS = st.lists(_SENTENCES, min_size=1, max_size=8).map(" ".join)
_HEADINGS = st.tuples(st.integers(1, 4), st.lists(_WORDS, min_size=1, max_size=5)).map(
    lambda pair: "#" * pair[0] + " " + " ".join(pair[1])
)
_LISTS = st.lists(_SENTENCES, min_size=1, max_size=6).map(
    lambda lines: "\n".join(f"- {line}" for line in lines)
)
_MARKED = st.lists(_WORDS, min_size=1, max_size=9).map(
    lambda words: (
        f"**{words[0]}** [{' '.join(words)}](https://example.org/{words[-1]}) *{words[-1]}* `{words[0]}`"
    )
)
_TABLES = st.lists(st.tuples(_WORDS, _PARAGRAPHS), min_size=1, max_size=30).map(
    lambda rows: "| head | more |\n|---|---|\n" + "\n".join(f"| {a} | {b} |" for a, b in rows)
)
_BODIES = st.lists(st.one_of(_PARAGRAPHS, _HEADINGS, _LISTS, _MARKED, _TABLES), min_size=1, max_size=20).map(
    "\n\n".join
)


def _cut(body: str) -> tuple[PassageDraft, ...]:
    return passages.cut(markdown.parse(body), "Title")


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


@settings(max_examples=60, deadline=None)
@given(_BODIES)
def test_no_word_is_lost_and_none_comes_out_of_order(body: str) -> None:
    parsed = markdown.parse(body)
    wanted = [word for block in parsed.blocks for word in _words(block.text)]
    found = iter([word for passage in _cut(body) for word in _words(passage.text)])
    assert all(word in found for word in wanted)


@settings(max_examples=60, deadline=None)
@given(_BODIES)
def test_each_range_holds_the_passage(body: str) -> None:
    for passage in _cut(body):
        source = iter(_words(body[passage.locator.start : passage.locator.end]))
        text = passage.text.removeprefix("head · more\n")
        assert all(word in source for word in _words(text))


@settings(max_examples=60, deadline=None)
@given(_BODIES)
def test_no_passage_is_longer_than_the_limit(body: str) -> None:
    assert max(len(passage.text) for passage in _cut(body)) <= passages.MAX_CHARS


@settings(max_examples=40, deadline=None)
@given(st.lists(_PARAGRAPHS, min_size=1, max_size=8))
def test_no_passage_crosses_a_page(pages: list[str]) -> None:
    body = join([Part(text, Locator(page=number)) for number, text in enumerate(pages, 1)])
    for passage in passages.cut(markdown.parse(body.text), "Title", body.marks):
        page = passage.locator.page
        assert page is not None
        own = iter(_words(pages[page - 1]))
        assert all(word in own for word in _words(passage.text))


def test_a_short_text_is_one_passage_with_its_headings() -> None:
    (passage,) = _cut("## Event\n\nThe pump failed.\n\n## Recommendation\n\nTest it.")
    assert passage.text == "Event\nThe pump failed.\nRecommendation\nTest it."
    assert passage.headings == ()


def test_a_text_without_words_is_found_by_its_title() -> None:
    (passage,) = _cut("![](picture.png)")
    assert passage.text == "Title"


def test_markup_does_not_reach_the_text() -> None:
    (passage,) = _cut("- [ ] See [the **guide**](x.md), `code` and a\\*b &amp; ![alt words](y.png)<br>end")
    assert passage.text == "See the guide, code and a*b & alt words end"


def test_a_long_table_repeats_its_header() -> None:
    rows = "\n".join(f"| Risk {i} | {'word ' * 30} |" for i in range(20))
    found = _cut(f"| Risk | Words |\n|---|---|\n{rows}")
    assert len(found) > 1
    assert all(passage.text.startswith("Risk · Words\n") for passage in found)


def test_sections_of_a_long_text_are_kept_apart() -> None:
    body = "\n\n".join(f"## Part {i}\n\n{'Some words of it. ' * 25}" for i in range(8))
    found = _cut(body)
    assert [passage.text.splitlines()[0] for passage in found] == [f"Part {i}" for i in range(8)]


def test_a_heading_never_ends_a_passage() -> None:
    body = "\n\n".join(f"### Detail {i}\n\n{'Some words of it. ' * 18}" for i in range(20))
    assert not any(passage.text.splitlines()[-1].startswith("Detail") for passage in _cut(f"# All\n\n{body}"))


def test_megabytes_take_seconds() -> None:
    text = "\n\n".join("This is a sentence of a long text without any markup. " * 12 for _ in range(6_000))
    one = "word " * 400_000
    began = time.monotonic()
    assert len(_cut(text)) > 4_000
    assert len(_cut(one)) > 2_000
    assert time.monotonic() - began < 30


def test_row_numbers_survive() -> None:
    table = Table((Row(3, ("Task", "Days")), Row(4, ("Dig", "3")), Row(9, ("Pour", "4"))), "Plan")
    body = join([tables.part(table)])
    (passage,) = passages.cut(markdown.parse(body.text), "Title", body.marks)
    assert str(passage.locator) == "sheet Plan, row 3"
