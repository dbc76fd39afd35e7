"""One writer at a time, also among processes."""

import fcntl
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from kb.errors import ConflictError

_PAUSE = 0.2
_WRITING = "Another import or sync is writing to this knowledge base; try again when it has ended."
_ADAPTING = "Another training is running on this knowledge base; try again when it has ended."
_SERVING = "Another server runs on this knowledge base already; stop it first, or use that one."


@contextmanager
def writing(folder: Path, *, wait: bool, waiting: Callable[[], None] = lambda: None) -> Generator[None]:
    """Hold the only right to write to the base in *folder* while the block runs.

    When somebody else has it: with *wait*, call *waiting* once and stay until it is free; otherwise raise
    ConflictError. The right ends with the process, however that ends.
    """
    with _held(folder / ".lock", _WRITING, wait=wait, waiting=waiting):
        yield


@contextmanager
def serving(folder: Path) -> Generator[None]:
    """Be the only server of the base in *folder*: its background imports belong to one process.

    Raises ConflictError when there is one already.
    """
    with _held(folder / ".serving", _SERVING, wait=False, waiting=lambda: None):
        yield


@contextmanager
def adapting(folder: Path) -> Generator[None]:
    """Be the only one who trains or removes encoders of the base in *folder*.

    Raises ConflictError when another does.
    """
    with _held(folder / ".adapting", _ADAPTING, wait=False, waiting=lambda: None):
        yield


@contextmanager
def _held(path: Path, busy: str, *, wait: bool, waiting: Callable[[], None]) -> Generator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(handle, busy, wait, waiting)
        yield
    finally:
        os.close(handle)


def _take(handle: int, busy: str, wait: bool, waiting: Callable[[], None]) -> None:
    told = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not wait:
                raise ConflictError(busy) from None
            if not told:
                waiting()
                told = True
            time.sleep(_PAUSE)
        else:
            return
