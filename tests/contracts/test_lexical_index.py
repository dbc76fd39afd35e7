"""Every lexical index finds what reading each item word for word finds."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.passages import Indexable, PassageKey
from kb.values import ItemId, PassageId
from search import analysis, words
from search.ports import LexicalIndex
from search.words import WordIndex

VOCABULARY = ["supplier", "suppliers", "late", "valve", "risk", "plan", "Café", "e-mail", "L-12", "the"]
texts = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=8).map(" ".join)


def passage(id_: int, item: int, text: str, title: str = "") -> Indexable:
    return Indexable(PassageId(id_), ItemId(item), f"d{id_}", title, "", text, f"ref{item}")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "words.db"


@pytest.fixture
def index(path: Path) -> Iterator[LexicalIndex]:
    words.create(path)
    words.change(
        path,
        (),
        [
            passage(1, 1, "The supplier delivered the valve late."),
            passage(2, 1, "The contract had no penalty."),
            passage(3, 2, "A valve failed in the test.", title="Valve failure"),
            passage(4, 3, "Nobody read the e-mail about naïve café rules 9.1"),
        ],
    )
    opened = WordIndex(path)
    yield opened
    opened.close()


def found(index: LexicalIndex, *wanted: str) -> list[int]:
    return [match.item for match in index.matching(wanted, 10)]


def test_a_title_weighs_more_than_text(index: LexicalIndex) -> None:
    assert found(index, "valve") == [2, 1]


def test_inflection_case_and_accents_do_not_matter(index: LexicalIndex) -> None:
    assert found(index, "Suppliers") == found(index, "supplier") == [1]
    assert found(index, "CAFE") == found(index, "naive") == [3]


def test_a_word_of_several_parts_is_met_side_by_side(index: LexicalIndex) -> None:
    assert found(index, "e-mail") == [3]
    assert found(index, "mail-e") == []
    assert found(index, "9.1") == [3]


def test_a_match_tells_where_the_words_stand(index: LexicalIndex) -> None:
    assert index.matching(["penalty"], 10)[0].passage <= 2


def test_references_are_found(index: LexicalIndex) -> None:
    assert found(index, "ref3") == [3]


def test_phrases_must_stand_word_for_word(index: LexicalIndex) -> None:
    assert index.holding(["valve late"]) == {1}
    assert index.holding(["late valve"]) == set()
    assert index.holding(["valve late", "valve failed"]) == {1, 2}
    assert index.holding(["supplier", "penalty"], together=True) == {1}
    assert index.holding(["supplier", "test"], together=True) == set()


@pytest.mark.parametrize(
    "text", ['"', "AND OR NOT", "NEAR(a b)", "a*", "title:valve", "^x", "(", "';--", "\x00", "-", "…", "" * 9]
)
def test_operators_of_the_engine_are_plain_text(index: LexicalIndex, text: str) -> None:
    index.matching([text], 10)
    index.holding([text])


def test_only_permitted_items_are_given(index: LexicalIndex) -> None:
    assert [m.item for m in index.matching(["valve"], 10, {ItemId(1)})] == [1]
    assert index.matching(["valve"], 10, set()) == []


def test_removed_items_are_gone_and_others_stay(path: Path, index: LexicalIndex) -> None:
    words.change(path, [ItemId(1)], [passage(9, 4, "supplier")])
    opened = WordIndex(path)
    assert found(opened, "supplier", "penalty") == [4]
    assert found(opened, "valve") == [2]
    assert opened.keys()[PassageId(9)] == PassageKey(ItemId(4), "d9")
    assert len(opened) == 3
    opened.close()


def test_a_long_item_is_split_into_rows_and_found_once(path: Path) -> None:
    words.create(path)
    words.change(path, (), [passage(i, 7, f"word{i} supplier " + "filler " * 300) for i in range(1, 6)])
    opened = WordIndex(path)
    assert found(opened, "supplier") == [7]
    assert opened.matching(["word5"], 5)[0].passage > 1
    assert opened.holding(["word1", "word5"], together=True) == set()
    opened.close()


@settings(deadline=None, max_examples=40)
@given(st.lists(texts, min_size=1, max_size=6), st.lists(st.sampled_from(VOCABULARY), max_size=3))
def test_it_finds_exactly_the_items_that_hold_a_word(rows: list[str], wanted: list[str]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "words.db"
        words.create(path)
        words.change(path, (), [passage(i, i, text) for i, text in enumerate(rows, 1)])
        opened = WordIndex(path)
        holding = {i for i, text in enumerate(rows, 1) if any(_holds(text, word) for word in wanted)}
        assert {m.item for m in opened.matching(wanted, 100)} == holding
        assert opened.holding(wanted) == holding
        opened.close()


def _holds(text: str, word: str) -> bool:
    stems = [analysis.stem(part) for part in analysis.parts(text)]
    wanted = [analysis.stem(part) for part in analysis.parts(word)]
    return any(stems[i : i + len(wanted)] == wanted for i in range(len(stems)))


def test_a_word_that_stands_everywhere_counts_only_alone(path: Path) -> None:
    words.create(path)
    rows = [passage(i, i, "project " + ("valve" if i == 7 else "pump")) for i in range(1, 300)]
    words.change(path, (), rows)
    opened = WordIndex(path)
    assert found(opened, "project", "valve") == [7]
    assert len(opened.matching(["project"], 1000)) == 299
    opened.close()
