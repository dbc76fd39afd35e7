from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.access import LOCAL_USER, Principal
from kb.errors import NotFoundError
from kb.models import AuditEvent
from kb.searching import evaluations
from kb.searching.evaluations import Abstention, Evaluation, QueryScore, Run, Subject
from kb.vocabulary import Classification

SUBJECT = Subject("dev", "d" * 64, "hybrid", "hashing", 5, 9, {"weight": 0.6}, ("Odd.",))
FOUND = Evaluation(
    {"nDCG@10": 0.5},
    Abstention(1, 1, 1, 0),
    1.5,
    2.5,
    (
        QueryScore("q1", "late supplier", True, True, 1.0, {"nDCG@10": 0.5}),
        QueryScore("none", "sourdough", False, False, 2.0, {}),
    ),
)


def save(session: Session, *, baseline: bool = False, **changes: str) -> Run:
    return evaluations.save(session, LOCAL_USER, replace(SUBJECT, **changes), FOUND, baseline=baseline)


def test_a_run_is_kept_whole(session: Session) -> None:
    kept = save(session)
    session.expire_all()
    found = evaluations.get(session, LOCAL_USER, kept.summary.id)
    assert found == kept
    assert found.summary.subject == SUBJECT
    assert found.evaluation == FOUND
    assert found.summary.by == "local"
    assert session.scalars(select(AuditEvent.action)).all() == ["evaluate"]


def test_a_set_has_one_baseline_the_latest(session: Session) -> None:
    assert evaluations.baseline(session, LOCAL_USER, "dev") is None
    first = save(session, baseline=True)
    other = save(session, baseline=True, queryset="other")
    second = save(session, baseline=True)
    save(session)
    session.expire_all()
    assert evaluations.baseline(session, LOCAL_USER, "dev") == second
    assert evaluations.baseline(session, LOCAL_USER, "other") == other
    assert not evaluations.get(session, LOCAL_USER, first.summary.id).summary.baseline


def test_runs_are_listed_newest_first_by_set_and_page(session: Session) -> None:
    ids = [save(session, queryset=name).summary.id for name in ("a", "b", "a", "a")]
    assert [run.id for run in evaluations.recent(session, LOCAL_USER)] == ids[::-1]
    page = evaluations.recent(session, LOCAL_USER, "a", offset=1, limit=1)
    assert [run.id for run in page] == [ids[2]]
    assert evaluations.count(session, LOCAL_USER, "a") == 3
    assert [(known.name, known.runs) for known in evaluations.querysets(session, LOCAL_USER)] == [
        ("a", 3),
        ("b", 1),
    ]


def test_the_previous_run_is_of_the_same_engine_on_the_same_files(session: Session) -> None:
    first = save(session)
    save(session, engine="words")
    save(session, digest="e" * 64)
    last = save(session)
    assert evaluations.previous(session, LOCAL_USER, last.summary) == first
    assert evaluations.previous(session, LOCAL_USER, first.summary) is None


def test_whoever_may_see_less_than_the_maker_sees_no_run(session: Session) -> None:
    kept = save(session, baseline=True)
    stranger = Principal("stranger", Classification.INTERNAL, may_write=True)
    own = evaluations.save(session, stranger, SUBJECT, FOUND)
    with pytest.raises(NotFoundError):
        evaluations.get(session, stranger, kept.summary.id)
    assert evaluations.baseline(session, stranger, "dev") is None
    assert evaluations.recent(session, stranger) == [own.summary]
    assert evaluations.count(session, stranger) == 1
    assert evaluations.querysets(session, stranger)[0].runs == 1
    assert evaluations.count(session, LOCAL_USER) == 2


def test_only_who_may_write_keeps_a_run(session: Session) -> None:
    with pytest.raises(NotFoundError):
        evaluations.save(session, Principal("reader", Classification.PUBLIC), SUBJECT, FOUND)
