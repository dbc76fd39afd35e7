"""Files that wait until whoever looks at what they hold imports them; they outlive the server."""

import shutil
from pathlib import Path

from kb import jobs
from kb.database import transaction
from kb.errors import ConflictError
from web.wiring import Services


def folder(services: Services, job_id: str) -> Path:
    """Where the files of a job wait."""
    return services.settings.data / "waiting" / job_id


def take(services: Services, job_id: str, received: Path) -> None:
    """Let the files in the folder *received* wait for the job."""
    target = folder(services, job_id)
    target.parent.mkdir(exist_ok=True)
    received.rename(target)


def files(services: Services, job_id: str) -> list[Path]:
    """The files of a job by name. Raises ConflictError when they are gone."""
    try:
        return sorted(folder(services, job_id).iterdir())
    except FileNotFoundError as error:
        raise ConflictError("The files of this import are no longer here; give them again.") from error


def jobs_with_files(services: Services) -> list[str]:
    """The jobs whose files are here."""
    everything = folder(services, "")
    return [found.name for found in everything.iterdir()] if everything.is_dir() else []


def tidy(services: Services) -> None:
    """Remove what nobody imported in time, and what was left behind."""
    with transaction(services.sessions) as session:
        kept = jobs.expire(session)
    for job in jobs_with_files(services):
        if job not in kept:
            shutil.rmtree(folder(services, job), ignore_errors=True)
