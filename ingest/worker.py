"""Reading in a process of its own, which can be stopped: no file costs more than its limits."""

import contextlib
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Generator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

from kb.errors import InvalidError
from kb.settings import MEGABYTE

if sys.platform != "win32":
    import resource

from ingest import reading
from ingest.reading import Reading, Task

_LENGTH = struct.Struct("!Q")
_START = 60
"""Seconds in which a reading process must be ready."""
_GRACE = 5
"""Seconds after which a reading process that nobody stopped stops itself."""
_WORN = 500
"""Files after which the process is replaced, should a parser leak memory."""
_MEMORY = "Reading it needs more than {:,} MB of memory (KB_LIMIT_MEMORY_MB)."


class Worker:
    """A warm reading process, started at the first file and again after one that had to be stopped."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._files = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, task: Task) -> Reading:
        """What the file holds. Raises InvalidError with the reason when it can't be read in its limits."""
        if self._files >= _WORN:
            self.close()
        process = self._process = self._process or _started()
        self._files += 1
        with _bounded(process, task.limits.seconds) as stopped:
            answer = self._ask(process, task)
        if answer is None:
            self.close()
            if stopped.is_set():
                raise InvalidError(
                    f"Reading it took more than {task.limits.seconds} seconds (KB_LIMIT_SECONDS)."
                )
            raise InvalidError("The reading process broke down on this file; it may be damaged.")
        if isinstance(answer, str):
            raise InvalidError(answer)
        return answer

    def _ask(self, process: subprocess.Popen[bytes], task: Task) -> Reading | str | None:
        """The answer, a sentence when reading failed, or None when the process died."""
        try:
            _send(cast(IO[bytes], process.stdin), task)
            return _receive(cast(IO[bytes], process.stdout))
        except (BrokenPipeError, EOFError):
            return None

    def close(self) -> None:
        """Stop the process."""
        if self._process is not None:
            _kill(self._process)
            self._process = None
        self._files = 0


def _started() -> subprocess.Popen[bytes]:
    """A fresh interpreter rather than a fork: forking a server with threads may hang.

    Waits until it is ready: starting up is no part of the first file's time. Raises InvalidError.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "ingest.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    try:
        with _bounded(process, _START):
            _receive(cast(IO[bytes], process.stdout))
    except EOFError as error:
        _kill(process)
        raise InvalidError("The reading process could not be started.") from error
    return process


@contextlib.contextmanager
def _bounded(process: subprocess.Popen[bytes], seconds: float) -> Generator[threading.Event]:
    """Kill *process* when the block takes more than *seconds*; the event then is set."""
    stopped = threading.Event()

    def stop() -> None:
        stopped.set()
        _kill(process)

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield stopped
    finally:
        timer.cancel()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the process with all it started: LibreOffice, for instance."""
    try:
        if sys.platform != "win32":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except ProcessLookupError:
        pass
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def _send(pipe: IO[bytes], value: Any) -> None:
    data = pickle.dumps(value)
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    """The next value from our own process. Raises EOFError when there is none."""
    head = _exactly(pipe, _LENGTH.size)
    return pickle.loads(_exactly(pipe, _LENGTH.unpack(head)[0]))  # noqa: S301 - written by our own code


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data


def main() -> None:
    """Read tasks from standard input and answer each, until the input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not mix with answers
    _send(answers, "ready")
    while True:
        try:
            task: Task = _receive(sys.stdin.buffer)
        except EOFError:
            return
        _send(answers, answer(task))


def answer(task: Task) -> Reading | str:
    """What the file holds, or a sentence that says why it can't be read."""
    _limit(task)
    try:
        return reading.read(task)
    except InvalidError as error:
        return str(error)
    except MemoryError:
        return _MEMORY.format(task.limits.memory_mb)
    except RecursionError:
        return "It is nested too deeply to be read."
    except Exception as error:  # noqa: BLE001 - whatever a parser raises is a failure of this file only
        return f"It can't be read; it may be damaged ({_said(error)})."
    finally:
        _wait_unlimited()


def _said(error: Exception) -> str:
    words = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _limit(task: Task) -> None:
    """Bound memory, and time in case the parent is no longer there to stop this process."""
    if sys.platform != "win32":
        size = task.limits.memory_mb * MEGABYTE
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        bound = size if hard == resource.RLIM_INFINITY else min(size, hard)
        resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
        signal.alarm(task.limits.seconds + _GRACE)


def _wait_unlimited() -> None:
    """Between two files this process may wait as long as storing the first takes."""
    if sys.platform != "win32":
        signal.alarm(0)


if __name__ == "__main__":
    main()
