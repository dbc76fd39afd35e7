"""How what became of items orders and marks results."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from kb import items
from kb.access import LOCAL_USER, Principal
from kb.database import Sessions, transaction
from kb.life import applications, experience, relations, reviews
from kb.life.applications import ApplicationDraft, Record
from kb.values import ItemId
from kb.vocabulary import Classification, Link, Outcome, Status
from search.engine import Engine
from search.query import parse
from search.results import Hit
from search.sync import sync
from tests.hashing import HashingEncoder
from tests.samples import lesson, store

TODAY = date(2026, 11, 25)
READER = Principal("reader", Classification.INTERNAL)
TEXT = "The supplier delivered pumps late and testing slipped."


@pytest.fixture
def engine(sessions: Sessions, encoder: HashingEncoder, folder: Path) -> Engine:
    same = [lesson("Pumps came late", TEXT, key=str(n), ref=f"P-{n}") for n in range(1, 5)]
    other = lesson("Canteen", "Lunch was served on the terrace.", ref="C-1")
    secret = lesson("Pumps came late", TEXT, ref="X-1", classification=Classification.CONFIDENTIAL)
    with transaction(sessions) as session:
        store(session, *same, other, replace(secret, key="secret"))
    sync(sessions, encoder, folder)
    return Engine(encoder, folder)


def _found(engine: Engine, session: Session, principal: Principal = LOCAL_USER) -> list[Hit]:
    return list(engine.search(session, principal, parse("supplier delivered pumps late")).hits)


def _refs(hits: list[Hit]) -> list[str]:
    return [hit.item.ref for hit in hits]


def _apply(session: Session, ref: str, outcome: Outcome = Outcome.EFFECTIVE, times: int = 1) -> None:
    for number in range(times):
        applications.record(
            session, LOCAL_USER, ref, ApplicationDraft(f"Project {number}", True, "", outcome)
        )


def test_what_worked_elsewhere_comes_before_its_equals(engine: Engine, session: Session) -> None:
    before = _refs(_found(engine, session))
    assert before.index("P-1") < before.index("P-3")
    _apply(session, "P-3", times=6)
    _apply(session, "P-2", Outcome.NOT_EFFECTIVE)
    after = _found(engine, session)
    assert _refs(after) == ["P-3", *(ref for ref in before if ref != "P-3")]
    assert after[0].why.record == Record(6, 6, 0)


def test_what_is_out_of_use_or_overdue_comes_after_its_equals(engine: Engine, session: Session) -> None:
    relations.relate(session, LOCAL_USER, "P-4", Link.SUPERSEDES, "P-1", "Tells it better.")
    reviews.confirm(session, LOCAL_USER, "P-2", date(2020, 1, 1), date(2019, 1, 1))
    found = _found(engine, session)
    assert _refs(found)[-2:] == ["P-2", "P-1"]
    assert found[-1].why.superseded_by == ("P-4",)
    assert found[-2].item.review_date == date(2020, 1, 1)
    listed = engine.search(session, LOCAL_USER, parse("kind:lesson")).hits
    assert {hit.item.ref: hit.why.superseded_by for hit in listed}["P-1"] == ("P-4",)
    assert engine.search(session, LOCAL_USER, parse("P-1")).hits[0].item.ref == "P-1"


def test_a_record_lets_nothing_irrelevant_in_and_keeps_nothing_relevant_out(
    engine: Engine, session: Session
) -> None:
    before = engine.search(session, LOCAL_USER, parse("supplier delivered pumps late"))
    _apply(session, "C-1", times=30)
    relations.relate(session, LOCAL_USER, "P-4", Link.SUPERSEDES, "P-1")
    after = engine.search(session, LOCAL_USER, parse("supplier delivered pumps late"))
    assert sorted(_refs(list(after.hits))) == sorted(_refs(list(before.hits)))
    assert "C-1" not in _refs(list(after.hits))
    assert {hit.item.ref: hit.relevance for hit in after.hits} == {
        hit.item.ref: hit.relevance for hit in before.hits
    }


def test_the_order_does_not_depend_on_the_page(engine: Engine, session: Session) -> None:
    _apply(session, "P-3", times=2)
    query = parse("supplier delivered pumps late")
    whole = _refs(_found(engine, session))
    pages = [engine.search(session, LOCAL_USER, query, offset=n, limit=1).hits[0] for n in range(len(whole))]
    assert _refs(pages) == whole


def test_what_may_not_be_read_is_known_to_nobody_else(engine: Engine, session: Session) -> None:
    _apply(session, "X-1")
    relations.relate(session, LOCAL_USER, "X-1", Link.SUPERSEDES, "P-1")
    secret = items.get(session, LOCAL_USER, "X-1").head.id
    assert secret in experience.read(session, LOCAL_USER, TODAY).records
    seen = experience.read(session, READER, TODAY)
    assert seen.records == {}
    assert list(seen.retired.values()) == [()]
    assert "X-1" not in _refs(_found(engine, session, READER))


def test_experience_is_of_what_has_a_past(session: Session) -> None:
    store(session, lesson("A", ref="A-1", review_date=TODAY), lesson("B", ref="B-1", status=Status.REJECTED))
    ids = {ref: items.get(session, LOCAL_USER, ref).head.id for ref in ("A-1", "B-1")}
    known = experience.read(session, LOCAL_USER, TODAY)
    assert (known.overdue, known.retired) == (frozenset[ItemId](), {ids["B-1"]: ()})
    assert experience.read(session, LOCAL_USER, date(2026, 11, 26)).overdue == {ids["A-1"]}
    assert known.record(ids["A-1"]) == Record()
