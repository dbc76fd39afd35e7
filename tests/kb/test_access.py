import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from kb import database, facets, items, passages
from kb.access import LOCAL_USER, Principal
from kb.errors import NotFoundError
from kb.values import Filters, ItemId
from kb.vocabulary import Classification, FacetName
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
