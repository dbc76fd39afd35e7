"""Evaluation runs as the API and the command line give them."""

from datetime import datetime
from typing import Any

from pydantic import Field

from kb.searching.evaluations import Abstention, KnownSet, QueryScore, Run, RunSummary
from search.evaluation import Difference
from web.quality.evaluating import Compared
from web.schemas import Out, PageOut


class AbstentionOut(Out):
    """How well it is known that nothing answers."""

    precision: float | None = Field(
        description="Of the refused queries, the share that nothing answers; null when there is none."
    )
    recall: float | None = Field(
        description="Of the queries that nothing answers, the share refused; null without such queries."
    )
    answerable_refused: float | None = Field(
        description="Of the queries that something answers, the share that was refused all the same."
    )

    @staticmethod
    def of(found: Abstention) -> "AbstentionOut":
        """From counts."""
        return AbstentionOut(precision=found.precision, recall=found.recall, answerable_refused=found.refused)


class RunOut(Out):
    """A run of a query set."""

    id: int
    queryset: str = Field(description="Name of the query set.", examples=["nasa-dev"])
    digest: str = Field(description="SHA-256 of its files; runs with another one can't be compared.")
    engine: str = Field(description="hybrid, words or meaning.")
    model: str
    items: int
    passages: int = Field(description="Size of the index.")
    settings: dict[str, Any] = Field(description="What else decides the outcome.")
    notes: list[str] = Field(description="What to know about the figures, a sentence each.")
    measures: dict[str, float] = Field(description="Means over the measured queries.")
    abstention: AbstentionOut
    p50_ms: float = Field(description="Half of the queries took no longer, milliseconds.")
    p95_ms: float
    baseline: bool = Field(description="Whether later runs are held against it.")
    at: datetime
    by: str
    url: str = Field(description="Its page.")

    @staticmethod
    def of(run: RunSummary) -> "RunOut":
        """From a summary."""
        subject, figures = run.subject, run.figures
        return RunOut(
            id=run.id,
            queryset=subject.queryset,
            digest=subject.digest,
            engine=subject.engine,
            model=subject.model,
            items=subject.items,
            passages=subject.passages,
            settings=dict(subject.settings),
            notes=list(subject.notes),
            measures={name: round(value, 6) for name, value in figures.measures.items()},
            abstention=AbstentionOut.of(figures.abstention),
            p50_ms=round(figures.p50, 3),
            p95_ms=round(figures.p95, 3),
            baseline=run.baseline,
            at=run.at,
            by=run.by,
            url=run_url(run.id),
        )


class QueryScoreOut(Out):
    """How one query fared."""

    id: str
    text: str
    answerable: bool
    answered: bool = Field(description="Whether search thought that something answers it.")
    milliseconds: float
    measures: dict[str, float] = Field(description="Empty for an unanswerable query.")

    @staticmethod
    def of(score: QueryScore) -> "QueryScoreOut":
        """From a score."""
        return QueryScoreOut(
            id=score.id,
            text=score.text,
            answerable=score.answerable,
            answered=score.answered,
            milliseconds=round(score.milliseconds, 3),
            measures={name: round(value, 6) for name, value in score.measures.items()},
        )


class RunDetailOut(RunOut):
    """A run with every query."""

    queries: list[QueryScoreOut]

    @staticmethod
    def of_run(run: Run) -> "RunDetailOut":
        """From a whole run."""
        queries = [QueryScoreOut.of(score) for score in run.evaluation.queries]
        return RunDetailOut(**RunOut.of(run.summary).model_dump(), queries=queries)


class RunsOut(PageOut):
    """A page of runs, newest first."""

    runs: list[RunOut]


class KnownSetOut(Out):
    """A query set that was run."""

    name: str
    runs: int
    latest: datetime

    @staticmethod
    def of(known: KnownSet) -> "KnownSetOut":
        """From what is known of it."""
        return KnownSetOut.model_validate(known)


class DifferenceOut(Out):
    """One query under two systems."""

    query: str
    text: str
    before: float
    after: float

    @staticmethod
    def of(found: Difference) -> "DifferenceOut":
        """From a difference."""
        return DifferenceOut.model_validate(found)


class ComparisonOut(Out):
    """How one run differs from another."""

    before: int = Field(description="Run compared with.")
    after: int
    measure: str
    change: float = Field(description="Mean change, positive when the second run is better.")
    p_value: float = Field(description="How likely chance alone gives such a change.")
    better: int = Field(description="Queries that the second run does better.")
    worse: int
    differences: list[DifferenceOut] = Field(description="Every query, most improved first.")

    @staticmethod
    def of(compared: Compared) -> "ComparisonOut":
        """From two runs held against each other."""
        found = compared.comparison
        return ComparisonOut(
            before=compared.before.summary.id,
            after=compared.after.summary.id,
            measure=found.measure,
            change=round(found.change, 6),
            p_value=round(found.p_value, 6),
            better=found.better,
            worse=found.worse,
            differences=[DifferenceOut.of(one) for one in found.differences],
        )


def run_url(id_: int) -> str:
    """The page of run *id_*."""
    return f"/insight/quality/{id_}"
