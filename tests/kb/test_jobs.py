import pytest
from sqlalchemy.orm import Session

from kb import jobs
from kb.access import LOCAL_USER, Principal
from kb.errors import NotFoundError
from kb.jobs import JobState
from kb.vocabulary import Classification


def test_a_job_tells_how_far_it_is_and_how_it_ended(session: Session) -> None:
    job = jobs.create(session, LOCAL_USER, 3)
    assert job.state is JobState.QUEUED
    jobs.progress(session, job.id, 1, 3, "b.md")
    assert jobs.get(session, LOCAL_USER, job.id).current == "b.md"
    jobs.finish(session, job.id, JobState.DONE, {"added": 3})
    done = jobs.get(session, LOCAL_USER, job.id)
    assert (done.state, done.files_done, done.report) == (JobState.DONE, 3, {"added": 3})
    assert jobs.recent(session, LOCAL_USER) == [done]


def test_a_job_is_seen_only_by_whoever_asked_for_it(session: Session) -> None:
    job = jobs.create(session, LOCAL_USER, 1)
    other = Principal("other", Classification.CONFIDENTIAL, may_write=True)
    with pytest.raises(NotFoundError):
        jobs.get(session, other, job.id)
    assert jobs.recent(session, other) == []


def test_jobs_left_by_a_stopped_server_are_closed_with_a_reason(session: Session) -> None:
    job = jobs.create(session, LOCAL_USER, 1)
    jobs.abandon_unfinished(session)
    closed = jobs.get(session, LOCAL_USER, job.id)
    assert closed.state is JobState.FAILED
    assert "give the files again" in str(closed.report)
