"""Imports over HTTP."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import Field

from kb import jobs
from kb.jobs import Job, JobState
from web.api.problems import PROBLEMS, problems
from web.deps import PrincipalDep, RunnerDep, ServicesDep, SessionDep
from web.schemas import Out
from web.uploads import UPLOAD_BODY, UploadDep, begin

JobId = Annotated[str, Path(description="The import's id, as given when it was started.")]
router = APIRouter(prefix="/imports", tags=["Imports"], responses=PROBLEMS)


class ImportOut(Out):
    """An import: how far it is, and how it ended."""

    id: str
    state: JobState
    created_at: datetime
    finished_at: datetime | None
    files_total: int
    files_done: int
    current: str = Field(description="What is being read just now.")
    report: dict[str, Any] | None = Field(
        description="What became of each file; null until it ends. Holds `error` when it failed whole."
    )
    url: str = Field(description="Its page.")

    @staticmethod
    def of(job: Job) -> "ImportOut":
        """From a job."""
        return ImportOut(
            id=job.id,
            state=job.state,
            created_at=job.created_at,
            finished_at=job.finished_at,
            files_total=job.files_total,
            files_done=job.files_done,
            current=job.current,
            report=job.report,
            url=f"/imports/{job.id}",
        )


@router.post(
    "",
    status_code=202,
    operation_id="start_import",
    summary="Upload files to be imported",
    openapi_extra=UPLOAD_BODY,
    responses=problems(403, 413, 415),
)
def start(
    upload: UploadDep, services: ServicesDep, principal: PrincipalDep, runner: RunnerDep, response: Response
) -> ImportOut:
    """Take one or more files and import them in the background.

    The answer's `Location` tells how far the import is, and in the end what became of each file.
    A file with the name of an earlier upload becomes its new version.
    """
    job = begin(services, principal, runner, upload)
    response.headers["Location"] = f"/api/v1/imports/{job.id}"
    return ImportOut.of(job)


@router.get("", operation_id="list_imports", summary="List the newest imports")
def recent(session: SessionDep, principal: PrincipalDep) -> list[ImportOut]:
    """The newest twenty imports that you asked for, newest first."""
    return [ImportOut.of(job) for job in jobs.recent(session, principal)]


@router.get(
    "/{job_id}",
    operation_id="get_import",
    summary="Follow an import",
    responses=problems(404),
)
def one(job_id: JobId, session: SessionDep, principal: PrincipalDep) -> ImportOut:
    """How far an import is; once it ended, its report."""
    return ImportOut.of(jobs.get(session, principal, job_id))
