import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from kb.access import LOCAL_USER
from kb.database import Sessions, transaction
from kb.errors import InvalidError
from search.engine import Engine
from search.query import parse
from search.sync import sync
from search.synonyms import SynonymFile, SynonymsError, load, merged, read, shipped
from tests.hashing import HashingEncoder
from tests.samples import lesson, store

SHIPPED = merged(shipped(), ())


def test_the_shipped_rows_can_be_read_and_say_something() -> None:
    assert len(shipped()) > 250
    assert all(len(entry.terms) > 1 for entry in shipped())
    heads = [entry.terms[0].lower() for entry in shipped()]
    assert len(heads) == len(set(heads))


def test_an_acronym_is_spelled_out_and_what_it_stands_for_is_looked_for() -> None:
    expansion = SHIPPED.expand("EVM on small projects")
    assert expansion.spelled_out == "EVM on small projects (earned value management)"
    assert "earned value management" in expansion.alternatives
    assert "EVM" in SHIPPED.expand("earned value management").alternatives


@pytest.mark.parametrize("text", ["a smart way to work", "earned value management (EVM)", "it is as it was"])
def test_nothing_is_spelled_out_that_was_not_meant_or_is_there(text: str) -> None:
    assert SHIPPED.expand(text).spelled_out == text


def test_an_acronym_alone_may_be_written_small() -> None:
    assert SHIPPED.expand("wbs").spelled_out == "wbs (work breakdown structure)"


def test_the_longest_term_counts_in_any_inflection() -> None:
    rows = merged(read("risk log,risk register\nlog,journal", "f"), ())
    assert rows.expand("two risk logs").alternatives == ("risk register",)
    assert rows.expand("two logs").alternatives == ("journal",)


def test_own_rows_replace_shipped_ones_and_a_single_term_switches_off() -> None:
    own = read("CR,commissioning report\nEVM\n# a remark\n\nHarbour,the port office", "own", own=True)
    rows = merged(shipped(), own)
    assert rows.expand("CR").alternatives == ("commissioning report",)
    assert rows.expand("EVM").alternatives == ()
    assert rows.expand("harbours").alternatives == ("the port office",)
    assert [entry.own for entry in rows.entries][:3] == [True, True, False]


def test_faults_are_named_with_their_lines() -> None:
    with pytest.raises(InvalidError) as caught:
        read("a,b\n\nc,,d\ne,e\n" + "w " * 11 + ",x\nf;g\n", "mine.csv")
    assert str(caught.value) == (
        "mine.csv can't be used as it is: line 3: there is nothing between two commas; "
        "line 4: 'e' stands there twice; line 5: a term has more than 10 words; "
        "line 6: terms are separated by commas, not by semicolons."
    )


def test_a_file_that_is_changed_is_read_again_and_a_faulty_one_left_out(tmp_path: Path) -> None:
    path = tmp_path / "synonyms.csv"
    file = SynonymFile(path)
    assert file.current().expand("pink").alternatives == ()
    path.write_text("pink,salmon\n")
    assert file.current().expand("pink").alternatives == ("salmon",)
    path.write_text("pink,,\n")
    os.utime(path, ns=(1, 1))
    assert file.current().expand("EVM").alternatives
    with pytest.raises(InvalidError, match="line 1"):
        load(path)


def test_a_file_in_another_encoding_is_named_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "synonyms.csv"
    path.write_bytes("pink,salmon\nrosé,pink wine\n".encode("cp1252"))
    with pytest.raises(SynonymsError) as caught:
        load(path)
    assert [fault.line for fault in caught.value.faults] == [2]


def test_rows_are_found_by_words_inflected_or_begun() -> None:
    rows = merged(read("risk log,risk register\nsupplier,vendor\nT&M,time and materials", "f"), ())

    def heads(*wanted: str) -> list[str]:
        return [entry.terms[0] for entry in rows.holding(wanted)]

    assert heads("Risks") == heads("regis risk") == heads("risk log") == ["risk log"]
    assert heads("vend", "t&m") == ["supplier", "T&M"]
    assert heads("risk materials") == heads("isk") == heads("su") == heads("&") == heads() == []


@given(st.text(max_size=200))
def test_any_text_is_expanded_and_any_file_read_or_refused(text: str) -> None:
    assert SHIPPED.expand(text).spelled_out.startswith(text)
    try:
        read(text, "f")
    except InvalidError as error:
        assert "line " in str(error)  # noqa: PT017 - either is right


def test_a_search_finds_the_other_word_behind_the_typed_one(
    sessions: Sessions, session: Session, encoder: HashingEncoder, folder: Path
) -> None:
    with transaction(sessions) as writing:
        store(
            writing,
            lesson("One", "The vendor sent valves.", ref="A-1"),
            lesson("Two", "The supplier sent valves.", ref="A-2"),
            lesson("Three", "Rain fell.", ref="A-3"),
        )
    sync(sessions, encoder, folder)
    results = Engine(encoder, folder).search(session, LOCAL_USER, parse("supplier valves"))
    assert [hit.item.ref for hit in results.hits] == ["A-2", "A-1"]
    why = results.hits[1].why
    assert [found.word for found in why.words] == ["valves"]
    assert "vendor" in [found.word for found in why.others]
    snippet = results.hits[1].passages[0].snippet
    assert [snippet.text[start:end] for start, end in snippet.marks] == ["vendor", "valves"]
