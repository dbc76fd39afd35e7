"""What is counted of lessons: always what a plain walk through them counts, and only what may be seen."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, update
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from kb import database
from kb.access import LOCAL_USER, Principal
from kb.insight import ageing, coverage, shares, slices, trends
from kb.insight.slices import NONE, Slice
from kb.life import actions, applications, lessons
from kb.life.applications import ApplicationDraft
from kb.life.lifecycle import Move
from kb.models import LessonStep
from kb.push import telling
from kb.values import LessonFields
from kb.vocabulary import (
    By,
    Classification,
    Having,
    Kind,
    KnowledgeArea,
    Outcome,
    Phase,
    Polarity,
    Role,
    Status,
    Target,
)
from tests.samples import lesson, store

ANNA = Principal("Anna", Classification.INTERNAL, may_write=True, roles=frozenset({Role.CONTRIBUTOR}))
BERT = Principal("Bert", Classification.INTERNAL, may_write=True, roles=frozenset({Role.COORDINATOR}))
AREAS, PHASES = list(KnowledgeArea)[:3], list(Phase)[:3]
drafts = st.fixed_dictionaries(
    {
        "knowledge_areas": st.lists(st.sampled_from(AREAS), unique=True, max_size=2).map(tuple),
        "phases": st.lists(st.sampled_from(PHASES), unique=True, max_size=2).map(tuple),
        "dated": st.none() | st.dates(date(2018, 1, 1), date(2021, 12, 31)),
        "classification": st.sampled_from([Classification.INTERNAL, Classification.CONFIDENTIAL]),
        "polarity": st.none() | st.sampled_from(list(Polarity)),
    }
)


def draft(number: int, values: dict[str, Any]) -> Any:
    rest = {name: value for name, value in values.items() if name != "polarity"}
    fields = LessonFields(event="It happened.", polarity=values["polarity"])
    return lesson(f"Lesson {number}", fields=fields, **rest)


def _slice(by: By, value: str) -> Slice:
    return {
        By.POLARITY: Slice(polarity=value),
        By.AREA: Slice(area=value),
        By.PHASE: Slice(phase=value),
    }[by]


@settings(max_examples=40, deadline=None)
@given(st.lists(drafts, max_size=8))
def test_every_number_of_a_trend_is_the_length_of_its_list(told: list[dict[str, Any]]) -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    database.migrate(engine)
    with database.sessions(engine)() as session:
        store(session, *(draft(number, values) for number, values in enumerate(told)))
        for reader in (ANNA, LOCAL_USER):
            seen = [v for v in told if v["classification"] == Classification.INTERNAL or reader is LOCAL_USER]
            for by in By:
                found = trends.read(session, reader, by)
                for row in found.rows:
                    chosen = _slice(by, row.value)
                    assert row.total == slices.count(session, reader, chosen) == sum(row.years.values())
                    for year, number in row.years.items():
                        where = replace(chosen, year=str(year or NONE))
                        assert number == slices.count(session, reader, where)
                        assert number == len(slices.listed(session, reader, where, offset=0, limit=99))
            by_polarity = trends.read(session, reader, By.POLARITY)
            assert sum(row.total for row in by_polarity.rows) == len(seen)
            for cell in coverage.read(session, reader):
                assert cell.lessons == sum(
                    cell.area in v["knowledge_areas"] and cell.phase in v["phases"] for v in seen
                )
    engine.dispose()


def test_the_span_of_years_has_no_holes_and_ends_with_the_undated(session: Session) -> None:
    store(
        session,
        lesson("A", dated=date(2018, 1, 1)),
        lesson("B", dated=date(2021, 1, 1)),
        lesson("C", dated=None),
    )
    found = trends.read(session, LOCAL_USER, By.AREA)
    assert found.years == (2018, 2019, 2020, 2021, 0)
    assert [(row.value, row.total, row.share_negative) for row in found.rows] == [(NONE, 3, None)]


def test_shares_count_what_became_of_lessons_and_lead_to_them(session: Session) -> None:
    fields = LessonFields(event="Pumps were late.", recommendation="Confirm dates.")
    store(
        session,
        *(
            lesson(t, ref=t, fields=fields, status=status, owner="Anna")
            for t, status in zip(("A-1", "B-1", "C-1", "D-1"), [Status.DRAFT] * 2 + [None] * 2, strict=True)
        ),
    )
    for ref in ("A-1", "B-1"):
        lessons.move(session, ANNA, ref, Move.SUBMIT)
        lessons.move(session, BERT, ref, Move.ENDORSE)
        number = actions.add(session, ANNA, ref, what="Change it", target=Target.PROCESS, owner="Anna")
        if ref == "A-1":
            actions.finish(session, ANNA, number, "Version 2")
            actions.validate(session, BERT, number)
            lessons.move(session, BERT, ref, Move.LEARN)
    applications.record(session, ANNA, "C-1", ApplicationDraft("Bridge", True))
    applications.record(
        session, ANNA, "A-1", ApplicationDraft("Portal", True, "came back", Outcome.RECURRENCE)
    )
    found = {share.having: share for share in shares.read(session, ANNA)}
    assert {having: (one.lessons, one.among) for having, one in found.items()} == {
        Having.ACTION: (2, 4),
        Having.VALIDATED: (1, 4),
        Having.APPLIED: (2, 4),
        Having.RECURRED: (1, 2),
    }
    for having, share in found.items():
        assert slices.count(session, ANNA, Slice(having=having)) == share.lessons
        without = slices.listed(session, ANNA, Slice(lacking=having), offset=0, limit=9)
        assert len(without) == 4 - share.lessons
    assert shares.read(session, Principal("x", Classification.PUBLIC))[0].share is None


def test_ages_and_turn_round_are_counted_in_days_from_the_moves(session: Session) -> None:
    fields = LessonFields(event="Pumps were late.", recommendation="Confirm dates.")
    store(
        session,
        *(lesson(t, ref=t, fields=fields, status=Status.DRAFT, owner="Anna") for t in ("A-1", "B-1", "C-1")),
    )
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    for ref, days in (("A-1", 4), ("B-1", 10)):
        lessons.move(session, ANNA, ref, Move.SUBMIT)
        session.execute(update(LessonStep).where(LessonStep.move == Move.SUBMIT).values(at=begin))
        lessons.move(session, BERT, ref, Move.ENDORSE)
        item = lessons.find(session, ANNA, ref).id
        session.execute(
            update(LessonStep)
            .where(LessonStep.move == Move.ENDORSE, LessonStep.item_id == item)
            .values(at=begin + timedelta(days=days))
        )
    endorsed, learned = ageing.turn_round(session, ANNA)
    assert (endorsed.lessons, endorsed.median, endorsed.longest) == (2, 7.0, 10.0)
    assert (learned.lessons, learned.median) == (0, None)
    assert slices.count(session, ANNA, Slice(having=endorsed.having)) == 2
    by_status = {age.status: age for age in ageing.ages(session, ANNA, begin + timedelta(days=14))}
    assert set(by_status) == {Status.DRAFT, Status.ENDORSED}
    assert (by_status[Status.ENDORSED].median, by_status[Status.ENDORSED].longest) == (7.0, 10.0)
    assert ageing.ages(session, Principal("x", Classification.PUBLIC), begin) == []


def test_a_cell_with_lessons_says_what_it_lacks(session: Session) -> None:
    where: dict[str, Any] = {"knowledge_areas": (KnowledgeArea.RISK,), "phases": (Phase.DELIVERY,)}
    store(session, lesson("A", **where), lesson("B", **where))
    cells = coverage.read(session, LOCAL_USER)
    assert len(cells) == len(KnowledgeArea) * len(Phase)
    (cell,) = coverage.lacking(cells)
    assert (cell.area, cell.phase, cell.lessons) == (KnowledgeArea.RISK, Phase.DELIVERY, 2)
    assert cell.lacks == (Kind.PRACTICE, Kind.TEMPLATE)


def test_what_lessons_tell_is_read_only_where_it_may_be(session: Session) -> None:
    store(
        session,
        lesson("A", tags=("Pumps", "cold")),
        lesson(
            "B", classification=Classification.CONFIDENTIAL, fields=LessonFields(polarity=Polarity.NEGATIVE)
        ),
    )
    (told,) = telling.read(session, ANNA)
    assert (told.title, told.tags) == ("A", ("cold", "pumps"))
    ids = [one.id for one in telling.read(session, LOCAL_USER)]
    assert telling.tallies(session, ANNA, [ids])[0].lessons == 1
    (whole, none) = telling.tallies(session, LOCAL_USER, [ids, []])
    assert (none.lessons, none.share_negative) == (0, None)
    assert (whole.lessons, whole.share_negative, whole.years) == (2, 1.0, {2020: 2})
