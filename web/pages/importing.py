"""The pages on which files are given and their import is followed."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from kb import jobs
from kb.access import Principal
from kb.jobs import JobState
from web.http.deps import PrincipalDep, RunnerDep, ServicesDep, SessionDep
from web.imports import previews
from web.imports.previews import Chosen
from web.imports.uploads import MAX_FILES, UploadDep, begin
from web.layout import page
from web.wiring import Services
from web.writing import entered

router = APIRouter(prefix="/imports")

_MAX_COLUMNS = 3_000
_MAP, _WAS = "map:", "was:"


async def _chosen(request: Request) -> tuple[Chosen, str]:
    """What was chosen, and the button that was pressed: a column counts when it is not as it was read."""
    given = await entered.pairs(request, _MAX_COLUMNS)
    said = dict(given)
    mapping = {
        name.removeprefix(_MAP): value
        for name, value in given
        if name.startswith(_MAP) and value != said.get(_WAS + name.removeprefix(_MAP))
    }
    return Chosen(mapping, said.get("restore") == "true"), said.get("action", "")


ChosenDep = Annotated[tuple[Chosen, str], Depends(_chosen)]


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
    """Take files; show what tables hold before they are imported, and how the import of others goes."""
    if previews.worthwhile(upload):
        job = previews.keep(services, principal, upload)
        return RedirectResponse(f"/imports/{job.id}/preview", status_code=303)
    job = begin(services, principal, runner, upload)
    return RedirectResponse(f"/imports/{job.id}", status_code=303)


@router.get("/{job_id}/preview")
def look(job_id: str, services: ServicesDep, session: SessionDep, principal: PrincipalDep) -> Response:
    """What the tables of an upload would become."""
    if jobs.get(session, principal, job_id).state is not JobState.PREVIEW:
        return RedirectResponse(f"/imports/{job_id}", status_code=303)
    return _preview(services, principal, job_id, Chosen())


@router.post("/{job_id}/preview")
def choose(
    job_id: str, services: ServicesDep, principal: PrincipalDep, runner: RunnerDep, chosen: ChosenDep
) -> Response:
    """Look again with other columns, or import."""
    decided, action = chosen
    if action != "import":
        return _preview(services, principal, job_id, decided)
    previews.begin(services, principal, runner, job_id, decided)
    return RedirectResponse(f"/imports/{job_id}", status_code=303)


def _preview(services: Services, principal: Principal, job_id: str, chosen: Chosen) -> HTMLResponse:
    found = previews.show(services, principal, job_id, chosen)
    return page(
        "preview.html",
        job=found.job,
        kept_until=(found.job.created_at + jobs.KEPT).date(),
        files=found.report.files,
        others=found.others,
        tally=found.report.tally,
        fields={file.name: previews.fields(file) for file in found.report.files},
        chosen=chosen,
    )


@router.get("/{job_id}")
def follow(job_id: str, session: SessionDep, principal: PrincipalDep) -> Response:
    """How far an import is, and its report once it has ended."""
    job = jobs.get(session, principal, job_id)
    if job.state is JobState.PREVIEW:
        return RedirectResponse(f"/imports/{job_id}/preview", status_code=303)
    return page("import.html", job=job)
