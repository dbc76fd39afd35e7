"""Clocks, percentiles and peak memory. The standard library only: peers use it in their own environment."""

import re
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def timed(action: Callable[[], T]) -> tuple[T, float]:
    """What *action* returns, and the seconds it took."""
    started = time.perf_counter()
    result = action()
    return result, time.perf_counter() - started


def seconds(action: Callable[[], object]) -> float:
    """The seconds *action* takes."""
    return timed(action)[1]


def times(action: Callable[[str], object], arguments: Sequence[str], rounds: int) -> list[float]:
    """Milliseconds of each call, over several *rounds* through *arguments*."""
    return [seconds(lambda: action(argument)) * 1000 for _ in range(rounds) for argument in arguments]  # noqa: B023 - called at once


def percentile(values: Sequence[float], percent: int) -> float:
    """Interpolated between neighbours; *values* holds two or more."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def peak_mb(process: int | str = "self") -> float:
    """Peak resident memory of a process, MiB.

    ru_maxrss survives exec on Linux, and so may be that of whoever started the process: VmHWM comes first.
    """
    status = Path(f"/proc/{process}/status")
    if status.exists() and (match := re.search(r"VmHWM:\s+(\d+) kB", status.read_text())):
        return int(match[1]) / 1024
    return _mb(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) if process == "self" else float("nan")


def children_peak_mb() -> float:
    """Peak resident memory of the largest process that this one has started and waited for, MiB."""
    return _mb(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def _mb(maxrss: int) -> float:
    return maxrss / 1024**2 if sys.platform == "darwin" else maxrss / 1024
