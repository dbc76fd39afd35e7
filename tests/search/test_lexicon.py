"""The lexicon, and what it serves: corrections and suggestions."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from kb import library
from kb.access import LOCAL_USER, Principal
from kb.database import Sessions, transaction
from kb.vocabulary import Classification
from search import completion
from search.completion import Source, Suggestion
from search.lexicon import Lexicon, damage, status
from search.spelling import Speller
from search.synonyms import SynonymFile
from tests.samples import lesson, source, store

READER = Principal("reader", Classification.INTERNAL)
LESSONS = (
    lesson("Supplier delivered late", "The supplier sent valves.", ref="S-1", tags=("supplier", "valves")),
    lesson("Suppliers and their audits", "Managers asked the supplier.", ref="S-2", tags=("supplier",)),
    lesson("Late concrete", "Rain delayed the concrete deck.", ref="C-1", tags=("Weather",)),
    lesson(
        "Supernova papers",
        "The zirconium audit, secret for a manager.",
        ref="X-1",
        tags=("superstition",),
        classification=Classification.CONFIDENTIAL,
    ),
)


@pytest.fixture
def lexicon(sessions: Sessions, tmp_path: Path) -> Lexicon:
    with transaction(sessions) as session:
        store(session, *LESSONS)
    made = Lexicon(tmp_path / "lexicon.db")
    assert made.sync(sessions) == len(LESSONS)
    return made


@pytest.fixture
def speller(lexicon: Lexicon) -> Speller:
    return Speller(lexicon, SynonymFile(None))


def test_it_follows_the_database(lexicon: Lexicon, sessions: Sessions) -> None:
    assert lexicon.sync(sessions) == 0
    words = dict(lexicon.vocabulary())
    assert words["supplier"] == 2
    with transaction(sessions) as session:
        library.store(session, LOCAL_USER, source(digest="b" * 64), LESSONS[1:3])
    assert lexicon.sync(sessions) == 2
    words = dict(lexicon.vocabulary())
    assert words["supplier"] == 1
    assert "zirconium" not in words
    assert lexicon.titled(["supernova"], 5) == []


def test_it_says_how_far_it_is(tmp_path: Path, sessions: Sessions) -> None:
    with transaction(sessions) as session:
        store(session, *LESSONS)
    told: list[tuple[int, int]] = []
    Lexicon(tmp_path / "lexicon.db").sync(sessions, lambda done, total: told.append((done, total)))
    assert told[-1] == (len(LESSONS), len(LESSONS))


def test_a_damaged_file_is_made_anew(tmp_path: Path, sessions: Sessions) -> None:
    path = tmp_path / "lexicon.db"
    path.write_bytes(b"no database at all, " * 500)
    assert Lexicon(path).sync(sessions) == 0


def break_inside(path: Path) -> None:
    """Write over all pages but the first."""
    whole = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (whole - 4096))


def test_its_status_tells_words_and_what_differs(
    lexicon: Lexicon, sessions: Sessions, tmp_path: Path
) -> None:
    path = tmp_path / "lexicon.db"
    with sessions() as session:
        found = status(session, path)
        assert (found.words, found.items) == (len(lexicon.vocabulary()), len(LESSONS))
        assert (found.pending, found.problem) == (0, "")
        missing = status(session, tmp_path / "none.db")
        assert missing.pending == len(LESSONS)
        assert "no file" in missing.problem
        assert not (tmp_path / "none.db").exists()
    with transaction(sessions) as session:
        library.store(session, LOCAL_USER, source(digest="b" * 64), LESSONS[1:3])
    with sessions() as session:
        assert status(session, path).pending == 2


def test_search_goes_on_without_a_damaged_file_and_with_the_one_in_its_place(
    lexicon: Lexicon, speller: Speller, sessions: Sessions, session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "lexicon.db"
    assert damage(path) == ""
    lexicon.close()
    break_inside(path)
    assert "damaged" in damage(path)
    assert "damaged" in status(session, path).problem
    broken = Lexicon(path)
    assert broken.vocabulary() == broken.titled(["late"], 5) == []
    assert Speller(broken, SynonymFile(None)).corrected(session, LOCAL_USER, "suplier") == ""
    assert Lexicon(path).sync(sessions) == len(LESSONS)
    assert damage(path) == ""
    assert broken.titled(["audits"], 5)
    assert Speller(broken, SynonymFile(None)).corrected(session, LOCAL_USER, "suplier") == "supplier"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("suplier", "supplier"),
        ("Suppleir valvse", "Supplier valves"),
        (
            'kind:lesson "conrete deck" -suplier tag:suplier',
            'kind:lesson "concrete deck" -suplier tag:suplier',
        ),
        ("VALVSE", "VALVES"),
        ("supplier valves", ""),
        ("supplying valve", ""),
        ("managers", ""),
        ("EVM wbs", ""),
        ("zzzz qqqq", ""),
        ("suplier2 e-mial x7", ""),
        ("", ""),
    ],
)
def test_slips_are_mended_and_all_else_stays(
    speller: Speller, session: Session, typed: str, meant: str
) -> None:
    assert speller.corrected(session, LOCAL_USER, typed) == meant


def test_no_word_is_offered_that_only_hidden_items_hold(speller: Speller, session: Session) -> None:
    assert speller.corrected(session, LOCAL_USER, "zirconum") == "zirconium"
    assert speller.corrected(session, READER, "zirconum") == ""
    assert speller.corrected(session, READER, "secert") == ""


def test_a_word_that_only_hidden_items_hold_is_unknown(speller: Speller, session: Session) -> None:
    assert speller.corrected(session, LOCAL_USER, "audit") == ""
    assert speller.corrected(session, READER, "manager") == ""  # an inflection of what may be seen
    assert speller.corrected(session, READER, "zirconium") == ""


@settings(max_examples=40)
@given(word=st.sampled_from(["supplier", "concrete", "delivered", "managers"]), place=st.integers(1, 5))
def test_two_swapped_letters_are_always_put_right(word: str, place: int) -> None:
    from search.spelling import _loaded  # pyright: ignore[reportPrivateUsage] - a property of it alone

    slip = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    near = _loaded((), [(w, 3) for w in ("supplier", "concrete", "delivered", "managers")]).near(slip)
    assert near[0].word == word


def found(suggestions: list[Suggestion]) -> list[str]:
    return [one.ref or f"{one.source}:{one.text}" for one in suggestions]


def test_titles_match_by_the_beginnings_of_any_words(lexicon: Lexicon, session: Session) -> None:
    def complete(typed: str) -> list[str]:
        return found(completion.suggestions(session, LOCAL_USER, lexicon, typed))

    assert complete("late supp") == ["S-1"]
    assert complete("audi") == ["S-2"]
    assert complete("late") == ["C-1", "S-1"]
    assert complete("kind:lesson concr") == ["C-1"]
    assert complete("weat") == ["tag:weather"]
    assert complete("  ") == complete('"') == complete("-late") == complete("zzz") == []


def test_past_queries_come_first_and_all_is_limited(lexicon: Lexicon, session: Session) -> None:
    past = ("supplier late", "supply chain")
    every = completion.suggestions(session, LOCAL_USER, lexicon, "sup", past=past)
    assert found(every)[:4] == [
        "query:supplier late",
        "query:supply chain",
        "tag:supplier",
        "tag:superstition",
    ]
    assert {one.ref for one in every if one.source is Source.ITEM} == {"S-1", "S-2", "X-1"}
    assert completion.suggestions(session, LOCAL_USER, lexicon, "sup", past=past, limit=3) == every[:3]


def test_nothing_is_suggested_that_may_not_be_seen(lexicon: Lexicon, session: Session) -> None:
    assert found(completion.suggestions(session, READER, lexicon, "sup")) == ["tag:supplier", "S-2", "S-1"]
    assert completion.suggestions(session, READER, lexicon, "supernova") == []
    assert completion.suggestions(session, READER, lexicon, "superst") == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=40))
def test_anything_may_be_typed(speller: Speller, lexicon: Lexicon, session: Session, typed: str) -> None:
    assert isinstance(completion.suggestions(session, LOCAL_USER, lexicon, typed), list)
    assert isinstance(speller.corrected(session, LOCAL_USER, typed), str)
