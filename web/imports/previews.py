"""Looking at what an upload holds before it is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from ingest import columns
from ingest.columns import DETAIL, DROP, SYNONYMS
from ingest.pipeline import Options, Report
from ingest.report import FileOutcome
from kb import jobs
from kb.access import Principal
from kb.database import transaction
from kb.errors import ConflictError
from kb.jobs import Job, JobState
from kb.vocabulary import Kind
from web.base import waiting, work
from web.base.runner import Runner, Upload
from web.imports.uploads import Received
from web.wiring import Services

_TABLES = {".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods", ".jsonld"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody decided on what they saw."""

    mapping: Mapping[str, str] = field(default_factory=dict[str, str])
    """Column → field."""
    restore: bool = False
    """Whether references that are unknown here are kept."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an upload would do."""

    job: Job
    report: Report
    """Of its tables."""
    others: tuple[str, ...]
    """Names of its other files, which are read when they are imported."""


def worthwhile(upload: Received) -> bool:
    """Whether there is anything to look at: a spreadsheet, CSV or JSON-LD file."""
    return any(path.suffix.lower() in _TABLES for path in upload.folder.iterdir())


def keep(services: Services, principal: Principal, upload: Received) -> Job:
    """Keep *upload* until it is imported, or its time is over; a server that ends leaves it here."""
    waiting.tidy(services)
    with transaction(services.sessions) as session:
        job = jobs.create(session, principal, upload.files, JobState.PREVIEW)
    waiting.take(services, job.id, upload.folder)
    return job


def show(services: Services, principal: Principal, job_id: str, chosen: Chosen) -> Preview:
    """What the upload would do. Raises NotFoundError, ConflictError when it was begun, InvalidError."""
    columns.check_mapping(chosen.mapping)
    with services.sessions() as session:
        job = _looked_at(session, principal, job_id)
    files = waiting.files(services, job.id)
    tables = [path for path in files if path.suffix.lower() in _TABLES]
    others = tuple(path.name for path in files if path not in tables)
    options = Options(label=work.UPLOAD, mapping=chosen.mapping, restore=chosen.restore)
    return Preview(job, work.preview(services, principal, tables, options), others)


def begin(services: Services, principal: Principal, runner: Runner, job_id: str, chosen: Chosen) -> Job:
    """Import what was looked at, as it was *chosen*. Raises as *show*."""
    columns.check_mapping(chosen.mapping)
    with transaction(services.sessions) as session:
        job = jobs.queue(session, principal, job_id)
        waiting.files(services, job.id)
    where = waiting.folder(services, job.id)
    runner.submit(Upload(job.id, principal, where, chosen.mapping, chosen.restore))
    return job


def fields(file: FileOutcome) -> list[str]:
    """The fields that a column of *file* can feed."""
    kind = Kind.TRAINING if Kind.TRAINING in file.kinds and Kind.LESSON not in file.kinds else Kind.LESSON
    return [DETAIL, DROP, *SYNONYMS[kind]]


def _looked_at(session: Session, principal: Principal, job_id: str) -> Job:
    job = jobs.get(session, principal, job_id)
    if job.state is not JobState.PREVIEW:
        raise ConflictError("This import was begun already, or its time is over.")
    return job
