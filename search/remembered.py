"""Answers of the database that hold until something is written to it."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """The answers asked for last. Safe to share between threads."""

    def __init__(self, most: int) -> None:
        """Keeps *most* answers."""
        self._most = most
        self._answers: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()

    def get(self, state: int, question: Hashable, answer: Callable[[], T]) -> T:
        """What *answer* gives to *question* in this *state* of the database, asked at most once or so."""
        key = (state, question)
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        found = answer()
        with self._lock:
            self._answers[key] = found
            if len(self._answers) > self._most:
                self._answers.popitem(last=False)
        return found
