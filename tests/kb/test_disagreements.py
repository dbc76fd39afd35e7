"""Pairs that may disagree: who sees them, what is remembered."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from kb import items, library
from kb.access import LOCAL_USER, Principal
from kb.errors import ConflictError, NotFoundError
from kb.life import disagreements, relations
from kb.life.disagreements import Suspicion
from kb.values import Filters, ItemId
from kb.vocabulary import Classification, FlagState, Link, Role, Status
from tests.samples import lesson

ANNA = Principal("Anna", Classification.INTERNAL, may_write=True, roles=frozenset({Role.CONTRIBUTOR}))
RITA = replace(ANNA, name="Rita", roles=frozenset({Role.COORDINATOR}))


def written(session: Session, *refs: str, **changes: Any) -> list[ItemId]:
    return [library.write(session, LOCAL_USER, lesson(ref, ref=ref, **changes)) for ref in refs]


def test_a_pair_is_seen_by_those_alone_who_may_see_both(session: Session) -> None:
    one, other = written(session, "A-1", "A-2")
    (secret,) = written(session, "A-3", classification=Classification.CONFIDENTIAL)
    (draft,) = written(session, "A-4", status=Status.DRAFT)
    suspicions = [Suspicion(one, each, Link.CONTRADICTS, "Why.") for each in (other, secret, draft)]
    assert disagreements.keep(session, [one], suspicions) == 3
    seen = {
        who.name: {flag.other.ref for flag in disagreements.listed(session, who, offset=0, limit=9)}
        for who in (ANNA, RITA, LOCAL_USER)
    }
    assert seen == {"Anna": {"A-2"}, "Rita": {"A-2", "A-4"}, "local": {"A-2", "A-3", "A-4"}}
    assert disagreements.count(session, ANNA) == len(disagreements.of_item(session, ANNA, "A-1")) == 1
    hidden = next(
        f.id for f in disagreements.listed(session, LOCAL_USER, offset=0, limit=9) if f.other.ref == "A-3"
    )
    with pytest.raises(NotFoundError):
        disagreements.decide(session, RITA, hidden, FlagState.DISMISSED)
    with pytest.raises(NotFoundError):
        disagreements.decide(session, ANNA, hidden, FlagState.DISMISSED)


def test_pairs_are_counted_without_reading_what_else_there_is(session: Session) -> None:
    asked: list[tuple[str, Any]] = []
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
    disagreements.count(session, ANNA)
    query, values = asked[-1]
    steps = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values).all()
    reads = [said for *_, said in steps if " item_" in said and "ix_item_unfinished" not in said]
    assert reads
    assert all("INTEGER PRIMARY KEY" in said for said in reads)


def test_what_was_decided_is_remembered(session: Session) -> None:
    one, other, third = written(session, "A-1", "A-2", "A-3")
    found = [Suspicion(one, each, Link.SUPERSEDES, "The newer says more.") for each in (other, third)]
    disagreements.keep(session, [one], found)
    flags = {f.other.ref: f.id for f in disagreements.listed(session, RITA, offset=0, limit=9)}
    disagreements.decide(session, RITA, flags["A-2"], FlagState.CONFIRMED)
    disagreements.decide(session, RITA, flags["A-3"], FlagState.DISMISSED)
    (related,) = relations.of_item(session, RITA, "A-1")
    assert (related.item.ref, related.link, related.note) == ("A-2", Link.SUPERSEDES, "The newer says more.")
    assert items.get(session, RITA, "A-2").head.status is Status.SUPERSEDED
    with pytest.raises(ConflictError, match="dismissed already"):
        disagreements.decide(session, RITA, flags["A-3"], FlagState.CONFIRMED)
    assert disagreements.keep(session, [one], found) == 0
    assert disagreements.count(session, RITA) == 0
    assert disagreements.count(session, RITA, FlagState.DISMISSED) == 1


def test_a_pair_of_a_changed_item_is_dropped_unless_it_is_found_again(session: Session) -> None:
    one, other = written(session, "A-1", "A-2")
    suspicion = Suspicion(one, other, Link.CONTRADICTS, "Why.")
    disagreements.keep(session, [one, other], [suspicion])
    assert disagreements.keep(session, [other], []) == 0
    assert disagreements.count(session, RITA) == 0
    assert disagreements.keep(session, [one], [suspicion]) == 1
    assert items.count(session, RITA, Filters()) == 2
