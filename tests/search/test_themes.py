"""Themes: groups that were planted are found, named in real words, in the same order each time."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.access import LOCAL_USER, Principal
from kb.database import Sessions, transaction
from kb.errors import NotFoundError, UnavailableError
from kb.values import ItemId
from kb.vocabulary import Classification
from search import grouping, naming, themes
from search.naming import Text
from search.ports import Matrix
from search.recurring import Recurring
from search.sync import sync
from tests.hashing import HashingEncoder
from tests.samples import lesson, store

INSIDER = Principal("Anna", Classification.INTERNAL)
ABOUT = {
    "Pump seals": "pump seals leaked hydraulic pressure valve",
    "Crane lifting": "crane lifting sling load rigging hoist",
    "Data migration": "data migration legacy records cleansing import",
}


def planted(sizes: list[int], seed: int) -> tuple[Matrix, list[int]]:
    """Unit vectors about as many directions at right angles, and the direction of each."""
    random = np.random.default_rng(seed)
    about = [number for number, size in enumerate(sizes) for _ in range(size)]
    vectors = np.eye(32, dtype=np.float32)[about] + random.normal(0, 0.06, (len(about), 32))
    order = random.permutation(len(about))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit[order].astype(np.float32), [about[place] for place in order]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(5, 30), min_size=2, max_size=5), st.integers(0, 99))
def test_planted_groups_are_found_whole_the_largest_first(sizes: list[int], seed: int) -> None:
    vectors, about = planted(sizes, seed)
    items = [ItemId(number) for number in range(1, len(about) + 1)]
    texts = {item: Text(f"topic{'abcde'[a]}", (), "") for item, a in zip(items, about, strict=True)}
    found = themes.find(vectors, items, texts)
    wanted = {
        frozenset(item for item, a in zip(items, about, strict=True) if a == number)
        for number in range(len(sizes))
    }
    assert {frozenset(group.items) for group in found} == wanted
    assert [len(group.items) for group in found] == sorted(sizes, reverse=True)
    assert themes.find(vectors, items, texts) == found


def test_many_lessons_are_joined_in_small_groups_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(themes, "_JOINED", 60)
    vectors, about = planted([80, 60, 50], 7)
    items = [ItemId(number) for number in range(len(about))]
    found = themes.find(vectors, items, {item: Text("word", (), "") for item in items})
    assert [len(group.items) for group in found] == [80, 60, 50]


def test_what_happened_twice_is_no_theme() -> None:
    vectors, _ = planted([2], 1)
    assert themes.find(vectors, [ItemId(1), ItemId(2)], {}) == []


def test_names_are_phrases_as_they_are_written_that_set_a_group_apart() -> None:
    first = [
        Text("Lessons from Cryogenic Pump Seals", ("nasa",), "The cryogenic pump seals failed at NASA."),
        Text("Cryogenic Pump Seals leaked", ("nasa",), "Each cryogenic pump leaked."),
        Text("Inspect cryogenic pumps", (), "Staff of NASA saw cryogenic pumps leak."),
    ]
    second = [
        Text("Contract Changes by NASA", ("nasa",), "The contract was changed."),
        Text("Late contract changes", (), "A late contract change."),
        Text("Contract changed", ("nasa",), "This contract."),
    ]
    pumps, contracts = naming.names([first, second])
    assert pumps[0] == "cryogenic pump seals"
    assert contracts[0].startswith("contract")
    written = {word for text in (*first, *second) for word in f"{text.title} {text.running}".lower().split()}
    words = {word.lower() for name in (pumps, contracts) for phrase in name for word in phrase.split()}
    assert words <= {word.strip(".") for word in written} | {"nasa"}
    assert "lessons" not in words


def test_an_acronym_does_not_stand_beside_what_it_is_short_for() -> None:
    texts = [Text(f"Electrostatic Discharge ESD case {n}", (), "An ESD case.") for n in range(4)]
    (name,) = naming.names([texts])
    assert not {"electrostatic discharge", "ESD"} <= set(name)


def base(sessions: Sessions, encoder: HashingEncoder, folder: Path) -> None:
    with transaction(sessions) as session:
        store(
            session,
            *(
                lesson(
                    f"{title} {word}",
                    text,
                    classification=Classification.CONFIDENTIAL
                    if title == "Crane lifting"
                    else Classification.INTERNAL,
                )
                for title, text in ABOUT.items()
                for word in ("north", "south", "east", "west")
            ),
        )
    sync(sessions, encoder, folder)


def test_a_name_does_not_tell_of_what_its_reader_may_not_see(
    sessions: Sessions, encoder: HashingEncoder, folder: Path, tmp_path: Path
) -> None:
    base(sessions, encoder, folder)
    recurring = Recurring(folder, tmp_path / "themes")
    with sessions() as session:
        assert recurring.known(session, LOCAL_USER) is None
        everything = recurring.find(session, LOCAL_USER)
        seen = recurring.find(session, INSIDER)
        assert sorted(theme.name.split(",")[0].lower() for theme in everything.found) == sorted(
            name.lower() for name in ABOUT
        )
        assert [len(theme.items) for theme in seen.found] == [4, 4]
        assert "crane" not in repr(seen).lower()
        assert seen.lessons == 8
        theme = everything.found[0]
        assert everything.get(theme.key) == theme
        with pytest.raises(NotFoundError):
            everything.get("nothing")


def test_themes_are_kept_until_the_index_changes_or_a_lesson_is_hidden(
    sessions: Sessions, encoder: HashingEncoder, folder: Path, tmp_path: Path
) -> None:
    with sessions() as session, pytest.raises(UnavailableError):
        Recurring(folder, tmp_path / "themes").known(session, LOCAL_USER)
    base(sessions, encoder, folder)
    with sessions() as session:
        found = Recurring(folder, tmp_path / "themes").find(session, LOCAL_USER)
        assert Recurring(folder, tmp_path / "themes").known(session, LOCAL_USER) == found
    with transaction(sessions) as session:
        store(session, lesson("Pump seals north", ABOUT["Pump seals"]))  # the others vanished from the file
    with sessions() as session:
        assert Recurring(folder, tmp_path / "themes").known(session, LOCAL_USER) is None
    (kept,) = (tmp_path / "themes").glob("*.json")
    kept.write_text("{")
    with sessions() as session:
        recurring = Recurring(folder, tmp_path / "themes")
        assert recurring.known(session, LOCAL_USER) is None
        assert recurring.find(session, LOCAL_USER).found == ()


def test_queries_that_ask_for_the_same_are_put_together(encoder: HashingEncoder) -> None:
    texts = ["asbestos survey", "survey asbestos", "pizza", "surveys of asbestos"]
    vectors = encoder.encode(texts)
    assert grouping.group(vectors) == [0, 0, 1, 0]
    assert grouping.join(vectors[1:3], vectors[:1], [7]) == [7, None]
    assert grouping.join(vectors, vectors[:0], []) == [None] * 4
    assert grouping.group(vectors[:1]) == [0]
    assert grouping.group(vectors[:0]) == []
