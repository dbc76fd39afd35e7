"""What search was worth on judged queries: the values, and the history of runs."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QueryScore:
    """How one query fared."""

    id: str
    text: str
    answerable: bool
    answered: bool
    """Whether the system thought that something answers it."""
    milliseconds: float
    measures: Mapping[str, float]
    """Empty for an unanswerable query: there is no ranking to measure."""


@dataclass(frozen=True, slots=True)
class Abstention:
    """How well a system knows that nothing answers, counted in queries."""

    unanswerable: int
    refused_unanswerable: int
    answerable: int
    refused_answerable: int

    @property
    def precision(self) -> float | None:
        """Of the refused queries, the share that nothing answers; None when there is nothing to share."""
        refused = self.refused_unanswerable + self.refused_answerable
        return self.refused_unanswerable / refused if refused and self.unanswerable else None

    @property
    def recall(self) -> float | None:
        """Of the queries that nothing answers, the share that was refused; None without such queries."""
        return self.refused_unanswerable / self.unanswerable if self.unanswerable else None

    @property
    def refused(self) -> float | None:
        """Of the queries that something answers, the share that was refused all the same."""
        return self.refused_answerable / self.answerable if self.answerable else None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a system is worth on a query set."""

    measures: Mapping[str, float]
    """Means over the queries that were measured."""
    abstention: Abstention
    p50: float
    """Milliseconds within which half of the queries were ranked."""
    p95: float
    queries: tuple[QueryScore, ...]
