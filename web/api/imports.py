"""Imports over HTTP."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from ingest.report import FileOutcome, FileState, RowOutcome, RowState
from kb import jobs
from kb.jobs import Job, JobState
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, RunnerDep, ServicesDep, SessionDep
from web.imports import previews
from web.imports.previews import Chosen, Preview
from web.imports.uploads import UPLOAD_BODY, UploadDep, begin
from web.schemas import Out

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


class ChosenIn(BaseModel):
    """How an upload is to be read."""

    model_config = ConfigDict(extra="forbid")

    mapping: dict[str, str] = Field(
        default={},
        max_length=1_000,
        description="Column → field, where it is not as recognised; `detail` keeps it with the item's other "
        "details, `ignore` leaves it out.",
        examples=[{"Lesson text": "recommendation"}],
    )
    restore: bool = Field(
        default=False, description="Whether references of a register that are unknown here are kept."
    )

    def chosen(self) -> Chosen:
        """As a value."""
        return Chosen(self.mapping, self.restore)


class ColumnOut(Out):
    """A column and the field that it feeds."""

    column: str
    field: str = Field(description="Empty: kept with the item's other details.")
    how: str = Field(description="Why: name, synonym, meaning, given by hand.")


class FieldOut(Out):
    """A field and what would be written in it."""

    name: str
    text: str


class RowOut(Out):
    """A row of a register and what would become of it."""

    row: int = Field(description="Counted from 1 as its program shows it; 0 when it shows none.")
    sheet: str | None
    state: RowState
    ref: str = Field(description="Of its item, when there is one by now.")
    title: str
    note: str = Field(description="Why it is left out, or what else is to be known of it.")
    fields: list[FieldOut] = Field(description="What would be written; of the first rows only.")


class FilePreviewOut(Out):
    """A table and what would become of it."""

    name: str
    failed: bool
    reason: str
    own: bool = Field(description="Whether it is a register that was given out here.")
    kinds: dict[str, int]
    new: int
    changed: int
    unchanged: int
    mapping: list[ColumnOut]
    rows: list[RowOut] = Field(description="The first rows, and others of which something is to be said.")

    @staticmethod
    def of(file: FileOutcome) -> "FilePreviewOut":
        """From what would become of a file."""
        return FilePreviewOut(
            name=file.name,
            failed=file.state is FileState.FAILED,
            reason=file.reason,
            own=file.own,
            kinds=dict(file.kinds),
            new=file.tally.added,
            changed=file.tally.updated,
            unchanged=file.tally.unchanged,
            mapping=[ColumnOut(column=use.column, field=use.field, how=use.how) for use in file.mapping],
            rows=[_row(row) for row in file.rows],
        )


def _row(row: RowOutcome) -> RowOut:
    return RowOut(
        row=row.row,
        sheet=row.sheet,
        state=row.state,
        ref=row.ref,
        title=row.title,
        note=row.note,
        fields=[FieldOut(name=name, text=text) for name, text in row.said if text],
    )


class PreviewOut(Out):
    """What an upload would do; nothing is written yet."""

    id: str
    files: list[FilePreviewOut] = Field(description="Spreadsheets and CSV files.")
    others: list[str] = Field(description="Names of the other files.")
    url: str = Field(description="Its page.")

    @staticmethod
    def of(found: Preview) -> "PreviewOut":
        """From a preview."""
        return PreviewOut(
            id=found.job.id,
            files=[FilePreviewOut.of(file) for file in found.report.files],
            others=list(found.others),
            url=f"/imports/{found.job.id}/preview",
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


@router.post(
    "/previews",
    status_code=201,
    operation_id="preview_import",
    summary="Upload files to be looked at first",
    openapi_extra=UPLOAD_BODY,
    responses=problems(403, 413, 415),
)
def preview(
    upload: UploadDep, services: ServicesDep, principal: PrincipalDep, response: Response
) -> PreviewOut:
    """Take files and tell what their tables hold, without writing anything.

    The files are kept for a week, or until they are imported.
    """
    job = previews.keep(services, principal, upload)
    response.headers["Location"] = f"/api/v1/imports/{job.id}"
    return PreviewOut.of(previews.show(services, principal, job.id, Chosen()))


@router.post(
    "/{job_id}/preview",
    operation_id="preview_import_again",
    summary="Look again with other columns",
    responses=problems(404, 409),
)
def look_again(job_id: JobId, chosen: ChosenIn, services: ServicesDep, principal: PrincipalDep) -> PreviewOut:
    """What the tables of an upload would become when columns are read as you say."""
    return PreviewOut.of(previews.show(services, principal, job_id, chosen.chosen()))


@router.post(
    "/{job_id}/start",
    status_code=202,
    operation_id="import_previewed",
    summary="Import what was looked at",
    responses=problems(404, 409),
)
def begin_previewed(
    job_id: JobId, chosen: ChosenIn, services: ServicesDep, principal: PrincipalDep, runner: RunnerDep
) -> ImportOut:
    """Import an upload in the background, its columns read as you say."""
    return ImportOut.of(previews.begin(services, principal, runner, job_id, chosen.chosen()))


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
