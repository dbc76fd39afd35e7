"""Knowledge gaps: gathered from searches that failed, closed by people, opened again by the next failure."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.access import LOCAL_USER, Principal
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.insight import gaps
from kb.insight.gaps import Joining
from kb.models import AuditEvent, KnowledgeGapQuery, now
from kb.searching import searches
from kb.vocabulary import Classification, GapState, Role
from tests.kb.test_searches import searched
from tests.samples import lesson, store

ANNA = Principal("Anna", Classification.INTERNAL, may_write=True, roles=frozenset({Role.ANALYST}))
READER = Principal("Carl", Classification.INTERNAL, roles=frozenset({Role.READER}))
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def fail(session: Session, words: str, person: str = "Zoe", found: int = 0, minute: int = 0) -> None:
    searches.record(
        session,
        [
            searched(
                words,
                person=person,
                found=found,
                answered=False,
                at=BEGIN + timedelta(minutes=minute),
            )
        ],
    )


def gather(session: Session, *groups: tuple[str, ...]) -> None:
    """Each of *groups* becomes a gap, but for words that belong to one already."""
    failed = {one.words: one for one in gaps.failures(session)}
    known = {one.digest: one.gap for one in gaps.members(session)}
    joining = [
        Joining(failed[words].digest, None, number, "model", b"vector")
        for number, group in enumerate(groups)
        for words in group
        if failed[words].digest not in known
    ]
    gaps.keep(session, list(failed.values()), joining)


def listed(session: Session, *states: GapState) -> list[gaps.Gap]:
    return gaps.listed(session, ANNA, states or gaps.PENDING, offset=0, limit=99)


def test_gaps_count_people_and_times_but_name_nobody(session: Session) -> None:
    fail(session, "asbestos survey", "Zoe")
    fail(session, "Asbestos  Survey", "Yan", found=3)
    fail(session, "asbestos removal", "Zoe")
    fail(session, "pizza", "Zoe")
    searches.record(session, [searched("answered")])
    gather(session, ("Asbestos Survey", "asbestos removal"), ("pizza",))
    asbestos, pizza = listed(session)
    assert (asbestos.title, asbestos.people, asbestos.times, asbestos.empty) == ("Asbestos Survey", 2, 3, 2)
    assert (pizza.title, pizza.people, pizza.times) == ("pizza", 1, 1)
    typed = [(one.words, one.times) for one in gaps.queries(session, ANNA, asbestos.id)]
    assert typed == [("Asbestos Survey", 2), ("asbestos removal", 1)]
    assert not {"Zoe", "Yan"} & {word for gap in listed(session) for word in repr(gap).split("'")}
    assert gaps.counts(session, ANNA)[GapState.OPEN] == 2


def test_a_gap_is_assigned_answered_and_opens_again_when_it_fails_again(session: Session) -> None:
    store(session, lesson("Asbestos", ref="A-1"))
    fail(session, "asbestos survey")
    gather(session, ("asbestos survey",))
    number = listed(session)[0].id
    gaps.assign(session, ANNA, number, " Bert ")
    assert (listed(session)[0].state, listed(session)[0].owner) == (GapState.ASSIGNED, "Bert")
    gaps.resolve(session, ANNA, number, "A-1")
    (closed,) = listed(session, GapState.RESOLVED)
    assert closed.item is not None
    assert closed.item.ref == "A-1"
    gather(session)
    assert listed(session) == []
    later = now() + timedelta(hours=1)
    searches.record(session, [searched("asbestos survey", answered=False, found=0, at=later)])
    gather(session)
    (again,) = listed(session)
    assert (again.state, again.reopened, again.closed_at, again.times) == (GapState.ASSIGNED, 1, None, 2)
    said = session.scalars(select(AuditEvent.action).where(AuditEvent.subject.contains("gap"))).all()
    assert list(said) == ["gather_gaps", "gap_assigned", "gap_resolved", "gather_gaps"]


def test_what_is_dismissed_needs_a_reason_and_can_be_opened_again(session: Session) -> None:
    fail(session, "pizza")
    gather(session, ("pizza",))
    number = listed(session)[0].id
    with pytest.raises(InvalidError):
        gaps.dismiss(session, ANNA, number, " ")
    with pytest.raises(InvalidError):
        gaps.resolve(session, ANNA, number)
    with pytest.raises(InvalidError):
        gaps.assign(session, ANNA, number, " ")
    with pytest.raises(ConflictError):
        gaps.reopen(session, ANNA, number)
    gaps.dismiss(session, ANNA, number, "Not about projects.")
    for closed in (
        lambda: gaps.assign(session, ANNA, number, "B"),
        lambda: gaps.dismiss(session, ANNA, number, "x"),
    ):
        with pytest.raises(ConflictError):
            closed()
    gaps.reopen(session, ANNA, number)
    assert listed(session)[0].state == GapState.OPEN


def test_what_was_dismissed_opens_again_when_three_people_or_days_miss_it(session: Session) -> None:
    fail(session, "pizza")
    gather(session, ("pizza",))
    number = listed(session)[0].id
    gaps.dismiss(session, ANNA, number, "Not about projects.")

    def missed(person: str, days: int) -> GapState:
        at = now() + timedelta(days=days)
        searches.record(session, [searched("Pizza", person=person, answered=False, found=0, at=at)] * 5)
        gather(session)
        return gaps.get(session, ANNA, number).state

    assert missed("Zoe", 1) is GapState.DISMISSED
    assert missed("Yan", 1) is GapState.DISMISSED
    assert missed("Zoe", 2) is GapState.OPEN


def test_gaps_nobody_took_up_go_with_the_searches_they_came_from(session: Session) -> None:
    for words in ("taken up", "left alone"):
        fail(session, words)
    gather(session, ("taken up",), ("left alone",))
    (number,) = (gap.id for gap in listed(session) if gap.title == "taken up")
    gaps.assign(session, ANNA, number, "Bert")
    searches.forget(session, Principal("Zoe", Classification.PUBLIC))
    gather(session)
    assert [gap.title for gap in listed(session)] == ["taken up"]
    assert session.scalars(select(KnowledgeGapQuery.words)).all() == ["taken up"]


def test_only_those_who_contribute_see_gaps_and_answers_only_where_they_may(session: Session) -> None:
    store(session, lesson("Secret", ref="S-1", classification=Classification.CONFIDENTIAL))
    fail(session, "asbestos")
    gather(session, ("asbestos",))
    number = listed(session)[0].id
    for refused in (
        lambda: gaps.listed(session, READER, offset=0, limit=9),
        lambda: gaps.get(session, READER, number),
        lambda: gaps.queries(session, READER, number),
        lambda: gaps.assign(session, READER, number, "x"),
        lambda: gaps.counts(session, READER),
        lambda: gaps.get(session, ANNA, number + 1),
        lambda: gaps.resolve(session, ANNA, number, "S-1"),
    ):
        with pytest.raises(NotFoundError):
            refused()
    gaps.resolve(session, LOCAL_USER, number, "S-1")
    assert gaps.get(session, ANNA, number).item is None
    assert gaps.get(session, LOCAL_USER, number).item is not None
