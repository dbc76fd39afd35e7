from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from kb import database, library
from kb.access import LOCAL_USER, Principal
from kb.database import Sessions, transaction
from kb.errors import NotFoundError, UnavailableError
from kb.values import Filters, ItemDraft, Locator, PassageDraft
from kb.vocabulary import Classification, FacetName, Phase
from search.engine import Engine
from search.query import parse
from search.results import Place, Results
from search.sync import sync
from tests.hashing import HashingEncoder
from tests.samples import lesson, source, store

LESSONS = (
    lesson(
        "Supplier delivered late",
        "The supplier delivered valves late and testing slipped.",
        ref="S-1",
        phases=(Phase.DELIVERY,),
        tags=("supplier",),
        dated=date(2019, 1, 1),
    ),
    lesson("Supplier paid early", "Early payment made the supplier careless.", ref="S-2", project="Bridge"),
    lesson("Weather", "Rain delayed concrete work on the bridge deck.", ref="W-1", dated=date(2021, 1, 1)),
    lesson("Review", "A gate review found the plan unrealistic.", ref="R-1", external_ref="9501"),
    lesson(
        "Secret supplier audit",
        "The supplier audit was confidential.",
        ref="X-1",
        classification=Classification.CONFIDENTIAL,
    ),
)
READER = Principal("reader", Classification.INTERNAL)


@pytest.fixture
def engine(sessions: Sessions, encoder: HashingEncoder, folder: Path) -> Engine:
    with transaction(sessions) as session:
        store(session, *LESSONS)
    sync(sessions, encoder, folder)
    return Engine(encoder, folder)


def refs(results: Results) -> list[str]:
    return [hit.item.ref for hit in results.hits]


def find(engine: Engine, session: Session, text: str, principal: Principal = LOCAL_USER) -> list[str]:
    return refs(engine.search(session, principal, parse(text)))


def test_the_best_answer_comes_first_with_its_reasons(engine: Engine, session: Session) -> None:
    results = engine.search(session, LOCAL_USER, parse("supplier was late with valves"))
    hit = results.hits[0]
    assert hit.item.ref == "S-1"
    assert [found.word for found in hit.why.words] == ["supplier", "late", "valves"]
    assert hit.why.words[0].places == (Place.TITLE, Place.TEXT, Place.LABELS)
    assert hit.why.words[2].places == (Place.TEXT,)
    assert hit.why.meaning is not None
    assert [hit.title.text[s:e] for s, e in hit.title.marks] == ["Supplier", "late"]
    snippet = hit.passages[0].snippet
    assert [snippet.text[s:e] for s, e in snippet.marks] == ["supplier", "valves", "late"]
    assert not results.nearest_only


def test_filters_hold_before_ranking(engine: Engine, session: Session) -> None:
    assert find(engine, session, "supplier project:bridge") == ["S-2"]
    assert find(engine, session, "supplier before:2020") == ["S-1"]
    assert find(engine, session, "supplier phase:closure") == []
    assert find(engine, session, "supplier tag:SUPPLIER phase:delivery kind:lesson") == ["S-1"]


def test_phrases_must_be_there_and_unwanted_words_must_not(engine: Engine, session: Session) -> None:
    assert find(engine, session, '"supplier delivered"') == ["S-1"]
    assert find(engine, session, '"delivered supplier"') == []
    assert "S-1" not in find(engine, session, "supplier -valves")
    assert set(find(engine, session, "rain OR valves supplier concrete")) == {"W-1", "S-1"}
    assert set(find(engine, session, '"valves late" OR "gate review"')) == {"S-1", "R-1"}
    assert "S-1" not in find(engine, session, "supplier -phase:delivery")


@pytest.mark.parametrize("reference", ["S-1", "R-1", "r-1", "9501"])
def test_references_are_found(engine: Engine, session: Session, reference: str) -> None:
    wanted = "S-1" if reference == "S-1" else "R-1"
    assert find(engine, session, reference)[0] == wanted


def test_nothing_above_the_readers_clearance_is_found_or_counted(engine: Engine, session: Session) -> None:
    everything = engine.search(session, LOCAL_USER, parse("confidential supplier audit"))
    permitted = engine.search(session, READER, parse("confidential supplier audit"))
    assert "X-1" in refs(everything)
    assert "X-1" not in refs(permitted)
    assert permitted.total == len(permitted.hits)
    assert permitted.facets[FacetName.KIND][0].count == permitted.total
    assert engine.search(session, READER, parse("")).total == 4
    assert all(hit.item.ref != "X-1" for hit in engine.similar(session, READER, "S-1").hits)
    with pytest.raises(NotFoundError):
        engine.similar(session, READER, "X-1")


def test_a_query_without_words_lists_the_newest_first(engine: Engine, session: Session) -> None:
    results = engine.search(session, LOCAL_USER, parse("kind:lesson"), limit=2)
    assert refs(results) == ["W-1", "S-2"]
    assert results.total == 5
    assert results.facets[FacetName.KIND][0].count == 5


def test_when_nothing_answers_the_nearest_are_offered_as_such(engine: Engine, session: Session) -> None:
    results = engine.search(session, LOCAL_USER, parse("quantum chromodynamics lecture supplier"))
    assert results.nearest_only
    assert results.total == len(results.hits) <= 5


@pytest.mark.parametrize(
    "text", ["???", "…", '""', "'; DROP TABLE item; --", "NEAR(a, b)", "* OR NOT", "<b>"]
)
def test_odd_queries_are_harmless(engine: Engine, session: Session, text: str) -> None:
    engine.search(session, LOCAL_USER, parse(text))


def test_without_an_index_the_sentence_says_what_to_do(
    session: Session, encoder: HashingEncoder, folder: Path
) -> None:
    missing = Engine(encoder, folder)
    assert not missing.ready
    with pytest.raises(UnavailableError, match="Run `kb sync`"):
        missing.search(session, LOCAL_USER, parse("x"))


def test_an_index_of_another_model_is_not_searched(engine: Engine, session: Session, folder: Path) -> None:
    with pytest.raises(UnavailableError, match="made with the model hashing"):
        Engine(HashingEncoder("other"), folder).search(session, LOCAL_USER, parse("x"))


def test_what_is_published_meanwhile_is_found_at_once(
    engine: Engine, sessions: Sessions, session: Session, encoder: HashingEncoder, folder: Path
) -> None:
    assert find(engine, session, "crane") == [] or "C-9" not in find(engine, session, "crane")
    with transaction(sessions) as writing:
        store(
            writing,
            lesson("Crane", "The crane toppled.", ref="C-9"),
            location="/files/new.md",
            digest="c" * 64,
        )
    sync(sessions, encoder, folder)
    assert find(engine, session, "crane")[0] == "C-9"


def test_what_was_withdrawn_since_the_sync_is_not_shown(
    engine: Engine, sessions: Sessions, session: Session
) -> None:
    with transaction(sessions) as writing:
        library.withdraw(writing, LOCAL_USER, source().location)
    results = engine.search(session, LOCAL_USER, parse("supplier"))
    assert (results.total, results.hits) == (0, ())


def test_similar_items_are_nearest_first_without_the_item_itself(engine: Engine, session: Session) -> None:
    similar = [hit.item.ref for hit in engine.similar(session, LOCAL_USER, "S-1").hits]
    assert "S-1" not in similar


def test_the_passage_that_holds_the_words_is_shown_first(
    sessions: Sessions, session: Session, encoder: HashingEncoder, folder: Path
) -> None:
    body = " ".join(f"Chapter {i} tells of topic{i}." for i in range(60))
    cuts = [body.index(f"Chapter {i} ") for i in range(60)] + [len(body)]
    draft = lesson(
        "Handbook",
        body,
        passages=tuple(
            PassageDraft((), body[a:b], Locator(a, b, page=i + 1)) for i, (a, b) in enumerate(pairwise(cuts))
        ),
    )
    with transaction(sessions) as writing:
        store(writing, draft)
    sync(sessions, encoder, folder)
    [hit] = Engine(encoder, folder).search(session, LOCAL_USER, parse("topic47")).hits
    assert str(hit.passages[0].passage.locator) == "page 48"
    assert len(hit.passages) == 3


WORDS = ["supplier", "late", "bridge", "review", "plan", "rain"]


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), min_size=1, max_size=25),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
    st.integers(1, 7),
)
def test_pages_together_are_the_whole_whatever_their_size(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], wanted: list[str], size: int
) -> None:
    base = create_engine("sqlite://", poolclass=StaticPool)
    database.migrate(base)
    sessions, encoder = database.sessions(base), HashingEncoder()
    drafts: list[ItemDraft] = [lesson(f"T{i}", " ".join(row), tags=tuple(row)) for i, row in enumerate(rows)]
    with transaction(sessions) as session:
        store(session, *drafts)
    folder = tmp_path_factory.mktemp("index")
    sync(sessions, encoder, folder)
    engine = Engine(encoder, folder)
    with sessions() as session:
        query = parse(" ".join(wanted))
        whole = engine.search(session, LOCAL_USER, query, limit=1000)
        paged = [
            ref
            for offset in range(0, whole.total, size)
            for ref in refs(engine.search(session, LOCAL_USER, query, offset=offset, limit=size))
        ]
        assert paged == refs(whole)
        assert len(paged) == whole.total == len(set(paged))
        tags = {count.value: count.count for count in whole.facets[FacetName.TAG]}
        for tag, number in tags.items():
            narrowed = engine.search(
                session, LOCAL_USER, parse(" ".join(wanted), Filters({FacetName.TAG: (tag,)})), limit=1000
            )
            counted = {hit.item.ref for hit in narrowed.hits} & set(paged)
            assert len(counted) == number
    base.dispose()
