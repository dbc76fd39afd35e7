from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from kb import database, facets, items, library, passages
from kb.access import LOCAL_USER, Principal, peer
from kb.errors import NotFoundError
from kb.insight import slices
from kb.insight.slices import Slice
from kb.life import lessons, records
from kb.push import telling
from kb.values import Filters, ItemId
from kb.vocabulary import Classification, FacetName, Role, Status
from tests.samples import lesson, store

LEVELS = list(Classification)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(LEVELS), min_size=1, max_size=8), st.sampled_from(LEVELS))
def test_no_read_shows_what_is_above_the_readers_clearance(
    levels: list[Classification], clearance: Classification
) -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    database.migrate(engine)
    reader = Principal("reader", clearance)
    with database.sessions(engine)() as session:
        store(session, *(lesson(f"T{i}", classification=c, tags=(c,)) for i, c in enumerate(levels)))
        allowed = [f"T{i}" for i, c in enumerate(levels) if LEVELS.index(c) <= LEVELS.index(clearance)]
        everything = [ItemId(i) for i in range(1, len(levels) + 1)]
        browsed = items.browse(session, reader, Filters(), offset=0, limit=50)
        assert sorted(item.title for item in browsed) == sorted(allowed)
        assert items.count(session, reader, Filters()) == len(allowed)
        assert len(items.summaries(session, reader, everything)) == len(allowed)
        assert len(items.visible_among(session, reader, everything)) == len(allowed)
        assert len(facets.matching(session, reader, Filters())) == len(allowed)
        tags = facets.count(session, reader, everything)[FacetName.TAG]
        assert sum(tag.count for tag in tags) == len(allowed)
        shown = [p for i in everything for p in passages.of_item(session, reader, i)]
        assert len(shown) == len(passages.read(session, reader, list(passages.keys(session)))) == len(allowed)
    engine.dispose()


PEOPLE = ("Anna", "Bert", "Carl")
LIVES = st.tuples(
    st.sampled_from(PEOPLE),
    st.sampled_from(("", *PEOPLE)),
    st.sampled_from([Status.DRAFT, Status.RETURNED, Status.SUBMITTED, Status.LEARNED]),
    st.sampled_from(LEVELS),
)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(LIVES, min_size=1, max_size=8),
    st.sampled_from(PEOPLE),
    st.sampled_from(LEVELS),
    st.sampled_from([frozenset[Role](), frozenset({Role.CONTRIBUTOR}), frozenset({Role.COORDINATOR})]),
)
def test_what_is_not_handed_in_is_its_authors_its_owners_and_the_reviewers(
    lives: list[tuple[str, str, Status, Classification]],
    name: str,
    clearance: Classification,
    roles: frozenset[Role],
) -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    database.migrate(engine)
    reader = Principal(name, clearance, roles=roles)

    def seen(life: tuple[str, str, Status, Classification], who: str) -> bool:
        author, owner, status, level = life
        own = status in (Status.SUBMITTED, Status.LEARNED) or (who != "" and who in (author, owner))
        return (own or Role.COORDINATOR in roles) and LEVELS.index(level) <= LEVELS.index(clearance)

    with database.sessions(engine)() as session:
        for number, (author, owner, status, level) in enumerate(lives):
            draft = lesson(f"T{number}", ref=f"T{number}", classification=level, owner=owner, tags=("a",))
            library.write(session, replace(LOCAL_USER, name=author), replace(draft, status=status))
        allowed = {f"T{number}" for number, life in enumerate(lives) if seen(life, name)}
        shared = {f"T{number}" for number, life in enumerate(lives) if seen(life, "")}
        everything = [ItemId(i) for i in range(1, len(lives) + 1)]
        browsed = items.browse(session, reader, Filters(), offset=0, limit=50)
        assert {item.title for item in browsed} == allowed
        assert {one.title for one in items.titles(session, reader, everything)} == allowed
        assert items.count(session, reader, Filters()) == sum(lessons.counts(session, reader).values())
        assert items.count(session, reader, Filters()) == len(allowed)
        assert facets.total(facets.count(session, reader, everything)) == len(allowed)
        assert facets.total(facets.count_all(session, reader, Filters())) == len(allowed)
        assert facets.starting(session, reader, FacetName.TAG, "a", 5) == (["a"] if allowed else [])
        assert slices.count(session, reader, Slice()) == len(shared)
        assert {one.title for one in telling.read(session, peer(reader))} == shared
        assert len(records.newest(session, reader, Filters(), 50)) == len(allowed)
        for ref in {f"T{number}" for number in range(len(lives))} - allowed:
            with pytest.raises(NotFoundError):
                items.get(session, reader, ref)
        assert reader.sees_everything is False or len(allowed) == len(lives)
    engine.dispose()


def test_what_may_not_be_read_is_not_found_like_what_does_not_exist() -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    database.migrate(engine)
    reader = Principal("reader", Classification.INTERNAL)
    with database.sessions(engine)() as session:
        store(session, lesson("Secret", ref="S-1", classification=Classification.CONFIDENTIAL))
        assert items.get(session, LOCAL_USER, "S-1").head.title == "Secret"
        with pytest.raises(NotFoundError, match="There is no item 'S-1' here"):
            items.get(session, reader, "S-1")
        with pytest.raises(NotFoundError, match="There is no item 'S-2' here"):
            items.versions(session, reader, "S-2")
    engine.dispose()
