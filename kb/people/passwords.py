"""Passwords: what is good enough, and their hashes (Argon2id with the parameters that OWASP names)."""

import unicodedata
from collections.abc import Sequence
from functools import cache
from threading import Semaphore
from typing import TYPE_CHECKING

from kb.errors import InvalidError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 200
_LIKELY = 72
"""Letters of which it is judged how easily they are guessed: judging more takes long and adds nothing."""
_STRONG = 3
"""Of 4: safely unguessable when nobody can try fast."""

_at_once = Semaphore(4)
"""Each hash takes 19 MiB while it is worked out."""


def hashed(password: str, known: Sequence[str]) -> str:
    """The hash to keep of *password*.

    Raises InvalidError, saying how to do better, when it is easily guessed, also by whoever knows *known*.
    """
    _check(password, known)
    with _at_once:
        return _hasher().hash(_same(password))


def fits(password: str, kept: str) -> bool:
    """Whether *password* is the one whose hash was *kept*; with none kept it takes as long, and never is."""
    from argon2.exceptions import VerificationError

    with _at_once:
        try:
            return _hasher().verify(kept or _nobodys(), _same(password[: LONGEST + 1])) and bool(kept)
        except VerificationError:
            return False


def outdated(kept: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher().check_needs_rehash(kept)


def again(password: str) -> str:
    """A hash of a *password* that was good enough once."""
    with _at_once:
        return _hasher().hash(_same(password))


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher  # not loaded where nobody signs in

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody's")


def _same(password: str) -> str:
    """One form of what keyboards send in several (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def _check(password: str, known: Sequence[str]) -> None:
    from zxcvbn import zxcvbn  # its lists take 20 ms to load

    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidError(f"A password has {SHORTEST} to {LONGEST} letters, digits, signs and spaces.")
    judged = zxcvbn(password[:_LIKELY], user_inputs=list(known), max_length=_LIKELY)
    if judged["score"] < _STRONG:
        raise InvalidError(
            "That password is easily guessed. Take four or five words that have nothing to do with each "
            "other, or let a password manager choose one."
        )
