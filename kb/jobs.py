"""Imports that were asked for over HTTP: their progress and report outlive the server."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kb.access import Principal, require_write
from kb.errors import ConflictError, NotFoundError
from kb.models import ImportJob, now

_STOPPED = "The server stopped before this import ended"
KEPT = timedelta(days=7)
"""How long files wait for whoever looks at what they hold."""


class JobState(StrEnum):
    """How far a job is."""

    PREVIEW = "preview"
    """Its files are here; whoever gave them still looks at what they hold."""
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """An import as its owner sees it."""

    id: str
    state: JobState
    created_at: datetime
    finished_at: datetime | None
    files_total: int
    files_done: int
    current: str
    report: dict[str, Any] | None


def create(
    session: Session, principal: Principal, files_total: int, state: JobState = JobState.QUEUED
) -> Job:
    """Queue an import of *files_total* files, or keep it for a preview first."""
    require_write(principal)
    row = ImportJob(id=uuid4().hex, state=state, requested_by=principal.name, files_total=files_total)
    session.add(row)
    session.flush()
    return _job(row)


def queue(session: Session, principal: Principal, job_id: str) -> Job:
    """Queue what was looked at. Raises NotFoundError, and ConflictError when it was queued already."""
    get(session, principal, job_id)
    row = _row(session, job_id)
    if row.state != JobState.PREVIEW:
        raise ConflictError("This import was begun already, or its time is over.")
    row.state, row.report = JobState.QUEUED, None
    session.flush()
    return _job(row)


def progress(session: Session, job_id: str, done: int, total: int, current: str) -> None:
    """Note that *done* of *total* files are read and *current* is next."""
    row = _row(session, job_id)
    row.state, row.files_done, row.files_total, row.current = JobState.RUNNING, done, total, current


def finish(session: Session, job_id: str, state: JobState, report: dict[str, Any]) -> None:
    """Close the job with its *report*."""
    row = _row(session, job_id)
    row.state, row.report, row.current, row.finished_at = state, report, "", now()
    if state is JobState.DONE:
        row.files_done = row.files_total


def get(session: Session, principal: Principal, job_id: str) -> Job:
    """The job that *principal* asked for. Raises NotFoundError for any other."""
    row = _row(session, job_id)
    if row.requested_by != principal.name:
        raise NotFoundError(f"There is no import {job_id}.")
    return _job(row)


def recent(session: Session, principal: Principal, limit: int = 20) -> list[Job]:
    """The newest jobs that *principal* asked for."""
    rows = session.scalars(
        select(ImportJob)
        .where(ImportJob.requested_by == principal.name)
        .order_by(ImportJob.created_at.desc())
        .limit(limit)
    )
    return [_job(row) for row in rows]


def waiting(session: Session) -> int:
    """How many imports wait or are being read."""
    busy = ImportJob.state.in_((JobState.QUEUED, JobState.RUNNING))
    return session.scalar(select(func.count()).select_from(ImportJob).where(busy)) or 0


def abandon_unfinished(session: Session, kept: Collection[str] = ()) -> None:
    """Close jobs that a stopped server left behind; what they had stored stays stored.

    Those whose files are *kept* can be begun once more; what is only looked at goes on waiting.
    """
    begun = (ImportJob.finished_at.is_(None), ImportJob.state != JobState.PREVIEW)
    for row in session.scalars(select(ImportJob).where(*begun, ImportJob.id.in_(kept))):
        row.state, row.files_done, row.current = JobState.PREVIEW, 0, ""
        row.report = {"error": f"{_STOPPED}; what it wrote stays. Import again to go on."}
    session.flush()
    _close(session, begun, f"{_STOPPED}; give the files again to go on.")


def expire(session: Session) -> set[str]:
    """Close what nobody imported in time; the jobs that are not closed."""
    late = (ImportJob.state == JobState.PREVIEW, ImportJob.created_at < now() - KEPT)
    reason = f"Nobody imported these files within {KEPT.days} days; give them again."
    _close(session, (ImportJob.finished_at.is_(None), *late), reason)
    session.flush()
    return set(session.scalars(select(ImportJob.id).where(ImportJob.finished_at.is_(None))))


def _close(session: Session, which: Sequence[ColumnElement[bool]], reason: str) -> None:
    for row in session.scalars(select(ImportJob).where(*which)):
        row.state, row.finished_at = JobState.FAILED, now()
        row.report = {"error": reason}


def _row(session: Session, job_id: str) -> ImportJob:
    row = session.get(ImportJob, job_id)
    if row is None:
        raise NotFoundError(f"There is no import {job_id}.")
    return row


def _job(row: ImportJob) -> Job:
    return Job(
        row.id,
        JobState(row.state),
        row.created_at,
        row.finished_at,
        row.files_total,
        row.files_done,
        row.current,
        row.report,
    )
