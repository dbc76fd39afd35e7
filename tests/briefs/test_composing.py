"""What answers the needs of a charter, over the starter library."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from kb.access import LOCAL_USER, Principal
from kb.briefs.values import Composed, Need, NeedKind
from kb.values import Filters
from kb.vocabulary import Classification, FacetName, Kind, Status
from search.briefs import alike, charter, composing
from search.briefs.composing import Answered
from search.engine import Engine
from tests.briefs import charters
from web.wiring import Services

HOSPITAL = next(one for one in charters.read() if one.name == "hospital-patient-record")
NEEDS = charter.read(HOSPITAL.text)
GUEST = Principal("guest", Classification.PUBLIC)


@pytest.fixture(scope="module")
def session(library: Services) -> Iterator[Session]:
    with library.sessions() as opened:
        yield opened


@pytest.fixture(scope="module")
def engine(library: Services) -> Engine:
    return library.search()


@pytest.fixture(scope="module")
def brief(engine: Engine, session: Session) -> Composed:
    return composing.compose(engine, session, LOCAL_USER, NEEDS)


def test_every_entry_shows_the_need_and_the_passage_that_answers_it(brief: Composed) -> None:
    assert len(brief.entries) == composing.LIMIT
    for entry in brief.entries:
        assert entry.matches
        for match in entry.matches:
            assert match.passage.item_id == entry.item.id
            assert composing.ANSWERS <= match.relevance <= 1
            assert match.need not in brief.unanswered


def test_lessons_lead_and_the_other_kinds_are_there(brief: Composed) -> None:
    kinds = [entry.item.kind for entry in brief.entries]
    assert kinds.count(Kind.LESSON) > len(kinds) / 2
    assert {Kind.PRACTICE, Kind.TEMPLATE, Kind.TRAINING} <= set(kinds)
    assert Kind.DOCUMENT not in kinds


def test_nothing_is_there_twice(brief: Composed) -> None:
    shown = [entry.item.id for entry in brief.entries]
    folded = [item for entry in brief.entries for item in entry.alike]
    assert len({*shown, *folded}) == len(shown) + len(folded)


def test_the_stream_tells_of_each_need_and_ends_with_the_same_brief(
    engine: Engine, session: Session, brief: Composed
) -> None:
    *told, last = composing.stream(engine, session, LOCAL_USER, NEEDS)
    assert [one.need for one in told if isinstance(one, Answered)] == list(range(len(NEEDS)))
    assert last == brief
    silent = {one.need for one in told if isinstance(one, Answered) and not one.entries}
    assert set(brief.unanswered) <= silent


def test_a_need_that_nothing_answers_is_told(engine: Engine, session: Session) -> None:
    needs = [
        Need(NeedKind.RISK, "The supplier sends other people than those who won the bid."),
        Need(NeedKind.TECHNOLOGY, "Glazing recipes for Ming porcelain and saffron risotto."),
    ]
    found = composing.compose(engine, session, LOCAL_USER, needs)
    assert found.unanswered == (1,)
    assert found.entries
    assert all(match.need == 0 for entry in found.entries for match in entry.matches)


def test_without_needs_there_is_nothing(engine: Engine, session: Session) -> None:
    assert composing.compose(engine, session, LOCAL_USER, []) == Composed((), (), ())
    assert list(composing.stream(engine, session, LOCAL_USER, [])) == [Composed((), (), ())]


def test_filters_and_limit_hold(engine: Engine, session: Session) -> None:
    only = Filters({FacetName.KIND: (Kind.PRACTICE,)})
    found = composing.compose(engine, session, LOCAL_USER, NEEDS, filters=only, limit=3)
    assert 0 < len(found.entries) <= 3
    assert {entry.item.kind for entry in found.entries} == {Kind.PRACTICE}


def test_only_what_the_reader_may_see_is_there(services: Services, library: Services) -> None:
    from kb.database import transaction
    from kb.models import Item
    from web.base import work

    work.ingest_starter(services, LOCAL_USER)
    _give_vectors(services, library)
    work.sync(services)
    needs = NEEDS[:12]
    with services.sessions() as session:
        before = composing.compose(services.search(), session, LOCAL_USER, needs)
    hidden = [entry.item.id for entry in before.entries[:5]]
    with transaction(services.sessions) as session:
        for id_ in hidden:
            item = session.get_one(Item, id_)
            item.classification = Classification.CONFIDENTIAL
    with services.sessions() as session:
        told = [*composing.stream(services.search(), session, GUEST, needs)]
    entries = [entry for one in told for entry in one.entries]
    assert entries
    seen = {entry.item.id for entry in entries} | {item for entry in entries for item in entry.alike}
    assert seen.isdisjoint(hidden)


def _give_vectors(services: Services, library: Services) -> None:
    """Those of the library, so that nothing is embedded again."""
    from sqlalchemy import select

    from kb.database import transaction
    from kb.models import Embedding
    from kb.searching import embeddings

    model = library.encoder().model
    with library.sessions() as session:
        rows = session.execute(select(Embedding.digest, Embedding.vector).where(Embedding.model == model))
        known = [(row.digest, row.vector) for row in rows]
    with transaction(services.sessions) as session:
        embeddings.save(session, model, known)


def test_what_nobody_should_go_by_is_left_out(brief: Composed) -> None:
    out = {Status.DRAFT, Status.RETURNED, Status.REJECTED, Status.SUPERSEDED, Status.ARCHIVED}
    assert not out & {entry.item.status for entry in brief.entries}


def test_similar_projects_say_why(engine: Engine, session: Session, library: Services) -> None:
    found = alike.alike(engine, library.projects(), session, LOCAL_USER, NEEDS, limit=3)
    assert len(found) == 3
    assert [one.project.closeness for one in found] == sorted(
        (one.project.closeness for one in found), reverse=True
    )
    for one in found:
        assert one.why
        assert all(entry.item.project == one.project.name for entry in one.why)
        assert all(0 <= match.need < len(NEEDS) for entry in one.why for match in entry.matches)
    assert alike.alike(engine, library.projects(), session, LOCAL_USER, [], limit=3) == []


def test_a_person_may_word_a_need(engine: Engine, session: Session) -> None:
    added = replace(NEEDS[0], text="Data migration is rehearsed too late", headings=())
    found = composing.compose(engine, session, LOCAL_USER, [added], limit=5)
    assert any("migration" in entry.item.title.casefold() for entry in found.entries)
