"""Every lexical index finds what reading each item word for word finds."""

from collections.abc import Iterator
from dataclasses import replace
from math import log
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.passages import Indexable, PassageKey
from kb.values import ItemId, PassageId
from search import analysis, words
from search.ports import LexicalIndex, Term
from search.words import WordIndex, WordSegment

VOCABULARY = ["supplier", "suppliers", "late", "valve", "risk", "plan", "Café", "e-mail", "L-12", "the"]
texts = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=8).map(" ".join)


def passage(id_: int, item: int, text: str, title: str = "") -> Indexable:
    return Indexable(PassageId(id_), ItemId(item), f"d{id_}", title, "", text, f"ref{item}")


PASSAGES = [
    passage(1, 1, "The supplier delivered the valve late."),
    passage(2, 1, "The contract had no penalty."),
    passage(3, 2, "A valve failed in the test.", title="Valve failure"),
    passage(4, 3, "Nobody read the e-mail about naïve café rules 9.1"),
]


def opened(folder: Path, rows: list[Indexable], *, split: bool = False) -> WordIndex:
    """An index of *rows*; *split*: in two segments, the first of which also holds what has changed since."""
    if not split:
        words.write(folder, rows)
        return WordIndex([WordSegment(folder)])
    changed = {row.item_id for row in rows if row.item_id % 2}
    outdated = [replace(row, id=PassageId(row.id + 1000), text="valve supplier late") for row in rows]
    (folder / "base").mkdir()
    (folder / "recent").mkdir()
    words.write(
        folder / "base",
        [old if old.item_id in changed else row for old, row in zip(outdated, rows, strict=True)],
    )
    words.write(folder / "recent", [row for row in rows if row.item_id in changed])
    return WordIndex([WordSegment(folder / "base", changed), WordSegment(folder / "recent")])


@pytest.fixture(params=[False, True], ids=["one segment", "two segments"])
def index(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[LexicalIndex]:
    made = opened(tmp_path, PASSAGES, split=request.param)
    yield made
    made.close()


def terms(*words: str) -> list[Term]:
    return [Term(word) for word in words]


def found(index: LexicalIndex, *wanted: str) -> list[int]:
    return [match.item for match in index.matching(terms(*wanted), 10)]


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
    assert index.matching(terms("penalty"), 10)[0].passage <= 2


def test_references_are_found(index: LexicalIndex) -> None:
    assert found(index, "ref3") == [3]


def test_phrases_must_stand_word_for_word(index: LexicalIndex) -> None:
    assert index.holding(["valve late"]).tolist() == [1]
    assert index.holding(["late valve"]).tolist() == []
    assert index.holding(["valve late", "valve failed"]).tolist() == [1, 2]


@pytest.mark.parametrize(
    "text", ['"', "AND OR NOT", "NEAR(a b)", "a*", "title:valve", "^x", "(", "';--", "\x00", "-", "…", "" * 9]
)
def test_operators_of_the_engine_are_plain_text(index: LexicalIndex, text: str) -> None:
    index.matching(terms(text), 10)
    index.holding([text])


def test_only_permitted_items_are_given(index: LexicalIndex) -> None:
    assert [m.item for m in index.matching(terms("valve"), 10, np.array([1, 99]))] == [1]
    assert index.matching(terms("valve"), 10, np.array([], np.int64)) == []


def test_items_that_are_gone_are_not_found_and_others_are(tmp_path: Path) -> None:
    words.write(tmp_path, PASSAGES)
    left = WordIndex([WordSegment(tmp_path, [ItemId(1)])])
    assert found(left, "supplier", "penalty") == []
    assert found(left, "valve") == [2]
    assert left.holding(["valve"]).tolist() == [2]
    assert left.keys() == {
        PassageId(3): PassageKey(ItemId(2), "d3"),
        PassageId(4): PassageKey(ItemId(3), "d4"),
    }
    assert len(left) == 2
    left.close()


def test_a_long_item_is_split_into_rows_and_found_once(tmp_path: Path) -> None:
    rows = [passage(i, 7, f"word{i} supplier " + "filler " * 300) for i in range(1, 6)]
    index = opened(tmp_path, rows)
    assert found(index, "supplier") == [7]
    assert index.matching(terms("word5"), 5)[0].passage > 1
    assert index.matching(terms("word1", "word5"), 5)[0].held < 1
    index.close()


def test_many_rows_of_one_item_do_not_crowd_others_out(tmp_path: Path) -> None:
    rows = [passage(i, 7, "valve " * 9 + f"{i} " * 3000) for i in range(1, 30)]
    rows += [passage(100 + i, 100 + i, "valve and much else " * 50) for i in range(3)]
    index = opened(tmp_path, rows)
    assert sorted(found(index, "valve")) == [7, 100, 101, 102]
    assert len(index.matching(terms("valve"), 3)) == 3
    index.close()


@settings(deadline=None, max_examples=40)
@given(
    st.lists(texts, min_size=1, max_size=6), st.lists(st.sampled_from(VOCABULARY), max_size=3), st.booleans()
)
def test_it_finds_exactly_the_items_that_hold_a_word(rows: list[str], wanted: list[str], split: bool) -> None:
    with TemporaryDirectory() as folder:
        index = opened(Path(folder), [passage(i, i, text) for i, text in enumerate(rows, 1)], split=split)
        holding = {i for i, text in enumerate(rows, 1) if any(_holds(text, word) for word in wanted)}
        assert {m.item for m in index.matching(terms(*wanted), 100)} == holding
        assert set(index.holding(wanted).tolist()) == holding
        assert len(index) == len(rows)
        index.close()


ROWS = st.lists(texts, min_size=2, max_size=12)
WANTED = st.lists(
    st.sampled_from(["supplier", "late", "valve", "risk", "plan", "Café", "boat"]),
    min_size=1,
    max_size=3,
    unique_by=analysis.stem,
)


@settings(deadline=None, max_examples=40)
@given(ROWS, WANTED)
def test_it_scores_as_the_formula_says(rows: list[str], wanted: list[str]) -> None:
    with TemporaryDirectory() as folder:
        passages = [passage(i, i, text, title=text[:9]) for i, text in enumerate(rows, 1)]
        index = opened(Path(folder), passages)
        found = {m.item: (m.share, m.held) for m in index.matching(terms(*wanted), 100)}
        fields = [[(4.0, p.title), (1.0, p.text), (0.5, p.labels)] for p in passages]
        lengths = [sum(len(analysis.parts(text)) for _, text in row) for row in fields]
        counts = [
            {word: sum(weight * _times(text, word) for weight, text in row) for word in wanted}
            for row in fields
        ]
        held = {word: sum(count[word] > 0 for count in counts) for word in wanted}
        rarity = {w: log(1 + (len(rows) - n + 0.5) / (n + 0.5)) for w, n in held.items()}
        for item, (count, length) in enumerate(zip(counts, lengths, strict=True), 1):
            if any(count.values()):
                dampened = 1.2 * (0.25 + 0.75 * length * len(lengths) / sum(lengths))
                bm25 = sum(rarity[w] * n * 2.2 / (n + dampened) for w, n in count.items())
                share = bm25 / (2.2 * sum(rarity.values()))
                part = sum(rarity[w] for w, n in count.items() if n) / sum(rarity.values())
                assert found[ItemId(item)] == pytest.approx((min(1.0, share), part), rel=1e-4)
            else:
                assert item not in found
        index.close()


def _times(text: str, word: str) -> int:
    return [analysis.stem(part) for part in analysis.parts(text)].count(analysis.stem(word))


def _holds(text: str, word: str) -> bool:
    stems = [analysis.stem(part) for part in analysis.parts(text)]
    wanted = [analysis.stem(part) for part in analysis.parts(word)]
    return any(stems[i : i + len(wanted)] == wanted for i in range(len(stems)))


def test_alternatives_add_less_than_typed_words_and_count_as_no_share(index: LexicalIndex) -> None:
    plain = {m.item: m for m in index.matching(terms("valve"), 10)}
    more = {m.item: m for m in index.matching([Term("valve"), Term("penalty", 0.2, typed=False)], 10)}
    assert more[ItemId(1)].share > plain[ItemId(1)].share
    assert more[ItemId(2)] == plain[ItemId(2)]
    only = index.matching([Term("valve"), Term("rules", 0.2, typed=False)], 10)
    assert next(m.held for m in only if m.item == 3) == 0


def test_a_word_typed_twice_weighs_more(index: LexicalIndex) -> None:
    once = {m.item: m.share for m in index.matching(terms("valve", "penalty"), 10)}
    twice = {m.item: m.share for m in index.matching([Term("valve", 2.0), Term("penalty")], 10)}
    assert twice[ItemId(2)] > once[ItemId(2)]


def test_scarce_words_are_those_that_few_items_hold(index: LexicalIndex) -> None:
    assert index.scarce(["penalty", "valve"], 1).tolist() == [1]
    assert index.scarce(["penalty", "valve"], 2).tolist() == [1, 2]
    assert index.scarce(["penalty", "unheard"], 1, np.array([2, 3])).tolist() == []
    assert index.scarce(["valve"], 1, np.array([2])).tolist() == [2]
