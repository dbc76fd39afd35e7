"""How often somebody may try to sign in: after some failures, ever longer waits."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock
from time import monotonic


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much is borne of one account or address."""

    free: int
    """Failures that cost no wait."""
    longest: float
    """Seconds; each failure more doubles the wait, up to this."""


ACCOUNT = Allowance(5, 60.0)
"""Short enough that nobody is locked out by others for long, long enough that guessing takes for ever: 1,440
guesses a day."""
ADDRESS = Allowance(20, 900.0)

_FORGET = 900.0
"""Seconds without a failure after which all are forgotten."""
_KEPT = 10_000
"""Accounts and addresses at most, the latest."""


@dataclass(slots=True)
class _Count:
    failures: int
    at: float


class Throttle:
    """Counts failures by account and by address, in memory. Safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._counts: OrderedDict[tuple[Allowance, str], _Count] = OrderedDict()
        self._lock = Lock()

    def attempt(self, login: str, address: str) -> float:
        """Seconds to wait before another try; 0: it may be made, and counts as failed until *succeeded*."""
        keys, at = _keys(login, address), self._clock()
        with self._lock:
            wait = max(self._wait(key, at) for key in keys)
            if wait <= 0:
                for key in keys:
                    self._count(key, at)
            return wait

    def succeeded(self, login: str, address: str) -> None:
        """Take back what *attempt* counted."""
        account, place = _keys(login, address)
        with self._lock:
            self._counts.pop(account, None)
            if place in self._counts:
                self._counts[place].failures -= 1

    def _wait(self, key: tuple[Allowance, str], at: float) -> float:
        count, (allowance, _) = self._counts.get(key), key
        if count is None or count.failures < allowance.free:
            return 0.0
        # The exponent stays small, so that the power is a number.
        pause = min(allowance.longest, 2.0 ** min(count.failures - allowance.free, 30))
        return count.at + pause - at

    def _count(self, key: tuple[Allowance, str], at: float) -> None:
        before = self._counts.pop(key, None)
        failures = before.failures if before and at - before.at < _FORGET else 0
        self._counts[key] = _Count(failures + 1, at)
        while len(self._counts) > _KEPT:
            self._counts.popitem(last=False)


def _keys(login: str, address: str) -> tuple[tuple[Allowance, str], tuple[Allowance, str]]:
    return (ACCOUNT, login.strip().lower()[:100]), (ADDRESS, _network(address))


def _network(address: str) -> str:
    """*address*, of IPv6 the 64 bits that one subscriber has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)
