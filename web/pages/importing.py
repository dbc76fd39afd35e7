"""The pages on which files are given and their import is followed."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse

from kb import jobs
from web.deps import PrincipalDep, RunnerDep, ServicesDep, SessionDep
from web.layout import page
from web.uploads import MAX_FILES, UploadDep, begin

router = APIRouter(prefix="/imports")


@router.get("")
def overview(session: SessionDep, principal: PrincipalDep, services: ServicesDep) -> HTMLResponse:
    """The upload form and the newest imports."""
    return page(
        "imports.html",
        jobs=jobs.recent(session, principal),
        limit_mb=services.settings.limits.file_mb,
        limit_files=MAX_FILES,
    )


@router.post("")
def upload(
    upload: UploadDep, services: ServicesDep, principal: PrincipalDep, runner: RunnerDep
) -> RedirectResponse:
    """Take files and show how their import goes."""
    job = begin(services, principal, runner, upload)
    return RedirectResponse(f"/imports/{job.id}", status_code=303)


@router.get("/{job_id}")
def follow(job_id: str, session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """How far an import is, and its report once it has ended."""
    return page("import.html", job=jobs.get(session, principal, job_id))
