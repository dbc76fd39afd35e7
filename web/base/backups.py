"""Backing a base up while it is used, and bringing it back when it is not."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from kb import backup
from kb.backup import Manifest
from kb.errors import UnavailableError
from kb.settings import Settings
from search.sync import SyncProgress
from web.base import lock
from web.base.work import Listener
from web.release import release
from web.wiring import Services


def save(services: Services, target: Path, listener: Listener) -> Manifest:
    """Back the base up into the file *target*. Raises as kb.backup.write does."""
    return backup.write(services.settings, services.database, release(), target, _told(listener))


def check(file: Path, listener: Listener) -> Manifest:
    """Whether the backup *file* is whole. Raises as kb.backup.check does."""
    return backup.check(file, _told(listener))


def restore(
    settings: Settings, file: Path, listener: Listener, *, replace: bool
) -> tuple[Manifest, Path | None]:
    """Make the data folder what the backup *file* holds; and where what was there is now.

    Raises ConflictError while a server or an import uses the base that is there, UnavailableError when the
    settings name a database of their own, and as kb.backup.restore does.
    """
    if settings.database_url:
        raise UnavailableError(
            "KB_DATABASE_URL names a database outside the data folder, which a backup does not touch. Take "
            "that setting away first."
        )
    with ExitStack() as held:
        if backup.holds_base(settings.data):
            held.enter_context(lock.serving(settings.data))
            held.enter_context(lock.writing(settings.data, wait=False))
        return backup.restore(file, settings.data, _told(listener), replace=replace)


def _told(listener: Listener) -> Callable[[str, int, int], None]:
    def tell(stage: str, done: int, total: int) -> None:
        listener.sync(SyncProgress(stage, done, total))

    return tell
